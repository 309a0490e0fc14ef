"""The drawn animals: the same for the same seed, balanced, and without a shortcut to the class."""

import numpy as np
import pytest

from workbook.data import animals
from workbook.data.animal_body import body
from workbook.data.animal_fields import GROUNDS, SHARES
from workbook.data.animal_kinds import COLOURS, KINDS, MEANS, OTHERS, SIZES, Build, draw_animal, draw_coat
from workbook.data.animal_parts import EYE, draw_pose
from workbook.data.animals import draw_picture, draw_set


@pytest.fixture(scope="module")
def pictures():
    """240 small pictures and their labels."""
    return draw_set(240, seed=11, size=32)


def linear_accuracy(features, y, ridge, folds=5):
    """Cross-validated accuracy of a ridge classifier on features (m, k)."""
    features = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-9)
    features = np.column_stack([features, np.ones(len(y))])
    fold, right = np.arange(len(y)) % folds, 0
    for held_out in range(folds):
        train, test = fold != held_out, fold == held_out
        A = features[train]
        weights = np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ (2 * y[train] - 1))
        right += ((features[test] @ weights > 0) == y[test]).sum()
    return right / len(y)


def test_shapes_and_types():
    X, y = draw_set(3, seed=0, size=40)
    assert X.shape == (3, 40, 40, 3) and X.dtype == np.uint8
    assert y.shape == (3,) and y.dtype == np.int64
    assert draw_picture(True, np.random.default_rng(0), size=48).shape == (48, 48, 3)


def test_same_seed_same_pictures():
    (X1, y1), (X2, y2) = draw_set(4, seed=5, size=32), draw_set(4, seed=5, size=32)
    assert np.array_equal(X1, X2) and np.array_equal(y1, y2)
    one, other = (draw_picture(False, np.random.default_rng(9), size=32) for _ in range(2))
    assert np.array_equal(one, other)


def test_another_seed_other_pictures(pictures):
    X, _ = pictures
    known = {picture.tobytes() for picture in X}
    assert len(known) == len(X)
    assert not any(picture.tobytes() in known for picture in draw_set(6, seed=12, size=32)[0])


@pytest.mark.parametrize("m", [1, 2, 7])
def test_classes_are_balanced(m):
    counts = np.bincount(draw_set(m, seed=3, size=16)[1], minlength=2)
    assert counts.max() - counts.min() <= 1


def test_classes_are_shuffled(pictures):
    _, y = pictures
    assert np.abs(np.corrcoef(np.arange(len(y)), y)[0, 1]) < 0.2
    assert not np.array_equal(y[:8], np.arange(8) % 2)


def test_pictures_are_neither_black_nor_white(pictures):
    light = pictures[0].mean(axis=(1, 2, 3)) / 255
    assert light.min() > 0.05 and light.max() < 0.95
    assert pictures[0].std(axis=(1, 2)).min() > 4


def test_every_kind_has_all_measures():
    assert set(KINDS) == {"alpaca", *OTHERS} == set(SIZES)
    assert set(MEANS) == set(Build._fields) and all(len(row) == len(KINDS) for row in MEANS.values())
    assert set(SHARES) == set(GROUNDS) and sum(SHARES.values()) == pytest.approx(1)


@pytest.mark.parametrize("kind", KINDS)
def test_bodies_stand_on_the_ground_and_differ(kind):
    rng = np.random.default_rng(0)
    for _ in range(12):
        animal, pose = draw_animal(kind, rng), draw_pose(rng)._replace(lying=False)
        parts = body(animal, pose)
        lowest = [min(p.start[1] - p.start_radius, p.end[1] - p.end_radius) for p in parts if not p.head]
        assert -0.12 < min(lowest) < 0.12
        assert sum(part.tone == EYE for part in parts) == 4  # eyes and nostrils
        assert all(min(part.start_radius, part.end_radius) > 0 for part in parts)
    assert len({draw_animal(kind, rng).build for _ in range(5)}) == 5


def test_a_grazing_animal_has_its_nose_near_the_ground_and_one_that_looks_has_not():
    rng = np.random.default_rng(1)
    for kind in KINDS:
        animal, pose = draw_animal(kind, rng), draw_pose(rng)._replace(lying=False)
        nose = [
            min(part.end[1] for part in body(animal, pose._replace(grazing=grazing)) if part.head)
            for grazing in (True, False)
        ]
        assert nose[0] < 0.45 * animal.build.leg and nose[0] < nose[1]


def test_an_alpaca_holds_its_head_high_above_its_back():
    rng = np.random.default_rng(2)
    for _ in range(10):
        animal = draw_animal("alpaca", rng)
        parts = body(animal, draw_pose(rng)._replace(grazing=False, lying=False))
        assert max(part.end[1] for part in parts if part.head) > 1.25 * (
            animal.build.leg + animal.build.depth
        )


# What must not tell the class


