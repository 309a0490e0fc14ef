"""Checks for total_cost: content and style, weighed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip, by_words

from .observers import GRADIENT, one_number, with_numpy


def only_named(words: str) -> Callable:
    """total_cost with one slip."""
    table = {
        "swapped": lambda c, s, a, b: b * c + a * s,
        "fixed": lambda c, s, a, b: 10 * c + 40 * s,
        "plain": lambda c, s, a, b: c + s,
        "no alpha": lambda c, s, a, b: c + b * s,
        "no beta": lambda c, s, a, b: a * c + s,
        "mean": lambda c, s, a, b: (a * c + b * s) / (a + b),
        "difference": lambda c, s, a, b: a * c - b * s,
        "product": lambda c, s, a, b: a * c * b * s,
        "together": lambda c, s, a, b: (a + b) * (c + s),
        "bracket": lambda c, s, a, b: a * (c + b * s),
        "content twice": lambda c, s, a, b: a * c + b * c,
        "style twice": lambda c, s, a, b: a * s + b * s,
        "half": lambda c, s, a, b: (a * c + b * s) / 2,
    }[words]

    def total_cost(J_content: Any, J_style: Any, alpha: Any = 10, beta: Any = 40) -> Any:
        return table(J_content, J_style, alpha, beta)

    return total_cost


def weighed(J_content: Any, J_style: Any, alpha: Any = 10, beta: Any = 40) -> Any:
    """The right answer."""
    return alpha * J_content + beta * J_style


def other_order(J_content: Any, J_style: Any, beta: Any = 40, alpha: Any = 10) -> Any:
    return alpha * J_content + beta * J_style


def other_defaults(J_content: Any, J_style: Any, alpha: Any = 40, beta: Any = 10) -> Any:
    return alpha * J_content + beta * J_style


TOTAL_SLIPS = {
    "swapped": "alpha and beta are swapped: alpha belongs to the content, beta to the style",
    "fixed": "10 and 40 are used whatever alpha and beta are",
    "plain": "the costs are added without alpha and beta",
    "no alpha": "alpha is forgotten",
    "no beta": "beta is forgotten",
    "mean": "the sum is divided by alpha + beta",
    "difference": "the style cost is subtracted: both costs are to become small, so they are added",
    "product": "everything is multiplied: the two terms are added",
    "together": "both costs get alpha + beta: mind the brackets, each cost has its own weight",
    "bracket": "the style cost is multiplied by alpha as well: close the bracket before it, for each cost has its own "
    "weight",
    "content twice": "both terms hold the content cost: beta belongs to J_style",
    "style twice": "both terms hold the style cost: alpha belongs to J_content",
    "half": "the mean of the two terms is taken in place of their sum",
}


def costs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.array(each, np.float32) for each in rng.uniform(0.5, 3, 2))


total = Exercise(
    name="total_cost",
    points=3,
    difficulty=1,
    minutes=4,
    cases=lambda rng: [
        case("the example of the text, the defaults left", np.float32(0.2), np.float32(0.05)),
        case("other weights by position", *costs(rng), 3, 5),
        case("weights by name", *costs(rng), alpha=2, beta=0.5),
        case("content alone", *costs(rng), alpha=1, beta=0),
        case("style alone", *costs(rng), alpha=0, beta=7),
        case(GRADIENT, *costs(rng), 3, 5, to=[0, 1]),
    ],
    observe=one_number,
    gives="a number",
    reference=weighed,
    tolerance=1e-5,
    mistakes=with_numpy(
        weighed,
        [
            *by_slip(only_named, TOTAL_SLIPS),
            *by_words(
                {
                    "the defaults are swapped: alpha=10, beta=40": other_defaults,
                    "beta stands before alpha among the parameters: the order is J_content, J_style, alpha, beta": other_order,
                }
            ),
        ],
    ),
    hints=[
        "One weight for each cost, and a sum.",
        "alpha is how much you want to keep of the photograph, beta how much you want of the painting.",
        "If 'content alone' is right and 'weights by name' is not, look at which weight goes with which cost.",
        "return alpha * J_content + beta * J_style",
    ],
    idea="Only the ratio of alpha to beta matters for the picture that comes out. Why?",
    try_next="Find the alpha for which the content has nine tenths of the total in the example by hand, and check it with "
    "total_cost(0.2, 0.05, alpha, 40).",
)
