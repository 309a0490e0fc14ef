"""Week 3's region proposals: first regions, the order of boxes, recall, crops, training sets."""

import importlib
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import workbook
from workbook.lessons import find_lesson

WEEK = Path(__file__).resolve().parent.parent / "week3"


@pytest.fixture
def proposals(monkeypatch):
    workbook.start()
    monkeypatch.syspath_prepend(str(WEEK))
    return importlib.import_module("proposals")


@pytest.fixture
def propose():
    return find_lesson("region_proposals").exercise("propose_regions").reference


def flag(n_H=40, n_W=60):
    """A picture of two plain halves, left and right, with a bright square in the left one."""
    picture = np.zeros((n_H, n_W, 3), np.uint8)
    picture[:, : n_W // 2] = (200, 30, 30)
    picture[:, n_W // 2 :] = (20, 60, 180)
    picture[10:24, 6:22] = (240, 230, 60)
    return picture


def test_pieces_have_twice_the_pictures_size(proposals) -> None:
    for space in proposals.SPACES:
        pieces, colours = proposals.small_pieces(flag(), space)
        assert pieces.shape == (80, 120)
        assert colours.shape == (80, 120, 3)
        assert sorted(np.unique(pieces)) == list(range(pieces.max() + 1))


def test_regions_of_a_flag(proposals) -> None:
    regions, neighbours = proposals.initial_regions(flag())
    assert sum(region.size for region in regions) == pytest.approx(1)
    for region in regions:
        assert region.colour.shape == (75,)
        assert region.texture.shape == (60,)
        assert region.colour.sum() == pytest.approx(1)
        assert region.texture.sum() == pytest.approx(1)
        assert (region.box[:2] < region.box[2:]).all()
        assert region.size <= (region.box[2:] - region.box[:2]).prod() + 1e-9
    boxes = np.array([region.box for region in regions]) * [60, 40, 60, 40]
    assert (np.abs(boxes - [6, 10, 22, 24]).max(axis=1) <= 1).any()
    assert all(0 <= i < j < len(regions) for i, j in neighbours)
    assert len(set(neighbours)) == len(neighbours)


def test_boxes_and_neighbours_of_pieces(proposals) -> None:
    pieces = np.array([[0, 0, 1, 1], [0, 2, 2, 1], [3, 3, 2, 1], [3, 3, 3, 1]])
    boxes = proposals.boxes_of(pieces) * 4
    assert boxes.tolist() == [[0, 0, 2, 2], [2, 0, 4, 4], [1, 1, 3, 3], [0, 2, 3, 4]]
    assert set(proposals.touching(pieces)) == {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)}
    assert proposals.touching(np.array([[0, 1, 2]])) == [(0, 1), (1, 2)]
    assert proposals.touching(np.zeros((2, 3), int)) == []


def test_histograms_count_each_channel(proposals) -> None:
    pieces = np.array([[0, 1]])
    values = np.array([[[0.0, 0.99], [0.5, 2.0]]])
    table = proposals.histograms(pieces, values, 2, 0, 1)
    assert table.tolist() == [[0.5, 0, 0, 0.5], [0, 0.5, 0, 0.5]]


def test_the_grouping_of_a_flag_holds_its_square_and_the_whole(proposals, propose) -> None:
    boxes = propose(flag(), proposals.initial_regions)
    assert (np.abs(boxes - [6, 10, 22, 24]).max(axis=1) <= 1).any()
    assert (boxes == [0, 0, 60, 40]).all(axis=1).any()


def test_proposals_are_the_same_each_time_and_in_any_order_of_the_groupings_boxes(proposals, propose) -> None:
    image = flag()
    boxes = propose(image, proposals.initial_regions)
    once = proposals.best_first([boxes, boxes[:3]])
    again = proposals.best_first([boxes[::-1], boxes[:3][::-1]])
    assert np.array_equal(once, again)
    backwards = lambda image, segment: propose(image, segment)[::-1]  # noqa: E731
    looks = proposals.LOOKS
    assert np.array_equal(
        proposals.proposals_of(image, propose, looks), proposals.proposals_of(image, backwards, looks)
    )


def test_best_first_drops_small_boxes_and_near_duplicates(proposals) -> None:
    boxes = np.array([[0, 0, 40, 40], [1, 0, 41, 40], [50, 50, 55, 80], [60, 60, 80, 80.0]])
    kept = proposals.best_first([boxes])
    assert len(kept) == 2
    assert [60, 60, 80, 80] in kept.tolist()
    assert proposals.best_first([np.zeros((0, 4))]).shape == (0, 4)


def test_large_boxes_come_early_on_average(proposals) -> None:
    boxes = np.array([[0, 0, 10 + 3 * k, 10 + 3 * k] for k in range(25)], float)
    places = [
        np.argsort(np.argsort(proposals.best_first([boxes], same=1, seed=seed)[:, 2])) for seed in range(40)
    ]
    assert (
        np.mean([order[:5].mean() for order in places]) > np.mean([order[-5:].mean() for order in places]) + 4
    )


def test_baselines_are_boxes_in_the_picture(proposals) -> None:
    for boxes, most in (
        (proposals.random_boxes(150, (96, 128)), 150),
        (proposals.window_boxes(150, (96, 128)), 150),
    ):
        assert 100 < len(boxes) <= most
        assert (boxes >= 0).all()
        assert (boxes[:, 2] <= 128).all()
        assert (boxes[:, 3] <= 96).all()
        assert (boxes[:, 2:] - boxes[:, :2] >= 8).all()


def test_recall_counts_objects_met_by_the_first_boxes(proposals) -> None:
    truth = [np.array([[0, 0, 10, 10], [20, 20, 40, 40.0]]), np.zeros((0, 4)), np.array([[5, 5, 9, 9.0]])]
    boxes = [
        np.array([[50, 50, 60, 60], [0, 0, 10, 20], [21, 20, 40, 40.0]]),
        np.array([[0, 0, 5, 5.0]]),
        np.array([[5, 5, 50, 50.0]]),
    ]
    assert proposals.first_hits(boxes, truth).tolist() == [2, 3, np.inf]
    assert proposals.recall(boxes, truth, [1, 2, 3]) == pytest.approx([0, 1 / 3, 2 / 3])


def test_cars_that_count(proposals) -> None:
    boxes = np.array([[0, 0, 20, 12, 0], [0, 0, 30, 11, 0], [0, 0, 40, 40, 1.0]])
    assert proposals.cars(boxes).tolist() == [[0, 0, 20, 12]]


def test_warp_shows_the_box_and_nothing_else(proposals) -> None:
    crops = proposals.warp(flag(), [[6, 10, 22, 24], [30, 0, 60, 40]], 16)
    assert crops.shape == (2, 16, 16, 3)
    assert crops[0] == pytest.approx(np.broadcast_to([240, 230, 60], (16, 16, 3)))
    assert crops[1] == pytest.approx(np.broadcast_to([20, 60, 180], (16, 16, 3)))
    assert proposals.warp(flag(), np.zeros((0, 4)), 16).shape == (0, 16, 16, 3)


def test_crops_to_learn_tell_vehicles_from_background(proposals, propose) -> None:
    objects = [np.array([[6, 10, 22, 24, 1.0]]), np.zeros((0, 5)), np.array([[6, 10, 14, 14, 0.0]])]
    look = partial(proposals.crops_to_learn, [flag()] * 3, objects, propose, size=16, grouped=1)
    crops, kinds = look()
    assert crops.shape[1:] == (16, 16, 3)
    assert set(kinds) == {0, 1}  # the object of the third scene is too small to count
    yellow = (crops[kinds == 1].mean(axis=(1, 2)) - [240, 230, 60]).__abs__().max(axis=1)
    assert yellow.max() < 140
    again = look()
    assert np.array_equal(again[0], crops)
    assert np.array_equal(again[1], kinds)


def test_networks_fit_together(proposals) -> None:
    body = proposals.body(channels=(4, 4, 4, 4, 8))
    maps = body(np.zeros((1, 96, 128, 3), np.float32))
    assert maps.shape == (1, 6, 8, 8)
    assert body(np.zeros((2, 48, 48, 3), np.float32)).shape == (2, 3, 3, 8)
    pool = find_lesson("region_proposals").exercise("roi_pool").reference
    pooled = pool(maps[0], np.array([[0, 0, 8, 6.0], [1, 2, 3, 4.5]]), 3)
    assert proposals.head(channels=8)(pooled).shape == (2, 3)
    assert proposals.grid_head(channels=8)(maps).shape == (1, 48, 1, 3, 7)


def test_training_learns_a_colour(proposals) -> None:
    import keras

    rng = np.random.default_rng(0)
    kinds = np.arange(192) % 3
    crops = np.float32(rng.normal(128, 8, (192, 16, 16, 3)))
    crops[np.arange(192), :, :, kinds] += 60
    keras.utils.set_random_seed(1)
    assert proposals.train(proposals.crop_classifier(size=16, classes=3), crops, kinds, epochs=6) > 0.9
