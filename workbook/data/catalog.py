"""What data sets there are, which sources have them, and whether their files are sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.data import download, files, hdf5
from workbook.data.alpaca import ALPACA
from workbook.data.download import Patience
from workbook.data.errors import DataError
from workbook.data.people import PEOPLE
from workbook.data.registry import MIRROR
from workbook.data.roads import ROADS
from workbook.data.signs import SIGNS
from workbook.data.smiles import SMILES
from workbook.data.sources import SOURCES, DataSet, Loaded, caches, downloaded_folder, load, own_folder

if TYPE_CHECKING:
    from workbook.data.hdf5 import Arrays

SETS = (SIGNS, SMILES, ALPACA, ROADS, PEOPLE)


@dataclass(frozen=True)
class SourceState:
    """What one source has of a set."""

    source: str  # "own", "download" or "generated"
    state: str  # "ready", "available" (after a download or a drawing), "absent" or "broken"
    where: str  # a path as shown to people, or ""
    detail: str  # a sentence


@dataclass(frozen=True)
class SetState:
    """A set and its sources, in the order in which the loader tries them."""

    name: str
    title: str
    sources: tuple[SourceState, ...]
    used: str  # the source that a plain load would use, or "" where it would raise


@dataclass(frozen=True)
class Finding:
    """What a check of one file or folder found."""

    name: str  # of the set
    source: str
    where: str
    ok: bool  # False: the set cannot be used from here
    what: str
    remedy: str = ""  # also where ok, for what is worth a look


def sets() -> dict[str, DataSet]:
    """Every known data set by name."""
    return {dataset.name: dataset for dataset in SETS}


def _named(name: str) -> DataSet:
    if name not in sets():
        raise DataError(f"there is no data set {name!r}.", f"There are: {', '.join(sets())}.")
    return sets()[name]


def get(
    name: str, source: str | None = None, quiet: bool = False, patience: Patience | None = None
) -> Loaded:
    """Make a set ready for use: find, fetch or draw it, and print the loader's line. Raises DataError."""
    return load(_named(name), source, quiet, patience=patience)


# What there is, at a glance


def describe_all() -> list[SetState]:
    """Every set with the state of its sources; looks at names and downloads' hashes, draws nothing."""
    return [describe(dataset) for dataset in SETS]


def describe(dataset: DataSet) -> SetState:
    """One set with the state of its sources."""
    states = tuple(
        _guarded(source, state, dataset)
        for source, state in zip(SOURCES, (_own_state, _download_state, _generated_state), strict=True)
    )
    decisive = next(s for s in states if s.state in ("ready", "broken") or s.source == "generated")
    return SetState(
        dataset.name, dataset.title, states, "" if decisive.state == "broken" else decisive.source
    )


def _guarded(source: str, state: Callable[[DataSet], SourceState], dataset: DataSet) -> SourceState:
    try:
        return state(dataset)
    except DataError as error:
        return SourceState(source, "broken", "", str(error))


def _own_state(dataset: DataSet) -> SourceState:
    if (folder := own_folder(dataset)) is not None:
        names = " and ".join(dataset.own_names(folder))
        return SourceState("own", "ready", files.shown(folder), f"{names} found")
    looked = " and ".join(files.shown(path) for path in files.own_folders())
    return SourceState("own", "absent", "", f"no {' and '.join(dataset.own)} in {looked}")


def _download_state(dataset: DataSet) -> SourceState:
    if (folder := downloaded_folder(dataset)) is not None:
        return SourceState("download", "ready", files.shown(folder), "downloaded, as registered")
    try:
        entries = dataset.entries()
        reachable = all(entry.all_urls() for entry in entries)
    except DataError as error:  # a plain load does without a registry
        return SourceState("download", "absent", "", str(error))
    if reachable:
        size = sum(entry.size for entry in entries) / 1e6
        return SourceState("download", "available", "", f"{size:.1f} MB to download")
    return SourceState("download", "absent", "", f"no address: set {MIRROR} to a server that holds the files")


