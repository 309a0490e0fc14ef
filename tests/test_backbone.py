"""The recipe of the backbone that ships: its pictures, its augmentation, a tiny run, and the linear probe."""

import json
import os

import numpy as np
import pytest

from workbook import weights_files
from workbook.backbone import __main__ as command
from workbook.backbone import photographs, probe, training
from workbook.backbone.album import LETTERS, NAMES, draw, draw_album
from workbook.data import load_alpaca
from workbook.weights import load_backbone, shipped_file

FEW = ("fur", "brick", "place-meadow", "star", "sheep", "letter-A")
TINY = training.Recipe(
    each=6, size=64, sides=(32,), epochs=(1,), rates=(1e-3,), batch=8, side=64, calibration=2, names=FEW
)


def test_there_are_many_classes():
    assert len(NAMES) == len(set(NAMES)) and len(NAMES) > 100
    kinds = ("fur", "brick", "place-meadow", "star", "cup", "conifer", "sheep", "person", "face", "hand")
    assert set(kinds) <= set(NAMES) and all(f"letter-{letter}" in NAMES for letter in LETTERS)
    assert not any(
        "alpaca" in name or "llama" in name for name in NAMES
    )  # what the probe asks is never taught


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_of_each_class(name):
    picture, what = draw(name, 48, np.random.default_rng(5))
    assert picture.shape == (48, 48, 3) and picture.dtype == np.uint8
    assert what.shape == (48, 48) and NAMES.index(name) in what
    assert picture.std() > 0.5
    again, _ = draw(name, 48, np.random.default_rng(5))
    other, _ = draw(name, 48, np.random.default_rng(6))
    assert np.array_equal(picture, again) and not np.array_equal(picture, other)


def test_an_album_is_the_same_each_time_and_its_maps_fit():
    told = []
    album = draw_album(2, 32, 3, FEW, told.append)
    again = draw_album(2, 32, 3, FEW)
    assert all(np.array_equal(one, other) for one, other in zip(album, again, strict=True))
    assert album.y.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5] and told[-1] == 12
    assert all(number in what for number, what in zip(album.y, album.maps, strict=True))
    assert not np.array_equal(album.X, draw_album(2, 32, 4, FEW).X)


def test_photographs_come_without_a_network():
    assert len(photographs.names()) > 30
    assert photographs.crop("photo-chelsea-0-1", 40, np.random.default_rng(0)).shape == (40, 40, 3)


def test_augmentation_moves_a_picture_and_its_map_together():
    X = np.zeros((40, 64, 64, 3), np.uint8)
    X[:, :, 32:] = 255  # the right half is white, and of class 1
    maps = np.zeros((40, 64, 64), np.uint8)
    maps[:, :, 32:] = 1
    pictures, what = training.augmented(X, maps, 32, np.random.default_rng(0))
    assert pictures.shape == (40, 32, 32, 3) and pictures.dtype == np.float32
    assert np.abs(pictures).max() <= 1 and what.shape == (40, 8, 8)
    light = pictures.mean(axis=-1).reshape(40, 8, 4, 8, 4).mean(axis=(2, 4))
    middle = (light.min(axis=(1, 2)) + light.max(axis=(1, 2)))[:, None, None] / 2
    both = (what.min(axis=(1, 2)) != what.max(axis=(1, 2)))[:, None, None]
    assert ((light > middle) == (what == 1))[np.broadcast_to(both, light.shape)].mean() > 0.9
    assert (what[:, 0, 0] == 1).any() and (what[:, 0, 0] == 0).any()  # some are mirrored


def test_shares_of_cells():
    maps = np.array([[[0, 0, 1, 1], [0, 0, 1, 2], [2, 2, 2, 2], [2, 2, 2, 2]]], np.uint8)
    shares = training.shares(maps, 2, 3)
    assert shares.shape == (1, 2, 2, 3) and np.allclose(shares.sum(axis=-1), 1)
    assert np.allclose(shares[0], [[[1, 0, 0], [0, 0.75, 0.25]], [[0, 0, 1], [0, 0, 1]]])


def test_batches_are_the_same_each_time_and_other_in_each_epoch():
    album = draw_album(4, 32, 3, FEW)
    one, other = (training.batches(album, 32, 8, 7) for _ in range(2))
    assert len(one) == 3
    X, y = one[1]
    assert np.array_equal(X, other[1][0]) and y["what"].shape == (8, 6)
    assert y["where"].shape == (8, 1, 1, 6) and y["early"].shape == (8, 2, 2, 6)
    one.on_epoch_end()
    assert not np.array_equal(X, one[1][0])


