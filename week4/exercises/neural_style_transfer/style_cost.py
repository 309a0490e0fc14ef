"""Checks for compute_layer_style_cost and compute_style_cost."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .content_cost import activations, by_hand, content_with
from .observers import GRADIENT, TOLERANCE, counting, one_number, wide, with_numpy


def layer_with(slip: str) -> Callable:
    """compute_layer_style_cost, with one slip."""

    def flat(a: Any, n_C: int) -> Any:
        xp = counting(a)
        if slip == "reshape only":
            return xp.reshape(a, (n_C, -1))
        if slip == "torn, then turned":
            return xp.transpose(xp.reshape(a, (n_C, -1)))
        if slip == "wrong transpose":
            return xp.reshape(xp.transpose(a, (0, 2, 1, 3)), (n_C, -1))
        return xp.transpose(xp.reshape(a, (-1, n_C)))

    def gram(A: Any) -> Any:
        xp = counting(A)
        return xp.matmul(A, xp.transpose(A))

    def compute_layer_style_cost(a_S: Any, a_G: Any) -> Any:
        xp, a_S, a_G = counting(a_G), wide(a_S), wide(a_G)
        _, n_H, n_W, n_C = a_S.shape
        S, G = flat(a_S, n_C), flat(a_G, n_C)
        if slip == "itself":
            S = G
        if slip == "places":
            S, G = xp.transpose(S), xp.transpose(G)
        D = S - G if slip == "no gram" else gram(S) - gram(G)
        if slip == "gram of difference":
            D = gram(S - G)
        total = {
            "abs": lambda: xp.sum(xp.abs(D)),
            "mean": lambda: xp.mean(D**2),
            "no square": lambda: xp.sum(D),
            "sum squared": lambda: xp.sum(D) ** 2,
            "root": lambda: xp.sqrt(xp.sum(D**2)),
        }.get(slip, lambda: xp.sum(D**2))()
        below = {
            "no 4": n_C**2 * (n_H * n_W) ** 2,
            "2": 2 * n_C**2 * (n_H * n_W) ** 2,
            "16": (4 * n_C * n_H * n_W) ** 2,
            "no squares": 4 * n_C * n_H * n_W,
            "n_C once": 4 * n_C * (n_H * n_W) ** 2,
            "places once": 4 * n_C**2 * n_H * n_W,
            "n_W alone squared": 4 * n_C**2 * n_H * n_W**2,
            "only places": 4 * (n_H * n_W) ** 2,
            "channels only": 4 * n_C**2,
            "divided twice": 4 * n_C**2 * (n_H * n_W) ** 4,
            "n_H twice": 4 * n_C**2 * (n_H * n_H) ** 2,
            "no fraction": 1,
            "brackets": 4 / (n_C**2 * (n_H * n_W) ** 2),
        }.get(slip, 4 * n_C**2 * (n_H * n_W) ** 2)
        return total / below

    return compute_layer_style_cost


LAYER_SLIPS = {
    "reshape only": "the activations are reshaped to (n_C, n_H n_W) at once, which tears the channels apart: "
    "reshape to (n_H n_W, n_C), then transpose",
    "torn, then turned": "the activations are reshaped to (n_C, n_H n_W) and then transposed: reshape to (n_H n_W, n_C), "
    "as they lie in memory, then transpose",
    "wrong transpose": "height and width are swapped and the channels stay last: the channels must come first "
    "before you reshape to (n_C, n_H n_W)",
    "places": "the Gram matrices are those of the places: gram_matrix wants (n_C, n_H n_W), channels first",
    "itself": "both Gram matrices are those of one picture, so that nothing costs anything: one is of a_S, one of a_G",
    "no gram": "the activations are compared and not their Gram matrices",
    "gram of difference": "one Gram matrix is made of a_S - a_G: make two, then subtract",
    "abs": "the differences of the Gram matrices are not squared",
    "no square": "the differences of the Gram matrices are added with their signs: square each first",
    "sum squared": "the differences of the Gram matrices are added and then squared: square each, then add",
    "root": "a square root is taken of the sum: the cost is the sum of squares itself",
    "no fraction": "the fraction is forgotten: the sum is divided by 4 n_C^2 (n_H n_W)^2",
    "brackets": "only the 4 stands under the fraction and the rest multiplies: mind the brackets",
    "mean": "the squares are averaged in place of added (reduce_mean for reduce_sum), and divided once more",
    "no 4": "the 4 under the fraction is missing",
    "2": "there is a 2 under the fraction: (2 n_C n_H n_W)^2 is 4 n_C^2 (n_H n_W)^2, or else a 4 is needed",
    "16": "the 4 is squared too: 4 n_C^2 (n_H n_W)^2, or (2 n_C n_H n_W)^2",
    "no squares": "the squares under the fraction are missing: n_C^2 and (n_H n_W)^2",
    "n_C once": "n_C is not squared under the fraction",
    "places once": "n_H n_W is not squared under the fraction",
    "n_W alone squared": "only n_W is squared and not n_H: mind the brackets in (n_H n_W)^2",
    "only places": "n_C^2 is missing under the fraction",
    "channels only": "(n_H n_W)^2 is missing under the fraction",
    "divided twice": "the Gram matrices are divided by n_H n_W, and the fraction divides once more: leave one of the two",
    "n_H twice": "n_H stands under the fraction twice, and n_W not at all",
}

layer_style = Exercise(
    name="compute_layer_style_cost",
    points=12,
    difficulty=3,
    minutes=20,
    needs=["gram_matrix"],
    cases=lambda rng: [
        case("the example of the text", by_hand(1, 0, 0, 1), by_hand(1, 1, 0, 0)),
        case(
            "height unlike width, 3 channels",
            *(2 * each for each in activations(rng, (4, 5, 3), (4, 5, 3))),
        ),
        case("more channels than places", *(2 * each for each in activations(rng, (2, 3, 8), (2, 3, 8)))),
        case("the places are shuffled", *shuffled(rng)),
        case(GRADIENT, *(2 * each for each in activations(rng, (2, 4, 3), (2, 4, 3))), to=[1]),
    ],
    observe=one_number,
    gives="a number",
    reference=layer_with(""),
    tolerance=TOLERANCE,
    mistakes=with_numpy(layer_with(""), by_slip(layer_with, LAYER_SLIPS)),
    hints=[
        "Three steps: unroll both activations to (n_C, n_H n_W), make both Gram matrices, compare them.",
        "The channels are the last axis. Reshape to (n_H * n_W, n_C) first, then transpose.",
        "If 'the places are shuffled' is not 0, your unrolling mixes channels. If only that one passes, look at the "
        "fraction and the squares.",
        "a_S = tf.transpose(tf.reshape(a_S, [-1, n_C])); the same for a_G; then tf.reduce_sum(tf.square(GS - GG)) / "
        "(4 * n_C**2 * (n_H * n_W)**2).",
    ],
    idea="Shuffle the places of a layer: its style does not change. What is left of a picture is which features go "
    "together.",
    try_next="Compare the astronaut with her mirror image by compute_layer_style_cost, layer by layer of model_outputs: "
    "which layers notice?",
)


def shuffled(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Activations, and the same with their places in another order: the style is the same."""
    a = activations(rng, (3, 4, 5))[0]
    places = rng.permutation(12)
    return a, a.reshape(1, 12, 5)[:, places].reshape(a.shape)


