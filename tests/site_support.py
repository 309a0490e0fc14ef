"""The whole reading site, built once for all tests that look at it."""

import importlib.util
import os
from pathlib import Path

import pytest
from filelock import FileLock

from workbook.lessons import all_lessons
from workbook.site.building import build, write_source

PACKAGES = ("sphinx", "myst_nb", "furo", "sphinx-mathjax-offline")


def need_builder() -> None:
    """Skip the test where Sphinx or what it needs here is not installed."""
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: pip install -r workbook/site/requirements.txt")


def whole_site(factory: pytest.TempPathFactory) -> Path:
    """The folder of the site; tests that run at once in several processes build it once."""
    need_builder()
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "reading-site"
    with FileLock(shared / "reading-site.lock"):
        if not (folder / "built").exists():
            write_source(all_lessons(), folder / "source")
            assert build(folder / "source", folder / "html") == 0, "Sphinx warns of something: see above"
            (folder / "built").touch()
    return folder / "html"
