"""Reports as HTML: a quiet table that reads well in light and dark, and in a screen reader.

Colour is never the only sign: each row says its outcome in a word. No script, no outside file, and
everything that came from the learner's code is escaped.
"""

from html import escape

import numpy as np

from workbook.notebook import Note
from workbook.reporting import NOT_ATTEMPTED, PASSED, Report, Row, folded_words

_GREEN, _RED, _GREY = "#2e7d32", "#c62828", "#757575"
_MOST_CELLS = 24

_BOX = (
    "border-left:4px solid {colour};padding:4px 0 4px 12px;margin:4px 0;max-width:60em;"
    "font-family:var(--jp-ui-font-family,sans-serif);font-size:14px;line-height:1.45"
)
_CELL = "text-align:left;vertical-align:top;padding:2px 14px 2px 0;white-space:normal;background:none"
_HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


def report_html(report: Report) -> str:
    """The report as one block of HTML."""
    colour = _GREEN if report.passed else _GREY if report.not_attempted else _RED
    parts = [f"<p style='margin:0'><strong>{_sign(report)} {escape(report.headline)}</strong></p>"]
    if report.not_attempted:
        parts.append(_paragraph(report.message))
    else:
        parts += [_paragraph(report.first)] if report.first else []
        parts.append(_table(report))
        parts += [_paragraph(sentence) for sentence in report.closing()]
    if report.printed and not report.passed:
        parts.append(
            "<details><summary>What it printed</summary>"
            f"<pre style='margin:0'>{escape(report.printed)}</pre></details>"
        )
    return f'<div style="{_BOX.format(colour=colour)}">{"".join(parts)}</div>'


def box(content: str, good: bool) -> str:
    """HTML in the frame of a check; green where all is well, else grey."""
    return f'<div style="{_BOX.format(colour=_GREEN if good else _GREY)}">{content}</div>'


def note_html(note: Note) -> str:
    """A note as one block of HTML."""
    colour = "#1565c0" if note.hint else _GREY
    title = f"<p style='margin:0'><strong>{escape(note.title)}</strong></p>"
    return f'<div style="{_BOX.format(colour=colour)}">{title}{_paragraph(note.words)}</div>'


def _sign(report: Report) -> str:
    return "&#10003;" if report.passed else "&#9675;" if report.not_attempted else "&#10007;"


def _paragraph(words: str) -> str:
    return f"<p style='margin:4px 0'>{_lines(words)}</p>"


def _lines(words: str) -> str:
    return escape(words).replace("\n", "<br>")


def _table(report: Report) -> str:
    shown, folded = report.open_rows(), report.folded_rows()
    if not folded:
        return _rows_table(report, shown)
    words = f"Passed: {folded_words(len(folded), len(report.rows))}"
    fold = f"<details style='margin:4px 0'><summary>{words}</summary>{_rows_table(report, folded)}</details>"
    return (_rows_table(report, shown) if shown else "") + fold


def _rows_table(report: Report, rows: list[Row]) -> str:
    body = "".join(_row(row) for row in rows)
    return table(f"Check of {report.exercise.name}", ("Result", "Case", "What was seen"), body)


def table(caption: str, titles: tuple[str, ...], body: str) -> str:
    """A quiet table: its caption and titles are for screen readers. ``body`` is HTML, rows of ``cells``."""
    head = "".join(f"<th scope='col'>{title}</th>" for title in titles)
    return (
        "<table style='border-collapse:collapse;margin:6px 0;font-size:14px'>"
        f"<caption style='{_HIDDEN}'>{escape(caption)}</caption>"
        f"<thead style='{_HIDDEN}'><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def cells(header: str, *texts: str) -> str:
    """A row: its header, then its texts."""
    rest = "".join(f"<td style='{_CELL}'>{escape(text)}</td>" for text in texts)
    head = f"<th scope='row' style='{_CELL};font-weight:normal'>{escape(header)}</th>"
    return f"<tr style='background:none'>{head}{rest}</tr>"


def _row(row: Row) -> str:
    sign, colour = ("&#10003;", _GREEN) if row.outcome == PASSED else ("&#10007;", _RED)
    if row.outcome == NOT_ATTEMPTED:
        sign, colour = "&#9675;", _GREY
    return (
        f"<tr style='background:none'><td style='{_CELL};white-space:nowrap'>"
        f"<span aria-hidden='true' style='color:{colour}'>{sign}</span> {escape(row.word)}</td>"
        f"<th scope='row' style='{_CELL};font-weight:normal'>{escape(row.name)}</th>"
        f"<td style='{_CELL}'>{_lines(row.text)}{_picture(row.where)}</td></tr>"
    )


def _picture(where: np.ndarray | None) -> str:
    """A small map of where an image-like array differs: filled cells are wrong."""
    plane = image_plane(where)
    if plane is None:
        return ""
    rows, columns = plane.shape
    size = 8
    cells = "".join(
        f"<rect x='{size * x}' y='{size * y}' width='{size - 1}' height='{size - 1}' "
        f"fill='{_RED if plane[y, x] else 'none'}' stroke='{_GREY}' stroke-width='0.5'/>"
        for y in range(rows)
        for x in range(columns)
    )
    label = f"{int(plane.sum())} of {plane.size} places differ"
    return (
        f"<br><svg role='img' aria-label='{label}' width='{size * columns}' height='{size * rows}' "
        f"style='margin:4px 0'><title>{label}</title>{cells}</svg>"
    )


def image_plane(where: np.ndarray | None) -> np.ndarray | None:
    """The first picture in which an array of shape (..., height, width, channels) or (height, width)
    differs, as a plane (height, width) of booleans; None where that is no help."""
    if where is None or where.ndim not in (2, 3, 4) or where.all():
        return None
    if where.ndim == 4:
        where = where[int(np.argmax(where.any(axis=(1, 2, 3))))]
    plane = where.any(axis=-1) if where.ndim == 3 else where
    fits = all(3 <= n <= _MOST_CELLS for n in plane.shape)
    return plane if fits and not plane.all() else None