def _generated_state(dataset: DataSet) -> SourceState:
    for path in caches(dataset):
        if path.is_file():
            return SourceState("generated", "ready", files.shown(path), "drawn before")
    return SourceState("generated", "available", "", "drawn when first needed")


# Whether it is sound


def verify(name: str | None = None) -> list[Finding]:
    """Read every file of a set (or of all sets) in full; each problem comes with its remedy.

    Raises DataError for an unknown name only.
    """
    datasets = SETS if name is None else (_named(name),)
    return [finding for dataset in datasets for finding in _verify_one(dataset)]


def _verify_one(dataset: DataSet) -> list[Finding]:
    findings = []
    for source, check in (
        ("own", _verify_own),
        ("download", _verify_download),
        ("generated", _verify_generated),
    ):
        try:
            findings += check(dataset)
        except DataError as error:
            findings.append(_problem(dataset, source, "", error))
    return findings


def _problem(dataset: DataSet, source: str, where: str, error: DataError) -> Finding:
    return Finding(dataset.name, source, where, False, error.what, error.remedy)


def _verify_own(dataset: DataSet) -> list[Finding]:
    if (folder := own_folder(dataset)) is None:
        return []
    arrays, where = dataset.read(folder), files.shown(folder)
    found = [Finding(dataset.name, "own", where, True, f"sound: {dataset.summary(arrays)}")]
    if shared := _in_both(arrays):
        what = f"{shared:,} test pictures are also training pictures, so test accuracy will look too good"
        found.append(
            Finding(dataset.name, "own", where, True, what, "Take them out of one of the two files.")
        )
    return found


def _in_both(arrays: Arrays) -> int:
    """How many test pictures are, byte for byte, in the training set too."""
    train, test = arrays.get("train_set_x"), arrays.get("test_set_x")
    if train is None or test is None:
        return 0
    known = {picture.tobytes() for picture in train}
    return sum(picture.tobytes() in known for picture in test)


def _verify_download(dataset: DataSet) -> list[Finding]:
    found = []
    for folder in files.kept_folders("downloads"):
        for name in (n for n in dataset.download_names() if (folder / n).exists()):
            entry = next(e for e in dataset.entries() if e.name == name)
            found.append(_verify_registered(dataset, entry, folder))
    return found


def _verify_registered(dataset: DataSet, entry: download.Entry, folder: Path) -> Finding:
    where = files.shown(folder / entry.name)
    if download.have(entry, folder):
        return Finding(dataset.name, "download", where, True, "as registered")
    what = f"{where} is not the registered file: its SHA-256 is not {entry.sha256}."
    remedy = f"Delete it, or run `workbook data get {dataset.name} --source download`."
    return Finding(dataset.name, "download", where, False, what, remedy)


def _verify_generated(dataset: DataSet) -> list[Finding]:
    found = []
    for path in caches(dataset):
        if path.is_file():
            found.append(_verify_cache(dataset, path))
        for other in sorted(path.parent.glob(f"{dataset.name}-*.h5")):
            if other != path:
                what = "drawn by an older generator and no longer used"
                found.append(Finding(dataset.name, "generated", files.shown(other), True, what, "Delete it."))
        for leftover in filter(files.stale, sorted(path.parent.glob(f".{dataset.name}-*{files.PART}"))):
            what = "left by a writer that was stopped; harmless"
            found.append(Finding(dataset.name, "generated", files.shown(leftover), True, what, "Delete it."))
    return found


def _verify_cache(dataset: DataSet, path: Path) -> Finding:
    try:
        arrays = hdf5.read_cache(path, dataset.keys, dataset.recipe())
    except DataError as error:
        return _problem(dataset, "generated", files.shown(path), error)
    return Finding(dataset.name, "generated", files.shown(path), True, f"sound: {dataset.summary(arrays)}")
