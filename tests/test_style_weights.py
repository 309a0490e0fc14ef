"""Features for style transfer: found or shipped, checked, and fed as their network expects it."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import workbook
from workbook import style_weights, weights_files
from workbook.data import DataError
from workbook.style_weights import SQUEEZENET, VGG19, load_style_features
from workbook.weights import shipped_file

DATA = os.environ.get("WORKBOOK_DATA")


@pytest.fixture(autouse=True)
def root(monkeypatch, tmp_path) -> Path:
    """A workbook of its own with the weights that ship, and no other weights anywhere."""
    workbook.start()
    root = tmp_path / "workbook"
    (root / "datasets" / "weights").mkdir(parents=True)
    shutil.copy(shipped_file(), root / "datasets" / "weights")
    monkeypatch.delenv("WORKBOOK_DATA", raising=False)
    monkeypatch.setenv("WORKBOOK_ROOT", str(root))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return root


@pytest.fixture(scope="module")
def squeezenet(tmp_path_factory) -> Path:
    """A small file of random SqueezeNet weights under its name."""
    path = tmp_path_factory.mktemp("own") / SQUEEZENET.file
    weights_files.write(path, SQUEEZENET.build(32), {}, dtype="float32")
    return path


def test_the_shipped_features(capsys):
    features = load_style_features(48)
    assert capsys.readouterr().out == features.line + "\n"
    assert (features.source, features.network) == ("shipped", "MobileNetV2")
    assert "shipped" in features.line and "random filters" in features.line
    outputs = features.model(np.zeros((1, 48, 48, 3), "float32"))
    assert len(outputs) == len(features.names) and features.names[0] == "pixels"
    assert not features.model.trainable_variables
    assert all(len(a.shape) == 4 and a.shape[0] == 1 for a in outputs)


def test_every_layer_has_the_same_size_and_a_gradient_reaches_the_picture():
    import tensorflow as tf

    model = load_style_features(32, quiet=True).model
    picture = tf.Variable(style_weights._noise(32))
    with tf.GradientTape() as tape:
        outputs = model(picture)
        total = tf.add_n([tf.reduce_sum(tf.square(a)) for a in outputs])
    sizes = [float(np.sqrt(np.mean(np.square(a)))) for a in outputs]
    assert np.allclose(sizes, style_weights.SHIPPED_STRENGTH, rtol=1e-3)
    assert np.abs(tape.gradient(total, picture)).max() > 0


def test_own_squeezenet_comes_before_what_ships(root, squeezenet):
    shutil.copy(squeezenet, root / "datasets" / "weights")
    features = load_style_features(48, quiet=True)
    assert (features.source, features.network) == ("own", "SqueezeNet 1.1")
    assert features.model.input_shape == (None, 48, 48, 3)
    assert load_style_features(48, source="shipped", quiet=True).source == "shipped"
    assert len(features.names) == len(features.model.outputs) == 6


def test_vgg19_comes_before_squeezenet(tmp_path):
    for network in (SQUEEZENET, VGG19):
        (tmp_path / network.file).touch()
    both = style_weights.STYLE_NETWORKS
    assert style_weights._own(both, tmp_path)[0] is VGG19
    assert style_weights._own((SQUEEZENET,), tmp_path)[0] is SQUEEZENET


def test_squeezenet_has_as_many_numbers_as_published():
    assert SQUEEZENET.build(64).count_params() == 722_496


def test_pictures_are_fed_blue_first_less_the_mean():
    fed = style_weights._caffe(np.array([[[[1.0, 0.5, 0.0]]]], np.float32))
    assert np.allclose(fed, [[[[0 - 103.939, 127.5 - 116.779, 255 - 123.68]]]], atol=1e-3)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda p: p.write_bytes(b""), "it is empty"),
        (lambda p: os.truncate(p, p.stat().st_size // 2), "it is truncated"),
        (lambda p: shutil.copy(shipped_file(), p), "another network"),
    ],
)
def test_a_broken_own_file_is_named(spoil, words, root, squeezenet):
    path = Path(shutil.copy(squeezenet, root / "datasets" / "weights"))
    spoil(path)
    with pytest.raises(DataError, match=words) as caught:
        load_style_features(32)
    assert SQUEEZENET.file in caught.value.what


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(DataError, match=r"no own weights of VGG-19 or SqueezeNet"):
        load_style_features(source="own")
    with pytest.raises(DataError, match=r"no own weights of VGG-19 in"):
        load_style_features(network="VGG-19")
    with pytest.raises(DataError, match=r"no own weights"):
        load_style_features(folder=tmp_path)
    with pytest.raises(DataError, match="no network 'resnet'"):
        load_style_features(network="resnet")
    with pytest.raises(DataError, match="no source 'imagenet'"):
        load_style_features(source="imagenet")
    with pytest.raises(DataError, match="Only VGG-19 can be downloaded"):
        load_style_features(source="download", network="SqueezeNet 1.1")
    with pytest.raises(DataError, match="goes with neither"):
        load_style_features(source="shipped", folder=tmp_path)
    for side in (16, 1000, "64", None):
        with pytest.raises(ValueError, match="whole number from 32"):
            load_style_features(side)


def test_a_download_goes_to_kerass_address(monkeypatch):
    from workbook import weights_download

    asked = []
    monkeypatch.setattr(weights_download, "fetch", lambda url, path, *_: asked.append((url, path)))
    monkeypatch.setattr(style_weights, "_from_file", lambda network, path, side, source: asked.append(source))
    load_style_features(source="download", quiet=True)
    assert asked[0][0].startswith("https://") and asked[0][0].endswith(VGG19.file)
    assert asked[0][1].name == VGG19.file and asked[1] == "download"


@pytest.mark.real
@pytest.mark.skipif(not DATA, reason="WORKBOOK_DATA is not set")
def test_the_real_squeezenet():
    features = load_style_features(64, network="SqueezeNet 1.1", folder=DATA, quiet=True)
    assert "722,496 parameters" in features.line
    assert len(features.model(style_weights._noise(64))) == 6
