"""``workbook data``: which data sets are there, from which source, and whether they are sound."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from workbook import showing

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]

data_app = typer.Typer(
    no_args_is_help=True, help="Data sets: which are there, their sources, and whether sound."
)


@data_app.command("list")
def data_list(as_json: AsJson = False) -> None:
    """Show every data set, its sources, and which of them is used.

    [bold]Examples[/bold]

    \b
    workbook data list
    WORKBOOK_DATA=~/pictures workbook data list --json
    """
    from dataclasses import asdict

    from workbook import data
    from workbook.filereport import show_sets

    found = data.describe_all()
    if as_json:
        showing.say_json([asdict(each) for each in found])
    else:
        show_sets(found)


@data_app.command("get")
def data_get(
    names: Annotated[
        list[str] | None, typer.Argument(help="Data sets; all where left out.", show_default=False)
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="own, download or generated; the first that has it where left out.")
    ] = None,
) -> None:
    """Make data sets ready: find your own files, download registered ones, or draw them.

    Only --source download uses the network.

    [bold]Examples[/bold]

    \b
    workbook data get
    workbook data get signs --source download
    """
    from workbook import data

    known = data.sets()
    for name in names or known:
        if name not in known:
            raise data.DataError(f"There is no data set {name!r}.", f"There are: {', '.join(known)}.")
    failed = False
    for name in names or known:
        failed |= _failed(lambda name=name: data.get(name, source))
    raise typer.Exit(1 if failed else 0)


def _failed(get: Callable[[], Any]) -> bool:
    """Get one data set; True, and the reason told, where it cannot be had."""
    from workbook.data import DataError

    try:
        get()
    except DataError as error:
        showing.complain(str(error))
        return True
    return False


@data_app.command("verify")
def data_verify(
    name: Annotated[
        str | None, typer.Argument(help="A data set; all where left out.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read every data file in full, and say what is wrong with which.

    Exit code: 0 all are sound, 1 one is not.

    [bold]Examples[/bold]

    \b
    workbook data verify
    workbook data verify signs --json
    """
    from dataclasses import asdict

    from workbook import data
    from workbook.filereport import show_findings

    found = data.verify(name)
    ok = all(each.ok for each in found)
    if as_json:
        showing.say_json({"ok": ok, "findings": [asdict(each) for each in found]})
    elif found:
        show_findings([_as_finding(each) for each in found])
    else:
        showing.say("There is no data file yet: sets are drawn when first needed, or by workbook data get.")
    raise typer.Exit(0 if ok else 1)


def _as_finding(each: Any) -> Any:
    from workbook.doctor import Finding

    where = f" ({each.where})" if each.where else ""
    return Finding(f"{each.name}, {each.source}", each.ok, f"{each.what}{where}", each.remedy)