def watched(monkeypatch, alpaca):
    """Of 60 pictures: the kind of the front animal, whether it is seen close, how many animals there are."""
    seen, herds, in_front = [], [], animals._in_front

    def kept_in_mind(kind, close, n, rng):
        seen.append((kind, close))
        herds.append(0)
        return in_front(kind, close, n, rng)

    def counted(picture, *_):
        herds[-1] += 1
        return picture

    with monkeypatch.context() as patch:
        patch.setattr(animals, "_in_front", kept_in_mind)
        patch.setattr(animals, "_with_animal", counted)
        for seed in range(60):
            draw_picture(alpaca, np.random.default_rng(seed), 16)
    return [kind for kind, _ in seen], [close for _, close in seen], herds


def test_the_front_animal_decides_and_numbers_and_views_do_not(monkeypatch):
    kinds, close, herds = watched(monkeypatch, True)
    other_kinds, other_close, other_herds = watched(monkeypatch, False)
    assert set(kinds) == {"alpaca"} and set(other_kinds) == set(OTHERS)
    assert close == other_close and herds == other_herds
    assert set(herds) == {1, 2, 3}


def test_no_alpaca_where_there_should_be_none(monkeypatch):
    drawn = []

    def draw(kind, rng):
        drawn.append(kind)
        return draw_animal(kind, rng)

    monkeypatch.setattr(animals, "draw_animal", draw)
    for seed in range(20):
        draw_picture(False, np.random.default_rng(seed), 16)
    assert len(drawn) > 20 and "alpaca" not in drawn


def test_coats_know_nothing_of_the_kind():
    coats = [draw_coat(np.random.default_rng(seed)) for seed in range(300)]
    assert {coat.pattern for coat in coats} == {"plain", "patches"}
    nearest = [np.abs(COLOURS - coat.coat).sum(axis=1).argmin() for coat in coats]
    assert set(nearest) == set(range(len(COLOURS)))
    for kind in ("alpaca", "sheep", "dog"):
        rng, again = np.random.default_rng(4), np.random.default_rng(4)
        animal, other = draw_animal(kind, rng), draw_animal("cow", again)
        assert np.array_equal(animal.coat.coat, other.coat.coat)


# Chance is 0.50, and 1,200 pictures gave 0.53, 0.51, 0.48 and 0.51, 0.62 and 0.52. The bounds leave room for
# the luck of 240.


def test_no_shortcut_through_colour(pictures):
    X, y = pictures
    colour = X.reshape(len(X), -1, 3).astype(float)
    assert linear_accuracy(np.hstack([colour.mean(axis=1), colour.std(axis=1)]), y, 10) < 0.62


def test_no_shortcut_through_a_histogram_of_colours(pictures):
    X, y = pictures
    bins = (X // 64).astype(int) @ [16, 4, 1]
    histogram = np.stack([np.bincount(each.ravel(), minlength=64) for each in bins])
    assert linear_accuracy(np.sqrt(histogram), y, 30) < 0.62


def test_no_shortcut_through_corners_and_border(pictures):
    X, y = pictures
    corners = X[:, [1, 1, -2, -2], [1, -2, 1, -2]].reshape(len(X), -1).astype(float)
    assert linear_accuracy(corners, y, 10) < 0.62
    border = np.concatenate([X[:, 0, ::4], X[:, -1, ::4], X[:, ::4, 0], X[:, ::4, -1]], axis=1)
    assert linear_accuracy(border.reshape(len(X), -1).astype(float), y, 100) < 0.62


def test_no_shortcut_through_a_tiny_picture(pictures):
    X, y = pictures
    tiny = X.reshape(len(X), 8, 4, 8, 4, 3).mean(axis=(2, 4)).reshape(len(X), -1)
    assert linear_accuracy(tiny, y, 300) < 0.70


def test_no_shortcut_through_sharpness(pictures):
    X, y = pictures
    grey = X.mean(axis=-1)
    right, down = np.abs(np.diff(grey, axis=2)), np.abs(np.diff(grey, axis=1))
    sharpness = [part.mean(axis=(1, 2)) for part in (right, down)] + [
        part.std(axis=(1, 2)) for part in (right, down)
    ]
    assert linear_accuracy(np.column_stack(sharpness), y, 10) < 0.64


def test_progress_is_told():
    told = []
    draw_set(3, seed=0, size=16, progress=lambda done, m: told.append((done, m)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw_picture(True, 7), "default_rng"),
        (lambda: draw_picture(True, np.random.default_rng(0), size=4), "size must be"),
        (lambda: draw_picture("yes", np.random.default_rng(0)), "alpaca must be"),
        (lambda: draw_set(0, seed=1), "m, the number of pictures"),
        (lambda: draw_set(2.0, seed=1), "m, the number of pictures"),
        (lambda: draw_set(6, seed=-1), "seed must be"),
        (lambda: draw_set(6, seed=None), "seed must be"),
    ],
)
def test_bad_arguments_are_explained(call, words):
    with pytest.raises(ValueError, match=words):
        call()
