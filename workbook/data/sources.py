"""One loader for every data set: own files, then a download, then drawn by code."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.data import download, files, hdf5
from workbook.data.errors import DataError
from workbook.data.progress import meter
from workbook.data.registry import Entry, registry, registry_file

if TYPE_CHECKING:
    from workbook.data.hdf5 import Arrays

SOURCES = ("own", "download", "generated")
LOCK_S = 900.0  # longer than any drawing takes; who waits this long draws for itself


@dataclass(frozen=True)
class DataSet:
    """What the loader must know about one data set."""

    name: str
    title: str
    own: tuple[str, ...]  # file or folder names that a person's own copy consists of
    read: Callable[[Path], Arrays]  # a folder with those names -> checked arrays; raises DataError
    draw: Callable[[Callable[[int], None]], Arrays]  # a function to tell how many are done -> arrays
    drawings: int  # how many pictures draw() makes
    recipe: Callable[[], str]  # names generator, version, seeds and sizes; changes when the drawing changes
    keys: tuple[str, ...]  # of the arrays
    summary: Callable[[Arrays], str]  # such as "1,440 training and 240 test pictures"
    also_own: tuple[tuple[str, ...], ...] = ()  # other names that an own copy may have
    registered: tuple[str, ...] = ()  # the files of a download, where they are not those of own: an archive
    read_registered: Callable[[Path], Arrays] | None = None  # a folder with them -> checked arrays

    def own_names(self, folder: Path) -> tuple[str, ...]:
        """The names that a person's own copy has in a folder; none where it is not there.

        Raises DataError where a folder has only some of the files: nobody wants half of their own.
        """
        for names in (self.own, *self.also_own):
            there = [name for name in names if os.path.lexists(folder / name)]
            if len(there) == len(names):
                return names
            if there:
                missing = [name for name in names if name not in there]
                raise DataError(
                    f"{files.shown(folder)} has {' and '.join(there)} but lacks {' and '.join(missing)}: "
                    f"{self.name} needs all of them.",
                    "Add what is missing or move the other away.",
                )
        return ()

    def download_names(self) -> tuple[str, ...]:
        """The files of a download."""
        return self.registered or self.own

    def read_download(self, folder: Path) -> Arrays:
        """The arrays of a download, checked. Raises DataError."""
        return (self.read_registered or self.read)(folder)

    def entries(self) -> list[Entry]:
        """The registered files of a download. Raises DataError where one is not registered."""
        known = registry()
        if missing := [name for name in self.download_names() if name not in known]:
            where = files.shown(registry_file())
            raise DataError(
                f"{self.name} cannot be downloaded: {' and '.join(missing)} not registered in {where}.",
                "Put your own files into datasets/, or use the generated set.",
            )
        return [known[name] for name in self.download_names()]

    def cache_name(self) -> str:
        """The file name of the drawn set; another recipe gives another name."""
        return f"{self.name}-{self.recipe()}.h5"


@dataclass(frozen=True)
class Loaded:
    """A loaded data set and where it came from."""

    name: str
    arrays: Arrays = field(repr=False)
    source: str  # one of SOURCES
    where: str  # a path as shown to people, or "in memory"
    line: str  # the sentence for people


def load(
    dataset: DataSet,
    source: str | None = None,
    quiet: bool = False,
    folder: str | os.PathLike | None = None,
    patience: download.Patience | None = None,
) -> Loaded:
    """Load a data set from the first source that has it, and say in one line which one that was.

    source: "own", "download" or "generated" to insist on one. Only "download" uses the network; without it,
    files that were downloaded before are used where they are whole.
    folder: where own files lie, instead of WORKBOOK_DATA and datasets/. quiet: print nothing.
    Raises DataError: own files that are broken or incomplete, a source that does not have the set.
    """
    if source not in (None, *SOURCES):
        raise DataError(
            f"There is no source {source!r}.", f"Use one of {', '.join(map(repr, SOURCES))}, or none."
        )
    if folder is not None and source in ("download", "generated"):
        raise DataError(
            f"folder names own files and does not go with source={source!r}.", "Leave one of them out."
        )
    loaded = None
    if source in (None, "own"):
        loaded = _own(dataset, folder, insist=source == "own" or folder is not None)
    if loaded is None and source in (None, "download"):
        loaded = _downloaded(dataset, patience, quiet, fetch=source == "download")
    if loaded is None:
        loaded = _generated(dataset, quiet)
    if not quiet:
        print(loaded.line, flush=True)
    return loaded


def _loaded(dataset: DataSet, arrays: Arrays, source: str, where: str, remark: str = "") -> Loaded:
    kind = {"own": "own files", "download": "downloaded", "generated": "generated"}[source]
    line = f"{dataset.name}: {dataset.summary(arrays)}, {kind} ({where}{f'; {remark}' if remark else ''})"
    return Loaded(dataset.name, arrays, source, where, line)


# 1. Own files


def own_folder(dataset: DataSet, folder: str | os.PathLike | None = None) -> Path | None:
    """The first folder with own files of a set, or None. Raises DataError where one has only some of them."""
    return next((each for each in files.own_folders(folder) if dataset.own_names(each)), None)


def _own(dataset: DataSet, folder: str | os.PathLike | None, insist: bool) -> Loaded | None:
    found = own_folder(dataset, folder)
    if found is not None:
        return _loaded(dataset, dataset.read(found), "own", files.shown(found))
    if not insist:
        return None
    looked = " nor in ".join(files.shown(path) for path in files.own_folders(folder))
    absent = f"{' and '.join(dataset.own)} {'are' if len(dataset.own) > 1 else 'is'} not in {looked}"
    raise DataError(
        f"There are no own files of {dataset.name}: {absent}.",
        "Put them there, or name their folder in WORKBOOK_DATA.",
    )


# 2. Download


def downloaded_folder(dataset: DataSet) -> Path | None:
    """The folder in which a set was downloaded, or None.

    Raises DataError where such files are there but not as registered.
    """
    for folder in files.kept_folders("downloads"):
        if all((folder / name).is_file() for name in dataset.download_names()):
            for entry in dataset.entries():
                if not download.have(entry, folder):
                    raise DataError(
                        f"{files.shown(folder / entry.name)} is not the registered file: "
                        f"its SHA-256 is not {entry.sha256}.",
                        f"Delete it, or run `workbook data get {dataset.name} --source download`.",
                    )
            return folder
    return None


def _downloaded(
    dataset: DataSet, patience: download.Patience | None, quiet: bool, fetch: bool
) -> Loaded | None:
    if fetch:
        folder = download.fetch_all(dataset.entries(), files.kept_folders("downloads"), patience, quiet)
    else:
        folder = downloaded_folder(dataset)
    if folder is None:
        return None
    return _loaded(dataset, dataset.read_download(folder), "download", files.shown(folder))


# 3. Generated


def caches(dataset: DataSet) -> list[Path]:
    """Where the drawn set may lie, best first."""
    return [folder / dataset.cache_name() for folder in files.kept_folders("generated")]


def _read_cache(dataset: DataSet, path: Path) -> Arrays:
    return hdf5.read_cache(path, dataset.keys, dataset.recipe())


def _generated(dataset: DataSet, quiet: bool) -> Loaded:
    """Read the drawn set, or draw it and keep it where that is possible."""
    remarks, arrays = [], None
    for path in caches(dataset):
        if path.is_file():
            try:
                found = _read_cache(dataset, path)
                return _loaded(dataset, found, "generated", files.shown(path), "; ".join(remarks))
            except DataError as error:  # what code can draw again is no reason to stop a learner
                remarks.append(f"not used because {error.what.rstrip('.')}")
    for path in caches(dataset):
        try:
            with files.locked(path, LOCK_S):
                with suppress(DataError):  # another process may have drawn it while this one waited
                    found = _read_cache(dataset, path)
                    return _loaded(dataset, found, "generated", files.shown(path), "; ".join(remarks))
                files.sweep(path.parent, path.name)
                arrays = arrays if arrays is not None else _draw(dataset, quiet)
                hdf5.write_cache(path, arrays, dataset.recipe())
            return _loaded(dataset, arrays, "generated", files.shown(path), "; ".join(remarks))
        except OSError as error:
            remarks.append(f"{files.shown(path.parent)} cannot be written: {error.strerror or error}")
    arrays = arrays if arrays is not None else _draw(dataset, quiet)
    return _loaded(dataset, arrays, "generated", "in memory", "; ".join(remarks))


def _draw(dataset: DataSet, quiet: bool) -> Arrays:
    """The arrays, drawn. Raises DataError where the computer cannot: no folder is to blame for that."""
    words = f"{dataset.name}: drawing {dataset.drawings:,} pictures, once"
    try:
        with meter(words, dataset.drawings, quiet) as update:
            return dataset.draw(update)
    except OSError as error:
        raise DataError(
            f"{dataset.name} cannot be drawn: {error.strerror or error}.",
            "Free some memory or disk, and try again.",
        ) from error
