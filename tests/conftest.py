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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one exercise follow each other within a file: they look at the same mistakes, seen once."""
    files: dict[str, int] = {}
    exercises: dict[str, int] = {}

    def place(item: pytest.Item) -> tuple[int, int]:
        file = item.nodeid.split("::")[0]
        exercise = item.callspec.params.get("exercise") if hasattr(item, "callspec") else None
        name = getattr(exercise, "name", "")
        return files.setdefault(file, len(files)), exercises.setdefault(name, len(exercises)) if name else -1

    items.sort(key=place)