def test_recalibrate_sets_the_mean_over_batches():
    model = training.network(32, 0.35)
    norm = training.batch_norms(model)[0]
    rng = np.random.default_rng(0)
    X = [rng.uniform(-1, 1, (8, 32, 32, 3)).astype("float32") for _ in range(3)]
    training.recalibrate(model, X)
    assert norm.momentum == training.batch_norms(training.network(32, 0.35))[0].momentum
    first = model.get_layer("Conv1")
    means = [np.asarray(first(x)).mean(axis=(0, 1, 2)) for x in X]
    assert np.allclose(norm.get_weights()[2], np.mean(means, axis=0), atol=1e-5)


def test_a_tiny_run_writes_sound_weights_and_says_how(tmp_path, monkeypatch, capsys):
    score = probe.Score(0.5, 0.1, 2)
    monkeypatch.setattr(command, "scores", lambda backbone, alpha: {"drawn": {"trained": str(score)}})
    path = tmp_path / "weights" / "tiny.h5"
    about = command.make(TINY, path)
    layers, stored = weights_files.read(path, "")
    assert len(layers) == 104 and stored["seed"] == TINY.seed
    assert json.loads(stored["recipe"].split(", ", 1)[1])["names"] == list(FEW)
    assert about["pictures"].startswith("36 pictures of 6 classes")
    out = capsys.readouterr().out
    assert "drawing 36 pictures" in out and "0.500 +- 0.100 (2 splits)" in out


def test_the_probe_finds_what_can_be_found_and_no_more():
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    F = rng.normal(size=(120, 40)) + 0.9 * y[:, None] * (np.arange(40) < 5)
    good, chance = probe.probe(F, y, splits=4), probe.probe(rng.normal(size=(120, 40)), y, splits=4)
    assert good.mean > 0.75 and 0.3 < chance.mean < 0.7 and good.count == 4
    assert probe.probe(np.zeros((120, 3)), y, splits=2).mean == pytest.approx(0.5, abs=0.05)
    assert probe.probe(F, y, splits=4) == good


def test_the_probe_s_parts_are_balanced_and_disjoint():
    y = np.array([0] * 60 + [1] * 40)
    part = probe._parts(y, 5, np.random.default_rng(0))
    assert all((y[part == k] == 1).sum() == 8 and (part == k).sum() == 20 for k in range(5))


def test_the_shipped_weights_tell_pictures_apart_better_than_random_ones():
    """On pictures that were not trained on: ten classes, five of each to learn from and five to test."""
    names = ("fur", "brick", "water", "foliage", "knit", "place-city", "place-forest", "car", "sheep", "face")
    album = draw_album(10, 96, 987_654, names)
    train = np.arange(len(album.y)) % 10 < 5
    right = []
    for model in (load_backbone((96, 96, 3), "shipped", quiet=True).model, training.network(96, 0.35, 0)):
        F = probe.features(model, album.X)
        F = (F - F[train].mean(axis=0)) / (F[train].std(axis=0) + 1e-9)
        centres = np.stack([F[train & (album.y == k)].mean(axis=0) for k in range(10)])
        nearest = np.linalg.norm(F[~train][:, None] - centres, axis=-1).argmin(axis=1)
        right.append((nearest == album.y[~train]).mean())
    assert right[0] > right[1] + 0.1


@pytest.mark.real
def test_the_shipped_weights_beat_random_ones_on_real_photographs(real_data):
    data = load_alpaca(96, folder=real_data, quiet=True)
    X, y = np.concatenate([data.X_train, data.X_test]), np.concatenate([data.y_train, data.y_test])
    trained = probe.probe(probe.features(load_backbone((96, 96, 3), "shipped", quiet=True).model, X), y, 2)
    random = probe.probe(probe.features(training.network(96, 0.35, 1), X), y, 2)
    assert trained.mean > random.mean + 0.03


def test_the_figures_are_stored_with_the_weights():
    _, about = weights_files.read(shipped_file(), "")
    assert isinstance(json.loads(about["quality"]), dict) and about["minutes"] > 0
    assert os.path.exists(shipped_file().with_name("README.md"))
