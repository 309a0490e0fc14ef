"""A person's own files: found in the right order, read whole, refused with a reason."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest
from data_support import REPOSITORY, isolate, times_drawn, write_pair, write_split

from workbook.data import DataError, load_signs


@pytest.fixture
def root(monkeypatch, tmp_path) -> Path:
    return isolate(monkeypatch, tmp_path)


@pytest.fixture
def datasets(root) -> Path:
    return root / "datasets"


def test_own_files_come_first(datasets, capfd):
    write_pair(datasets)
    data = load_signs()
    assert data.source == "own"
    assert (data.X_train.shape, data.X_test.shape) == ((12, 64, 64, 3), (6, 64, 64, 3))
    assert data.X_train.dtype == np.uint8 and data.y_train.dtype == np.int64
    assert data.classes.tolist() == [0, 1, 2, 3, 4, 5]
    out, err = capfd.readouterr()
    assert out == "signs: 12 training and 6 test pictures, own files (datasets)\n"
    assert err == ""
    assert times_drawn() == 0


def test_quiet_prints_nothing(datasets, capfd):
    write_pair(datasets)
    load_signs(quiet=True)
    assert capfd.readouterr() == ("", "")


def test_workbook_data_comes_before_datasets(datasets, tmp_path, monkeypatch, capsys):
    write_pair(datasets, 12)
    write_pair(tmp_path / "mine", 18)
    monkeypatch.setenv("WORKBOOK_DATA", str(tmp_path / "mine"))
    assert len(load_signs().X_train) == 18
    assert "(../mine)" in capsys.readouterr().out
    assert len(load_signs(folder=datasets).X_train) == 12


def test_workbook_data_without_this_set_leaves_the_rest_alone(datasets, tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    monkeypatch.setenv("WORKBOOK_DATA", str(tmp_path / "mine"))
    assert load_signs().source == "generated"
    write_pair(datasets)
    assert load_signs().source == "own"


def test_a_relative_folder_counts_from_the_repository_too(root, tmp_path, monkeypatch):
    write_pair(tmp_path / "mine", 18)
    (root / "week1").mkdir()
    monkeypatch.chdir(root / "week1")
    monkeypatch.setenv("WORKBOOK_DATA", "../mine")
    assert len(load_signs().X_train) == 18


def test_a_folder_that_is_not_there(root, monkeypatch):
    with pytest.raises(DataError, match=r"'nowhere'.*no such folder"):
        load_signs(folder="nowhere")
    monkeypatch.setenv("WORKBOOK_DATA", "nowhere")
    with pytest.raises(DataError, match=r"WORKBOOK_DATA names 'nowhere'.*unset it"):
        load_signs()
    assert load_signs("generated").source == "generated"


def test_no_own_files_though_asked_for(root):
    with pytest.raises(DataError, match=r"no own files of signs.*WORKBOOK_DATA"):
        load_signs("own")
    with pytest.raises(DataError, match=r"no own files of signs"):
        load_signs(folder=root)


def test_one_of_two_files_is_an_error(datasets):
    write_split(datasets / "train_signs.h5", "train", 12)
    with pytest.raises(DataError, match=r"has train_signs\.h5 but lacks test_signs\.h5"):
        load_signs()
    assert load_signs("generated").source == "generated"


def test_sources_that_make_no_sense(datasets):
    with pytest.raises(DataError, match=r"no source 'internet'"):
        load_signs("internet")
    with pytest.raises(DataError, match=r"folder names own files"):
        load_signs("generated", folder=datasets)


CONTENTS = {
    "a web page": (b"\n<!DOCTYPE html><title>Log in</title>", "web page"),
    "nothing": (b"", "empty"),
    "text": (b"hello", "no HDF5 file"),
    "a zip archive": (b"PK\x03\x04rest", "zip archive"),
    "a Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
    "only the signature": (b"\x89HDF\r\n\x1a\n", "truncated|damaged"),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_foreign_bytes(kind, datasets):
    content, words = CONTENTS[kind]
    write_pair(datasets)
    (datasets / "test_signs.h5").write_bytes(content)
    with pytest.raises(DataError, match=rf"datasets/test_signs\.h5 cannot be read: .*({words}).*right file"):
        load_signs()
    assert times_drawn() == 0  # a broken own file is never passed over


def test_a_truncated_file(datasets):
    path = write_pair(datasets)[0]
    whole = path.read_bytes()
    for length in (len(whole) - 1, len(whole) // 2, 600, 9):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"train_signs\.h5 cannot be read: it is (truncated|damaged)"):
            load_signs()


def test_a_folder_or_a_dead_link_in_place_of_a_file(datasets):
    write_pair(datasets)
    (datasets / "test_signs.h5").unlink()
    os.symlink("gone.h5", datasets / "test_signs.h5")
    with pytest.raises(DataError, match=r"test_signs\.h5 is not there"):
        load_signs()
    (datasets / "test_signs.h5").unlink()
    (datasets / "test_signs.h5").mkdir()
    with pytest.raises(DataError, match=r"test_signs\.h5 cannot be opened"):
        load_signs()


def pictures(*shape, dtype=np.uint8):
    return np.zeros(shape, dtype)


WRONG = {
    "another schema": ({"train_set_x": None, "images": np.zeros(3)}, "lacks 'train_set_x' and holds"),
    "no classes": ({"list_classes": None}, "lacks 'list_classes'"),
    "channels first": (
        {"train_set_x": pictures(12, 3, 64, 64)},
        r"\(m, 64, 64, 3\) and have \(12, 3, 64, 64\)",
    ),
    "another size": ({"train_set_x": pictures(12, 32, 32, 3)}, r"have \(12, 32, 32, 3\)"),
    "flat": ({"train_set_x": pictures(12, 12288)}, r"have \(12, 12288\)"),
    "no pictures": ({"train_set_x": pictures(0, 64, 64, 3), "train_set_y": np.zeros(0, int)}, r"have \(0,"),
    "floats": ({"train_set_x": pictures(12, 64, 64, 3, dtype=np.float32)}, "uint8.*float32"),
    "too few labels": ({"train_set_y": np.zeros(11, int)}, r"12 pictures but labels of shape \(11,\)"),
    "one-hot labels": ({"train_set_y": np.zeros((12, 6), int)}, r"labels of shape \(12, 6\)"),
    "a label too high": ({"train_set_y": np.full(12, 6)}, "lie in 0 to 5 and lie in 6 to 6"),
    "a label below 0": ({"train_set_y": np.full(12, -1)}, "lie in -1 to -1"),
    "fractions as labels": ({"train_set_y": np.zeros(12)}, "whole numbers"),
    "words as labels": ({"train_set_y": np.full(12, b"two")}, "whole numbers|holds"),
    "other classes": ({"list_classes": np.arange(2)}, "must name 6 classes, not 2"),
    "classes that differ": ({"list_classes": np.arange(1, 7)}, "do not belong together"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_contents(kind, datasets):
    changes, words = WRONG[kind]
    write_pair(datasets)
    write_split(datasets / "train_signs.h5", "train", 12, **changes)
    with pytest.raises(DataError, match=words) as caught:
        load_signs()
    assert "datasets/train_signs.h5" in str(caught.value)
    assert caught.value.remedy


def test_a_header_that_claims_what_the_file_does_not_hold(datasets):
    path = write_split(datasets / "train_signs.h5", "train", 12, train_set_x=None)
    write_split(datasets / "test_signs.h5", "test", 6)
    with h5py.File(path, "a") as file:
        file.create_dataset("train_set_x", (10**9, 64, 64, 3), np.uint8, chunks=(1, 64, 64, 3))
    with pytest.raises(DataError, match=r"claims \(1000000000, 64, 64, 3\)"):
        load_signs()


def test_labels_in_a_row_or_a_column_and_named_classes_are_fine(datasets):
    names = np.array([b"zero", b"one", b"two", b"three", b"four", b"five"])
    train = {"train_set_y": np.arange(12).reshape(1, 12) % 6, "list_classes": names}
    write_split(datasets / "train_signs.h5", "train", 12, **train)
    test = {"test_set_y": np.arange(6, dtype=np.uint8).reshape(6, 1), "list_classes": names}
    write_split(datasets / "test_signs.h5", "test", 6, **test)
    data = load_signs()
    assert data.y_train.shape == (12,) and data.y_test.tolist() == [0, 1, 2, 3, 4, 5]
    assert data.classes.tolist() == ["zero", "one", "two", "three", "four", "five"]


REAL = Path(os.environ.get("WORKBOOK_REAL_DATA") or REPOSITORY / "../shared/data").resolve()


@pytest.mark.real
@pytest.mark.parametrize("folder", [".", "sign_language_digits"])
def test_real_pictures(folder, root):
    if not (REAL / folder / "train_signs.h5").is_file():
        pytest.skip(
            f"the real signs pictures are not in {REAL / folder} (WORKBOOK_REAL_DATA names another place)"
        )
    data = load_signs(folder=REAL / folder)
    assert data.source == "own"
    assert len(data.X_train) > 800 and len(data.X_test) > 200
    assert set(data.y_train) == set(data.y_test) == set(range(6))
