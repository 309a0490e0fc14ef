"""The recipe of the backbone that ships: its pictures, its teacher, a tiny run, and the linear probe."""

import json
import os

import numpy as np
import pytest

from workbook import weights_files
from workbook.backbone import __main__ as command
from workbook.backbone import photographs, probe, solid, teacher, training
from workbook.backbone.album import LETTERS, NAMES, RICH, draw, draw_album
from workbook.data import load_alpaca
from workbook.training import batch_norms
from workbook.weights import load_backbone, shipped_file

FEW = ("fur", "brick", "place-meadow", "star", "sheep", "letter-A")
TINY = training.Recipe(
    each=6, size=64, sides=(32, 64), steps=(3, 2), rates=(1e-3, 1e-3), lowest=(0.5, 0.1), taught=(0.0, 1.0),
    changed=(0.0, 0.5), taught_on=20, batch=8, side=64, calibration=2, names=FEW,
)  # fmt: skip


@pytest.fixture(scope="module")
def album():
    return draw_album(8, 64, 3, FEW)


@pytest.fixture(scope="module")
def taught(album):
    """A teacher made from a few pictures."""
    return teacher.Teacher(album.X.astype(np.float32) / 127.5 - 1)


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
    number = len(NAMES) + solid.PARTS.index("body") if name.startswith("solid-") else NAMES.index(name)
    assert what.shape == (48, 48) and number in what
    assert picture.std() > 0.5
    again, _ = draw(name, 48, np.random.default_rng(5))
    other, _ = draw(name, 48, np.random.default_rng(6))
    assert np.array_equal(picture, again) and not np.array_equal(picture, other)


def test_an_album_is_the_same_each_time_and_its_maps_fit():
    told, names = [], (*FEW[:2], "solid-goose")
    album = draw_album(2, 32, 3, names, told.append)
    again = draw_album(2, 32, 3, names, processes=2)
    assert all(np.array_equal(one, other) for one, other in zip(album, again, strict=True))
    assert album.y.tolist() == [0, 0, 1, 1] + 2 * RICH * [2] and told[-1] == len(album.y)
    assert all(number in what for number, what in zip(album.y, album.maps, strict=True) if number < 2)
    assert not np.array_equal(album.X, draw_album(2, 32, 4, names).X)


def test_maps_of_solid_animals_tell_their_parts():
    names = ("solid-goose", "place-meadow")
    album = draw_album(3, 48, 3, names)
    found = set(np.unique(album.maps[album.y == 0]).tolist())
    assert len(names) + solid.PARTS.index("body") in found and len(names) + solid.PARTS.index("neck") in found
    assert max(found) + 1 == album.kinds <= len(names) + len(solid.PARTS)


@pytest.mark.parametrize("name", solid.BUILDS)
def test_solid_animals_stand_on_their_feet(name):
    rng = np.random.default_rng(2)
    spheres = solid.body(solid.BUILDS[name], rng)
    lowest = (spheres.at[:, 1] - spheres.radius)[spheres.part == solid.PARTS.index("leg")].min()
    assert abs(lowest) < 0.05 and np.isfinite(spheres.at).all() and (spheres.radius > 0).all()
    seen = solid.seen(solid.BUILDS[name], 64, np.array([0, -0.6, 0.8], np.float32), (0.5, 0.5, 0.8), rng)
    assert seen.cover.min() == 0 and 0.03 < seen.cover.mean() < 0.6 and seen.colour.shape == (64, 64, 3)


def test_photographs_come_without_a_network():
    assert len(photographs.names()) > 30
    assert photographs.crop("photo-chelsea-0-1", 40, np.random.default_rng(0)).shape == (40, 40, 3)


def test_a_picture_and_its_map_are_cropped_and_mirrored_together():
    X = np.zeros((40, 64, 64, 3), np.uint8)
    X[:, :, 32:] = 255  # the right half is white, and of class 1
    maps = np.zeros((40, 64, 64), np.uint8)
    maps[:, :, 32:] = 1
    pictures, what = training.cropped(X, maps, 32, np.random.default_rng(0))
    assert pictures.shape == (40, 32, 32, 3) and pictures.dtype == np.float32
    assert np.abs(pictures).max() <= 1 and what.shape == (40, 8, 8)
    light = pictures.mean(axis=-1).reshape(40, 8, 4, 8, 4).mean(axis=(2, 4))
    middle = (light.min(axis=(1, 2)) + light.max(axis=(1, 2)))[:, None, None] / 2
    both = (what.min(axis=(1, 2)) != what.max(axis=(1, 2)))[:, None, None]
    assert ((light > middle) == (what == 1))[np.broadcast_to(both, light.shape)].mean() > 0.9
    assert (what[:, 0, 0] == 1).any() and (what[:, 0, 0] == 0).any()  # some are mirrored


