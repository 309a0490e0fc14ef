"""What the commands show in a terminal: checks of files, progress, findings, data sets."""

from collections.abc import Sequence
from typing import Any

from workbook.filecheck import FileCheck
from workbook.reporting import Report
from workbook.showing import console, say
from workbook.standing import Standing, advice, duration


def show_check(found: FileCheck) -> None:
    """The report on each exercise, what was stepped over, and the sum."""
    for exercise in found.lesson.exercises:
        for report in (each for each in found.reports if each.exercise is exercise):
            _show_report(report)
        if exercise.name in found.broken:
            say(f"{exercise.name}: 0 of {exercise.points} points", "bold red")
            say(f"  It cannot be run: {found.broken[exercise.name]}\n")
    if found.stepped_over:
        say(
            "Stepped over (only imports, constants and definitions are run), or taken from elsewhere:", "bold"
        )
        for each in found.stepped_over:
            say(f"  {each}", "dim")
        say()
    right = sum(report.passed for report in found.reports)
    say(
        f"{found.file}: {right} of {len(found.reports) + len(found.broken)} exercises passed, "
        f"{found.score} of {found.points} points ({found.lesson.name})",
        "bold green" if found.passed else "bold red",
    )
    if found.missing:
        names = ", ".join(exercise.name for exercise in found.missing)
        points = sum(exercise.points for exercise in found.missing)
        say(f"The file does not define {names} ({points} points).")


def _show_report(report: Report) -> None:
    headline, *rest = report.text().split("\n")
    say(headline, "bold green" if report.passed else "bold yellow" if report.not_attempted else "bold red")
    say("\n".join([*rest, ""]))


TITLES = (("Lesson", "left"), ("", "left"), ("Points", "right"), ("Left", "right"), ("Next", "left"))
ROOM = 90
"""Columns of a terminal; one that has fewer shows no bars, so that names stay whole."""


def show_progress(standings: Sequence[Standing]) -> None:
    """A row for each lesson, the sum, and what to do next."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not standings:
        say("There is no lesson here: run workbook inside the workbook's folder.")
        return
    screen = console()
    bars = screen.width >= ROOM
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title, justify in TITLES:
        if title or bars:
            table.add_column(title, justify=justify, no_wrap=title != "Next", overflow="fold")
    week = ""
    for each in standings:
        if each.lesson.week != week:
            week = each.lesson.week
            table.add_row(Text(f"Week {week.removeprefix('week')}", style="bold"))
        table.add_row(
            Text(each.lesson.name),
            *([_bar(each, screen.options.ascii_only)] if bars else []),
            f"{each.score}/{each.lesson.points}",
            duration(each.minutes),
            Text(each.next, style="dim" if each.done else ""),
        )
    screen.print(table)
    total = sum(each.lesson.points for each in standings)
    say(f"{sum(each.score for each in standings):,} of {total:,} points in all. {advice(standings)}")


def _bar(each: Standing, ascii_only: bool, width: int = 10) -> Any:
    from rich.text import Text

    full, empty = "#." if ascii_only else "█░"
    done = int(width * each.score / max(each.lesson.points, 1))
    return Text(full * done + empty * (width - done), style="green")


def show_findings(findings: Sequence[Any]) -> None:
    """A line for each finding, and under it what to do."""
    width = min(28, max(len(each.name) for each in findings))
    for each in findings:
        mark, style = ("ok   ", "") if each.ok else ("WRONG", "bold red")
        say(f"{mark}  {each.name:<{width}}  {each.detail}", style)
        if each.remedy:
            say(f"       {'':<{width}}  {each.remedy}", "yellow")
    wrong = sum(not each.ok for each in findings)
    say(
        f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong." if wrong else "Nothing is wrong.",
        "bold",
    )


def show_sets(sets: Sequence[Any]) -> None:
    """Every data set and the state of its sources; the one that is used is marked."""
    for each in sets:
        say(f"{each.name}: {each.title}", "bold")
        for source in each.sources:
            mark = "*" if source.source == each.used else " "
            where = f" ({source.where})" if source.where else ""
            style = "red" if source.state == "broken" else ""
            say(f"  {mark} {source.source:<9}  {source.state:<9}  {source.detail}{where}", style)
        if not each.used:
            say(f"  It cannot be loaded: workbook data verify {each.name} says what to do.", "red")
    say("* is the source that is used. workbook data get NAME makes a set ready.", "dim")
