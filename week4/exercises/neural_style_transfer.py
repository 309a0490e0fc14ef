"""Checks for week4/neural_style_transfer: content cost, Gram matrix, style cost, total cost, one step.

The costs are judged by their numbers, whatever kind of number they come as. A step of the picture runs on a
small stand-in for the features, the costs and the optimizer, which the function finds by the lesson's names.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.observing import standing_in, written
from workbook.plain import Other, plain
from workbook.slips import by_slip, by_words

TOLERANCE = 2e-4  # sums of some hundred squares in float32


def tensors(value: Any) -> Any:
    """Arrays as float32 tensors, in lists and pairs too; names and weights stay."""
    import tensorflow as tf

    if isinstance(value, list | tuple):
        return type(value)(tensors(each) for each in value)
    return tf.constant(value, tf.float32) if isinstance(value, np.ndarray) else value


def number(value: Any) -> Any:
    """What was returned; an array or tensor that holds one number counts as that number."""
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value, np.float64).reshape(()) if alone else value


def one_number(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """The function on tensors, and the one number that it gives."""
    return number(function(*tensors(args), **kwargs))


# --- compute_content_cost -------------------------------------------------------------------------------


def content_with(slip: str) -> Callable:
    """compute_content_cost, with one slip."""

    def compute_content_cost(content_output: Any, generated_output: Any) -> Any:
        layer = {"first": 0, "before last": -2}.get(slip, -1)
        C, G = (np.asarray(each[layer], np.float64) for each in (content_output, generated_output))
        if slip == "all layers":
            pairs = zip(content_output, generated_output, strict=True)
            return sum(content_with("")([a], [b]) for a, b in pairs)
        _, n_H, n_W, n_C = C.shape
        total = {
            "abs": lambda: np.abs(C - G).sum(),
            "root": lambda: np.sqrt(((C - G) ** 2).sum()),
            "squares apart": lambda: (C**2 - G**2).sum(),
            "no square": lambda: (C - G).sum(),
            "sum squared": lambda: (C - G).sum() ** 2,
        }.get(slip, lambda: ((C - G) ** 2).sum())()
        size = {
            "no n_C": n_H * n_W,
            "only 4": 1,
            "no fraction": 1,
            "no n_H": n_W * n_C,
            "no n_W": n_H * n_C,
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
    "no 4": "the squared differences are averaged, and the 4 under the fraction is missing (as with "
    "reduce_mean in place of reduce_sum)",
    "2": "the sum is divided by 2 n_H n_W n_C: it is 4",
    "only 4": "the sum is divided by 4 alone: n_H, n_W and n_C belong under the fraction too",
    "no n_C": "n_C is missing under the fraction",
    "no n_H": "the height is missing under the fraction",
    "no n_W": "the width is missing under the fraction",
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
    mistakes=by_slip(content_with, CONTENT_SLIPS),
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


# --- gram_matrix ----------------------------------------------------------------------------------------


def centred(A: np.ndarray) -> np.ndarray:
    return A - A.mean(axis=1, keepdims=True)


def unit(A: np.ndarray) -> np.ndarray:
    return A / np.linalg.norm(A, axis=1, keepdims=True)


gram = Exercise(
    name="gram_matrix",
    points=5,
    difficulty=1,
    minutes=8,
    cases=lambda rng: [
        case("the example of the text", np.array([[1, 0, 2], [3, 1, 0]], np.float32)),
        case("3 channels, 10 places", rng.normal(size=(3, 10)).astype(np.float32)),
        case("more channels than places", rng.normal(size=(6, 4)).astype(np.float32)),
        case("as many channels as places", rng.normal(size=(4, 4)).astype(np.float32)),
    ],
    observe=lambda function, A: function(*tensors((A,))),
    reference=lambda A: np.einsum("ip,jp->ij", np.asarray(A), np.asarray(A)),
    tolerance=TOLERANCE,
    mistakes=by_words(
        {
            "the transposed matrix comes first: A^T A compares places, A A^T compares channels": (
                lambda A: np.asarray(A).T @ np.asarray(A)
            ),
            "A is multiplied with itself number by number (*): matmul is meant": lambda A: np.asarray(A) ** 2,
            "the products are averaged over the places: the Gram matrix is their sum": (
                lambda A: np.asarray(A) @ np.asarray(A).T / np.shape(A)[1]
            ),
            "the products are divided by n_C. The fraction comes later, in the style cost": (
                lambda A: np.asarray(A) @ np.asarray(A).T / np.shape(A)[0]
            ),
            "the products are divided by all of n_C n_H n_W. The fraction comes later, in the style cost": (
                lambda A: np.asarray(A) @ np.asarray(A).T / np.size(A)
            ),
            "the mean of each channel is subtracted first: that is a covariance and no Gram matrix": (
                lambda A: centred(np.asarray(A)) @ centred(np.asarray(A)).T
            ),
            "the covariance of the channels is computed (np.cov)": lambda A: np.cov(np.asarray(A)),
            "each channel is first divided by its length: that gives cosines": (
                lambda A: unit(np.asarray(A)) @ unit(np.asarray(A)).T
            ),
            "only the diagonal is there: how often two different channels go together is lost": (
                lambda A: np.diag((np.asarray(A) ** 2).sum(axis=1))
            ),
            "A comes back turned over, without a product": lambda A: np.asarray(A).T,
        }
    ),
    hints=[
        "How large should the result be? One row and one column for each channel.",
        "Entry (i, j) is row i of A times row j of A, added up over all places: a matrix product.",
        "If the shape is wrong in all cases but the last, the two factors stand in the wrong order.",
        "tf.matmul(A, tf.transpose(A)), or tf.matmul(A, A, transpose_b=True).",
    ],
    idea="The sum runs over all places, and so the Gram matrix does not know where anything was.",
    try_next="Print np.linalg.matrix_rank(gram_matrix(A)) for an A of shape (5, 3) and one of shape (3, 5), and say why "
    "the first has no 5.",
)


# --- compute_layer_style_cost ---------------------------------------------------------------------------


def layer_with(slip: str) -> Callable:
    """compute_layer_style_cost, with one slip."""

    def flat(a: np.ndarray, n_C: int) -> np.ndarray:
        if slip == "reshape only":
            return a.reshape(n_C, -1)
        if slip == "wrong transpose":
            return a.transpose(0, 2, 1, 3).reshape(n_C, -1)
        return a.reshape(-1, n_C).T

    def compute_layer_style_cost(a_S: Any, a_G: Any) -> Any:
        a_S, a_G = np.asarray(a_S, np.float64), np.asarray(a_G, np.float64)
        _, n_H, n_W, n_C = a_S.shape
        S, G = flat(a_S, n_C), flat(a_G, n_C)
        if slip == "places":
            S, G = S.T, G.T
        D = S - G if slip == "no gram" else S @ S.T - G @ G.T
        if slip == "gram of difference":
            D = (S - G) @ (S - G).T
        total = {
            "abs": np.abs(D).sum(),
            "mean": (D**2).mean(),
            "no square": D.sum(),
            "sum squared": D.sum() ** 2,
            "root": np.sqrt((D**2).sum()),
        }.get(slip, (D**2).sum())
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
            "n_H twice": 4 * n_C**2 * (n_H * n_H) ** 2,
            "no fraction": 1,
            "brackets": 4 / (n_C**2 * (n_H * n_W) ** 2),
        }.get(slip, 4 * n_C**2 * (n_H * n_W) ** 2)
        return total / below

    return compute_layer_style_cost


LAYER_SLIPS = {
    "reshape only": "the activations are reshaped to (n_C, n_H n_W) at once, which tears the channels apart: "
    "reshape to (n_H n_W, n_C), then transpose",
    "wrong transpose": "height and width are swapped and the channels stay last: the channels must come first "
    "before you reshape to (n_C, n_H n_W)",
    "places": "the Gram matrices are those of the places: gram_matrix wants (n_C, n_H n_W), channels first",
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
    ],
    observe=one_number,
    gives="a number",
    reference=layer_with(""),
    tolerance=TOLERANCE,
    mistakes=by_slip(layer_with, LAYER_SLIPS),
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


# --- compute_style_cost ---------------------------------------------------------------------------------


def style_with(slip: str) -> Callable:
    """compute_style_cost, with one slip."""

    def compute_style_cost(style_image_output: Any, generated_image_output: Any, STYLE_LAYERS: Any) -> Any:
        S, G = list(style_image_output), list(generated_image_output)
        S, G = {"last ones": (S[1:], G[1:]), "first in style": (S[1:], G[:-1])}.get(slip, (S[:-1], G[:-1]))
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
    "reversed": "the weights go to the layers in the reverse order",
    "equal": "all layers get the same share and the weights of STYLE_LAYERS are ignored",
    "ones": "the costs are added without their weights",
    "fixed": "every weight is 0.2, whatever STYLE_LAYERS says",
    "squared": "the weights are applied twice",
    "weight of one": "the weight of the first layer is used for all of them",
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
    mistakes=by_slip(style_with, STYLE_SLIPS),
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


# --- total_cost -----------------------------------------------------------------------------------------


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
        "half": lambda c, s, a, b: (a * c + b * s) / 2,
    }[words]

    def total_cost(J_content: Any, J_style: Any, alpha: Any = 10, beta: Any = 40) -> Any:
        return table(*(np.asarray(each, np.float64) for each in (J_content, J_style, alpha, beta)))

    return total_cost


def other_defaults(J_content: Any, J_style: Any, alpha: Any = 40, beta: Any = 10) -> Any:
    return alpha * np.asarray(J_content) + beta * np.asarray(J_style)


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
    ],
    observe=lambda function, *args, **kwargs: number(function(*map(_scalar, args), **kwargs)),
    gives="a number",
    reference=lambda J_content, J_style, alpha=10, beta=40: alpha * float(J_content) + beta * float(J_style),
    tolerance=1e-5,
    mistakes=[
        *by_slip(only_named, TOTAL_SLIPS),
        *by_words({"the defaults are swapped: alpha=10, beta=40": other_defaults}),
    ],
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


def _scalar(value: Any) -> Any:
    import tensorflow as tf

    return tf.constant(value) if isinstance(value, np.float32 | np.ndarray) else value


# --- train_step -----------------------------------------------------------------------------------------


def small_features(picture: Any, training: Any = None, mask: Any = None) -> list:
    """What stands in for a network: two style layers and the content layer of (1, n_H, n_W, 3)."""
    import tensorflow as tf

    x = tf.convert_to_tensor(picture)
    edges = tf.nn.relu(4 * (x[:, :, 1:] - x[:, :, :-1]) + 0.5)
    blurred = tf.nn.avg_pool2d(x, 2, 1, "VALID")
    return [2 * x, edges, 3 * blurred * blurred + blurred]


STYLE_LAYERS = [("pixels", 0.6), ("edges", 0.4)]


def _content_cost(content_output: Any, generated_output: Any) -> Any:
    import tensorflow as tf

    C, G = content_output[-1], generated_output[-1]
    return tf.reduce_mean(tf.square(C - G)) / 4


def _style_cost(
    style_image_output: Any, generated_image_output: Any, STYLE_LAYERS: Any = STYLE_LAYERS
) -> Any:
    import tensorflow as tf

    def gram(a: Any) -> Any:
        return tf.einsum("mhwi,mhwj->ij", a, a) / (a.shape[1] * a.shape[2])

    layers = zip(STYLE_LAYERS, style_image_output[:-1], generated_image_output[:-1], strict=True)
    return sum(w * tf.reduce_mean(tf.square(gram(S) - gram(G))) / 4 for (_, w), S, G in layers)


def _total_cost(J_content: Any, J_style: Any, alpha: Any = 10, beta: Any = 40) -> Any:
    return alpha * J_content + beta * J_style


def _clip(image: Any, *_: Any) -> Any:
    import tensorflow as tf

    return tf.clip_by_value(image, 0.0, 1.0)


def stand_ins(content_picture: np.ndarray, style_picture: np.ndarray, rate: float) -> dict[str, Any]:
    """Everything that a step finds by name in a notebook, small and known."""
    import keras

    a_C, a_S = small_features(content_picture), small_features(style_picture)
    return {
        "model_outputs": small_features,
        "vgg_model_outputs": small_features,
        "a_C": a_C,
        "a_S": a_S,
        "STYLE_LAYERS": STYLE_LAYERS,
        "features": SimpleNamespace(model=small_features, names=["pixels", "edges", "blurred"]),
        "optimizer": keras.optimizers.SGD(rate, momentum=0.5),
        "compute_content_cost": _content_cost,
        "compute_style_cost": _style_cost,
        "total_cost": _total_cost,
        "clip_0_1": _clip,
        "alpha": 10,
        "beta": 40,
    }


def look_at_steps(function: Callable, start: np.ndarray, others: tuple, rate: float, steps: int = 1) -> Any:
    """The picture after some steps, and the costs that they return."""
    import tensorflow as tf

    picture = tf.Variable(start)
    with standing_in(function, stand_ins(*others, rate)):
        step = written(function)  # not the graph that tf.function laid out earlier, with other parts
        returned = [step(picture) for _ in range(steps)]
    if any(isinstance(each, list | tuple | dict) for each in returned):
        return Other("several", "several results: return J alone")
    return {
        "the picture afterwards": picture.numpy(),
        "the cost that is returned": None if returned[0] is None else _numbers(returned),
    }


def _numbers(returned: list) -> Any:
    """The costs of all steps as one array, where they are numbers."""
    found = [number(each) for each in map(plain, returned)]
    alone = all(isinstance(each, np.ndarray) and each.shape == () for each in found)
    return np.array(found, np.float64) if alone else plain(returned[0])


def step_with(slip: str) -> Callable:
    """train_step, with one slip."""

    def train_step(generated_image: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            a_G = model_outputs(generated_image)  # noqa: F821
            J = _cost(slip, a_G, a_C, a_S)  # noqa: F821
        gradient = tape.gradient(J, generated_image)
        if slip == "clip first":
            generated_image.assign(_clip(generated_image))
        if slip == "gradient clipped":
            gradient = tf.clip_by_value(gradient, 0.0, 1.0)
        if slip == "upwards":
            gradient = -gradient
        if slip == "picture as gradient":
            gradient = tf.convert_to_tensor(generated_image)
        for _ in range({"no step": 0, "twice": 2}.get(slip, 1)):
            chosen = _optimizer(slip, optimizer)  # noqa: F821
            chosen.apply_gradients([(gradient, generated_image)])
        if slip == "sigmoid":
            generated_image.assign(tf.sigmoid(generated_image))
        elif slip == "stretched":
            low, high = tf.reduce_min(generated_image), tf.reduce_max(generated_image)
            generated_image.assign((generated_image - low) / (high - low))
        elif slip not in ("not clipped", "clip first"):
            low, high = {
                "255": (0, 255),
                "-1": (-1, 1),
                "top only": (-1e9, 1),
            }.get(slip, (0, 1))
            generated_image.assign(tf.clip_by_value(generated_image, low, high))
        if slip == "cost afterwards":
            return _cost("", model_outputs(generated_image), a_C, a_S)  # noqa: F821
        if slip == "content returned":
            return _content_cost(a_C, a_G)  # noqa: F821
        return _style_cost(a_S, a_G) if slip == "style returned" else J  # noqa: F821

    return train_step


def _optimizer(slip: str, given: Any) -> Any:
    """The optimizer that takes a step: the one given, or one that is made for it."""
    import keras

    if slip == "made anew":
        return keras.optimizers.SGD.from_config(given.get_config())
    return keras.optimizers.Adam(float(slip.split()[1])) if slip.startswith("Adam") else given


def _cost(slip: str, a_G: Any, a_C: Any, a_S: Any) -> Any:
    """The cost of a step, with one slip."""
    if slip == "pictures swapped":
        a_C, a_S = a_S, a_C
    J_content, J_style = _content_cost(a_C, a_G), _style_cost(a_S, a_G)
    if slip == "content twice":
        J_style = _style_cost(a_C, a_G)
    if slip == "style twice":
        J_content = _content_cost(a_S, a_G)
    return {
        "content only": J_content,
        "style only": J_style,
        "plain": J_content + J_style,
        "costs swapped": _total_cost(J_style, J_content),
    }.get(slip, _total_cost(J_content, J_style))


STEP_SLIPS = {
    "not clipped": "clipping is forgotten: after the step the picture must go back to values from 0 to 1, and a "
    "clipped copy alone changes nothing (assign it)",
    "clip first": "the picture is clipped before the step: the step leads out of [0, 1] again",
    "gradient clipped": "the gradient is clipped to [0, 1], so that no pixel can become lighter: clip the picture",
    "255": "the picture is clipped at 0 and not at 1, or to [0, 255]: its values go from 0 to 1",
    "-1": "the picture is clipped to [-1, 1]: its values go from 0 to 1",
    "top only": "the picture is clipped at 1 and not at 0",
    "sigmoid": "a sigmoid squeezes the picture after every step: it is cut off at 0 and 1",
    "stretched": "the picture is stretched to [0, 1] after every step: it is cut off at 0 and 1",
    "no step": "no step is taken, or one on a copy: the optimizer has to change generated_image itself",
    "twice": "the optimizer takes the step twice",
    "made anew": "an optimizer is made anew in every step and forgets the earlier ones: use the one called optimizer",
    **{
        f"Adam {rate}": "an Adam of its own takes the step, made inside train_step: use the one called optimizer"
        for rate in (0.01, 0.02, 0.03)
    },
    "upwards": "the step goes uphill: give the optimizer the gradient as it is",
    "picture as gradient": "the picture is given to the optimizer in place of the gradient",
    "content only": "the gradient is that of the content cost alone, and the total cost is not used",
    "style only": "the gradient is that of the style cost alone, and the total cost is not used",
    "plain": "the costs are added without alpha and beta: call total_cost",
    "costs swapped": "alpha and beta are swapped, or the costs are swapped on their way into total_cost: content first, "
    "then style",
    "pictures swapped": "a_C and a_S are swapped: the painting gives the content and the photograph the style",
    "content twice": "the style is compared with a_C: it belongs to a_S",
    "style twice": "the content is compared with a_S: it belongs to a_C",
    "cost afterwards": "the cost returned is that after the step: return the J of the tape",
    "style returned": "the style cost is returned and not the total",
    "content returned": "the content cost is returned and not the total",
}


def step_cases(rng: np.random.Generator) -> list:
    def picture(low: float = 0.2, high: float = 0.8) -> np.ndarray:
        return rng.uniform(low, high, (1, 5, 6, 3)).astype(np.float32)

    bright, dark = picture(0.5, 1.0), picture(0.0, 0.4)
    return [
        case("a small step", picture(), (bright, dark), 0.4),
        case("a step that leads below 0 and above 1", picture(0.0, 1.0), (dark, bright), 6.0),
        case("three steps one after the other", picture(), (picture(), bright), 1.0, steps=3),
    ]


step = Exercise(
    name="train_step",
    points=14,
    difficulty=3,
    minutes=20,
    needs=["compute_content_cost", "compute_style_cost", "total_cost"],
    cases=step_cases,
    observe=look_at_steps,
    gives="the total cost, one number",
    reference=step_with(""),
    time_limit=20,
    slow=True,
    tolerance=TOLERANCE,
    mistakes=by_slip(step_with, STEP_SLIPS),
    hints=[
        "Inside the tape: the features of the picture, both costs, the total. Outside: gradient, optimizer, clipping.",
        "The variable that learns is the picture. tape.gradient(J, generated_image) has the picture's shape.",
        "If 'a small step' passes and 'below 0 and above 1' does not, look at the clipping. If the cost is right and "
        "the picture is not, look at what you give to the optimizer.",
        "optimizer.apply_gradients([(gradient, generated_image)]), then "
        "generated_image.assign(tf.clip_by_value(generated_image, 0.0, 1.0)), then return J.",
    ],
    idea="The same three lines train a network. Here the weights stand still and the input learns.",
    try_next="Change Adam(0.03) in the cell that paints to Adam(0.3), and see in the curve of the costs what too large "
    "a step does.",
)
