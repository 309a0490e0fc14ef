"""The short training and the pairs of the lesson on faces."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import workbook

WEEK = Path(__file__).resolve().parent.parent / "week4"


@pytest.fixture(scope="module")
def triplets():
    workbook.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WEEK))
        return importlib.import_module("triplets")


@pytest.fixture
def batch():
    """Embeddings (8, 3) of length 1 of four people."""
    X = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
    return X / np.linalg.norm(X, axis=1, keepdims=True), np.repeat(np.arange(4), 2)


@pytest.mark.parametrize("kind", ["random", "semi-hard", "hard", "hardest"])
def test_triplets_are_of_their_kind(triplets, batch, kind):
    X, y = batch
    a, p, n = triplets.triplets_of(X, y, 0.4, kind, np.random.default_rng(0)).T
    assert (y[a] == y[p]).all() and (y[a] != y[n]).all() and (a != p).all()
    near, far = (((X[a] - X[other]) ** 2).sum(axis=1) for other in (p, n))
    if kind == "semi-hard":
        assert ((far > near) & (far < near + 0.4)).all()
    if kind == "hard":
        assert (far <= near).all()
    if kind == "hardest":
        assert len(a) == len(y)


def test_semi_hard_and_hard_are_all_that_cost_something(triplets, batch):
    X, y = batch
    found = [triplets.triplets_of(X, y, 0.4, kind, None) for kind in ("semi-hard", "hard")]
    d = ((X[:, None] - X) ** 2).sum(axis=-1)
    costly = [
        (a, p, n)
        for a, p, n in np.ndindex(8, 8, 8)
        if y[a] == y[p] != y[n] and a != p and d[a, p] - d[a, n] + 0.4 > 0
    ]
    assert {tuple(row) for row in np.concatenate(found).tolist()} == set(costly)


def test_a_batch_holds_several_pictures_of_each(triplets):
    y = np.repeat(np.arange(10), 6)
    chosen = triplets.some_people(y, 5, 4, np.random.default_rng(0))
    assert np.unique(y[chosen], return_counts=True)[1].tolist() == [4] * 5
    assert len(set(chosen.tolist())) == 20


def test_people_are_held_out_whole(triplets):
    y = np.repeat(np.arange(10), 6)
    held_out = triplets.split_people(y, 3)
    assert set(y[held_out]) == {7, 8, 9} and held_out.sum() == 18


def test_light_does_not_matter(triplets):
    X = np.random.default_rng(0).integers(0, 120, (2, 48, 48, 3)).astype(np.uint8)
    assert np.abs(triplets.as_floats(X) - triplets.as_floats(2 * X)).max() < 0.01


def test_jitter_keeps_shape_and_is_small(triplets):
    x = np.full((3, 48, 48, 3), 0.5, np.float32)
    moved = np.asarray(triplets.jitter(x, 0.05))
    assert moved.shape == x.shape and np.abs(moved - 0.5).max() < 0.2


def test_balanced_accuracy_counts_both_kinds_alike(triplets):
    distances, same = np.array([0.3, 0.6, 0.5, 0.9, 1.2, 1.4]), np.array([1, 1, 0, 0, 0, 0], bool)
    assert triplets.balanced_accuracy(distances, same, 0.7) == pytest.approx(0.875)
    assert triplets.balanced_accuracy(distances, same, 9.0) == 0.5


def test_nearest_and_thumbnails(triplets):
    X = np.repeat(np.random.default_rng(0).random((3, 48, 48, 3)), 2, axis=0)
    small = triplets.thumbnails(X)
    assert small.shape == (6, 192)
    assert triplets.nearest_is_right(small, np.repeat(np.arange(3), 2)) == 1.0


def test_pairs_need_a_label_for_each_embedding(triplets, batch):
    X, y = batch
    with pytest.raises(ValueError, match="8 embeddings and 7 labels"):
        triplets.all_pairs(X, y[:7])
