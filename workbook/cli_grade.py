"""``workbook grade``: a folder of submissions in, grades and a page for each learner out."""

from pathlib import Path
from typing import Annotated, Any

import typer

from workbook import showing


def grade(
    submissions: Annotated[
        Path,
        typer.Argument(
            help="A folder of notebooks: NAME.ipynb, NAME/LESSON.ipynb or as nbgrader collects.",
            show_default=False,
        ),
    ],
    lesson: Annotated[str, typer.Option(help="The lesson that they answer.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The folder to write.", show_default=False)],
    jobs: Annotated[int, typer.Option(min=1, max=256, help="How many to grade at a time.")] = 2,
    sandbox: Annotated[
        bool, typer.Option("--sandbox/--no-sandbox", help="--no-sandbox: only for notebooks that you trust.")
    ] = True,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Draws the cases; that of the last grading, else a fresh one, where left out."
        ),
    ] = None,
    regrade: Annotated[bool, typer.Option("--regrade", help="Grade what has not changed, too.")] = False,
    nbgrader: Annotated[bool, typer.Option("--nbgrader", help="Write nbgrader's gradebook.db, too.")] = False,
    scheduler: Annotated[
        str | None, typer.Option(help="Grade on a Dask cluster: tcp://HOST:PORT.", show_default=False)
    ] = None,
) -> None:
    """Grade a class: each notebook runs in a sandbox of its own.

    Writes grades.csv, grades.json, summary.html and a page for each learner.
    What is graded already and has not changed is not graded again: stopped
    halfway, the same command goes on from there. Each lesson needs an --out
    of its own.

    Exit code: 0 all are graded, 1 one could not be read or run, or a page not written,
    2 nothing could be graded, 130 stopped.

    [bold]Examples[/bold]

    \b
    workbook grade submissions --lesson residual_networks --out grades
    workbook grade submissions --lesson inception --out grades --jobs 8
    workbook grade course/submitted --lesson inception --out grades --nbgrader
    workbook grade submissions --lesson inception --out grades --scheduler tcp://10.0.0.1:8786
    """
    from workbook.grading import GRADED, NoSandbox, grade_folder
    from workbook.grading.outputs import Unwritten, write_all
    from workbook.lessons import find_lesson

    chosen = find_lesson(lesson)
    if not submissions.is_dir():
        _refuse(f"{submissions} is no folder.")
    if _inside(out, submissions):
        _refuse(f"{out} lies in {submissions}, where the notebooks are looked for: choose another folder.")
    unwritten = ""
    try:
        with showing.bar() as tell:
            options = {"jobs": jobs, "sandbox": sandbox, "seed": seed, "regrade": regrade}
            found = grade_folder(submissions, chosen, out, tell=tell, runner=_runner(scheduler), **options)
            if found:
                write_all(found, chosen, out, nbgrader)
    except NoSandbox as error:
        _refuse(str(error))
    except Unwritten as error:
        unwritten = str(error)
    except KeyboardInterrupt:
        showing.complain("Stopped. What is done is kept: run the same command again to go on.")
        raise typer.Exit(130) from None
    _show_left_out(submissions)
    if not found:
        _refuse(f"There is no submission for {chosen.name} in {submissions}.")
    _show(found, out, nbgrader)
    if unwritten:
        showing.complain(unwritten)
    raise typer.Exit(0 if all(each.status == GRADED for each in found) and not unwritten else 1)


def _runner(scheduler: str | None) -> Any:
    """Who grades elsewhere; None where this computer does."""
    if scheduler is None:
        return None
    from workbook.grading.cluster import runner

    return runner(scheduler)


def _inside(out: Path, folder: Path) -> bool:
    return out.resolve().is_relative_to(folder.resolve())


def _refuse(words: str) -> None:
    showing.complain(words)
    raise typer.Exit(2)


def _show_left_out(submissions: Path, most: int = 10) -> None:
    """One line on the files in the folder that nobody has handed in."""
    from workbook.grading.submissions import left_out

    if names := left_out(submissions):
        more = f" and {len(names) - most} more" if len(names) > most else ""
        showing.say(f"left out: {', '.join(names[:most])}{more}")


def _show(found: list[Any], out: Path, nbgrader: bool) -> None:
    """One line on the class, a line on each of whom there is something to say, and where the files lie."""
    from workbook.grading import GRADED
    from workbook.grading.marking import tidy
    from workbook.grading.submissions import is_on_files

    graded = [each for each in found if each.status == GRADED]
    words = f"{len(graded)} of {len(found)} graded"
    if graded:
        mean = sum(each.score for each in graded) / len(graded)
        words += f", {mean:.1f} of {graded[0].points} points on average"
    showing.say(f"{words}.")
    for each in found:
        notes = [note for note in each.notes if each.status != GRADED or is_on_files(note)]
        if each.status != GRADED or notes:
            why = f". {notes[0]}" if notes else ""
            showing.say(f"  {tidy(f'{each.submission}: {each.status}{why}')}", "yellow")
    showing.say(f"grades   {out / 'grades.csv'}, {out / 'grades.json'}")
    showing.say(f"summary  {out / 'summary.html'}")
    showing.say(f"pages    {out / 'feedback'}")
    if nbgrader:
        showing.say(f"nbgrader {out / 'gradebook.db'}")
