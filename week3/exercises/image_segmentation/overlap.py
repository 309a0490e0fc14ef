"""Checks for mean_iou: how well a mask fits, averaged over classes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip


def one_number(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args, **kwargs)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


def mean_iou(y_true, y_pred, classes):
    """Mean over the classes that occur in one of the two masks, from their confusion matrix."""
    pairs = np.stack([np.ravel(y_true), np.ravel(y_pred)]).astype(int)
    counts = np.zeros((classes, classes))
    np.add.at(counts, tuple(pairs), 1)
    both, either = np.diag(counts), counts.sum(0) + counts.sum(1) - np.diag(counts)
    return np.mean(both[either > 0] / either[either > 0])


def iou_with(slip):
    """mean_iou, class by class, with one slip."""

    def wrong(y_true, y_pred, classes):
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
        if slip == "accuracy":
            return np.mean(y_true == y_pred)
        if slip == "by picture":
            return np.mean([mean_iou(t, p, classes) for t, p in zip(y_true, y_pred, strict=True)])
        if slip == "by picture, rows whole":
            pairs = zip(y_true, y_pred, strict=True) if y_true.ndim > 2 else [(y_true, y_pred)]
            return np.mean([mean_iou(*pair, classes) for pair in pairs])
        if slip == "8 bits":
            index = (y_true.astype(np.uint8) * np.uint8(classes) + y_pred.astype(np.uint8)).ravel()
            counts = np.bincount(index, minlength=classes**2)[: classes**2].reshape(classes, classes)
            both, either = np.diag(counts), counts.sum(0) + counts.sum(1) - np.diag(counts)
            return np.mean(both[either > 0] / either[either > 0])
        first = 1 if slip == "from 1" else 0
        last = classes - 1 if slip == "one short" else classes
        rows = [row for c in range(first, last) if (row := of_class(y_true == c, y_pred == c)) is not None]
        if slip == "with a hit, or 0" and not rows:
            return 0.0
        ious, sizes, both, either = np.array(rows).T if rows else np.zeros((4, 0))
        if slip == "over all":
            return both.sum() / either.sum()
        if slip == "weighted":
            return np.sum(ious * sizes) / np.sum(sizes)
        if slip == "first alone":
            return np.mean(ious[:1])
        if slip == "best":
            return ious.max()
        if slip == "sum":
            return ious.sum()
        if slip == "list":
            return ious
        return np.sum(ious) / classes if slip == "by classes" else np.mean(ious)

    def of_class(true, pred):
        """IoU, pixels of truth, intersection and union of one class, or None where it is left out."""
        both, either = np.sum(true & pred), np.sum(true | pred)
        over = {
            "dice": (true.sum() + pred.sum()) / 2,
            "twice": true.sum() + pred.sum(),
            "recall": true.sum(),
            "mean recall": true.sum(),
            "mean precision": pred.sum(),
            "precision": pred.sum(),
            "mask size": true.size,
            "only in one": either - both,
        }.get(slip, either)
        counts = {"in truth": true.any(), "in prediction": pred.any(), "in both": true.any() and pred.any()}
        counts |= {"with a hit": both > 0, "with a hit, or 0": both > 0}
        counts |= {"mean recall": true.any(), "mean precision": pred.any()}
        if slip in ("absent 1", "nan") and not either:
            return (1.0 if slip == "absent 1" else np.nan), 0, 0, 0
        if not counts.get(slip, over > 0 if slip == "only in one" else either > 0):
            return None
        return (both / over if over else 0.0), true.sum(), both, either

    return wrong


NO_HIT = (
    "classes without a single right pixel are left out: where one of the masks holds the class, its IoU of 0 goes into "
    "the mean"
)
IOU_SLIPS = {
    "accuracy": "the share of right pixels comes back: a class of few pixels hardly counts there. Take the "
    "intersection over union of each class first",
    "absent 1": "a class that neither mask holds counts as 1. It says nothing: leave it out of the mean",
    "nan": "a class that neither mask holds gives 0 / 0. Leave it out of the mean",
    "in truth": "only classes of y_true are counted: a class that is predicted but not there has IoU 0",
    "in prediction": "only classes of y_pred are counted: a class that is there but never predicted has IoU 0",
    "in both": "only classes that both masks hold are counted: where one of them lacks a class, its IoU is 0",
    "with a hit": NO_HIT,
    "with a hit, or 0": NO_HIT,
    "mean recall": "each class of y_true counts with the share of its pixels that were found (recall): divide by the "
    "union, and count each class that one of the masks holds",
    "mean precision": "each class of y_pred counts with the share of its pixels that are right (precision): divide by "
    "the union, and count each class that one of the masks holds",
    "over all": "the intersections of all classes are added up and divided by all unions: divide for each "
    "class, then take the mean",
    "weighted": "large classes weigh more in the mean: every class counts the same",
    "by picture": "each picture gets a mean of its own: count the pixels of all pictures together",
    "by picture, rows whole": "the mean IoU of each picture is taken, then the mean of these: count the pixels of all "
    "pictures together",
    "dice": "the intersection is divided by the mean size of both areas (the Dice score): divide it by "
    "the union",
    "twice": "the union is the sum of both areas: the intersection is counted twice there",
    "recall": "the intersection is divided by the area in y_true alone, not by the union",
    "precision": "the intersection is divided by the area in y_pred alone, not by the union",
    "mask size": "the intersection is divided by the number of all pixels, not by the union",
    "from 1": "class 0 is left out: the classes are 0 to classes - 1",
    "one short": "the last class is left out: the classes are 0 to classes - 1",
    "8 bits": "y_true * classes + y_pred is calculated in the masks' 8 bits, where 256 becomes 0: turn the "
    "masks into int first",
    "only in one": "the intersection is divided by the pixels that are in one of the areas alone (xor): the union holds "
    "the intersection too (or)",
    "first alone": "the IoU of the first class alone comes back. Does return stand inside the loop?",
    "best": "the largest IoU comes back and not the mean",
    "sum": "the IoUs are added up and not divided by their number",
    "list": "the IoU of each class comes back: one number, their mean, is asked for",
    "by classes": "the sum is divided by the number of all classes, so that one that neither mask holds counts "
    "as 0. Divide by the number of classes that occur",
}


def blobs(rng, shape, classes):
    """A mask (uint8) of the classes, and a prediction that differs from it at a third of the pixels."""
    true = rng.choice(classes, shape)
    wrong = rng.random(shape) < 0.35
    return true.astype(np.uint8), np.where(wrong, rng.choice(classes, shape), true).astype(np.uint8)


def iou_cases(rng):
    road, sky = np.array([[[0, 0, 1, 1], [0, 0, 1, 2]]]), np.array([[[0, 0, 0, 1], [0, 0, 1, 1]]])
    uneven = np.repeat([0, 1, 2], (60, 8, 4)).reshape(1, 8, 9)
    predicted = np.roll(uneven, 3, axis=2)
    halves = np.zeros((2, 3, 4), int), np.zeros((2, 3, 4), int)
    halves[0][0, :, :2], halves[1][0, :, :1], halves[0][1, 0] = 1, 1, 1
    return [
        case("the example of the text", road, sky, 3),
        case("two pictures, one class in unlike shares", *halves, 2),
        case("a large class and two small ones", uneven, predicted, 3),
        case("classes that neither mask holds", *blobs(rng, (2, 5, 7), [1, 3, 4]), 6),
        case(
            "a class that is predicted but not there", np.array([[0, 0, 2, 2]]), np.array([[0, 1, 2, 3]]), 4
        ),
        case("a class that is never predicted", np.array([[3, 0, 2, 2]]), np.array([[0, 0, 2, 2]]), 4),
        case(
            "classes that both masks hold, at no common pixel",
            np.array([[0, 1, 1, 2]]),
            np.array([[1, 0, 2, 2]]),
            3,
        ),
        case("all right", *[blobs(rng, (1, 4, 5), [0, 2])[0]] * 2, 3),
        case("all wrong", np.zeros((1, 3, 4), int), np.ones((1, 3, 4), int), 2),
        case("23 classes, bytes", *blobs(rng, (3, 20, 30), range(23)), 23),
        case("pixels in a row", *(mask.ravel() for mask in blobs(rng, (2, 6, 5), [0, 1, 2, 3])), 4),
    ]


iou_exercise = Exercise(
    name="mean_iou",
    points=10,
    difficulty=2,
    minutes=15,
    cases=iou_cases,
    observe=one_number,
    gives="a number",
    reference=mean_iou,
    tolerance=1e-6,
    mistakes=by_slip(iou_with, IOU_SLIPS),
    hints=[
        "One class at a time. y_true == c is a mask of True and False. Which pixels are in both masks, and "
        "which in at least one?",
        "np.sum(a & b) counts the intersection of two masks of True and False, np.sum(a | b) their union.",
        "If only 'classes that neither mask holds' fails, look at what happens where the union is 0. If only "
        "'two pictures' fails, you average over pictures: count all their pixels together.",
        "ious = []; for c in range(classes): a union of 0 is passed over, else append intersection / union. "
        "Return np.mean(ious).",
    ],
    try_next="Add the line blind = np.where(blind == 0, 1, blind) under the first of the next cell, so that all "
    "sky becomes building: which of the two measures falls by the larger share?",
    idea="keras.metrics.MeanIoU counts the same way. It keeps the counts, so that it can see a set in batches.",
)
