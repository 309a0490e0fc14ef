"""Checks for choose_threshold: the distance up to which two pictures show the same person."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.plain import plain
from workbook.slips import by_words


def balanced(distances: np.ndarray, same: np.ndarray, threshold: float, strict: bool = True) -> float:
    """The mean of two shares: same pairs taken for the same, other pairs for others."""
    below = distances < threshold if strict else distances <= threshold
    return (below[same].mean() + (~below[~same]).mean()) / 2


def choose_threshold(distances: Any, same: Any, *, how: str = "balanced") -> float:
    """A threshold with the best balanced accuracy: below it two pictures count as one person."""
    distances, same = np.asarray(distances, float).reshape(-1), np.asarray(same, bool).reshape(-1)
    values = np.unique(distances)
    middles = (values[1:] + values[:-1]) / 2
    candidates = np.concatenate([[values[0] - 1], middles, [values[-1] + 1]])
    scores = {
        "balanced": lambda t: balanced(distances, same, t),
        "accuracy": lambda t: np.mean((distances < t) == same),
        "precision": lambda t: 1 - (distances < t)[~same].mean(),
        "equal errors": lambda t: -abs((distances >= t)[same].mean() - (distances < t)[~same].mean()),
        "product": lambda t: (distances < t)[same].mean() * (distances >= t)[~same].mean(),
        "smaller": lambda t: min((distances < t)[same].mean(), (distances >= t)[~same].mean()),
        "F1": lambda t: (
            2
            * (distances < t)[same].sum()
            / ((distances < t)[same].sum() + (distances < t).sum() + same.sum())
        ),
        "worst": lambda t: -balanced(distances, same, t),
        "at most": lambda t: balanced(distances, same, t, strict=False),
    }
    if how == "at most":
        candidates = values
    if how == "index of all":
        d = np.sort(distances)
        candidates = np.concatenate([[d[0] - 1], (d[1:] + d[:-1]) / 2, [d[-1] + 1]])
    if how == "middles alone":
        candidates = middles
    if how == "neighbours as they come":
        candidates = np.concatenate([[values[0] - 1], (distances[1:] + distances[:-1]) / 2, [values[-1] + 1]])
    if how.startswith("even: "):
        lowest, count = how.removeprefix("even: ").split()
        candidates = np.linspace(0 if lowest == "0" else values[0], values[-1], int(count))
    if how.startswith("steps of "):
        step, top = map(float, how.removeprefix("steps of ").split(" to "))
        candidates = step * np.arange(round(top / step) + 1)
    if how == "mean of same":
        return float(distances[same].mean())
    if how == "mean":
        return float(distances.mean())
    if how == "between":
        return float((distances[same].mean() + distances[~same].mean()) / 2)
    if how == "farthest same":
        return float(distances[same].max()) + 1e-9
    if how == "farthest same itself":
        return float(distances[same].max())
    if how == "between the two":
        return float(distances[same].max() + distances[~same].min()) / 2
    if how == "last":
        return float(candidates[-1])
    if how == "nearest other":
        return float(distances[~same].min())
    if how == "index of all":
        return int(np.argmax([scores["balanced"](t) for t in candidates]))
    if how == "one by one":
        order = np.argsort(distances, kind="stable")
        let_in = np.concatenate([[0], np.cumsum(same[order] / same.sum() - ~same[order] / (~same).sum())])
        return float(np.append(distances[order], values[-1] + 1)[let_in.argmax()])
    if how == "torn apart":
        distances = np.sort(distances)
    best = {t: scores.get(how, scores["balanced"])(t) for t in candidates}
    chosen = max(best, key=best.get)
    if how == "score":
        return float(best[chosen])
    if how == "index":
        return int(np.argmax(list(best.values())))
    return float(chosen)


def look_at_threshold(function: Callable, distances: np.ndarray, same: np.ndarray) -> Any:
    """How good the threshold is: where several are best, each will do."""
    given, distances = distances, distances.copy()  # which the function may sort in place
    chosen = plain(function(given, same))
    if not isinstance(chosen, np.ndarray) or chosen.size != 1 or chosen.dtype.kind not in "biuf":
        return chosen
    below = distances < chosen.reshape(())
    said = "yes to all pairs" if below.all() else "yes to some pairs" if below.any() else "yes to none"
    if balanced(distances, same, choose_threshold(distances, same)) == 0.5 and said != "yes to some pairs":
        said = "yes to all pairs, or to none: both are best here"
    return {
        "it says": said,
        "balanced accuracy at your threshold": balanced(distances, same, float(chosen.reshape(()))),
    }


def pairs_to_part(rng: np.random.Generator) -> list:
    def pairs(m_same: int, m_other: int, scale: float = 1.0) -> tuple:
        near = np.abs(rng.normal(0.55, 0.22, m_same)) ** 1.3
        far = rng.normal(1.05, 0.25, m_other).clip(0.05)
        order = rng.permutation(m_same + m_other)
        same = np.arange(m_same + m_other) < m_same
        distances = scale * np.concatenate([near, far])[order]
        return np.round(2**14 * distances) / 2**14, same[order]  # the same numbers in float32

    return [
        case("as many of one person as of two", *pairs(60, 60)),
        case("far more pairs of two people", *pairs(20, 400)),
        case("distances far above 1", *pairs(70, 50, 30.0)),
        case(
            "nine pairs of two people among four of one, each near some of the others",
            np.array([45, 30, 22, 36, 28, 51, 26, 39, 54, 29, 34, 37, 31]) / 16,
            np.array([1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], bool),
        ),
        case(
            "three of four pairs of one person are easily parted, and the best threshold lets in all four",
            np.array([8, 3, 10, 6, 13, 4, 11, 14, 7, 9, 16, 5, 15]) / 16,
            np.array([1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0], bool),
        ),
        case("a clear gap", np.array([5.3, 6.2, 5.2, 6.5, 6.4]), np.array([True, False, True, False, False])),
        case(
            "one pair of two people, the farthest", np.array([0.5, 0.75, 0.25]), np.array([True, False, True])
        ),
        case(
            "equal distances on both sides",
            np.array([1.0, 2, 2, 2, 3, 4]),
            np.array([1, 1, 1, 0, 0, 0], bool),
        ),
        case(
            "the pair of one person farther apart than that of two: no threshold between them is any good",
            np.array([0.875, 0.375]),
            np.array([True, False]),
        ),
        case(
            "one pair of two people far away from all",
            np.array([0.5, 0.25, 4096, 0.375, 0.625, 0.4375, 0.3125]),
            np.array([0, 1, 0, 1, 0, 0, 1], bool),
        ),
    ]


INDEX = "the place of the best threshold is returned in place of its value"

the_threshold = Exercise(
    name="choose_threshold",
    points=10,
    difficulty=3,
    minutes=15,
    cases=pairs_to_part,
    reference=choose_threshold,
    observe=look_at_threshold,
    gives="a number",
    mistakes=[
        *by_words(
            {
                words: functools.partial(choose_threshold, how=how)
                for words, how in {
                    "plain accuracy is used: where most pairs are of two people, it favours saying no": "accuracy",
                    "nobody is let in at this threshold. Are pairs of one person counted, with distance < threshold, and is the "
                    "best taken, not the worst?": "precision",
                    "the two errors are made equal: the balanced accuracy is to be the greatest": (
                        "equal errors"
                    ),
                    "a distance equal to the threshold counts as below: distance < threshold is same": (
                        "at most"
                    ),
                    "the shares are multiplied: their mean is to be the greatest": "product",
                    "the smaller of the two shares is made great: their mean is to be the greatest": "smaller",
                    "the F1 score is used, which looks away from the pairs of two people that are kept out: take the mean of the "
                    "two shares": "F1",
                    "the worst threshold is taken: a pair below it is said to be of one person (<, not >), and the greatest "
                    "accuracy is the best": "worst",
                    "everybody is let in at this threshold. Is the best so far kept with its threshold, and are pairs of two "
                    "people right where they are not below?": "last",
                    "the threshold is the distance of the farthest pair of one person": "farthest same itself",
                    "the threshold lies halfway between the farthest pair of one person and the nearest of two": "between the two",
                    "the threshold is the mean of the distances of one person": "mean of same",
                    "the threshold is the mean of all distances": "mean",
                    "the threshold lies halfway between the two mean distances": "between",
                    "only pairs of one person are counted: the farthest of them is let in, at any price": (
                        "farthest same"
                    ),
                    "the threshold keeps out the nearest pair of two people, at any price": "nearest other",
                    "there is no candidate outside of all distances: where none between them is any good, yes to all, or to "
                    "none, is best": "middles alone",
                    "the distances are not sorted before the middles are taken: use np.unique(distances)": (
                        "neighbours as they come"
                    ),
                    "the distances are sorted and same is not: a pair's distance and its answer then part": (
                        "torn apart"
                    ),
                    "pairs that are equally far apart are counted one by one: a threshold lets in all of them or none, so "
                    "look only where the distance changes": "one by one",
                    "the accuracy itself is returned in place of the threshold": "score",
                    INDEX: "index",
                }.items()
            }
        ),
        Mistake(INDEX, functools.partial(choose_threshold, how="index of all")),
        *(
            Mistake(
                f"the candidates are fixed numbers from 0 to {top}: make them of the distances, the middles between neighbours",
                functools.partial(choose_threshold, how=f"steps of {step} to {top}"),
            )
            for top in (1, 2)
            for step in (0.1, 0.05, 0.01)
        ),
        *(
            Mistake(
                "the candidates are evenly spaced up to the largest distance: make them of the distances, the middles "
                "between neighbours",
                functools.partial(choose_threshold, how=f"even: {lowest} {count}"),
            )
            for lowest in ("0", "smallest")
            for count in (100, 1000)
        ),
    ],
    hints=[
        "Where can the answer change? Only between two neighbouring distances.",
        "For each candidate: the share of same pairs below it, and of other pairs not below it. Their mean.",
        "If all is right but the case with far more pairs of two people, you count plain accuracy.",
        "Candidates: the middles of np.unique(distances), one below all and one above all.",
    ],
    idea="Where a wrong yes costs more than a wrong no, give the two shares unlike weights.",
    try_next="Choose the threshold on X_learn and y_learn in place of X_choose and y_choose, and see how much the "
    "accuracy on the test people changes.",
)
