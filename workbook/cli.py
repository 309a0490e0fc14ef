"""The command line: ``workbook check``, ``progress``, ``release``, ``doctor``, ``data``,
``grade``, ``export``, ``prepare``, ``mine``, ``update``.

Exit codes: 0 all is well, 1 something did not pass or is wrong, 2 the command could not do its work.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from workbook import __version__, showing
from workbook.cli_copies import mine, update
from workbook.cli_data import AsJson, data_app
from workbook.cli_export import export_app
from workbook.cli_grade import grade

app = typer.Typer(
    name="workbook",
    help="The workbook on convolutional networks: check answers, see progress, look after data and lessons.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(data_app, name="data")
app.add_typer(export_app, name="export")
app.command()(grade)
app.command()(mine)
app.command()(update)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends with an exit code and, for what people do wrong, never a traceback."""
    try:
        app(args=arguments, prog_name="workbook")
    except Exception as error:
        if os.environ.get("WORKBOOK_DEBUG"):
            raise
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            showing.say_json({"error": _explained(error)})
        else:
            showing.complain(_explained(error))
        raise SystemExit(2) from None


def _explained(error: Exception) -> str:
    """What to say of an exception: what is wrong and what to do."""
    import sqlite3

    from workbook.data import DataError
    from workbook.lessons import LessonError
    from workbook.reading import Unreadable

    if isinstance(error, LessonError | DataError | Unreadable):
        return str(error)
    if isinstance(error, sqlite3.Error):
        return f"The record of your progress cannot be read ({error}): workbook doctor tells what to do."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Is there room, and may you read and write there?"
    return (
        f"{type(error).__name__}: {error}\nThis is a fault of the workbook. "
        "Please report it with what WORKBOOK_DEBUG=1 shows in front of the same command."
    )


def _version(wanted: bool) -> None:
    if wanted:
        print(f"workbook {__version__}")
        raise typer.Exit


@app.callback(epilog="Each command has its own help with examples: [bold]workbook check --help[/bold]")
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A .py or .ipynb file with answers.", show_default=False)],
    lesson: Annotated[
        str | None, typer.Option(help="The lesson that it answers; found by its functions where left out.")
    ] = None,
    record: Annotated[bool, typer.Option("--record", help="Keep the results as your progress.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the exercises that a script or a notebook defines.

    Only imports, constants and definitions are run. What cannot run here is
    stepped over and told: helper modules, data files and magics of a notebook
    that was solved elsewhere.

    Exit code: 0 all found passed, 1 some did not, 2 the file could not be read.

    [bold]Examples[/bold]

    \b
    workbook check week1/convolution_step_by_step.ipynb
    workbook check answers.py --lesson residual_networks
    workbook check answers.ipynb --json > result.json
    """
    from workbook.filecheck import check_file
    from workbook.filereport import show_check

    try:
        with showing.bar(hidden=as_json) as tell:
            found = check_file(file, lesson, record, tell)
    except Exception as error:
        if not as_json:
            raise
        showing.say_json({"file": str(file), "error": _explained(error)})
        raise typer.Exit(2) from None
    if as_json:
        showing.say_json(found.to_dict())
    else:
        show_check(found)
    raise typer.Exit(0 if found.passed else 1)


@app.command()
def progress(
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a page to open in a browser.", show_default=False)
    ] = None,
) -> None:
    """Show what you have earned in each lesson, and what to do next.

    [bold]Examples[/bold]

    \b
    workbook progress
    workbook progress --json
    workbook progress --html progress.html
    """
    from workbook.filereport import show_progress
    from workbook.standing import standings

    found = standings()
    if html is not None:
        from workbook.progress_page import progress_page

        html.write_text(progress_page(found), encoding="utf-8")
        showing.say(f"wrote {html}")
        return
    if not as_json:
        show_progress(found)
        return
    totals = {"score": sum(s.score for s in found), "points": sum(s.lesson.points for s in found)}
    showing.say_json({"lessons": [each.to_dict() for each in found], **totals})


@app.command()
def release(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Lessons; all where left out.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Rebuild what has not changed, too.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where a notebook has drifted.")
    ] = False,
    checks: Annotated[
        bool,
        typer.Option("--checks", help="Only make the checks' reports anew, after exercises have changed."),
    ] = False,
) -> None:
    """Write the solved and the learner's notebooks from their source, solutions/<lesson>.py.

    [bold]Examples[/bold]

    \b
    workbook release
    workbook release residual_networks --force
    workbook release --check
    workbook release inception --checks
    """
    from workbook.lessons import all_lessons, find_lesson
    from workbook.releasing import drifted
    from workbook.releasing import release as build

    chosen = [find_lesson(name) for name in lessons] if lessons else None
    if checks:
        from workbook.rechecking import renew_checks

        renew_checks(chosen or all_lessons(), tell=showing.say)
        return
    if check:
        drifts = drifted(chosen)
        for line in drifts:
            showing.say(line)
        showing.say("" if drifts else "All notebooks are as their sources say.")
        raise typer.Exit(1 if drifts else 0)
    with showing.bar() as tell:
        written = build(chosen, force, lambda words: tell(words, 0, 0))
    for path in written:
        showing.say(f"wrote {path}")
    if not written:
        showing.say("Nothing to do: all notebooks are up to date.")


@app.command()
def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Leave out starting TensorFlow.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look for what keeps the workbook from working, and say what to do about it.

    Exit code: 0 nothing is wrong, 1 something is.

    [bold]Examples[/bold]

    \b
    workbook doctor
    workbook doctor --quick --json
    """
    from workbook.doctor import examine
    from workbook.filereport import show_findings

    with showing.bar(hidden=as_json) as tell:
        findings = examine(quick, tell)
    ok = all(each.ok for each in findings)
    if as_json:
        showing.say_json({"ok": ok, "findings": [each.to_dict() for each in findings]})
    else:
        show_findings(findings)
    raise typer.Exit(0 if ok else 1)


@app.command()
def prepare(
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Only the pictures, which the first lessons need.")
    ] = False,
) -> None:
    """Do now, once, what would keep you waiting later: pictures and reference networks.

    Quick the second time. Stopped halfway, it goes on from there.

    [bold]Examples[/bold]

    \b
    workbook prepare
    workbook prepare --pictures
    """
    from workbook.preparing import prepare as do

    try:
        with showing.bar() as tell:
            problems = do(tell, only_pictures=pictures)
    except KeyboardInterrupt:
        showing.complain("Stopped. What is done is kept: run workbook prepare again to go on.")
        raise typer.Exit(130) from None
    for problem in problems:
        showing.complain(problem)
    if problems:
        raise typer.Exit(1)
    showing.say("All is prepared.")
