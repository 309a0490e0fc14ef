"""What the lesson on what networks learn is given: windows, measures, and calm pictures."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import workbook

WEEK = Path(__file__).resolve().parent.parent / "week4"


@pytest.fixture(scope="module")
def patches():
    workbook.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WEEK))
        return importlib.import_module("patches")


@pytest.fixture(scope="module")
def dreaming(patches):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WEEK))
        return importlib.import_module("dreaming")


@pytest.fixture(scope="module")
def receptive_field():
    """The autograder's reference."""
    from workbook.lessons import find_lesson

    return find_lesson("what_convnets_learn").exercise("receptive_field").reference


def seen_rows(model, name, unit):
    """First and last row that change a unit when one pixel changes: found by trying, not by a formula."""
    import keras

    for variable in model.variables:
        role = variable.path.split("/")[-1]
        variable.assign(np.full(variable.shape, 0.0 if role in ("bias", "beta", "moving_mean") else 0.1))
    part = keras.Model(model.inputs[0], model.get_layer(name).output)
    _, n_H, n_W, n_C = model.input_shape
    column = n_W // 2
    bright = np.zeros((n_H, n_H, n_W, n_C), np.float32)
    bright[np.arange(n_H), np.arange(n_H), :] = 1000.0
    A = np.asarray(part(bright, training=False))
    middle = min(column, A.shape[2] // 2)
    rows = np.flatnonzero(A[:, unit, middle].sum(axis=-1))
    return rows[0], rows[-1]


def stack():
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((80, 80, 1)),
            layers.Conv2D(2, 3, strides=2, padding="same", name="a"),
            layers.ReLU(name="b"),
            layers.DepthwiseConv2D(3, dilation_rate=2, padding="same", name="c"),
            layers.MaxPooling2D(2, name="d"),
            layers.Conv2D(2, 5, name="e"),
            layers.AveragePooling2D(3, strides=1, padding="same", name="f"),
        ]
    )


def graph():
    from keras import Input, Model, layers

    inputs = Input((81, 81, 1))
    X = layers.Conv2D(2, 3, strides=2, padding="same", name="a")(layers.ZeroPadding2D(2, name="z")(inputs))
    Y = layers.SeparableConv2D(2, 3, strides=2, padding="same", name="b")(X)
    Z = layers.Conv2D(2, 1, strides=2, name="c")(X)
    X = layers.Add(name="d")([Y, Z])
    return Model(inputs, layers.Conv2D(2, 2, padding="valid", name="e")(layers.Cropping2D(1, name="y")(X)))


@pytest.mark.parametrize(
    ("build", "name"), [(stack, each) for each in "abcdef"] + [(graph, each) for each in "abcdey"]
)
def test_fields_are_what_changes_a_unit(receptive_field, patches, build, name):
    model = build()
    size, jump, start = receptive_field(model, name)
    for unit in (6, 7):
        first, last = seen_rows(model, name, unit)
        assert (first, last) == (start + jump * unit, start + jump * unit + size - 1)


def test_windows_agree_with_the_reference(patches, receptive_field):
    for model in (stack(), graph(), patches.network()):
        fields = {}
        for each in model.layers:
            feeds = [fields[name] for name in patches.before(model, each)] or [(1, 1, 0)]
            start = min(feed[2] for feed in feeds)
            size, jump = max(feed[0] + feed[2] for feed in feeds) - start, feeds[0][1]
            f, s, d, p = patches.window(each)
            fields[each.name] = size + (f - 1) * d * jump, jump * s, start - p * jump
            assert fields[each.name] == receptive_field(model, each.name)


def test_layers_without_a_window_are_named(patches):
    from keras import Input, Sequential, layers

    model = Sequential([Input((8, 8, 1)), layers.Conv2D(1, (3, 5), name="wide"), layers.Flatten(name="flat")])
    with pytest.raises(ValueError, match="flat"):
        patches.window(model.get_layer("flat"))
    with pytest.raises(ValueError, match="wide treats rows and columns differently"):
        patches.window(model.get_layer("wide"))


def test_energy_lies_inside_the_field_and_is_one_in_all(patches, receptive_field):
    model = patches.network()
    images = np.random.default_rng(0).uniform(-1, 1, (4, 64, 64, 3)).astype(np.float32)
    name = "block_4_expand_relu"
    energy = patches.effective_field(model, name, images)
    size, jump, start = receptive_field(model, name)
    top = start + jump * ((model.get_layer(name).output.shape[1] - 1) // 2)
    assert energy.sum() == pytest.approx(1, abs=1e-5)
    assert energy[top : top + size, top : top + size].sum() == pytest.approx(1, abs=1e-5)
    assert 0.25 < patches.middle_share(energy, top, size) < 1


def test_middle_share_of_an_even_field_is_a_quarter(patches):
    even = np.zeros((20, 20))
    even[2:18, 2:18] = 1
    assert patches.middle_share(even, 2, 16) == pytest.approx(0.25)


def test_kinds_and_best_pictures(patches):
    import keras

    inputs = keras.Input((4, 4, 1))
    model = keras.Model(inputs, keras.layers.ReLU(name="same")(inputs))
    images = np.arange(6.0)[:, None, None, None] * np.ones((6, 4, 4, 1))
    assert patches.best_pictures(model, "same", 0, images, 3).tolist() == [5, 4, 3]
    assert patches.of_one_kind(model, "same", images, np.array([0, 0, 0, 1, 1, 1]), k=3) == 1
    assert patches.of_one_kind(model, "same", images, np.array([0, 0, 1, 1, 0, 0]), k=4) == 0.5


def test_hiding_what_counts_lowers_it_all_the_way(patches):
    import keras

    inputs = keras.Input((16, 16, 1))
    model = keras.Model(inputs, keras.layers.ReLU(name="same")(inputs))
    picture = np.zeros((16, 16, 1), np.float32)
    picture[7:9, 3:5] = 1
    fall = patches.occlusion_map(model, "same", 0, picture, side=4, step=4)
    assert fall.shape == (5, 5)
    assert fall.max() == 1 and fall[0, 0] == 0


def test_rims_come_last(patches):
    found = np.ones((3, 2, 5, 5, 3))
    found[1, :, :2] = 0
    found[0, :, :1] = 0
    assert patches.inside(found, 2).tolist() == [2, 0]


def test_random_weights_differ_and_stay(patches):
    one, two = patches.network(), patches.network(trained=False)
    assert one.input_shape == two.input_shape and one.count_params() == two.count_params()
    assert not np.allclose(one.get_weights()[0], two.get_weights()[0])
    assert patches.network(trained=False) is two


def test_calm_pictures_are_smoother(dreaming):
    def climb(model, layer, channel, steps, start, rate):
        return start

    class Model:
        input_shape = (None, 32, 32, 3)

    calm = dreaming.calm(climb, Model, "layer", 0, rounds=6)
    assert calm.shape == (1, 32, 32, 3) and calm.dtype == np.float32
    noisy = dreaming.grey(32)
    steps = [np.diff(each, axis=2).std() / each.std() for each in (calm, noisy)]  # about 1.4 for noise
    assert steps[0] < 0.7 < 1.2 < steps[1]


def test_shifting_back_gives_the_picture_again(dreaming):
    picture = dreaming.grey(8)
    assert np.array_equal(dreaming.shifted(dreaming.shifted(picture, 3, -2), -3, 2), picture)
