"""What all tests share: a record of their own, and no data set of whoever runs them."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for each test's record and caches."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("WORKBOOK_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data sets; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("WORKBOOK_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "train_signs.h5").is_file():
        pytest.skip(f"the real data sets are not in {folder}: set WORKBOOK_REAL_DATA to test on them")
    return folder
