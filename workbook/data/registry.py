"""The registry of real files: what each must be, byte for byte, and where it may be fetched."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from workbook.data.errors import DataError
from workbook.data.files import datasets_folder, shown

MIRROR = "WORKBOOK_MIRROR"


@dataclass(frozen=True)
class Entry:
    """One registered file."""

    name: str
    sha256: str
    size: int  # bytes
    licence: str
    origin: str
    url: str  # relative to the mirror
    urls: tuple[str, ...] = ()  # absolute ones

    def all_urls(self) -> list[str]:
        """Every URL to try, the mirror first. Raises DataError where WORKBOOK_MIRROR is no http(s) URL."""
        base = mirror()
        return ([f"{base}/{self.url}"] if base else []) + list(self.urls)


def mirror() -> str | None:
    """The base URL that WORKBOOK_MIRROR names, without a slash at its end; None where it is not set."""
    base = os.environ.get(MIRROR, "").strip().rstrip("/")
    if not base:
        return None
    if not re.match(r"https?://[^/]", base):
        raise DataError(
            f"{MIRROR} must be an http:// or https:// address and is {base!r}.", "Correct or unset it."
        )
    return base


def registry_file() -> Path:
    """Where the registry lies."""
    return datasets_folder() / "registry.json"


def registry() -> dict[str, Entry]:
    """All registered files by name; empty where there is no registry. Raises DataError where it is broken."""
    path = registry_file()
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {name: _entry(name, fields) for name, fields in files.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        words = f"no {error}" if isinstance(error, KeyError) else str(error)
        remedy = "Restore it from the repository (git checkout datasets/registry.json) or correct it."
        raise DataError(f"{shown(path)} cannot be read: {words}.", remedy) from error


def _entry(name: str, fields: dict) -> Entry:
    """Check one entry. Raises ValueError, KeyError or TypeError."""
    entry = Entry(
        name=name,
        sha256=fields["sha256"].lower(),
        size=fields["size"],
        licence=fields["licence"],
        origin=fields["origin"],
        url=fields.get("url", name),
        urls=tuple(fields.get("urls", ())),
    )
    if not re.fullmatch(r"[\w][\w.-]*", name):
        raise ValueError(f"{name!r} is no plain file name")
    if not re.fullmatch(r"[0-9a-f]{64}", entry.sha256):
        raise ValueError(f"{name}: sha256 must be 64 hex digits")
    if not isinstance(entry.size, int) or entry.size <= 0:
        raise ValueError(f"{name}: size must be a number of bytes")
    if not all(url.startswith(("http://", "https://")) for url in entry.urls):
        raise ValueError(f"{name}: urls must start with http:// or https://")
    return entry
