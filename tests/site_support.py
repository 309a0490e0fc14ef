"""The whole reading site, built once for all tests that look at it."""

import importlib.util
import os
from pathlib import Path

import pytest
from filelock import FileLock

from workbook.lessons import all_lessons
from workbook.paths import repository
from workbook.site.building import build, write_source

PACKAGES = ("sphinx", "myst_nb", "furo", "sphinx-mathjax-offline")


def need_builder() -> None:
    """Skip the test where Sphinx or what it needs here is not installed."""
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: pip install -r workbook/site/requirements.txt")


def whole_site(factory: pytest.TempPathFactory) -> Path:
    """The folder of the site: what ``make site`` has built of this very state, else one that is built for all
    tests, also those that run at once in several processes."""
    need_builder()
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "reading-site"
    with FileLock(shared / "reading-site.lock"):
        if not (folder / "source").exists():
            write_source(all_lessons(), folder / "source")
        if _is_built(folder / "source"):
            return repository() / "build" / "site"
        if not (folder / "built").exists():
            assert build(folder / "source", folder / "html") == 0, "Sphinx warns of something: see above"
            (folder / "built").touch()
    return folder / "html"


def _is_built(source: Path) -> bool:
    """True where ``make site`` has built a site of these sources, and they have not changed since."""
    index, used = (repository() / "build" / name for name in ("site/index.html", "site-source"))
    if not index.is_file() or not used.is_dir():
        return False
    mine, theirs = (
        {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
        for folder in (source, used)
    )
    return mine.keys() == theirs.keys() and all(
        path.read_bytes() == theirs[name].read_bytes()
        and theirs[name].stat().st_mtime <= index.stat().st_mtime
        for name, path in mine.items()
    )
