"""Fetching registered files: pooch keeps and checks them, within bounds of time and size."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.data.errors import DataError
from workbook.data.files import locked, sha256, shown, stale
from workbook.data.hdf5 import what_it_is
from workbook.data.progress import meter
from workbook.data.registry import MIRROR, Entry

BLOCK = 2**16  # bytes read at a time


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, and how often to try."""

    connect: float = 10.0
    silence: float = 30.0  # between two arrivals of bytes
    start: float = 60.0  # a whole file may take this long ...
    slowest: float = 50_000.0  # ... and as long as this many bytes per second need
    retries: int = 2  # after a connection that broke or bytes that were wrong

    def whole(self, size: int) -> float:
        """Seconds that a file of size bytes may take in all."""
        return self.start + size / self.slowest


class _Downloader:
    """Streams one registered file for pooch, never more than its size nor longer than patience allows.

    Raises requests' exceptions for what may pass (pooch tries again), DataError for what will not.
    """

    def __init__(self, entry: Entry, patience: Patience, quiet: bool) -> None:
        self.entry, self.patience, self.quiet = entry, patience, quiet
        self.got = 0  # bytes of the last attempt
        self.sha256 = ""
        self.start = b""

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:
        import requests
        import urllib3

        timeout = (self.patience.connect, self.patience.silence)
        self.got, self.start = 0, b""
        try:
            with requests.get(
                url, stream=True, timeout=timeout, headers={"Accept-Encoding": "identity"}
            ) as response:
                self._check_answer(response, url)
                self._receive(response.raw, url, output_file)
        except urllib3.exceptions.HTTPError as error:
            raise requests.exceptions.ConnectionError(str(error)) from error

    def _check_answer(self, response: Any, url: str) -> None:
        """Look at status and announced length before a byte of the body."""
        if 400 <= response.status_code < 500 and response.status_code not in (408, 425, 429):
            raise self.failed(url, f"the server answered {response.status_code} {response.reason}")
        response.raise_for_status()
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) != self.entry.size:
            raise self.failed(url, f"the server announces {int(announced):,} bytes")

    def _receive(self, raw: Any, url: str, output_file: str) -> None:
        digest = hashlib.sha256()
        deadline = time.monotonic() + self.patience.whole(self.entry.size)
        with (
            open(output_file, "wb") as file,
            meter(f"downloading {self.entry.name}", self.entry.size, self.quiet) as update,
        ):
            while block := raw.read1(BLOCK):  # whatever has arrived, so that a trickle meets the deadline
                self.got += len(block)
                self.start = self.start or block[:64]
                if self.got > self.entry.size:
                    raise self.failed(url, f"the server sends more than {self.entry.size:,} bytes")
                if time.monotonic() > deadline:
                    raise self.failed(
                        url, f"only {self.got:,} bytes came in time: the connection is too slow"
                    )
                digest.update(block)
                file.write(block)
                update(self.got)
        self.sha256 = digest.hexdigest()

    def failed(self, url: str, what: str) -> DataError:
        """An error about this file that names URL, what was expected and what came."""
        hint = what_it_is(self.start) if self.start else None
        return DataError(
            f"{self.entry.name} could not be downloaded from {url}: {what}{f'; {hint}' if hint else ''}. "
            f"Expected are {self.entry.size:,} bytes with the SHA-256 {self.entry.sha256}."
        )

    def in_words(self, error: Exception, url: str) -> DataError:
        """An exception of pooch or requests as a DataError."""
        import requests

        if isinstance(error, ValueError) and not isinstance(error, requests.RequestException):
            if self.got != self.entry.size:
                return self.failed(url, f"it broke off after {self.got:,} bytes")
            return self.failed(url, f"it is another file, with the SHA-256 {self.sha256}")
        if isinstance(error, requests.exceptions.HTTPError):
            return self.failed(url, f"the server answered {error.response.status_code}")
        if isinstance(error, requests.exceptions.ConnectTimeout):
            return self.failed(url, f"no connection within {self.patience.connect:g} seconds")
        if isinstance(error, requests.exceptions.ReadTimeout) or "timed out" in str(error):
            return self.failed(url, f"nothing came for {self.patience.silence:g} seconds")
        if self.got:
            return self.failed(url, f"it broke off after {self.got:,} bytes")
        return self.failed(url, f"no connection ({_reason(error)})")


