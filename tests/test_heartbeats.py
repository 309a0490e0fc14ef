"""The drawn electrocardiograms of the lesson on one and three dimensions."""

import importlib
from pathlib import Path

import matplotlib
import numpy as np
import pytest

WEEK = Path(__file__).resolve().parent.parent / "week4"


@pytest.fixture(scope="module")
def heartbeats():
    matplotlib.use("agg")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WEEK))
        return importlib.import_module("heartbeats")


@pytest.fixture(scope="module")
def drawn(heartbeats):
    return heartbeats.draw_windows(90, seed=5)


def gaps(times):
    """Intervals between beats, in units of the middle one."""
    steps = np.diff(times)
    return steps / np.median(steps)


def test_windows_are_as_said_and_come_from_their_seed(heartbeats, drawn):
    X, y, times = drawn
    assert X.shape == (90, 600, 1) and X.dtype == np.float32 and len(times) == 90
    assert np.bincount(y).tolist() == [30, 30, 30]
    assert np.abs(X.mean(axis=1)).max() < 1e-5 and np.abs(X.std(axis=1) - 1).max() < 1e-4
    assert (heartbeats.draw_windows(90, seed=5)[0] == X).all()
    assert not (heartbeats.draw_windows(90, seed=6)[0] == X).any(axis=1).all()


def test_the_rhythm_is_that_of_the_class(heartbeats, drawn):
    _, y, times = drawn
    for kind, beats in zip(y, times, strict=True):
        ratios = gaps(beats)
        name = heartbeats.CLASSES[kind]
        assert (ratios.max() > 1.6) == (name == "missed"), (name, ratios)
        assert (ratios.min() < 0.78) == (name == "premature"), (name, ratios)


def test_the_pause_makes_up_for_the_early_beat(heartbeats, drawn):
    _, y, times = drawn
    for beats in (times[i] for i in np.flatnonzero(y == heartbeats.CLASSES.index("premature"))):
        ratios = gaps(beats)
        early = ratios.argmin()
        if early + 1 < len(ratios):
            assert 1.5 < ratios[early] + ratios[early + 1] < 2.5


def test_no_simple_rule_gives_the_class_away(heartbeats, drawn):
    X, y, _ = drawn
    X_train, y_train, _ = heartbeats.draw_windows(600, seed=7)
    assert np.mean(heartbeats.nearest(X_train, y_train, X) == y) < 0.65
    numbers = heartbeats.simple_numbers(X)
    assert numbers.shape == (90, 10)
    means = np.array([numbers[y == kind].mean(axis=0) for kind in range(3)])
    nearest_mean = ((numbers[:, np.newaxis] - means) ** 2).sum(axis=-1).argmin(axis=1)
    assert np.mean(nearest_mean == y) < 0.75


def test_the_kernel_finds_the_beats_of_a_calm_heart(heartbeats, drawn):
    X, y, times = drawn
    kernel = heartbeats.beat_kernel()
    assert kernel.shape == (31, 1, 1)
    assert abs(kernel.sum()) < 1e-9 and np.linalg.norm(kernel) == pytest.approx(1)
    for i in np.flatnonzero(y == 0)[:10]:
        z = np.correlate(np.pad(X[i, :, 0], 15), kernel.ravel(), "valid")
        rate = heartbeats.heart_rate(heartbeats.find_peaks(z))
        assert abs(rate - 60 / np.median(np.diff(times[i]))) < 3


def test_peaks_are_apart_and_high(heartbeats):
    z = np.zeros(300)
    z[[40, 50, 140, 240]] = 5, 4, 5, 5
    z[190] = 1
    assert heartbeats.find_peaks(z).tolist() == [40, 140, 240]
    assert heartbeats.heart_rate(np.array([40, 140, 240])) == pytest.approx(60)


def test_a_cover_hides_one_stretch_only(heartbeats):
    x = np.random.default_rng(0).normal(size=(100, 1)).astype(np.float32)
    copies, middles = heartbeats.cover(x, length=20, step=10)
    assert copies.shape == (9, 100, 1) and middles.tolist() == list(range(10, 91, 10))
    changed = np.flatnonzero((copies[2] != x)[:, 0])
    assert changed.min() > 19 and changed.max() < 40
    assert np.allclose(np.diff(copies[2, 20:40, 0], 2), 0, atol=1e-5)


def test_a_cover_at_the_end_stays_in_the_window(heartbeats):
    x = np.arange(100, dtype=np.float32).reshape(-1, 1) ** 2
    for middle, changed in ((3, (1, 18)), (98, (81, 98))):
        where = np.flatnonzero((heartbeats.covered(x, middle, 20) != x)[:, 0])
        assert (where.min(), where.max()) == changed


def test_figures_can_be_drawn(heartbeats, drawn, monkeypatch):
    shown = []
    monkeypatch.setattr(heartbeats.plt, "show", lambda: shown.append(heartbeats.plt.close()))
    X, _, _ = drawn
    z = X[0, :, 0]
    heartbeats.show_beat()
    heartbeats.show_windows(X[:2], ["one", "two"])
    heartbeats.show_matches(X[0], heartbeats.beat_kernel(), z, heartbeats.find_peaks(z))
    heartbeats.show_kernels(np.ones((15, 1, 16)))
    middles = np.arange(30, 571, 15)
    heartbeats.show_where(X[:2], [(middles, np.ones(len(middles)))] * 2, ["one", "two"])
    assert len(shown) == 5
