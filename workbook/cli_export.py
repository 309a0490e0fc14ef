"""``workbook export``: lessons for where teachers already are."""

from pathlib import Path
from typing import Annotated

import typer

from workbook import showing

export_app = typer.Typer(no_args_is_help=True, help="Export lessons for other systems, such as nbgrader.")


@export_app.callback()
def _options() -> None:
    pass


@export_app.command("nbgrader")
def export_nbgrader(
    folder: Annotated[Path, typer.Argument(help="The course folder to write.", show_default=False)],
    lesson: Annotated[
        list[str] | None, typer.Option("--lesson", help="A lesson, may be repeated; all where left out.")
    ] = None,
) -> None:
    """Write a course folder in which nbgrader's own commands run.

    [bold]Examples[/bold]

    \b
    workbook export nbgrader course
    workbook export nbgrader course --lesson convolution_step_by_step
    """
    from workbook.grading.export_nbgrader import export
    from workbook.lessons import all_lessons, find_lesson

    chosen = [find_lesson(n) for n in lesson] if lesson else [e for e in all_lessons() if e.source.is_file()]
    for path in export(chosen, folder):
        showing.say(f"wrote {path}")