def _reason(error: Exception) -> str:
    """The operating system's words inside a long message of the network libraries."""
    found = re.search(r"\[Errno -?\d+\] ([\w ]+)", str(error))
    return found[1] if found else str(error)[:150]


def have(entry: Entry, folder: Path) -> bool:
    """Whether the registered file lies in the folder, unchanged."""
    path = folder / entry.name
    with suppress(OSError):
        return path.stat().st_size == entry.size and sha256(path) == entry.sha256
    return False


def fetch(entry: Entry, folder: Path, patience: Patience | None = None, quiet: bool = False) -> Path:
    """Bring a registered file into a folder, whole and with the right SHA-256, or not at all.

    A file that is there and right is left alone. Raises DataError where no URL gave the file, OSError where
    the folder cannot be written.
    """
    patience = patience or Patience()
    urls = entry.all_urls()
    if not urls:
        raise _no_url(entry)
    errors = []
    with locked(folder / entry.name, timeout_s=patience.whole(entry.size)):
        _sweep(folder)
        for url in urls:
            try:
                return _fetch_from(url, entry, folder, patience, quiet)
            except DataError as error:
                errors.append(error.what)
    raise DataError("\n".join(errors), _remedy(entry))


def _fetch_from(url: str, entry: Entry, folder: Path, patience: Patience, quiet: bool) -> Path:
    import pooch
    import requests

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # pooch logs to stderr; what matters is in the error
    downloader = _Downloader(entry, patience, quiet)
    store = pooch.create(
        path=folder,
        base_url="",
        registry={entry.name: f"sha256:{entry.sha256}"},
        urls={entry.name: url},
        retry_if_failed=patience.retries,
    )
    try:
        return Path(store.fetch(entry.name, downloader=downloader))
    except (ValueError, requests.RequestException) as error:
        raise downloader.in_words(error, url) from error
    finally:
        logger.setLevel(level)


def _sweep(folder: Path) -> None:
    """Remove pooch's temporary files that a killed download left more than an hour ago."""
    for leftover in folder.glob("tmp*"):
        with suppress(OSError):
            if stale(leftover):
                leftover.unlink()


def _no_url(entry: Entry) -> DataError:
    return DataError(
        f"{entry.name} has no address to download from: nobody publishes it for good and with a licence.",
        f"Set {MIRROR} to the address of a server that holds it (your teacher may run one), "
        f"or put the file into datasets/ yourself, or use the generated set.",
    )


def _remedy(entry: Entry) -> str:
    return (
        f"Check the network and the address ({MIRROR}), then try again; "
        f"or put {entry.name} into datasets/ yourself, or use the generated set."
    )


def folder_of(entries: list[Entry], folders: list[Path]) -> Path | None:
    """The first folder that holds all the registered files unchanged, or None."""
    return next((folder for folder in folders if all(have(entry, folder) for entry in entries)), None)


def fetch_all(entries: list[Entry], folders: list[Path], patience: Patience | None, quiet: bool) -> Path:
    """Bring registered files into the first folder that can be written; returns it. Raises DataError."""
    if (found := folder_of(entries, folders)) is not None:
        return found
    reasons = []
    for folder in folders:
        try:
            for entry in entries:
                fetch(entry, folder, patience, quiet)
            return folder
        except OSError as error:
            reasons.append(f"{shown(folder)}: {error.strerror or error}")
    names = " and ".join(entry.name for entry in entries)
    raise DataError(
        f"{names} cannot be kept anywhere ({'; '.join(reasons)}).",
        "Free some space, or set WORKBOOK_HOME to a folder that can be written.",
    )