def test_collages_are_pictures_whose_maps_and_classes_fit():
    rng = np.random.default_rng(0)
    maps = np.repeat(np.arange(40, dtype=np.uint8)[:, None, None] % 4, 16, 1).repeat(16, 2)
    pictures = (maps.repeat(4, 1).repeat(4, 2)[..., None] / 3.0 * np.ones(3) * 2 - 1).astype(np.float32)
    shown = np.eye(4, dtype=np.float32)[maps[:, 0, 0]]
    before = pictures.copy(), maps.copy(), shown.copy()
    training.collage(pictures, maps, shown, 0.0, rng)
    assert all(np.array_equal(*pair) for pair in zip(before, (pictures, maps, shown), strict=True))
    training.collage(pictures, maps, shown, 0.9, rng)
    assert np.abs(pictures).max() <= 1 and np.allclose(shown.sum(axis=1), 1) and shown.min() >= 0
    covered = training.shares(maps, 1, 4)[:, 0, 0]
    assert np.abs(shown - covered).mean() < 0.03  # a map is coarser, and patches hide one more than another
    mixed = (maps != maps[:, :1, :1]).any(axis=(1, 2))
    assert 10 < mixed.sum() < 40
    light = pictures.mean(axis=-1).reshape(40, 16, 4, 16, 4).mean(axis=(2, 4))
    dark, bright = (light[maps == number].mean() for number in (0, 3))
    assert dark < -0.9 and bright > 0.3


def test_shares_of_cells():
    maps = np.array([[[0, 0, 1, 1], [0, 0, 1, 2], [2, 2, 2, 2], [2, 2, 2, 2]]], np.uint8)
    shares = training.shares(maps, 2, 3)
    assert shares.shape == (1, 2, 2, 3) and np.allclose(shares.sum(axis=-1), 1)
    assert np.allclose(shares[0], [[[1, 0, 0], [0, 0.75, 0.25]], [[0, 0, 1], [0, 0, 1]]])


