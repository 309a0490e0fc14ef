"""Pages of a grading: one for each learner, one for the teacher. No script, no outside file, all escaped."""

import hashlib
import re
import statistics
from collections import defaultdict
from urllib.parse import quote

from workbook.grading.results import GRADED, NOT_GRADED, UNREADABLE, Result
from workbook.grading.submissions import is_on_files
from workbook.lessons import Lesson
from workbook.page import cell, escape, number, page, row, table
from workbook.reporting import LONG, PASSED, diagnosed, folded_words

MARK = b"<!-- workbook grade wrote this page, and removes it when the submission is gone -->"
"""What tells a learner's page from other files in its folder."""


def page_name(submission: str) -> str:
    """The file name of a learner's page; two names that are unlike never share one."""
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}", submission) and submission == submission.lower():
        return f"{submission}.html"
    kept = re.sub(r"[^A-Za-z0-9_-]+", "_", submission)[:60].strip("_") or "submission"
    return f"{kept}-{hashlib.sha256(submission.encode('utf-8', 'replace')).hexdigest()[:10]}.html"


def feedback_page(result: Result, lesson: Lesson) -> str:
    """What a learner gets back."""
    return page(f"{lesson.title}: {result.submission}", [MARK.decode(), *_feedback(result)])


def _feedback(result: Result) -> list[str]:
    if result.status == NOT_GRADED:
        words = (
            "The computer that grades has failed before this notebook was judged. It will be graded again."
        )
        return [f"<p><strong>Not graded yet.</strong></p><p>{words}</p>"]
    rows = [row(cell(each["name"], "th"), cell(_word(each)), _points(each)) for each in result.exercises]
    parts = [f"<p><strong>{result.score} of {result.points} points</strong> ({escape(result.status)})</p>"]
    whole = [note for note in result.notes if not note.startswith("cell ")]
    parts += [_paragraph(note) for note in whole]
    if result.status == UNREADABLE:
        return parts
    parts.append(table("Points", ("Exercise", "Verdict", "Points"), rows, numbers=1))
    parts += [_exercise(each) for each in result.exercises]
    if stepped_over := [note for note in result.notes if note not in whole]:
        listed = "".join(f"<li>{escape(note)}</li>" for note in stepped_over)
        words = "What was not run, which costs nothing"
        parts.append(f"<details><summary>{words}</summary><ul>{listed}</ul></details>")
    return parts


def summary_page(results: list[Result], lesson: Lesson) -> str:
    """What a teacher wants to know of a class."""
    graded = [each for each in results if each.status == GRADED]
    parts = [f"<p>{len(results)} submissions, {len(graded)} graded, {lesson.points} points to earn.</p>"]
    if graded:
        marks = sorted(each.score for each in graded)
        mean, median = statistics.mean(marks), statistics.median(marks)
        parts.append(f"<p>Mean {mean:.1f}, median {median:g}, from {marks[0]} to {marks[-1]}.</p>")
        parts += [_bars(graded), _stumbles(graded), _mistakes(graded)]
    refused = [each for each in results if each.status != GRADED]
    if refused:
        rows = [
            row(_link(each), cell(each.status), cell(" ".join(each.notes) or "No reason was given."))
            for each in refused
        ]
        parts.append(table("Not graded, and why", ("Submission", "Status", "Why"), rows))
    if rows := [row(_link(each), cell(note)) for each in graded for note in each.notes if is_on_files(note)]:
        parts.append(table("Graded, with other files beside it", ("Submission", "What"), rows))
    rows = [row(_link(each), cell(each.status), number(_score(each))) for each in results]
    parts.append(table("All submissions", ("Submission", "Status", "Points"), rows, numbers=1))
    return page(f"{lesson.title}: summary", parts)


