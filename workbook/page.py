"""Pages of HTML: one style, tables with headers, no script, no outside file, all text escaped."""

import html

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:62em;margin:0 auto;padding:1em;overflow-wrap:anywhere}
h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em}
table{border-collapse:collapse;width:100%;margin:.6em 0}
caption{text-align:left;font-weight:600;padding:.3em 0}
th,td{text-align:left;vertical-align:top;padding:.3em .8em .3em 0;border-bottom:1px solid #8888}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
section{border-left:4px solid #757575;padding-left:1em;margin:1.6em 0}
section.passed{border-color:#2e7d32}section.wrong{border-color:#c62828}
.box{overflow-x:auto;overflow-wrap:break-word}
.plain th[scope=row],.plain td:not(.n){min-width:5em;overflow-wrap:anywhere}
.weeks{table-layout:fixed;min-width:44em}.weeks th:first-child{width:30%}.weeks th:nth-child(3){width:26%}
.cases th{font-weight:normal;min-width:9em}.cases td:first-child{white-space:nowrap}
.cases td.seen{white-space:pre-line;min-width:12em;overflow-wrap:anywhere}
td.right::before{content:"\\2713  ";color:#2e7d32}td.wrong::before{content:"\\2717  ";color:#c62828}
@media(max-width:36em){.plain{font-size:.9em}.cases thead{display:none}
.cases tr{display:block;border-bottom:1px solid #8888;padding:.3em 0}
.cases th,.cases td{display:block;border:0;padding:.1em 0}section{padding-left:.7em}}
pre{white-space:pre-wrap;font-size:.85em;background:#8881;padding:.7em;margin:.5em 0}
.bar{fill:#5b7fa6;stroke:currentColor}svg text{fill:currentColor;font:13px system-ui,sans-serif}
svg{width:100%;max-width:36em;height:auto}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


_KEPT = "\n\t\u200c\u200d"  # the last two join or part letters in names


def escape(text: object) -> str:
    """A text as HTML, without control characters: terminals read them, and pages do not need them."""
    kept = "".join(each if each.isprintable() or each in _KEPT else " " for each in str(text))
    return html.escape(kept)


def cell(text: object, tag: str = "td") -> str:
    """A cell of a table; with "th" the header of its row."""
    return f"<{tag}{' scope=row' if tag == 'th' else ''}>{escape(str(text))}</{tag}>"


def number(text: object) -> str:
    """A cell that holds a number."""
    return f"<td class='n'>{escape(str(text))}</td>"


def row(*cells: str) -> str:
    """A row of cells."""
    return f"<tr>{''.join(cells)}</tr>"


def table(
    caption: str, titles: tuple[str, ...], rows: list[str], numbers: int = 0, kind: str = "plain"
) -> str:
    """A table in a box of its own, which scrolls where it is too wide for the page; its last ``numbers``
    columns hold numbers. ``kind``: "plain", or "cases" for a check's."""
    first = len(titles) - numbers
    head = "".join(
        f"<th scope='col'{' class=n' if i >= first else ''}>{title}</th>" for i, title in enumerate(titles)
    )
    return (
        f"<div class='box'><table class='{kind}'><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def page(title: str, parts: list[str]) -> str:
    """A whole page of these parts, each HTML already."""
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>\n"
    )
