"""The drawn faces: the same for the same seed, balanced, recognizable, and without a shortcut to a smile."""

import inspect

import numpy as np
import pytest

from workbook.data import faces
from workbook.data.face_people import STYLES
from workbook.data.faces import (
    LANDMARKS,
    draw_album,
    draw_expression,
    draw_face,
    draw_hair,
    draw_person,
    draw_set,
)


@pytest.fixture(scope="module")
def pictures():
    """240 pictures and whether they show a smile."""
    return draw_set(240, seed=11)


@pytest.fixture(scope="module")
def album():
    """12 people, 3 pictures each."""
    return draw_album(12, 3, seed=5)


def rng(seed=0):
    return np.random.default_rng(seed)


def place(name):
    return LANDMARKS.index(name)


def linear_accuracy(features, y, folds=5):
    """Cross-validated accuracy of a ridge classifier on features (m, k)."""
    features = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-9)
    features = np.column_stack([features, np.ones(len(y))])
    fold = np.arange(len(y)) % folds
    right = 0
    for held_out in range(folds):
        train, test = fold != held_out, fold == held_out
        A, targets = features[train], 2.0 * y[train] - 1
        weights = np.linalg.solve(A.T @ A + 10.0 * np.eye(A.shape[1]), A.T @ targets)
        right += ((features[test] @ weights > 0) == y[test]).sum()
    return right / len(y)


# Seeds and shapes


def test_shapes_and_types():
    X, y = draw_set(7, seed=0)
    assert X.shape == (7, 64, 64, 3) and X.dtype == np.uint8
    assert y.shape == (7,) and y.dtype == np.int64
    face = draw_face(draw_person(rng()), rng(), size=48)
    assert face.picture.shape == (48, 48, 3) and face.picture.dtype == np.uint8
    assert face.landmarks.shape == (len(LANDMARKS), 2) and face.landmarks.dtype == np.float32


def test_same_seed_same_pictures():
    (X1, y1), (X2, y2) = draw_set(8, seed=5), draw_set(8, seed=5)
    assert np.array_equal(X1, X2) and np.array_equal(y1, y2)
    person = draw_person(rng(1))
    one, other = draw_face(person, rng(9)), draw_face(person, rng(9))
    assert np.array_equal(one.picture, other.picture) and np.array_equal(one.landmarks, other.landmarks)


def test_other_seed_other_pictures_and_people():
    (X1, y1), (X2, y2) = draw_set(12, seed=1), draw_set(12, seed=2)
    assert not any(np.array_equal(a, b) for a in X1 for b in X2)
    assert not np.array_equal(y1, y2)


def test_no_two_pictures_alike(pictures):
    assert len({picture.tobytes() for picture in pictures[0]}) == len(pictures[0])


@pytest.mark.parametrize("m", [6, 21])
def test_classes_are_balanced_for_everybody(m):
    counts = np.bincount(draw_set(m, seed=3)[1], minlength=2)
    assert counts.max() - counts.min() <= 1
    assert faces.PICTURES_PER_PERSON % 2 == 0  # so that each person smiles in half of their pictures


def test_classes_are_shuffled(pictures):
    y = pictures[1]
    assert np.abs(np.corrcoef(np.arange(len(y)), y)[0, 1]) < 0.2
    assert not np.array_equal(y[:20], np.arange(20) % 2)


def test_an_album_grows_without_changing(album):
    more = draw_album(2, 4, seed=5)
    assert np.array_equal(more.X[:3], album.X[:3]) and np.array_equal(more.X[4:7], album.X[3:6])
    assert album.identity.tolist() == np.repeat(np.arange(12), 3).tolist()
    assert album.landmarks.shape == (36, len(LANDMARKS), 2) and album.smile.shape == (36,)


# People


def test_people_differ():
    people = [draw_person(rng(seed)) for seed in range(40)]
    for measure in ("width", "eye_spacing", "nose_length", "mouth_width", "jaw", "brow_height"):
        assert len({getattr(person, measure) for person in people}) == 40
    assert np.std([person.skin.mean() for person in people]) > 0.06
    assert {person.hair.style for person in people} >= {"short", "long", "side", "curly"}


@pytest.mark.parametrize("style", STYLES)
def test_every_haircut_can_be_worn_by_everybody(style):
    for seed in range(2):
        person = draw_person(rng(seed))
        person = person._replace(hair=draw_hair(rng(seed))._replace(style=style))
        assert draw_face(person, rng(seed), glasses=bool(seed)).picture.std() > 10