def _score(result: Result) -> str:
    return "-" if result.status == NOT_GRADED else f"{result.score} of {result.points}"


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
            counts = found.setdefault(each["name"], [0, 0, 0])
            counts[0 if each["passed"] else 1 if each["attempted"] else 2] += 1
    ordered = sorted(found.items(), key=lambda item: (-item[1][1], -item[1][2]))
    rows = [row(cell(name, "th"), *map(number, counts)) for name, counts in ordered]
    titles = ("Exercise", "Passed", "Wrong", "Blank")
    return table("Where most stumbled", titles, rows, numbers=3)


def _mistakes(graded: list[Result]) -> str:
    found: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in graded:
        for each in result.exercises:
            if each["diagnosis"]:
                found[each["name"], each["diagnosis"]].append(result)
    rows = [
        row(
            cell(name, "th"),
            cell(words),
            f"<td>{', '.join(map(_anchor, who[:20]))}{' and others' if len(who) > 20 else ''}</td>",
            number(len(who)),
        )
        for (name, words), who in sorted(found.items(), key=lambda item: -len(item[1]))[:30]
    ]
    titles = ("Exercise", "The results are those you get when", "Who", "How many")
    return table("The commonest mistakes", titles, rows, numbers=1) if rows else ""


def _exercise(each: dict) -> str:
    kind = "passed" if each["passed"] else "wrong" if each["attempted"] else "blank"
    head = f"<h2>{escape(each['name'])}: {each['score']} of {each['points']} points, {_word(each)}</h2>"
    rows = each.get("rows", []) if each["attempted"] else []
    outcomes = [word for word, _, _ in rows]
    diagnosis = diagnosed(each["diagnosis"], outcomes) if each["diagnosis"] else ""
    after = [words for words in dict.fromkeys([diagnosis, *map(str, each["notes"])]) if words]
    message = _without_first(each["message"], rows)
    for words in after:
        if rows and words.strip() in message and words == diagnosis:
            message = message.replace(words, "").strip()
    after = [words for words in after if words not in message]
    printed = each.get("printed", "")
    body = [_paragraph(message), _cases(each["name"], rows), *map(_paragraph, after)]
    if printed:
        body.append(f"<details><summary>What it printed</summary><pre>{escape(printed)}</pre></details>")
    return f"<section class='{kind}'>{head}{''.join(body)}</section>"


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>" if words else ""


def _without_first(message: str, rows: list[list[str]]) -> str:
    """A message without what the first row that is not right says: the table says it."""
    for word, name, text in rows:
        if word != PASSED:
            return message.replace(f"{name}: {text}.", "").replace(f"{name}: {text}", "").strip()
    return message


def _cases(name: str, rows: list[list[str]]) -> str:
    """The table of a check: in a long one, and where all passed, what passed is folded away."""
    right = [each for each in rows if each[0] == PASSED]
    if not right or (len(rows) <= LONG and len(right) < len(rows)):
        return _case_table(name, rows) if rows else ""
    words = f"Passed: {folded_words(len(right), len(rows))}"
    fold = f"<details><summary>{words}</summary>{_case_table(name, right)}</details>"
    wrong = [each for each in rows if each[0] != PASSED]
    return (_case_table(name, wrong) if wrong else "") + fold


def _case_table(name: str, rows: list[list[str]]) -> str:
    lines = [
        row(
            f"<td class='{'right' if word == PASSED else 'wrong'}'>{escape(word)}</td>",
            cell(case, "th"),
            f"<td class='seen'>{escape(text)}</td>",
        )
        for word, case, text in rows
    ]
    return table(f"Check of {escape(name)}", ("Result", "Case", "What was seen"), lines, kind="cases")


def _word(each: dict) -> str:
    return "passed" if each["passed"] else "not right yet" if each["attempted"] else "not attempted"


def _points(each: dict) -> str:
    return number(f"{each['score']} of {each['points']}")


def _anchor(result: Result) -> str:
    return f"<a href='feedback/{quote(page_name(result.submission))}'>{escape(result.submission)}</a>"


def _link(result: Result) -> str:
    return f"<th scope='row'>{_anchor(result)}</th>"
