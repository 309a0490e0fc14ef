"""The glossary: every lesson's key terms, English and Chinese, on one page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from nbformat import NotebookNode

from workbook.lessons import Lesson
from workbook.site.markdown import plain

_ROW = re.compile(r"^\|(?P<english>[^|]+)\|(?P<chinese>[^|]+)\|\s*$")
_HEAD = re.compile(r"^\|\s*English\s*\|\s*中文\s*\|\s*$")
_IN_BRACKETS = re.compile(r"（.*?）|\(.*?\)")


@dataclass
class Entry:
    """A term, its Chinese words and the lessons that list it."""

    english: str
    chinese: list[str] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)


def key_terms(notebook: NotebookNode) -> list[tuple[str, str]]:
    """The key terms of a lesson, (English, Chinese), in the order of its table."""
    terms: list[tuple[str, str]] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            terms += _table(cell.source.splitlines())
    return terms


def _table(lines: list[str]) -> list[tuple[str, str]]:
    """The rows of the table of key terms among these lines; none where there is no such table."""
    heads = [number for number, line in enumerate(lines) if _HEAD.match(line)]
    rows: list[tuple[str, str]] = []
    for head in heads:
        for line in lines[head + 2 :]:  # the line after the head rules it off
            if not (row := _ROW.match(line)):
                break
            rows.append((row["english"].strip(), row["chinese"].strip()))
    return rows


def collect(lessons: Iterable[tuple[Lesson, NotebookNode]]) -> list[Entry]:
    """All terms by the alphabet; one that several lessons list stands here once."""
    entries: dict[str, Entry] = {}
    for lesson, notebook in lessons:
        for english, chinese in key_terms(notebook):
            entry = entries.setdefault(english.casefold(), Entry(english))
            _add(entry.chinese, chinese)
            if lesson not in entry.lessons:
                entry.lessons.append(lesson)
    return [entries[key] for key in sorted(entries)]


def _add(known: list[str], words: str) -> None:
    """Add Chinese words, unless they differ from known ones by a remark in brackets alone."""
    bare = _IN_BRACKETS.sub("", words)
    if bare not in [_IN_BRACKETS.sub("", each) for each in known]:
        known.append(words)


def page(entries: list[Entry]) -> str:
    """The page in Markdown: a glossary from English, and a table from Chinese by the order of Pinyin."""
    lines = [
        "# Glossary 词汇表",
        "",
        "The key terms of all lessons. A term leads to the lessons that explain it.",
        "",
        "## English",
        "",
        "```{glossary}",
    ]
    for entry in entries:
        links = ", ".join(f"[{plain(each.title)}](/{each.week}/{each.name})" for each in entry.lessons)
        lines += [entry.english, f"    {_chinese('；'.join(entry.chinese))} · {links}", ""]
    lines += ["```", "", "## 中文", "", "| 中文 | English |", "|:--|:--|"]
    for chinese, english in sorted(_turned(entries), key=lambda pair: pair[0].encode("gb18030")):
        lines.append(f"| {_chinese(chinese)} | {{term}}`{english}` |")
    return "\n".join(lines) + "\n"


def _turned(entries: list[Entry]) -> list[tuple[str, str]]:
    """(Chinese, English), one for each pair."""
    return [(chinese, entry.english) for entry in entries for chinese in entry.chinese]


def _chinese(words: str) -> str:
    """Chinese words, marked as such: a screen reader then reads them in Chinese."""
    return f'<span lang="zh-Hans">{escape(words)}</span>'