def style_with(slip: str) -> Callable:
    """compute_style_cost, with one slip."""

    def compute_style_cost(style_image_output: Any, generated_image_output: Any, STYLE_LAYERS: Any) -> Any:
        S, G = list(style_image_output), list(generated_image_output)
        S, G = {"last ones": (S[1:], G[1:]), "first in style": (S[1:], G[:-1])}.get(slip, (S[:-1], G[:-1]))
        G = S if slip == "itself" else G
        weights = [weight for _, weight in STYLE_LAYERS]
        weights = {
            "reversed": weights[::-1],
            "equal": [1 / len(weights)] * len(weights),
            "ones": [1.0] * len(weights),
            "fixed": [0.2] * len(weights),
            "squared": [w**2 for w in weights],
        }.get(slip, weights)
        costs = [layer_with("")(a, b) for a, b in zip(S, G, strict=True)]
        if slip == "content cost":
            costs = [content_with("")([a], [b]) for a, b in zip(S, G, strict=True)]
        terms = [w * cost for w, cost in zip(weights, costs, strict=True)]
        return {
            "last only": terms[-1],
            "last left out": sum(terms[:-1]),
            "first left out": sum(terms[1:]),
            "first only": terms[0],
            "mean": sum(terms) / len(terms),
            "share": sum(terms) / sum(weights),
            "weight of one": weights[0] * sum(costs),
        }.get(slip, sum(terms))

    return compute_style_cost