def test_batches_are_the_same_each_time_and_other_in_each_round(album, taught):
    one, other = (training.batches(album, taught, 32, 8, 20, 7) for _ in range(2))
    assert len(one) == 20
    X, told = one[1]
    assert np.array_equal(X, other[1][0]) and told["what"].shape == (8, album.kinds)
    assert told["where"].shape == (8, 1, 1, album.kinds) and told["early"].shape == (8, 2, 2, album.kinds)
    assert told["edge"].shape == (8, 8, 8, 11) and told["corner"].shape == (8, 4, 4, 38)
    assert told["place"].shape == (8, 2, 2, 64) and told["part"].shape == (8, 1, 1, 96)
    assert told["sketch"].shape == (8, 128)
    assert not np.array_equal(X, one[1 + len(album.X) // 8][0])


def test_without_a_teacher_there_are_the_classes_only(album):
    X, told = training.batches(album, None, 32, 8, 20, 7)[0]
    assert X.shape == (8, 32, 32, 3) and set(told) == {"what", "where", "early"}


def test_the_recipes_say_what_they_draw():
    flat, all_ = training.Recipe().classes(), training.LONGER.classes()
    assert len(flat) == 147 and set(all_) - set(flat) == {f"solid-{name}" for name in solid.BUILDS}
    assert [len(recipe.stages()) for recipe in (training.Recipe(), training.LONGER)] == [1, 2]


def test_the_teacher_tells_directions_of_edges():
    across = np.zeros((1, 32, 32, 3), np.float32)
    across[:, :, 16:] = 1  # from dark to light, left to right: direction 0 of 8
    strongest = [
        teacher.edges(turned)[0].sum(axis=(0, 1)).argmax()
        for turned in (across, across.transpose(0, 2, 1, 3), across[:, :, ::-1])
    ]
    assert strongest == [0, 2, 4]
    assert teacher.edges(across)[0, :, :2].max() == 0  # where nothing changes there is no edge


def test_the_teacher_tells_colours():
    X = np.zeros((1, 16, 16, 3), np.float32)
    X[..., 0], X[:, 8:, :, 2] = 1, -1
    told = teacher.colours(X)
    assert told.shape == (1, 4, 4, 6)
    assert np.allclose(told[0, 0, 0], [1 / 3, 0.5, 0.25, 1 / 9, 0.25, 1 / 16])
    assert np.allclose(told[0, 3, 0, :3], [0, 0, 0.75])


def test_what_the_teacher_says_is_scaled_and_is_about_what_is_there(album, taught):
    X = album.X.astype(np.float32) / 127.5 - 1
    told = taught(X)
    for name in ("edge", "place", "part", "sketch"):
        assert np.square(told[name]).sum(axis=-1).mean() == pytest.approx(1, rel=0.3), name
    mirrored = taught(X[:, :, ::-1])
    assert not np.allclose(told["sketch"], mirrored["sketch"], atol=0.1)
    between = np.linalg.norm(told["sketch"][:, None] - told["sketch"], axis=-1) + 9 * np.eye(len(X))
    assert (album.y[between.argmin(axis=1)] == album.y).mean() > 0.35  # by chance a sixth


def test_windows_are_centred():
    grid = np.zeros((1, 8, 8, 1))
    grid[0, 2:4, 2:4] = 1
    halved = teacher._pooled(grid, (0.25,) * 4, 2)[0, :, :, 0]
    assert halved.shape == (4, 4) and halved[1, 1] == 0.25
    assert np.allclose(halved, halved.T) and halved[1, 0] == halved[1, 2] == 0.125
    assert np.allclose(teacher._pooled(np.ones((1, 8, 8, 2)), (0.25, 0.75, 0.75, 0.25), 2), 4)


def test_the_rate_rises_and_falls():
    rate = training._rising_and_falling(0.1, 1000, 0.2, rising=10)
    values = [float(rate(step)) for step in (0, 9, 500, 999, 5000)]
    assert values[0] == pytest.approx(0.01, rel=0.01) and values[1] == pytest.approx(0.1, rel=0.01)
    assert values[2] == pytest.approx(0.06, rel=0.02) and values[3] == values[4] == pytest.approx(
        0.02, rel=0.01
    )


def test_recalibrate_sets_the_mean_over_batches():
    model = training.network(32, 0.35)
    norm = batch_norms(model)[0]
    rng = np.random.default_rng(0)
    X = [rng.uniform(-1, 1, (8, 32, 32, 3)).astype("float32") for _ in range(3)]
    training.recalibrate(model, X)
    assert norm.momentum == batch_norms(training.network(32, 0.35))[0].momentum
    first = model.get_layer("Conv1")
    means = [np.asarray(first(x)).mean(axis=(0, 1, 2)) for x in X]
    assert np.allclose(norm.get_weights()[2], np.mean(means, axis=0), atol=1e-5)


def test_recalibrate_finds_norms_in_models_inside_and_puts_the_momentum_back():
    import keras

    norm = keras.layers.BatchNormalization()
    inner = keras.Sequential([keras.Input((2,)), norm])
    model = keras.Sequential([keras.Input((2,)), inner, keras.layers.Dense(1)])
    before = norm.momentum
    x = np.array([[1.0, 5.0], [3.0, 5.0]], np.float32)

    def interrupted():
        yield x
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training.recalibrate(model, interrupted())
    assert np.allclose(norm.moving_mean, [2, 5])
    assert norm.momentum == before


@pytest.fixture
def eagerly():
    """Five steps need no graph: it would take a minute to lay out two of them."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.usefixtures("eagerly")
@pytest.mark.filterwarnings("ignore:Even though the:UserWarning")
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
    assert (
        "drawing pictures of 6 classes" in out
        and "training on 36 pictures" in out
        and "0.500 +- 0.100 (2 splits)" in out
    )


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


def test_the_longer_recipe_never_writes_over_the_weights_that_ship(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        command.main(["--longer"])
    assert "--longer needs --out FILE" in capsys.readouterr().err
