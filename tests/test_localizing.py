"""The drawn meadow, the crops that boxes and landmarks follow, and the short trainings of the lesson."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import workbook

WEEK = Path(__file__).resolve().parent.parent / "week3"


@pytest.fixture(scope="module")
def week():
    workbook.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WEEK))
        names = ("localizing", "meadow", "facemarks")
        yield dict(zip(names, map(importlib.import_module, names), strict=True))


@pytest.fixture(scope="module")
def localizing(week):
    return week["localizing"]


@pytest.fixture(scope="module")
def facemarks(week):
    return week["facemarks"]


@pytest.fixture(scope="module")
def scenes(week):
    return week["meadow"].draw_scenes(24, seed=5, empty=0.3)


@pytest.fixture(scope="module")
def album(week):
    return week["facemarks"].draw_faces(3, 2, seed=5)


# --- drawing


def test_who_draws_faces_hears_how_many_there_are(week, album):
    told = []
    X, landmarks, smile = week["facemarks"].draw_faces(3, 2, seed=5, update=told.append)
    assert told == [2, 4, 6]
    assert all(np.array_equal(*pair) for pair in zip(album, (X, landmarks, smile), strict=True))


def test_a_seed_gives_the_same_scenes(week, scenes):
    again = week["meadow"].draw_scenes(3, seed=5, empty=0.3)
    assert np.array_equal(again.X, scenes.X[:3]) and np.array_equal(again.boxes, scenes.boxes[:3])
    assert set(scenes.labels) == {0, 1, 2, 3}


def test_boxes_lie_on_the_canvas_and_are_of_the_size_that_is_asked_for(week, scenes):
    meadow, here = week["meadow"], scenes.labels > 0
    assert not scenes.boxes[~here].any()
    boxes = scenes.boxes[here]
    assert (boxes >= 0).all() and (boxes <= meadow.CANVAS).all()
    longest = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    assert (longest > 0.75 * meadow.SIZES[0]).all() and (longest <= meadow.SIZES[1] + 1).all()


def test_the_box_is_where_the_animal_is(week, monkeypatch):
    """The same scene without its animal differs inside the box, and hardly outside but for the shadow."""
    meadow = week["meadow"]
    drawn = []
    with_animal = meadow._with_animal

    def spied(picture, *rest):
        after, box = with_animal(picture.copy(), *rest)
        drawn.append((picture, after, box))
        return after, box

    monkeypatch.setattr(meadow, "_with_animal", spied)
    meadow.draw_scenes(6, seed=3, empty=0)
    for before, after, box in drawn:
        changed = np.abs(after - before).sum(axis=2) > 0.3
        x1, y1, x2, y2 = (box * meadow.OVERSAMPLING).astype(int)
        assert changed[y1:y2, x1:x2].mean() > 0.2
        assert changed[: max(y1 - 2, 0)].mean() < 0.01


# --- crops


def test_crops_hold_their_boxes(localizing, scenes):
    crops = localizing.draw_crops(scenes.boxes, 80, 60, np.random.default_rng(0))
    assert (crops >= 0).all() and (crops <= 80 + 1e-6).all()
    side = crops[:, 2] - crops[:, 0]
    assert np.allclose(side, crops[:, 3] - crops[:, 1]) and (side >= 60).all()
    here = scenes.labels > 0
    assert (scenes.boxes[here, :2] >= crops[here, :2]).all() and (
        scenes.boxes[here, 2:] <= crops[here, 2:]
    ).all()


def test_a_crop_of_64_pixels_is_the_picture_itself(localizing, scenes):
    crops = np.tile([[5.0, 9, 69, 73]], (len(scenes.X), 1))
    assert np.allclose(localizing.cut(scenes.X, crops), scenes.X[:, 9:73, 5:69], atol=0.01)


def test_targets_are_those_of_the_hand_worked_example(localizing):
    boxes, crops = np.array([[30.0, 20, 50, 60], [0, 0, 0, 0]]), np.array([[10.0, 8, 74, 72]] * 2)
    y = localizing.targets(boxes, np.array([3, 0]), crops, 3)
    assert y[0] == pytest.approx([1, 30 / 64, 0.5, 20 / 64, 40 / 64, 0, 0, 1])
    assert not y[1].any()
    assert localizing.mirrored(y[:1, 1:5])[0] == pytest.approx([34 / 64, 0.5, 20 / 64, 40 / 64])


def test_the_box_moves_with_a_bright_square(localizing, week):
    """Cropped and mirrored pictures of a white square: the box is where the white is."""
    X = np.zeros((20, 80, 80, 3), np.uint8)
    X[:, 30:50, 25:61] = 255
    boxes = np.tile(np.float32([[25, 30, 61, 50]]), (20, 1))
    scenes = week["meadow"].Scenes(X, boxes, np.ones(20, int))
    pictures, y = localizing.animals(scenes, np.random.default_rng(0))
    for picture, box in zip(pictures, localizing.corners(y[:, 1:5]), strict=True):
        level = (picture.min() + picture.max()) / 2
        rows, columns = np.nonzero(picture[..., 0] > level)
        found = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        assert np.abs(np.array(found) - box).max() < 1


def test_empty_scenes_have_targets_of_zero(localizing, scenes):
    _, y = localizing.animals(scenes, np.random.default_rng(0))
    assert not y[scenes.labels == 0].any()
    assert (y[scenes.labels > 0, 5:].sum(axis=1) == 1).all()
    half = localizing.half_empty(scenes)
    assert (half.labels == 0).sum() == (half.labels > 0).sum() == (scenes.labels == 0).sum()


# --- landmarks


def test_mirroring_twice_changes_nothing(facemarks):
    assert (facemarks.MIRRORED[facemarks.MIRRORED] == np.arange(len(facemarks.NAMES))).all()
    for name, other in zip(facemarks.NAMES, np.array(facemarks.NAMES)[facemarks.MIRRORED], strict=True):
        swapped = name.replace("left", "*").replace("right", "left").replace("*", "right")
        assert swapped == other


@pytest.mark.parametrize("swap", [True, False])
def test_left_stays_left_where_names_are_swapped(localizing, album, swap):
    rng = np.random.default_rng(1)
    _, points = localizing.portraits(album, rng, np.tile(np.arange(6), 5), swap=swap)
    left_of_right = points[:, 0, 0] < points[:, 3, 0]
    assert left_of_right.all() if swap else 0 < left_of_right.mean() < 1
    assert (points > -0.2).all() and (points < 1.2).all()


def test_landmarks_move_with_bright_dots(localizing, facemarks):
    """Cropped faces of black with a white dot at every landmark: the landmarks are where the white is."""
    points = np.stack([np.arange(24, 54, 3), np.arange(50, 20, -3)], axis=1).astype(np.float32)
    X = np.zeros((9, facemarks.CANVAS, facemarks.CANVAS, 3), np.uint8)
    for x, y in points.astype(int):
        X[:, y - 1 : y + 1, x - 1 : x + 1] = 255  # around the corner of four pixels
    pictures, found = localizing.portraits((X, np.stack([points] * 9)), np.random.default_rng(0), vary=False)
    assert pictures.shape == (9, 64, 64, 3) and found.shape == (9, 10, 2)
    for picture, marks in zip(pictures[..., 0] - pictures.min(), found, strict=True):
        rows, columns = np.indices(picture.shape) + 0.5
        middle = (columns * picture).sum() / picture.sum(), (rows * picture).sum() / picture.sum()
        assert np.abs(64 * marks.mean(axis=0) - middle).max() < 0.3


def test_the_distance_is_told_in_pixels(localizing):
    points = np.random.default_rng(0).random((4, 10, 2))
    assert localizing.pixels_off(points, points + np.array([3, 4]) / 64) == pytest.approx(5)


def test_smile_features_do_not_mind_size_and_tilt(facemarks, album):
    points = album[1].astype(float)
    c, s = np.cos(0.4), np.sin(0.4)
    turned = 1.7 * points @ np.array([[c, s], [-s, c]]) + [5, -3]
    assert np.allclose(facemarks.smile_features(points), facemarks.smile_features(turned))
    features, smiles = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]]), np.array([False, False, True, True])
    assert (facemarks.says_smile(features, facemarks.fit_line(features, smiles)) == smiles).all()


# --- measuring and training


def test_overlaps(localizing):
    box = np.array([[0.5, 0.5, 30 / 64, 30 / 64]])
    beside = box + np.array([2, 2, 0, 0]) / 64
    assert localizing.overlaps(box, box)[0] == pytest.approx(1)
    assert localizing.overlaps(box, beside)[0] == pytest.approx(784 / 1016)
    assert localizing.overlaps(box, box + np.array([0.5, 0, 0, 0]))[0] == 0


def test_scores_count_class_and_box_only_where_an_animal_is(localizing):
    y = np.array([[1, 0.5, 0.5, 0.2, 0.2, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0]], float)
    says = np.array([[0.9, 0.5, 0.5, 0.2, 0.2, 0.1, 0.8, 0.1], [0.7, 0.9, 0.9, 0.1, 0.1, 1, 0, 0]])
    assert localizing.scores(y, says) == pytest.approx({"presence": 0.5, "class": 1, "mean IoU": 1})


def test_a_short_training_lowers_the_loss(localizing, scenes):
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    inputs = keras.Input((64, 64, 3))
    X = keras.layers.AveragePooling2D(8)(inputs)
    X = keras.layers.BatchNormalization()(keras.layers.Flatten()(X))
    model = keras.Model(inputs, keras.layers.Dense(8, activation="sigmoid")(X))

    def loss(y, says):
        return tf.reduce_mean(tf.square(y - says))

    X, y = localizing.animals(scenes, np.random.default_rng(0), vary=False)
    before = float(loss(y, localizing.answers(model, X)))
    localizing.train(model, lambda chosen, rng: (X[chosen], y[chosen]), 24, loss, 20, peak=1e-2, size=8)
    assert float(loss(y, localizing.answers(model, X))) < 0.7 * before
    curve = localizing.in_fog(model, X, y, (1.0, 0.1))
    assert curve.shape == (2, 2) and np.isfinite(curve).all()