def test_a_person_keeps_their_face(album):
    """The shape of eyes, nose and mouth, seen from the front, is nearer to a person's own than to others'."""
    shapes = []
    for seed in range(8):
        person = draw_person(rng(seed))
        shapes.append([_shape(draw_face(person, rng(k), smile=False, variety=0).landmarks) for k in range(3)])
    shapes = np.array(shapes)  # (people, pictures, k)
    same = np.linalg.norm(shapes[:, :1] - shapes[:, 1:], axis=-1)
    others = np.linalg.norm(shapes[:, None, 0] - shapes[None, :, 1], axis=-1)[~np.eye(8, dtype=bool)]
    assert same.max() < np.quantile(others, 0.05)


def _shape(landmarks):
    """Places of the eyes' corners and the nose, without place and size of the face."""
    rigid = landmarks[[place(name) for name in LANDMARKS if "eye," in name or "nose" in name]]
    rigid = rigid - rigid.mean(axis=0)
    return (rigid / np.linalg.norm(rigid)).ravel()


# Smiles


def test_a_smile_lifts_and_widens_the_mouth():
    corners = [place("mouth, left corner"), place("mouth, right corner")]
    middle = [place("upper lip, lower edge"), place("lower lip, upper edge")]
    lift, width = [], []
    for seed in range(10):
        person = draw_person(rng(seed))
        views = [draw_face(person, rng(7), smile=degree, variety=0).landmarks for degree in (0, 0.5, 1.0)]
        lift.append([view[middle, 1].mean() - view[corners, 1].mean() for view in views])
        width.append([np.ptp(view[corners, 0]) for view in views])
    assert (np.diff(np.mean(lift, axis=0)) > 0.7).all()  # pixels
    assert (np.diff(np.mean(width, axis=0)) > 0.7).all()


def test_neither_teeth_nor_an_open_mouth_means_a_smile():
    for smile in (True, False):
        seen = [draw_expression(rng(seed), smile) for seed in range(300)]
        opened = np.mean([each.opening > 0.2 for each in seen])
        teeth = np.mean([each.teeth > 0.2 for each in seen])
        narrowed = np.mean([each.squint > 0.3 for each in seen])
        assert 0.25 < opened < 0.75 and 0.15 < teeth < 0.75 and 0.08 < narrowed < 0.8
    assert max(draw_expression(rng(seed), False).lift for seed in range(300)) < 0.35
    assert min(draw_expression(rng(seed), True).lift for seed in range(300)) > 0.5


def test_smile_may_be_left_to_chance():
    degrees = np.array([draw_expression(rng(seed)).smile for seed in range(200)])
    assert 0.4 < (degrees > 0).mean() < 0.6
    assert degrees[degrees > 0].min() > 0.45 and degrees.max() <= 1


def test_nothing_but_the_expression_knows_of_the_smile():
    """Pose, light, wall, clothes, glasses and camera are drawn by functions that never see it."""
    for function in (faces._view, faces._light, faces._wall, faces._pair_of_glasses):
        assert not {"smile", "expression"} & set(inspect.signature(function).parameters)


# Chance is 0.5. The bounds below are what 2,000 pictures gave (0.49, 0.49, 0.50, 0.59 and 0.50), plus room
# for the luck of 240. What tells is the shape: a linear classifier on 16x16 grey pixels reaches 0.96.


def test_no_shortcut_through_colour(pictures):
    X, y = pictures
    colour = X.reshape(len(X), -1, 3).astype(float)
    assert linear_accuracy(np.hstack([colour.mean(axis=1), colour.std(axis=1)]), y) < 0.62


def test_no_shortcut_through_the_corners(pictures):
    X, y = pictures
    corners = X[:, [2, 2, 61, 61], [2, 61, 2, 61]].reshape(len(X), -1).astype(float)
    assert linear_accuracy(corners, y) < 0.62


def test_no_shortcut_through_the_border(pictures):
    X, y = pictures
    border = np.concatenate([X[:, 0, ::4], X[:, -1, ::4], X[:, ::4, 0], X[:, ::4, -1]], axis=1)
    assert linear_accuracy(border.reshape(len(X), -1).astype(float), y) < 0.62


