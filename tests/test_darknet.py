"""Darknet's networks: read as OpenCV and plain loops read them, and refused in clear words."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from darknet_support import (
    ACTIVATIONS,
    NETWORKS,
    YOLO,
    compute,
    conv,
    decode,
    draw_picture,
    write_cfg,
    write_network,
)

import workbook
from workbook.data import DataError

WEEK = Path(__file__).resolve().parent.parent / "week3"
TABLE = json.loads(Path(__file__).with_name("darknet_opencv.json").read_text())
SMALL = [
    ("net", {"width": 12, "height": 8, "channels": 3}),
    conv(4, 3, "leaky", norm=True, stride=2, pad=1),
    conv(16, 1),
    ("yolo", YOLO | {"mask": "0,1"}),
]


@pytest.fixture(scope="module")
def darknet():
    workbook.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WEEK))
        return importlib.import_module("darknet")


@pytest.fixture(scope="module")
def loaded(darknet, tmp_path_factory):
    """A drawn network by name, built once."""
    built = {}

    def load(name):
        if name not in built:
            built[name] = darknet.load_darknet(*write_network(tmp_path_factory.mktemp("net"), NETWORKS[name]))
        return built[name]

    return load


# ---------------------------------------------------------------- what it computes


@pytest.mark.parametrize("name", NETWORKS)
def test_the_maps_are_those_of_plain_loops(loaded, name):
    picture = draw_picture(NETWORKS[name])
    _, expected = compute(NETWORKS[name], picture)
    maps = loaded(name).maps(picture)
    assert [each.shape for each in maps] == [each.transpose(1, 2, 0).shape for each in expected]
    for found, each in zip(maps, expected, strict=True):
        np.testing.assert_allclose(found.transpose(2, 0, 1), each, atol=2e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_boxes_are_those_of_opencv(loaded, name):
    maps = [each.transpose(2, 0, 1) for each in loaded(name).maps(draw_picture(NETWORKS[name]))]
    for row, expected in zip(decode(NETWORKS[name], maps), np.array(TABLE["drawn"][name]), strict=False):
        scores = row[4] * row[5]
        np.testing.assert_allclose(row[:5], expected[:5], rtol=1e-3, atol=1e-4)
        known = expected[5:] > 0  # OpenCV writes 0 for low ones
        np.testing.assert_allclose(scores[known], expected[5:][known], atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_detected_is_what_the_maps_say(loaded, name):
    """Nothing suppressed: every box over the threshold, with its best class, in pixels of another size."""
    small = draw_picture(NETWORKS[name])
    picture = small.repeat(2, axis=0).repeat(3, axis=1)
    n_H, n_W, _ = picture.shape
    network = loaded(name)
    maps = [each.transpose(2, 0, 1) for each in network.maps(picture)]
    expected = []
    for x, y, w, h, confidence, classes in decode(NETWORKS[name], maps):
        if (score := confidence * classes.max()) >= 0.1:
            corners = np.clip([x - w / 2, y - h / 2, x + w / 2, y + h / 2], 0, 1) * (n_W, n_H, n_W, n_H)
            expected.append((str(classes.argmax()), score, corners))
    found = network.detect(picture, score_threshold=0.1, iou_threshold=1.0, max_boxes=10_000)
    assert len(found) == len(expected) > 4
    expected.sort(key=lambda each: -each[1])
    np.testing.assert_allclose([each[1] for each in found], [each[1] for each in expected], atol=1e-4)
    for (label, score, box), (true_label, _, corners) in zip(found, expected, strict=True):
        assert type(score) is float and all(type(side) is float for side in box)
        assert label == true_label
        np.testing.assert_allclose(box, corners, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_and_sums_of_three(darknet, tmp_path, activation):
    network = [
        SMALL[0],
        conv(16, 1, activation),
        conv(16, 1),
        ("shortcut", {"from": -2, "activation": activation}),
        ("yolo", YOLO | {"mask": "0,1"}),
    ]
    cfg, weights = write_network(tmp_path, network)
    _, (expected,) = compute(network, draw_picture(network))
    (found,) = darknet.load_darknet(cfg, weights).maps(draw_picture(network))
    np.testing.assert_allclose(found.transpose(2, 0, 1), expected, atol=1e-4)

    network[3] = ("shortcut", {"from": "-2,0", "activation": activation})
    (twice,) = darknet.load_darknet(write_cfg(cfg, network), weights).maps(draw_picture(network))
    assert np.abs(twice - found).max() > 0.05  # the first layer was added twice


@pytest.mark.parametrize("version", [(0, 1, 0), (0, 2, 0), (0, 2, 5), (1, 0, 0)])
def test_old_and_new_headers(darknet, tmp_path, version):
    cfg, weights = write_network(tmp_path, SMALL, version=version)
    assert weights.stat().st_size == (16 if version == (0, 1, 0) else 20) + 4 * (4 * 4 + 108 + 16 * 5)
    _, (expected,) = compute(SMALL, draw_picture(SMALL))
    (found,) = darknet.load_darknet(cfg, weights).maps(draw_picture(SMALL))
    np.testing.assert_allclose(found.transpose(2, 0, 1), expected, atol=1e-4)


def test_the_model_is_an_ordinary_one(darknet, tmp_path, loaded):
    network = loaded("two heads")
    X = np.random.default_rng(0).random((2, 48, 32, 3), np.float32)
    maps = network.model.predict(X, verbose=0)
    assert [each.shape for each in maps] == [(2, 6, 4, 16), (2, 12, 8, 16)]
    network.model.save(tmp_path / "detector.keras")
    again = type(network.model).from_config(network.model.get_config())
    assert again.count_params() == network.model.count_params()


def test_other_ways_to_write_the_same(darknet, tmp_path):
    cfg, weights = write_network(tmp_path, SMALL)
    expected = darknet.load_darknet(cfg, weights).maps(draw_picture(SMALL))[0]
    text = (
        cfg.read_text()
        .replace("[net]", "# by hand\n; and more\n[network]")
        .replace("size=3", " Size = 3 # cells")
    )
    text = (
        text.replace("size=3", "size=3\nsize=5")
        .replace("4,5, 9,7", "4, 5,9,7")
        .replace("pad=1", "pad=1\nlr=a,b")
    )
    cfg.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    names = tmp_path / "net.names"
    names.write_bytes(b"\xef\xbb\xbfcar\r\ntraffic light\r\nbus\r\n\r\n")
    network = darknet.load_darknet(str(cfg), str(weights), str(names))
    assert network.names == ["car", "traffic light", "bus"]
    np.testing.assert_array_equal(network.maps(draw_picture(SMALL))[0], expected)
    assert {name for name, _, _ in network.detect(draw_picture(SMALL), 0.01)} <= set(network.names)


@pytest.mark.parametrize(
    "picture",
    [np.zeros((8, 12, 3)), np.zeros((8, 12), np.uint8), np.zeros((8, 12, 4), np.uint8), [[1, 2]]],
)
def test_what_is_no_picture_is_told(loaded, picture):
    with pytest.raises(ValueError, match=r"must be \(height, width, 3\) uint8.*this one is \("):
        loaded("region").detect(picture)


def test_nothing_found_is_an_empty_list(loaded):
    assert loaded("region").detect(draw_picture(NETWORKS["region"]), score_threshold=0.999) == []


# ---------------------------------------------------------------- what is wrong, in words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[net]", "[camera]", r"net\.cfg, line 1: the first section is \[camera\]. It must be \[net\]"),
        ("[net]\nwidth=12", "width=12", r"line 1: 'width=12' is not the start of a section"),
        ("width=12\n", "", r"line 1: \[net\] lacks width and height"),
        ("width=12", "width=-3", r"line 2: \[net\] has width=-3, which is not from 0"),
        ("width=12", "width", r"line 2: 'width' is no key=value line"),
        ("[yolo]", "[yolo", r"line 19: '\[yolo' is no section"),
        ("[yolo]", "[gru]", r"line 19: \[gru\] is an unknown section. Known are \[conv.*\[region\]"),
        ("filters=4", "filters=four", r"line 7: \[convolutional\] has filters=four, which is not a"),
        ("filters=4", "filters=4.5", r"filters=4.5, which is not a whole number"),
        ("filters=4", "filters=0", r"filters=0, which is not from 1 to"),
        ("filters=4", "filters=nan", r"filters=nan, which is not a whole number"),
        ("filters=4", "filters=99999999", r"filters=99999999, which is not from 1 to"),
        ("filters=4", "filters=4\ngroups=2", r"line 8: .* groups=2, which does not divide its 3 channels"),
        ("stride=2", "stride=0", r"stride=0, which is not from 1"),
        ("size=3", "size=21\npad=0", r"window of 21 x 21, and its input is only 8 x 12"),
        ("activation=leaky", "activation=maxout", r"unknown activation 'maxout'. Known are linear, leaky"),
        ("batch_normalize=1", "batch_normalize=1\nxnor=1", r"has xnor=1, which this reader does not build"),
        ("classes=3", "classes=4", r"needs 2 x \(5 \+ 4\) = 18 channels and gets 16. Correct classes="),
        ("mask=0,1", "mask=0,9", r"has mask=0,9, and its anchors are 0 to 3"),
        ("mask=0,1", "mask=0;1", r"has mask=0;1, which is not whole numbers with commas"),
        ("num=4", "num=5", r"has 8 numbers as anchors; it takes num= pairs"),
        ("anchors=4,", "anchors=x,", r"anchors=x,.*, which is not numbers with commas"),
        ("anchors=4,", "anchors=-4,", r"pairs of a width and a height over 0"),
        ("[yolo]", "[route]\nlayers=-4\n[yolo]", r"line 20: \[route\] reads layer -4, and there are the"),
        ("[yolo]", "[route]\nlayers=5\n[yolo]", r"reads layer 5, and there are"),
        ("[yolo]", "[route]\n[yolo]", r"lacks layers="),
        ("[yolo]", "[upsample]\n[route]\nlayers=-1,0\n[yolo]", r"maps of 8 x 12 and 4 x 6 side by side"),
        ("[yolo]", "[route]\nlayers=-1\ngroups=2\ngroup_id=2\n[yolo]", r"takes group 2 of 2"),
        ("[yolo]", "[shortcut]\nfrom=-2\n[yolo]", r"line 20: \[shortcut\] adds 4 x 6 x 4 to 4 x 6 x 16"),
        ("[yolo]", "[shortcut]\n[yolo]", r"lacks from="),
        ("[yolo]", "[dropout]\nprobability=1\n[yolo]", r"probability=1, which is not from 0 to below 1"),
        ("[yolo]", "[maxpool]\nsize=9\npadding=0\n[yolo]", r"windows of 9 x 9 that do not fit"),
        ("[yolo]", "[yolo]\n[yolo]", r"has 0 numbers as anchors"),
        ("mask=0,1", "mask=0,1\n[upsample]", r"reads layer 2, the detecting layer \[yolo\]"),
        ("[yolo]", "[dropout]\n#", r"has no \[yolo\] or \[region\] section"),
    ],
)  # fmt: skip
def test_a_wrong_description_is_told_with_its_line(darknet, tmp_path, old, new, words):
    cfg, weights = write_network(tmp_path, SMALL)
    text = cfg.read_text()
    assert old in text
    cfg.write_text(text.replace(old, new, 1))
    with pytest.raises(DataError, match=words) as raised:
        darknet.load_darknet(cfg, weights)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", r"net\.cfg has no section: it is empty"),
        (b"# only words\n\n", r"has no section"),
        (b"[net]\nwidth=8\nheight=8\n", r"is the only section"),
        (b"\x89HDF\r\n\x1a\n\x00\x00", r"is not a \.cfg file: it is not text"),
        (b"[net]\n" + b"#" * 2**20, r"far too long"),
        (b"<html>Not found</html>", r"line 1: '<html>Notfound</html>' is not the start of a section"),
    ],
)
def test_what_is_no_description_is_told(darknet, tmp_path, content, words):
    cfg, weights = write_network(tmp_path, SMALL)
    cfg.write_bytes(content)
    with pytest.raises(DataError, match=words) as raised:
        darknet.load_darknet(cfg, weights)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda whole: b"", r"net\.weights is empty. Download or copy it again"),
        (lambda whole: whole[:10], r"too short for a \.weights file: it has 10 bytes"),
        (lambda whole: whole[:20], r"too short: it holds 0 numbers"),
        (
            lambda whole: whole[:-4],
            r"too short: it holds 203 numbers, and .*net\.cfg describes a network of 204",
        ),
        (lambda whole: whole[:-3], r"too short: it holds 203 numbers and 1 bytes"),
        (lambda whole: whole + b"\0\0\0\0", r"too long: it holds 205 numbers, .*the \.cfg file that belongs"),
        (lambda whole: whole + b"\n", r"too long: it holds 204 numbers and 1 bytes"),
        (lambda whole: b"\x89HDF\r\n\x1a\n" + whole, r"is not a \.weights file of Darknet: it starts with"),
        (lambda whole: b"PK\x03\x04" + whole, r"is not a \.weights file"),
        (lambda whole: b"<!DOCTYPE html><html>" + whole, r"is not a \.weights file"),
        (lambda whole: b"version https://git-lfs.github.com/spec/v1\n", r"is not a \.weights file"),
        (lambda whole: whole[:60] + b"\xff\xff\xff\xff" + whole[64:], r"damaged: number 10 after its header"),
        (lambda whole: whole[:68] + b"\0\0\x80\xbf" + whole[72:], r"layer 0 would get variances below 0"),
    ],
)
def test_weights_that_do_not_fit_are_told(darknet, tmp_path, change, words):
    cfg, weights = write_network(tmp_path, SMALL)
    weights.write_bytes(change(weights.read_bytes()))
    with pytest.raises(DataError, match=words) as raised:
        darknet.load_darknet(cfg, weights)
    assert raised.value.remedy


def test_a_giant_is_refused_before_it_takes_memory(darknet, tmp_path):
    network = [*SMALL[:1], conv(65536, 3, pad=1)] * 2 + SMALL[2:]
    del network[2]
    _, weights = write_network(tmp_path, SMALL)
    with pytest.raises(DataError, match=r"too short: it holds 204 numbers, and .* 38,65\d,\d{3},\d{3}"):
        darknet.load_darknet(write_cfg(tmp_path / "giant.cfg", network), weights)


def test_missing_files_and_a_swap(darknet, tmp_path):
    cfg, weights = write_network(tmp_path, SMALL)
    for files in ((tmp_path / "no.cfg", weights), (cfg, tmp_path / "no.weights"), (cfg, weights, "no.names")):
        with pytest.raises(DataError, match=r"no\.\w+ cannot be read: No such file.*Correct the path"):
            darknet.load_darknet(*files)
    with pytest.raises(DataError, match=r"Give the \.cfg file first and the \.weights file second"):
        darknet.load_darknet(weights, cfg)


def test_names_that_are_too_few_or_no_text(darknet, tmp_path):
    files = write_network(tmp_path, SMALL)
    names = tmp_path / "my.names"
    names.write_text("car\nbus\n")
    with pytest.raises(DataError, match=r"my\.names names 2 classes, and the network tells 3 apart"):
        darknet.load_darknet(*files, names)
    names.write_bytes(b"\xff\xfe\x00car")
    with pytest.raises(DataError, match=r"my\.names is not text"):
        darknet.load_darknet(*files, names)


# ---------------------------------------------------------------- where it is found


def test_networks_are_found_the_largest_first(darknet, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_ROOT", str(tmp_path / "root"))
    (tmp_path / "root" / "datasets" / "darknet").mkdir(parents=True)
    monkeypatch.delenv("WORKBOOK_DATA", raising=False)
    assert darknet.find_darknet() == []

    here = tmp_path / "root" / "datasets" / "darknet"
    cfg, weights = write_network(here, SMALL)
    (here / "alone.weights").write_bytes(b"no description")
    assert darknet.find_darknet() == [(cfg, weights, None)]

    there = tmp_path / "mine" / "darknet"
    there.mkdir(parents=True)
    large = write_network(there, NETWORKS["paddings"])
    (there / "coco.names").write_text("a\nb\nc\n")
    monkeypatch.setenv("WORKBOOK_DATA", str(there.parent))
    assert darknet.find_darknet() == [(*large, there / "coco.names"), (cfg, weights, None)]
    assert darknet.load_darknet(*darknet.find_darknet()[0]).names == ["a", "b", "c"]
    for folder in (there, there.parent):
        assert [found.cfg for found in darknet.find_darknet(folder)] == [large[0]]

    (there / "other.names").write_text("a\nb\n")  # which of the two?
    assert darknet.find_darknet(there)[0].names is None
    (there / "net.names").write_text("x\ny\nz\n")
    assert darknet.find_darknet(there)[0].names == there / "net.names"

    monkeypatch.setenv("WORKBOOK_DATA", str(tmp_path / "gone"))
    with pytest.raises(DataError, match="WORKBOOK_DATA names"):
        darknet.find_darknet()


# ---------------------------------------------------------------- real networks, real photographs


@pytest.fixture(scope="module")
def real(darknet, real_data):
    if not (real_data / "darknet").is_dir():
        pytest.skip(f"{real_data} has no folder darknet")
    return {found.weights.stem: darknet.load_darknet(*found) for found in darknet.find_darknet(real_data)}


def photograph(path):
    from PIL import Image

    return np.asarray(Image.open(path).convert("RGB"))


def iou(a, b):
    width, height = (min(a[k + 2], b[k + 2]) - max(a[k], b[k]) for k in (0, 1))
    overlap = max(width, 0) * max(height, 0)
    return overlap / (sum((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)) - overlap)


def unmatched(rows, others, within=0.03):
    """Rows (label, score, box) without a partner among the others, of like class, score and place.

    Left out are scores so near the table's threshold that the partner may lie below it.
    """
    for label, score, box in rows:
        alike = [s for each, s, b in others if each == label and iou(b, box) > 0.85]
        if score > 0.3 + within and not any(abs(s - score) < within for s in alike):
            yield label, score, box


@pytest.mark.real
@pytest.mark.parametrize("name", TABLE["photographs"])
def test_photographs_as_opencv_sees_them(real, real_data, name):
    """Every box before suppression: the same class, scores within 0.03, overlap over 0.85; none missed."""
    pairs = 0
    for file, rows in TABLE["photographs"][name].items():
        found = real[name].detect(photograph(real_data / file), 0.3, iou_threshold=1.0, max_boxes=10_000)
        known = [(label, score, box) for label, score, *box in rows]
        assert list(unmatched(known, found)) == [], file
        assert list(unmatched(found, known)) == [], file
        pairs += len(known)
    assert pairs > 150


@pytest.mark.real
def test_the_dog_the_bicycle_and_the_car(real, real_data):
    found = real["yolo-fastest-1.1-xl"].detect(photograph(real_data / "darknet" / "dog.jpg"))
    scores = {name: score for name, score, _ in found}
    assert scores.keys() >= {"dog", "bicycle", "car"}
    for name, expected in (("dog", 0.958), ("bicycle", 0.894), ("car", 0.841)):
        assert scores[name] == pytest.approx(expected, abs=0.03)


@pytest.mark.real
def test_cars_before_a_car(real, real_data):
    paths = sorted((real_data / "driveai").glob("*.jpg"))
    for path in paths:
        found = real["yolo-fastest-1.1-xl"].detect(photograph(path), score_threshold=0.4)
        assert any(name == "car" for name, _, _ in found), path.name
    assert len(paths) == 16
