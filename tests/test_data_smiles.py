"""The smiles set: drawn once or read from train_happy.h5 and test_happy.h5, and known to every command."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from data_support import (
    fingerprint,
    isolate,
    load_signs,
    load_smiles,
    smiles,
    times_drawn,
    write_pair,
    write_split,
)

from workbook.data import DataError, SmilesData, course, describe_all, get, sets, verify

M_TRAIN, M_TEST = smiles.PICTURES.m_train, smiles.PICTURES.m_test  # before isolate() makes the set small


@pytest.fixture
def root(monkeypatch, tmp_path) -> Path:
    return isolate(monkeypatch, tmp_path)


def own(folder: Path, m_train: int = 12, m_test: int = 6) -> list[Path]:
    """A tiny train_happy.h5 and test_happy.h5."""
    return write_pair(folder, m_train, m_test, smiles.PICTURES)


def test_drawn_once_and_read_again(root, capfd, monkeypatch):
    monkeypatch.setattr(smiles.PICTURES, "m_train", M_TRAIN)
    monkeypatch.setattr(smiles.PICTURES, "m_test", M_TEST)
    first, again = load_smiles(), load_smiles()
    line, other = capfd.readouterr().out.splitlines()
    assert line == other
    assert line.startswith(
        "smiles: 600 training and 150 test pictures, generated (datasets/generated/smiles-v"
    )
    assert times_drawn(smiles.PICTURES) == 1
    assert isinstance(first, SmilesData) and first.source == again.source == "generated"
    assert fingerprint(first) == fingerprint(again)
    assert (first.X_train.shape, first.X_test.shape) == ((600, 64, 64, 3), (150, 64, 64, 3))
    assert set(first.y_train) == {0, 1} and first.classes.tolist() == [0, 1]


def test_the_cache_has_the_course_s_keys(root):
    load_smiles(quiet=True)
    with h5py.File(next((root / "datasets" / "generated").glob("smiles-*.h5"))) as file:
        assert set(file) == {"train_set_x", "train_set_y", "test_set_x", "test_set_y", "list_classes"}


def test_own_files_come_first(root, capsys):
    own(root / "datasets")
    data = load_smiles()
    assert data.source == "own" and (len(data.X_train), len(data.X_test)) == (12, 6)
    assert capsys.readouterr().out == "smiles: 12 training and 6 test pictures, own files (datasets)\n"
    assert times_drawn(smiles.PICTURES) == 0
    assert load_signs(quiet=True).source == "generated"  # the files of one set say nothing of another


def test_labels_in_a_row_and_one_of_two_files(root):
    """The files of the well-known set hold their labels as (1, m)."""
    own(root / "datasets")
    write_split(
        root / "datasets" / "train_happy.h5",
        "train",
        12,
        n_classes=2,
        train_set_y=np.arange(12).reshape(1, 12) % 2,
    )
    assert load_smiles(quiet=True).y_train.tolist() == [0, 1] * 6
    (root / "datasets" / "test_happy.h5").unlink()
    with pytest.raises(DataError, match=r"has train_happy\.h5 but lacks test_happy\.h5"):
        load_smiles()


WRONG = {
    "six classes": ({"list_classes": np.arange(6)}, "must name 2 classes, not 6"),
    "a label of another set": ({"train_set_y": np.full(12, 5)}, "lie in 0 to 1 and lie in 5 to 5"),
    "another size": ({"train_set_x": np.zeros((12, 48, 48, 3), np.uint8)}, r"have \(12, 48, 48, 3\)"),
    "another schema": ({"train_set_x": None}, "lacks 'train_set_x'"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_contents(kind, root):
    changes, words = WRONG[kind]
    own(root / "datasets")
    write_split(root / "datasets" / "train_happy.h5", "train", 12, n_classes=2, **changes)
    with pytest.raises(DataError, match=words) as caught:
        load_smiles()
    assert "datasets/train_happy.h5" in str(caught.value)
    assert "both smiles files" in caught.value.remedy


def test_no_download_though_asked_for(root):
    with pytest.raises(DataError, match=r"smiles cannot be downloaded: train_happy\.h5 and test_happy\.h5"):
        load_smiles("download")


def test_the_commands_know_it(root):
    assert {"signs", "smiles"} <= set(sets())
    found = {each.name: each for each in describe_all()}["smiles"]
    assert found.used == "generated"
    assert [source.state for source in found.sources] == ["absent", "absent", "available"]
    assert get("smiles", quiet=True).source == "generated"
    own(root / "datasets")
    assert [(each.name, each.source, each.ok) for each in verify("smiles")] == [
        ("smiles", "own", True),
        ("smiles", "generated", True),
    ]


def test_its_version_follows_the_drawing_code(monkeypatch, tmp_path):
    monkeypatch.setattr(course, "__file__", str(tmp_path / "course.py"))
    versions = {smiles.PICTURES.version()}
    for name in ("faces.py", "face_scene.py", "camera.py"):
        (tmp_path / name).write_text("a = 1\n")
        versions.add(smiles.PICTURES.version())
    (tmp_path / "hands.py").write_text("a = 1\n")  # draws another set
    assert len(versions) == 4 and smiles.PICTURES.version() in versions