def test_no_shortcut_through_the_colours_around_the_mouth(pictures):
    """Dark throats, white teeth and red lips are not enough: the shape of the mouth must be seen."""
    X, y = pictures
    mouth = X[:, 38:54, 18:46].reshape(len(X), -1, 3).astype(float)
    parts = [
        mouth.mean(axis=1),
        mouth.std(axis=1),
        np.quantile(mouth, 0.02, axis=1),
        np.quantile(mouth, 0.98, axis=1),
    ]
    assert linear_accuracy(np.hstack(parts), y) < 0.75


def test_no_shortcut_through_the_upper_half(pictures):
    X, y = pictures
    hair = X[:, :16, ::4].reshape(len(X), -1).astype(float)
    assert linear_accuracy(hair, y) < 0.62


# Landmarks


def test_landmarks_lie_in_the_picture_and_in_order(album):
    inside = (album.landmarks > 0) & (album.landmarks < 64)
    assert inside.mean() > 0.99
    x, y = album.landmarks[..., 0], album.landmarks[..., 1]
    assert (x[:, place("left eye, middle")] < x[:, place("right eye, middle")]).all()
    assert (x[:, place("mouth, left corner")] < x[:, place("mouth, right corner")]).all()
    for higher, lower in (
        ("nose, bridge", "nose, tip"),
        ("nose, tip", "upper lip, top"),
        ("upper lip, top", "lower lip, bottom"),
        ("lower lip, bottom", "chin"),
    ):
        assert (y[:, place(higher)] < y[:, place(lower)] + 0.5).all()


def test_landmarks_grow_with_the_picture():
    person = draw_person(rng(2))
    small, large = (draw_face(person, rng(3), size=size).landmarks for size in (64, 128))
    assert np.abs(2 * small - large).max() < 1.0


def test_landmarks_turn_with_the_head():
    """The tip of the nose stands out, so that it moves most against the eyes when the head turns."""
    eyes, tip = [place("left eye, middle"), place("right eye, middle")], place("nose, tip")
    straight = draw_face(draw_person(rng(1)), rng(0), variety=0).landmarks
    assert abs(straight[eyes, 0].mean() - straight[tip, 0]) < 0.5
    turned = [draw_face(draw_person(rng(1)), rng(seed), variety=2).landmarks for seed in range(12)]
    assert max(abs(each[eyes, 0].mean() - each[tip, 0]) for each in turned) > 3


def test_the_eyes_are_where_the_landmarks_say():
    dark = 0
    for seed in range(20):
        face = draw_face(draw_person(rng(seed)), rng(seed), size=128, glasses=False, variety=0.5)
        grey = face.picture.mean(axis=-1)
        for side in ("left", "right"):
            x, y = face.landmarks[place(f"{side} eye, middle")].round().astype(int)
            dark += (
                grey[y - 3 : y + 4, x - 3 : x + 4].min() < 0.75 * grey[y + 14 : y + 20, x - 3 : x + 4].mean()
            )
    assert dark >= 36


# Errors


def test_progress_is_told():
    told = []
    draw_set(3, seed=0, progress=lambda done, m: told.append((done, m)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def somebody():
    return draw_person(rng())


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw_person(7), "default_rng"),
        (lambda: draw_face(7, rng()), "person must be"),
        (lambda: draw_face(somebody(), 7), "default_rng"),
        (lambda: draw_face(somebody(), rng(), size=4), "size must be"),
        (lambda: draw_face(somebody(), rng(), size=64.5), "size must be"),
        (lambda: draw_face(somebody(), rng(), smile=1.5), "smile must be"),
        (lambda: draw_face(somebody(), rng(), smile=-0.1), "smile must be"),
        (lambda: draw_face(somebody(), rng(), smile="yes"), "smile must be"),
        (lambda: draw_face(somebody(), rng(), variety=3), "variety must be"),
        (lambda: draw_set(0, seed=1), "m must be"),
        (lambda: draw_set(2.0, seed=1), "m must be"),
        (lambda: draw_set(6, seed=-1), "seed must be"),
        (lambda: draw_set(6, seed=None), "seed must be"),
        (lambda: draw_album(0, 3, seed=1), "people must be"),
        (lambda: draw_album(3, 0, seed=1), "each must be"),
    ],
)
def test_bad_arguments_are_explained(call, words):
    with pytest.raises(ValueError, match=words):
        call()
