"""Checks for average_precision: the area under the curve of precision over recall."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .observers import one_number
from .suppression import distinct_scores


def area_under(scores, correct, n_objects, slip=""):
    """The reference, and the same with one slip in it."""
    scores, correct = np.asarray(scores, float), np.asarray(correct, bool)
    order = np.argsort(scores if slip == "ascending" else -scores)
    if slip == "not sorted":
        order = np.arange(len(scores))
    right = np.cumsum(correct[order])
    shown = np.arange(1, len(scores) + 1)
    below = {"precision over objects": n_objects, "precision over all": max(len(scores), 1)}.get(slip, shown)
    precision = right / below
    whole = {"found only": max(correct.sum(), 1), "over detections": max(len(scores), 1)}.get(slip, n_objects)
    if slip == "found only, NaN" and len(scores):
        whole = correct.sum() or np.nan
    recall = right / whole
    best = np.maximum.accumulate(precision[::-1])[::-1] if slip != "envelope of the past" else None
    if slip == "no envelope":
        best = precision
    if slip == "not turned back":
        best = best[::-1]
    if slip == "envelope of the past":
        best = np.maximum.accumulate(precision)
    steps = np.diff(recall, prepend=0)
    if slip == "envelope of the past, to the end":
        best = np.maximum.accumulate(precision)
        return np.sum(steps * best) + (1 - recall[-1]) * best[-1] if len(best) else 0.0
    if slip == "trapezoids from the first on":
        return np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2)
    if slip == "trapezoids of the envelope":
        x, y = np.r_[0, recall, 1], np.r_[max(best, default=0), best, 0]
        return np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)
    if slip == "no first step":
        return np.sum(np.diff(recall) * best[1:])
    points = {"11 points": 11, "101 points": 101}.get(slip)
    if points:
        levels = np.linspace(0, 1, points)
        return np.mean([max(best[recall >= level - 1e-9], default=0) for level in levels])
    if slip == "trapezoids":
        return np.sum(steps * (precision + np.append(1, precision[:-1])) / 2) if len(best) else 0.0
    if slip == "precision":
        return precision[-1] if len(best) else 0.0
    if slip == "recall":
        return recall[-1] if len(best) else 0.0
    if slip == "mean of best":
        return best.mean() if len(best) else 0.0
    if slip in ("mean of all", "mean of all, NaN"):
        return precision.mean() if len(best) else np.nan if "NaN" in slip else 0.0
    if slip in ("mean where right", "mean where right, NaN"):
        return precision[correct[order]].mean() if correct.any() else np.nan if "NaN" in slip else 0.0
    return float(np.sum(steps * best))


FOUND_ONLY = "recall is a share of the objects that were found: divide by n_objects, the missed ones count"
TRAPEZOIDS = (
    "the points of the curve are joined by slanted lines (np.trapezoid): it goes in steps, at the best precision from "
    "there on"
)
MEAN_OF_ALL = "the mean precision over all detections comes back: the area counts where recall grows"
MEAN_WHERE_RIGHT = (
    "the mean precision over the right detections comes back: objects that were missed count as 0, and the precision is "
    "the best from there on"
)
AVERAGE_SLIPS = {
    "not sorted": "the detections are taken as they come: begin with the highest score",
    "ascending": "the lowest score comes first: begin with the highest",
    "no envelope": "the precision is used as it is: at each recall take the best precision from there on to the right",
    "envelope of the past": "the best precision so far is taken: it should be the best from here on, at this recall or "
    "more",
    "not turned back": "the array that was turned for np.maximum.accumulate is not turned back: [::-1] once more",
    "envelope of the past, to the end": "the best precision so far is taken, and goes on to a recall of 1: it should be the "
    "best from here on, and what was never found adds nothing",
    "found only": FOUND_ONLY,
    "found only, NaN": FOUND_ONLY,
    "over detections": "recall is a share of the detections: divide by n_objects",
    "precision over objects": "precision is divided by n_objects: it is a share of the detections shown so far",
    "precision over all": "precision is divided by the number of all detections: it is a share of those shown so far",
    "11 points": "11 levels of recall are averaged, as in the first years of PASCAL VOC: take the whole area",
    "101 points": "101 levels of recall are averaged, as COCO does: take the whole area",
    "trapezoids": TRAPEZOIDS,
    "trapezoids from the first on": TRAPEZOIDS,
    "trapezoids of the envelope": TRAPEZOIDS,
    "no first step": "the first step of recall, from 0, is left out: np.diff(recall, prepend=0)",
    "precision": "the precision of all detections comes back: take the area under the curve",
    "recall": "the recall of all detections comes back: take the area under the curve",
    "mean of all": MEAN_OF_ALL,
    "mean of all, NaN": MEAN_OF_ALL,
    "mean of best": "the mean over all detections of the best precision comes back: the area counts where recall grows",
    "mean where right": MEAN_WHERE_RIGHT,
    "mean where right, NaN": MEAN_WHERE_RIGHT,
}


def some_detections(rng, count, right, first):
    """Scores without ties in random order, and which of them are right; the better ones more often."""
    scores = rng.permutation(distinct_scores(rng, count))
    order = np.argsort(-scores)
    correct = np.zeros(count, bool)
    correct[order[np.sort(rng.choice(count, right, replace=False))]] = True
    correct[order[:3]] = [first, not first, True]
    correct[order[-1]] = True
    return scores, correct


def average_cases(rng):
    few, many = some_detections(rng, 9, 4, True), some_detections(rng, 40, 22, False)
    return [
        case("the example of the text", np.array([0.6, 0.9, 0.8]), np.array([True, True, False]), 4),
        case("all found, nothing else", np.array([0.5, 0.7, 0.9]), np.array([True, True, True]), 3),
        case("in any order", *few, int(few[1].sum())),
        case("objects that were missed", *few, int(few[1].sum()) + 3),
        case("many detections", *many, int(many[1].sum()) + 6),
        case("nothing is right", np.array([0.4, 0.8]), np.array([False, False]), 5),
        case("nothing was detected", np.zeros(0), np.zeros(0, bool), 2),
    ]


average_precision = Exercise(
    name="average_precision",
    points=8,
    difficulty=3,
    minutes=20,
    cases=average_cases,
    observe=one_number,
    reference=area_under,
    mistakes=by_slip(lambda slip: lambda *args: area_under(*args, slip), AVERAGE_SLIPS),
    hints=[
        "Sort by score, highest first. After each detection: how many of those so far are right?",
        "np.cumsum counts. Divided by 1, 2, 3, ... it is precision; divided by n_objects it is recall.",
        "If 'all found' passes and 'objects that were missed' fails, look at what recall is divided by. If the result "
        "is a little too small, precision must not rise to the right: take the best from there on.",
        "best = np.maximum.accumulate(precision[::-1])[::-1], then the sum of best times the steps of recall, "
        "np.diff(recall, prepend=0).",
    ],
    try_next='Once the detector is trained, take scores, correct, n_objects = marks()["car"], call '
    "average_precision with n_objects doubled, and say first what becomes of the result.",
    idea="A detector that finds half of all cars and is never wrong has 0.5. So has one that finds all and is wrong "
    "every other time, evenly.",
)
