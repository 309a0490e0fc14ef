"""The real ORL faces: 40 people, ten grey pictures of each. Skipped where they are not there."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import workbook
from workbook.data import load_people
from workbook.lessons import find_lesson

WEEK = Path(__file__).resolve().parent.parent / "week4"

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def triplets():
    workbook.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WEEK))
        return importlib.import_module("triplets")


@pytest.fixture
def data(real_data):
    if not (real_data / "orl_faces").is_dir():
        pytest.skip(f"there are no orl_faces in {real_data}")
    return load_people(source="own", folder=real_data, quiet=True)


def test_the_folders_are_people_in_order(data):
    assert data.source == "own"
    assert data.names == tuple(f"s{i}" for i in range(1, 41))
    assert data.X_train.shape == (300, 48, 48, 3) and data.X_test.shape == (100, 48, 48, 3)
    assert np.bincount(np.concatenate([data.y_train, data.y_test])).tolist() == [10] * 40
    X = np.concatenate([data.X_train, data.X_test])
    assert (X[..., :1] == X).all() and len({x.tobytes() for x in X}) == 400  # grey, and no two alike


def test_a_picture_is_the_one_in_its_folder(data, real_data):
    """Each picture's own person has a file whose middle is as bright, read without the loader."""
    from PIL import Image

    for label in (0, 9, 39):
        X = np.concatenate([data.X_train, data.X_test])
        y = np.concatenate([data.y_train, data.y_test])
        mine = sorted(X[y == label].mean(axis=(1, 2, 3)))
        files = (real_data / "orl_faces" / data.names[label]).glob("*.pgm")
        pictures = [np.asarray(Image.open(file), float) for file in files]
        assert {picture.shape for picture in pictures} == {(112, 92)}
        middles = sorted(picture[10:102].mean() for picture in pictures)
        assert np.abs(np.subtract(mine, middles)).max() < 3


def test_nobody_is_in_two_groups(data, triplets):
    held_out = triplets.split_people(data.y_train, len(np.unique(data.y_train)) // 6)
    groups = [set(data.y_train[~held_out]), set(data.y_train[held_out]), set(data.y_test)]
    assert [len(group) for group in groups] == [25, 5, 10]
    assert len(set.union(*groups)) == 40


def test_pairs_and_a_threshold_from_other_people(data, triplets):
    """Thumbnails, without any training: far better than luck."""
    distances, same = triplets.all_pairs(triplets.thumbnails(triplets.as_floats(data.X_test)), data.y_test)
    assert len(same) == 100 * 99 // 2 and same.sum() == 10 * (10 * 9 // 2)
    assert np.median(distances[same]) < 0.8 * np.median(distances[~same])
    of_others = triplets.all_pairs(triplets.thumbnails(triplets.as_floats(data.X_train)), data.y_train)
    choose = find_lesson("face_recognition").exercise("choose_threshold").reference
    some = np.random.default_rng(0).choice(len(of_others[1]), 3000, replace=False)
    threshold = choose(of_others[0][some], of_others[1][some])
    assert 0.7 < triplets.balanced_accuracy(distances, same, threshold) < 0.95


def test_triplets_of_a_batch(data, triplets):
    rng = np.random.default_rng(0)
    batch = triplets.some_people(data.y_train, 16, 4, rng)
    small, y = triplets.thumbnails(triplets.as_floats(data.X_train[batch])), data.y_train[batch]
    small /= np.linalg.norm(small, axis=1, keepdims=True)
    mine = find_lesson("face_recognition").exercise("mine_hard_triplets").reference
    found = mine(small, y, 0.05)
    a, p, n = found.T
    assert 0 < len(found) < 64 * 3 * 60
    assert (y[a] == y[p]).all() and (y[a] != y[n]).all()
