"""Fetching a file of weights from where Keras has it: bounded in time and size, checked, whole or not at all.

Keras checks no hash of these files and writes them under their final name while they arrive: what breaks off
would stay and be used. Here a file is checked first and takes its place only then.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from workbook.data.download import BLOCK, Patience
from workbook.data.errors import DataError
from workbook.data.files import locked, shown, stale
from workbook.data.hdf5 import what_it_is
from workbook.data.progress import meter

LARGEST = 100_000_000  # bytes
REMEDY = (
    "Check the network and try again, put the file into datasets/weights/ yourself, "
    "or use the weights that ship."
)


def fetch(
    url: str, path: Path, check: Callable[[Path], Any], patience: Patience | None = None, quiet: bool = False
) -> None:
    """Bring the file at a URL to a path.

    check: looks at the file before it takes its place; raises DataError where it is not what it should be.
    Raises DataError with the URL in it; then nothing stays.
    """
    patience = patience or Patience()
    try:
        with locked(path, timeout_s=patience.whole(LARGEST)):
            if path.is_file():  # another process fetched it meanwhile
                return
            _sweep(path.parent)
            with tempfile.TemporaryDirectory(prefix=".fetch", dir=path.parent) as folder:
                temporary = Path(folder) / path.name
                _receive(url, temporary, patience, quiet)
                _check(temporary, url, check)
                temporary.replace(path)
    except OSError as error:
        what = f"{path.name} cannot be kept in {shown(path.parent)}: {error.strerror or error}."
        raise DataError(
            what, "Free some space, or set KERAS_HOME to a folder that can be written."
        ) from error


def _sweep(folder: Path) -> None:
    """Remove what a killed download left more than an hour ago."""
    for leftover in folder.glob(".fetch*"):
        with suppress(OSError):  # another process may have removed it
            if stale(leftover):
                shutil.rmtree(leftover, ignore_errors=True)


def _check(temporary: Path, url: str, check: Callable[[Path], Any]) -> None:
    try:
        check(temporary)
    except DataError as error:
        why = error.what.replace(shown(temporary), "the file")
        raise _failed(url, f"it came, but {why[0].lower()}{why[1:].rstrip('.')}") from error


def _failed(url: str, what: str) -> DataError:
    return DataError(f"The weights could not be downloaded from {url}: {what}.", REMEDY)


def _receive(url: str, temporary: Path, patience: Patience, quiet: bool) -> None:
    """Stream a URL into a file. Raises DataError."""
    import requests
    import urllib3

    timeout = (patience.connect, patience.silence)
    try:
        with requests.get(
            url, stream=True, timeout=timeout, headers={"Accept-Encoding": "identity"}
        ) as response:
            if response.status_code != 200:
                raise _failed(url, f"the server answered {response.status_code} {response.reason}")
            announced = response.headers.get("Content-Length", "")
            _stream(
                response.raw, url, temporary, int(announced) if announced.isdigit() else None, patience, quiet
            )
    except (requests.exceptions.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError) as error:
        raise _failed(url, f"no connection within {patience.connect:g} seconds") from error
    except (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as error:
        raise _failed(url, f"nothing came for {patience.silence:g} seconds") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise _failed(url, f"no connection ({type(error).__name__})") from error


def _stream(raw: Any, url: str, temporary: Path, size: int | None, patience: Patience, quiet: bool) -> None:
    if size is not None and size > LARGEST:
        raise _failed(url, f"the server announces {size:,} bytes")
    got, start, deadline = 0, b"", time.monotonic() + patience.whole(size or LARGEST)
    with (
        open(temporary, "wb") as file,
        meter(f"downloading {temporary.name}", size or LARGEST, quiet) as update,
    ):
        while block := _next(raw, url, got):
            got, start = got + len(block), start or block[:64]
            if got > LARGEST:
                raise _failed(url, f"the server sends more than {LARGEST:,} bytes")
            if time.monotonic() > deadline:
                raise _failed(url, f"only {got:,} bytes came in time: the connection is too slow")
            file.write(block)
            update(got)
    if size is not None and got != size:
        raise _failed(url, f"it broke off after {got:,} of {size:,} bytes")
    if (hint := what_it_is(start)) is not None:
        raise _failed(url, hint)


def _next(raw: Any, url: str, got: int) -> bytes:
    """Whatever has arrived, so that a trickle meets the deadline. Raises DataError where it broke off."""
    import urllib3

    try:
        return raw.read1(BLOCK)
    except (urllib3.exceptions.ReadTimeoutError, TimeoutError):
        raise
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _failed(url, f"it broke off after {got:,} bytes") from error