STYLE_SLIPS = {
    "last ones": "the first layer is left out and the content layer is taken: leave out the last one, [:-1]",
    "first in style": "the two lists are cut at different ends, so that layers of different depths meet: [:-1] "
    "for both",
    "itself": "nothing costs anything, as when a list is compared with itself: a_S is of style_image_output, a_G of "
    "generated_image_output",
    "reversed": "the weights go to the layers in the reverse order",
    "equal": "all layers get the same share and the weights of STYLE_LAYERS are ignored",
    "ones": "the costs are added without their weights",
    "fixed": "every weight is 0.2, whatever STYLE_LAYERS says",
    "squared": "the weights are applied twice",
    "weight of one": "the weight of the first layer is used for all of them",
    "last left out": "a layer too many is left out: of the lists the last one alone, the content layer, and of STYLE_LAYERS "
    "none",
    "first left out": "the first style layer is left out: the loop begins at 0",
    "last only": "only the last style layer is left: add up with +=, and return after the loop",
    "first only": "only the first style layer counts: the return stands inside the loop",
    "mean": "the weighted costs are averaged: they are added",
    "share": "the sum is divided by the sum of the weights",
    "content cost": "the activations themselves are compared, as for the content: call compute_layer_style_cost",
}


def style_cases(rng: np.random.Generator) -> list:
    shapes = [(5, 6, 2), (4, 3, 3), (2, 3, 5), (2, 2, 4)]

    def outputs(n: int, size: float = 2.0) -> tuple[list, list]:
        chosen = [*shapes[:n], shapes[-1]]
        return tuple([size * each for each in activations(rng, *chosen)] for _ in range(2))

    alike = activations(rng, *shapes[:2])
    return [
        case("two style layers, then the content layer", *outputs(2), [("first", 0.7), ("second", 0.4)]),
        case(
            "three style layers of very different weights",
            *outputs(3),
            [("a", 0.1), ("b", float(rng.uniform(1, 2))), ("c", 0.5)],
        ),
        case(
            "only the content layer differs: no cost",
            alike,
            [alike[0].copy(), alike[1] + 1],
            [("first", 0.8)],
        ),
        case(GRADIENT, *outputs(2), [("first", 0.7), ("second", 0.4)], to=[1]),
    ]


style = Exercise(
    name="compute_style_cost",
    points=8,
    difficulty=2,
    minutes=12,
    needs=["compute_layer_style_cost"],
    cases=style_cases,
    observe=one_number,
    gives="a number",
    reference=style_with(""),
    tolerance=TOLERANCE,
    mistakes=with_numpy(style_with(""), by_slip(style_with, STYLE_SLIPS)),
    hints=[
        "Go over three things in step: the layers of the style, those of the generated picture, and the weights.",
        "The last element of both lists is the content layer: a_S = style_image_output[:-1], the same for a_G.",
        "If 'only the content layer differs' is not 0, the last element is still in your lists. If only the "
        "others fail, look at the weights.",
        "for i, (name, weight) in enumerate(STYLE_LAYERS): J_style += weight * compute_layer_style_cost(a_S[i], "
        "a_G[i])",
    ],
    idea="The weights are a brush: the first layers care for grain and colour, the later ones for strokes.",
    try_next="Print the style cost of two paintings of style_pictures.PAINTINGS for each of them as the style: is it the "
    "same both ways?",
)
