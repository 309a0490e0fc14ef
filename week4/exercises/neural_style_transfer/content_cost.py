"""Checks for compute_content_cost."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .observers import GRADIENT, TOLERANCE, counting, one_number, wide, with_numpy


def content_with(slip: str) -> Callable:
    """compute_content_cost, with one slip."""

    def compute_content_cost(content_output: Any, generated_output: Any) -> Any:
        layer = {"first": 0, "before last": -2}.get(slip, -1)
        C, G = (wide(each[layer]) for each in (content_output, generated_output))
        C = G if slip == "itself" else C
        xp = counting(G)
        if slip == "all layers":
            pairs = zip(content_output, generated_output, strict=True)
            return sum(content_with("")([a], [b]) for a, b in pairs)
        _, n_H, n_W, n_C = C.shape
        total = {
            "abs": lambda: xp.sum(xp.abs(C - G)),
            "root": lambda: xp.sqrt(xp.sum((C - G) ** 2)),
            "squares apart": lambda: xp.sum(C**2 - G**2),
            "no square": lambda: xp.sum(C - G),
            "sum squared": lambda: xp.sum(C - G) ** 2,
        }.get(slip, lambda: xp.sum((C - G) ** 2))()
        size = {
            "no n_C": n_H * n_W,
            "only 4": 1,
            "no fraction": 1,
            "no n_H": n_W * n_C,
            "no n_W": n_H * n_C,
            "n_H twice": n_H * n_H * n_C,
            "n_W twice": n_W * n_W * n_C,
            "squared size": (n_H * n_W * n_C) ** 2,
            "brackets": 1 / (n_H * n_W * n_C),
        }
        factor = {"no 4": 1, "no fraction": 1, "2": 2}.get(slip, 4)
        return total / (factor * size.get(slip, n_H * n_W * n_C))

    return compute_content_cost


CONTENT_SLIPS = {
    "first": "the first layer of the lists is compared. The content layer is the last: content_output[-1]",
    "before last": "the layer before the last is compared. The content layer is the last: content_output[-1]",
    "all layers": "the costs of all layers are added. Only the last one of the lists is the content layer",
    "itself": "the cost is always 0: is a layer compared with itself, or does // or a whole number cut the cost off?",
    "no 4": "the squared differences are averaged, and the 4 under the fraction is missing (as with "
    "reduce_mean in place of reduce_sum)",
    "2": "the sum is divided by 2 n_H n_W n_C: it is 4",
    "only 4": "the sum is divided by 4 alone: n_H, n_W and n_C belong under the fraction too",
    "no n_C": "n_C is missing under the fraction",
    "no n_H": "the height is missing under the fraction",
    "no n_W": "the width is missing under the fraction",
    "n_H twice": "n_H stands under the fraction twice, and n_W not at all",
    "n_W twice": "n_W stands under the fraction twice, and n_H not at all",
    "no fraction": "the fraction is forgotten: the sum is divided by 4 n_H n_W n_C",
    "brackets": "only the 4 stands under the fraction and the rest multiplies: mind the brackets, "
    "/ (4 * n_H * n_W * n_C)",
    "squared size": "n_H n_W n_C is there twice: squared, which belongs to the style cost, or once more in a mean "
    "(reduce_mean in place of reduce_sum)",
    "abs": "the differences are taken without their sign and not squared",
    "no square": "the differences are added without squares: those above and below cancel out",
    "sum squared": "the differences are added first and then squared: square each one, then add",
    "squares apart": "both activations are squared before the difference: the difference is squared, a_C - a_G",
    "root": "a square root is taken of the sum: the cost is the sum of squares itself",
}


def activations(rng: np.random.Generator, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Activations of some layers, after a ReLU, a little off zero."""
    return [np.maximum(rng.normal(0.3, 1, (1, *shape)), 0).astype(np.float32) for shape in shapes]


def by_hand(*numbers: float) -> np.ndarray:
    """Numbers as activations of a layer of one row, two columns and two channels: (1, 1, 2, 2)."""
    return np.array(numbers, np.float32).reshape(1, 1, 2, 2)


def content_cases(rng: np.random.Generator) -> list:
    several = [(6, 4, 2), (3, 5, 4), (2, 3, 6)]
    one = activations(rng, (4, 5, 3))
    return [
        case("the example of the text", [by_hand(1, 2, 3, 0)], [by_hand(1, 0, 0, 0)]),
        case("one layer, height unlike width", one, activations(rng, (4, 5, 3))),
        case("three layers: the last counts", activations(rng, *several), activations(rng, *several)),
        case("the same picture twice", one, [each.copy() for each in one]),
        case(GRADIENT, activations(rng, *several), activations(rng, *several), to=[1]),
    ]


content = Exercise(
    name="compute_content_cost",
    points=8,
    difficulty=2,
    minutes=12,
    cases=content_cases,
    observe=one_number,
    gives="a number",
    reference=content_with(""),
    tolerance=TOLERANCE,
    mistakes=with_numpy(content_with(""), by_slip(content_with, CONTENT_SLIPS)),
    hints=[
        "Take the last layer of either list. Then it is one subtraction, one square, one sum, one division.",
        "tf.reduce_sum adds up everything, whatever the shape. You need not reshape anything.",
        "If 'the same picture twice' alone passes, look at what you divide by. If only 'three layers' fails, "
        "look at which layer you take.",
        "tf.reduce_sum(tf.square(a_C - a_G)) / (4 * n_H * n_W * n_C), with _, n_H, n_W, n_C = a_G.shape.",
    ],
    idea="Nothing in this cost is about pixels. Two pictures can differ everywhere and yet have the same content.",
    try_next="Change the 1 in np.roll(photo, 1, axis=1) below to 8 and to 64, and see whether the content cost follows the "
    "pixels.",
)
