"""Pages of a grading: one for each learner, one for the teacher. No script, no outside file, all escaped."""

import hashlib
import html
import re
from collections import defaultdict
from urllib.parse import quote

from workbook.grading.results import GRADED, Result
from workbook.lessons import Lesson

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:62em;margin:0 auto;padding:1em;overflow-wrap:anywhere}
h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em}
table{border-collapse:collapse;width:100%;margin:.6em 0}
caption{text-align:left;font-weight:600;padding:.3em 0}
th,td{text-align:left;vertical-align:top;padding:.3em .8em .3em 0;border-bottom:1px solid #8888}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
section{border-left:4px solid #757575;padding-left:1em;margin:1.6em 0}
section.passed{border-color:#2e7d32}section.wrong{border-color:#c62828}
pre{white-space:pre-wrap;font-size:.85em;background:#8881;padding:.7em;margin:.5em 0}
.bar{fill:#5b7fa6;stroke:currentColor}svg text{fill:currentColor;font:13px system-ui,sans-serif}
svg{width:100%;max-width:36em;height:auto}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def escape(text: object) -> str:
    """A text as HTML, without control characters: terminals read them, and pages do not need them."""
    kept = "".join(each if each.isprintable() or each in "\n\t" else " " for each in str(text))
    return html.escape(kept)


def page_name(submission: str) -> str:
    """The file name of a learner's page; two names that are unlike never share one."""
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}", submission) and submission == submission.lower():
        return f"{submission}.html"
    kept = re.sub(r"[^A-Za-z0-9_-]+", "_", submission)[:60].strip("_") or "submission"
    return f"{kept}-{hashlib.sha256(submission.encode('utf-8', 'replace')).hexdigest()[:10]}.html"


def feedback_page(result: Result, lesson: Lesson) -> str:
    """What a learner gets back."""
    rows = [_row(_cell(each["name"], "th"), _cell(_word(each)), _points(each)) for each in result.exercises]
    parts = [f"<p><strong>{result.score} of {result.points} points</strong> ({escape(result.status)})</p>"]
    bounds = [note for note in result.notes if not note.startswith("cell ")]
    parts += [f"<p>{escape(note)}</p>" for note in bounds]
    parts.append(_table("Points", ("Exercise", "Verdict", "Points"), rows, numbers=1))
    parts += [_exercise(each) for each in result.exercises]
    if stepped_over := [note for note in result.notes if note not in bounds]:
        listed = "".join(f"<li>{escape(note)}</li>" for note in stepped_over)
        words = "What was not run, which costs nothing"
        parts.append(f"<details><summary>{words}</summary><ul>{listed}</ul></details>")
    return _page(f"{lesson.title}: {result.submission}", parts)


def summary_page(results: list[Result], lesson: Lesson) -> str:
    """What a teacher wants to know of a class."""
    graded = [each for each in results if each.status == GRADED]
    parts = [f"<p>{len(results)} submissions, {len(graded)} graded, {lesson.points} points to earn.</p>"]
    if graded:
        marks = sorted(each.score for each in graded)
        mean, middle = sum(marks) / len(marks), marks[len(marks) // 2]
        parts.append(f"<p>Mean {mean:.1f}, median {middle}, from {marks[0]} to {marks[-1]}.</p>")
        parts += [_bars(graded), _stumbles(graded), _mistakes(graded)]
    refused = [each for each in results if each.status != GRADED]
    if refused:
        rows = [
            _row(_link(each), _cell(each.status), _cell(" ".join(each.notes) or "No reason was given."))
            for each in refused
        ]
        parts.append(_table("Not graded, and why", ("Submission", "Status", "Why"), rows))
    rows = [
        _row(_link(each), _cell(each.status), _number(f"{each.score} of {each.points}")) for each in results
    ]
    parts.append(_table("All submissions", ("Submission", "Status", "Points"), rows, numbers=1))
    return _page(f"{lesson.title}: summary", parts)


def _bars(graded: list[Result]) -> str:
    """How many earned which tenth of the points, as bars with their numbers."""
    counts = [0] * 10
    for each in graded:
        counts[min(9, 10 * each.score // max(1, each.points))] += 1
    most, lines = max(counts), []
    for i, count in enumerate(counts):
        y, width = 24 * i, 300 * count / most
        label = f"{10 * i} to {10 * i + 9}%" if i < 9 else "90 to 100%"
        lines.append(f"<text x='0' y='{y + 16}'>{label}</text>")
        lines.append(f"<rect class='bar' x='90' y='{y + 3}' width='{width:.0f}' height='17'/>")
        lines.append(f"<text x='{96 + width:.0f}' y='{y + 16}'>{count}</text>")
    words = ", ".join(f"{10 * i}%: {count}" for i, count in enumerate(counts))
    return f"<h2>Marks</h2><svg role='img' viewBox='0 0 440 242' aria-label='{words}'>{''.join(lines)}</svg>"


def _stumbles(graded: list[Result]) -> str:
    found: dict[str, list[int]] = {}
    for result in graded:
        for each in result.exercises:
            row = found.setdefault(each["name"], [0, 0, 0])
            row[0 if each["passed"] else 1 if each["attempted"] else 2] += 1
    ordered = sorted(found.items(), key=lambda item: (-item[1][1], -item[1][2]))
    rows = [_row(_cell(name, "th"), *(_number(n) for n in row)) for name, row in ordered]
    titles = ("Exercise", "Passed", "Wrong", "Not attempted")
    return _table("Where most stumbled", titles, rows, numbers=3)


def _mistakes(graded: list[Result]) -> str:
    found: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in graded:
        for each in result.exercises:
            if each["diagnosis"]:
                found[each["name"], each["diagnosis"]].append(result)
    rows = [
        _row(
            _cell(name, "th"),
            _cell(words),
            f"<td>{', '.join(map(_anchor, who[:20]))}{' and others' if len(who) > 20 else ''}</td>",
            _number(len(who)),
        )
        for (name, words), who in sorted(found.items(), key=lambda item: -len(item[1]))[:30]
    ]
    titles = ("Exercise", "The results are those you get when", "Who", "How many")
    return _table("The commonest mistakes", titles, rows, numbers=1) if rows else ""


def _exercise(each: dict) -> str:
    kind = "passed" if each["passed"] else "wrong" if each["attempted"] else "blank"
    head = f"<h2>{escape(each['name'])}: {each['score']} of {each['points']} points, {_word(each)}</h2>"
    diagnosis = f"Your results are the ones you get when {each['diagnosis']}." if each["diagnosis"] else ""
    words = list(dict.fromkeys(filter(None, [each["message"], diagnosis, *map(str, each["notes"])])))
    if diagnosis and diagnosis in each["message"]:
        words.remove(diagnosis) if diagnosis in words[1:] else None
    body = "".join(f"<p>{escape(each)}</p>" for each in words)
    return f"<section class='{kind}'>{head}{body}<pre>{escape(each['text'])}</pre></section>"


def _word(each: dict) -> str:
    return "passed" if each["passed"] else "not right yet" if each["attempted"] else "not attempted"


def _points(each: dict) -> str:
    return _number(f"{each['score']} of {each['points']}")


def _anchor(result: Result) -> str:
    return f"<a href='feedback/{quote(page_name(result.submission))}'>{escape(result.submission)}</a>"


def _link(result: Result) -> str:
    return f"<th scope='row'>{_anchor(result)}</th>"


def _cell(text: object, tag: str = "td") -> str:
    return f"<{tag}{' scope=row' if tag == 'th' else ''}>{escape(str(text))}</{tag}>"


def _number(text: object) -> str:
    return f"<td class='n'>{escape(str(text))}</td>"


def _row(*cells: str) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _table(caption: str, titles: tuple[str, ...], rows: list[str], numbers: int = 0) -> str:
    """A table; its last ``numbers`` columns hold numbers."""
    first = len(titles) - numbers
    head = "".join(
        f"<th scope='col'{' class=n' if i >= first else ''}>{title}</th>" for i, title in enumerate(titles)
    )
    return (
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _page(title: str, parts: list[str]) -> str:
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>\n"
    )
