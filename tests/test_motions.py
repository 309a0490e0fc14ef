"""The drawn clips and parcels of the lesson on one and three dimensions."""

import importlib
from pathlib import Path

import matplotlib
import numpy as np
import pytest

WEEK = Path(__file__).resolve().parent.parent / "week4"


@pytest.fixture(scope="module")
def motions():
    matplotlib.use("agg")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WEEK))
        return importlib.import_module("motions")


@pytest.fixture(scope="module")
def clips(motions):
    return motions.draw_clips(240, seed=3)


def test_clips_are_as_said_and_come_from_their_seed(motions, clips):
    X, y = clips
    assert X.shape == (240, 12, 24, 24, 1) and X.dtype == np.float32
    assert np.bincount(y).tolist() == [40] * 6
    again, labels = motions.draw_clips(240, seed=3)
    assert (again == X).all() and (labels == y).all()
    assert not (motions.draw_clips(240, seed=4)[0] == X).all()
    assert motions.draw_clips(6, seed=0, frames=5)[0].shape == (6, 5, 24, 24, 1)


def test_shapes_move_and_grow_as_their_class_says(motions):
    y = np.repeat(np.arange(6), 50)
    x, top, size = motions._paths(y, 12, np.random.default_rng(0))
    for values, rising, falling in (
        (x, "right", "left"),
        (top, "down", "up"),
        (size, "growing", "shrinking"),
    ):
        steps = np.diff(values, axis=1)
        for kind, name in enumerate(motions.CLASSES):
            mine = steps[y == kind]
            if name == rising:
                assert (mine > 0.05).all()
            elif name == falling:
                assert (mine < -0.05).all()
            else:
                assert np.abs(mine).max() < 1e-5


def test_backwards_is_the_class_of_the_reversed_path(motions):
    names = [motions.CLASSES[i] for i in motions.BACKWARDS]
    assert names == ["right", "left", "down", "up", "shrinking", "growing"]


def test_a_frame_does_not_tell_the_class(motions):
    """Places and sizes have the same law in all classes, and so have brightness and contrast of frames."""
    y = np.repeat(np.arange(6), 2000)
    x, top, size = motions._paths(y, 12, np.random.default_rng(1))
    for values, reach in ((x % motions.SIDE, 24), (top % motions.SIDE, 24), (size, 8)):
        shares = [np.histogram(values[y == kind], 8, (0, reach))[0] / (2000 * 12) for kind in range(6)]
        assert np.ptp(shares, axis=0).max() < 0.06
    X, y = motions.draw_clips(600, seed=8)
    frames = X.mean(axis=1)[..., 0]
    for number in (frames.mean(axis=(1, 2)), X.std(axis=(1, 2, 3, 4))):
        means = [number[y == kind].mean() for kind in range(6)]
        assert np.ptp(means) < 0.6 * number.std()


def test_shuffled_clips_keep_their_frames(motions, clips):
    X = clips[0][:20]
    Z = motions.shuffled(X, seed=1)
    assert Z.shape == X.shape and not (Z == X).all()
    for before, after in zip(X, Z, strict=True):
        assert sorted(frame.tobytes() for frame in before) == sorted(frame.tobytes() for frame in after)


def test_what_leaves_comes_back(motions):
    assert motions._around(np.array([23.0, -23.0, 5.0])).tolist() == [-1, 1, 5]


def test_a_ball_adds_up_to_nothing_and_a_disc_is_its_middle(motions):
    ball, disc = motions.ball(3), motions.ball(3, depth=1)
    assert ball.shape == (7, 7, 7) and disc.shape == (1, 7, 7)
    assert abs(ball.sum()) < 1e-4 and abs(disc.sum()) < 1e-4
    assert ((ball[3] > 0) == (disc[0] > 0)).all()
    assert (ball == ball.transpose(2, 0, 1)).all()


def test_the_ball_lies_inside_the_parcel(motions):
    for seed in range(20):
        scan, middle = motions.draw_parcel(seed, density=50)
        assert scan.shape == (16, 20, 24) and scan.dtype == np.float32
        dense = np.argwhere(scan > 25)
        assert np.allclose(dense.mean(axis=0), middle, atol=0.01)
        assert np.ptp(dense, axis=0).tolist() == [6, 6, 6]


def test_pairs_are_counted(motions):
    table = motions.count_pairs(np.array([0, 0, 5]), np.array([1, 1, 4]))
    assert table.shape == (6, 6) and table[0, 1] == 2 and table[5, 4] == 1 and table.sum() == 3


def test_figures_can_be_drawn(motions, clips, monkeypatch):
    shown = []
    monkeypatch.setattr(motions.plt, "show", lambda: shown.append(motions.plt.close()))
    X, _ = clips
    scan, middle = motions.draw_parcel(0)
    motions.show_frames(X[:3], 5)
    motions.show_clips(X[:2], ["one", "two"])
    motions.show_table(np.eye(6, dtype=int), "down", "across")
    motions.show_kernels(np.random.default_rng(0).normal(size=(3, 3, 3, 1, 8)))
    motions.show_parcel(scan, middle, {"disc": scan, "ball": scan})
    assert len(shown) == 5
