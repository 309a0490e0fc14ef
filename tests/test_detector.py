"""Week 3's detector: from boxes to targets and back, moved pictures, and which detections are correct."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import workbook
from workbook.lessons import find_lesson

WEEK = Path(__file__).resolve().parent.parent / "week3"


@pytest.fixture
def detector(monkeypatch):
    workbook.start()
    monkeypatch.syspath_prepend(str(WEEK))
    return importlib.import_module("detector")


def found(*rows):
    """Detections of one picture from rows (score, x1, y1, x2, y2, class)."""
    rows = np.array(rows, float).reshape(-1, 6)
    return rows[:, 0], rows[:, [2, 1, 4, 3]], rows[:, 5].astype(int)


def test_what_is_encoded_comes_back_from_decode(detector) -> None:
    encode = find_lesson("car_detection").exercise("encode_targets").reference
    boxes = np.array([[10.0, 20, 40, 50, 1], [60, 30, 75, 42, 0], [100, 5, 128, 90, 2]])
    anchors = np.array([[0.1, 0.1], [0.25, 0.4]])
    y_true = encode(detector.shares(boxes), anchors, (12, 16))
    raw = np.zeros((12, 16, 2, 8), np.float32)
    raw[..., 0] = np.where(y_true[..., 0] == 1, 20, -20)
    inside = np.clip(y_true[..., 1:3], 1e-6, 1 - 1e-6)
    raw[..., 1:3], raw[..., 3:5] = np.log(inside / (1 - inside)), y_true[..., 3:5]
    np.put_along_axis(raw[..., 5:], y_true[..., 5:].astype(int), 20, axis=-1)
    box_xy, box_wh, confidence, probabilities = detector.decode(raw, anchors)
    corners = detector.scale_boxes(
        detector.yolo_boxes_to_corners(box_xy, box_wh)[confidence[..., 0] > 0.5], (96, 128)
    )
    back = np.column_stack(
        [corners[:, [1, 0, 3, 2]], probabilities[confidence[..., 0] > 0.5].argmax(axis=-1)]
    )
    assert np.allclose(back[np.argsort(back[:, 0])], boxes, atol=1e-2)


def test_a_moved_picture_keeps_its_boxes_on_its_objects(detector) -> None:
    picture = np.full((96, 128, 3), 200, np.uint8)
    picture[30:60, 40:90] = 10
    boxes = np.array([[40.0, 30, 90, 60, 1]], np.float32)
    rng = np.random.default_rng(3)
    for _ in range(30):
        moved, after = detector.changed(picture, boxes, rng)
        dark = np.argwhere(moved[..., 0] < 60)
        low, high = dark.min(axis=0), dark.max(axis=0) + 1
        assert np.abs(after[0, :4] - [low[1], low[0], high[1], high[0]]).max() < 2
        assert after[0, 4] == 1


def test_a_box_that_leaves_the_picture_is_dropped(detector) -> None:
    picture, rng = np.zeros((96, 128, 3), np.uint8), np.random.default_rng(1)
    edge = np.array([[0.0, 40, 5, 60, 0], [60, 40, 90, 60, 0]], np.float32)
    counts = [len(detector.changed(picture, edge, rng)[1]) for _ in range(40)]
    assert set(counts) == {1, 2}


def test_each_object_is_found_once(detector) -> None:
    truth = [np.array([[10.0, 10, 30, 30, 0], [50, 10, 80, 40, 1]])]
    twice = [found((0.9, 10, 10, 30, 30, 0), (0.8, 11, 10, 31, 30, 0), (0.7, 50, 10, 80, 40, 1))]
    scores, correct, n_objects = detector.match(twice, truth, 0)
    assert scores.tolist() == [0.9, 0.8]
    assert correct.tolist() == [True, False]
    assert n_objects == 1
    assert detector.match(twice, truth, 1).correct.tolist() == [True]


def test_another_class_or_too_little_overlap_is_wrong(detector) -> None:
    truth = [np.array([[10.0, 10, 50, 50, 0]])]
    assert detector.match([found((0.9, 10, 10, 50, 50, 1))], truth, 1).correct.tolist() == [False]
    assert detector.match([found((0.9, 10, 10, 50, 29, 0))], truth, 0).correct.tolist() == [False]
    assert detector.match([found((0.9, 10, 10, 50, 30, 0))], truth, 0).correct.tolist() == [True]


def test_small_objects_and_small_detections_count_neither_way(detector) -> None:
    truth = [np.array([[10.0, 10, 16, 16, 0], [50, 10, 80, 40, 0]])]
    seen = [found((0.9, 10, 10, 16, 16, 0), (0.8, 50, 10, 80, 40, 0), (0.7, 100, 10, 106, 30, 0))]
    marks = detector.match(seen, truth, 0, least_side=8)
    assert (marks.scores.tolist(), marks.correct.tolist(), marks.n_objects) == ([0.8], [True], 1)


def test_trucks_and_buses_are_large_vehicles(detector) -> None:
    boxes = [np.array([[1.0, 1, 9, 9, kind] for kind in range(7)]), np.zeros((0, 5))]
    one, none = detector.learnable(boxes)
    assert one[:, 4].tolist() == [0, 1, 1]
    assert none.shape == (0, 5)


def test_pictures_without_objects_or_detections(detector) -> None:
    none = np.zeros((0, 5))
    marks = detector.match([found(), found((0.5, 1, 1, 20, 20, 0))], [none, none], 0)
    assert marks.correct.tolist() == [False]
    assert marks.n_objects == 0
    shares = detector.recall_by_size([found()], [np.array([[10.0, 10, 30, 30, 0]])], [4, 8, 32])
    assert shares.tolist() == [0, 0]


def test_the_network_has_a_cell_for_eight_pixels(detector) -> None:
    model = detector.small_yolo(k=2, classes=3)
    assert model.output_shape == (None, 12, 16, 2, 8)
