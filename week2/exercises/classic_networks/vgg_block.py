"""Checks for vgg_block: convolutions of 3x3, and a pooling."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.slips import by_words, switched

from .observers import look_at_block


def vgg_block(
    X: Any,
    filters: int,
    convolutions: int,
    *,
    f: int = 3,
    padding: str = "same",
    widen: int = 1,
    relu_at: Callable[[int, int], bool] = lambda i, n: True,
    norm: bool = False,
    use_bias: bool = True,
    relu: str = "relu",
    pooling: str = "MaxPooling2D",
    pool_at: tuple[str, ...] = ("end",),
    pool: dict[str, Any] | None = None,
    shared: bool = False,
    dropout: float = 0.0,
) -> Any:
    """A block of VGG (Simonyan & Zisserman 2014, table 1): (m, n_H, n_W, n_C) to (m, n_H // 2, n_W // 2, filters).

    widen    each convolution has so many times the filters of the one before
    relu_at  whether a ReLU stands after convolution i of n
    pool_at  where pooling layers stand: "start", "between", "end"
    shared   True where one layer is called again and again
    """
    from keras import layers

    def smaller(X: Any) -> Any:
        return getattr(layers, pooling)(**pool or {"pool_size": 2})(X)

    def layer(i: int) -> Any:
        activation = relu if relu_at(i, convolutions) else None
        return layers.Conv2D(filters * widen**i, f, padding=padding, activation=activation, use_bias=use_bias)

    X = smaller(X) if "start" in pool_at else X
    one = layer(0)
    for i in range(convolutions):
        X = (one if shared else layer(i))(X)
        X = layers.BatchNormalization()(X) if norm else X
        X = smaller(X) if "between" in pool_at and i < convolutions - 1 else X
    X = layers.Dropout(dropout)(X) if dropout else X
    return smaller(X) if "end" in pool_at else X


def block_cases(rng: np.random.Generator) -> list[Any]:
    """Blocks of one, two and three convolutions; filters unlike channels, and as many."""
    n_H, n_W = 2 * rng.integers(3, 6) + 1, 2 * rng.integers(2, 5)
    n_C, filters = (int(n) for n in rng.choice([2, 3, 4, 5, 6], 2, replace=False))
    return [
        case("two convolutions, odd height", (int(n_H), int(n_W), n_C), filters=filters, convolutions=2),
        case("three, as many filters as channels", (6, 9, filters), filters=filters, convolutions=3),
        case("one convolution", (5, 4, filters), filters=n_C, convolutions=1),
    ]


block_exercise = Exercise(
    name="vgg_block",
    points=10,
    difficulty=2,
    minutes=15,
    cases=block_cases,
    observe=look_at_block,
    gives="a Keras tensor",
    reference=vgg_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *by_words(
            {
                "the argument convolutions is ignored: there are always two": (
                    lambda X, filters, convolutions: vgg_block(X, filters, 2)
                ),
                "only one convolution reaches the output. Give each the result of the one before: X = ...(X)": (
                    lambda X, filters, convolutions: vgg_block(X, filters, 1)
                ),
                "no convolution reaches the output: what each gives is thrown away. Write X = Conv2D(...)(X)": (
                    lambda X, filters, convolutions: vgg_block(X, filters, 0)
                ),
                "the argument filters is ignored: there are always 64": (
                    lambda X, filters, convolutions: vgg_block(X, 64, convolutions)
                ),
            }
        ),
        *switched(
            vgg_block,
            {
                "each convolution doubles the filters. Within a block all have the same number": {"widen": 2},
                "the windows are 5x5. VGG has 3x3 only": {"f": 5},
                "the convolutions shrink the picture. They need padding='same'": {"padding": "valid"},
                "there is no ReLU": {"relu_at": lambda i, n: False},
                "there is a ReLU after the last convolution alone. Each convolution has one": {
                    "relu_at": lambda i, n: i == n - 1
                },
                "the last convolution of the block has no ReLU": {"relu_at": lambda i, n: i < n - 1},
                "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"relu": "relu6"},
                "the activations are tanh, as before 2012, and not ReLU": {"relu": "tanh"},
                "the activations are leaky ReLUs, which let a part of what is negative pass. Here they are ReLU": {
                    "relu": "leaky_relu"
                },
                "there is batch normalization, which VGG does not have": {"norm": True},
                "the convolutions have no bias": {"use_bias": False},
                "the same layer is called several times, so that all convolutions share one kernel. Make a "
                "new layer for each": {"shared": True},
                "there is a dropout in the block. Convolutions, ReLUs and one pooling are all": {
                    "dropout": 0.25
                },
                "there is no pooling at the end": {"pool_at": ()},
                "the pooling comes before the convolutions, not after them": {"pool_at": ("start",)},
                "there is a pooling after every convolution. A block has one, at its end": {
                    "pool_at": ("between", "end")
                },
                "the pooling takes the average, not the maximum": {"pooling": "AveragePooling2D"},
                "the pooling has stride 1, which keeps the picture large": {
                    "pool": {"pool_size": 2, "strides": 1}
                },
                "the pooling windows are 3x3, as in AlexNet. Here they are 2x2": {
                    "pool": {"pool_size": 3, "strides": 2}
                },
                "the pooling has padding='same', which rounds an odd height up. It has none": {
                    "pool": {"pool_size": 2, "padding": "same"}
                },
            },
        ),
        Mistake(
            "filters and convolutions are exchanged: the first line reads vgg_block(X, filters, convolutions)",
            lambda X, convolutions, filters: vgg_block(X, filters, convolutions),
        ),
        *(
            Mistake(
                words,
                functools.partial(
                    lambda X, filters, convolutions, n: vgg_block(X, filters, convolutions + n), n=n
                ),
            )
            for n, words in (
                (1, "there is one convolution too many: one stands outside the loop, perhaps"),
                (-1, "there is one convolution too few: does the loop begin at 1?"),
            )
        ),
    ],
    hints=[
        "Which layers of the block change the height and the width, and which the channels?",
        "A loop over range(convolutions): in each round a new layer Conv2D takes X, and X becomes its result. "
        "After the loop, one pooling.",
        "If 'two convolutions' passes and the other cases fail, the argument convolutions is not used. If the "
        "parameters are right and the result is wrong, look at the ReLUs and at the pooling.",
        "X = Conv2D(filters, 3, padding='same', activation='relu')(X) in the loop, then "
        "MaxPooling2D(2, strides=2)(X).",
    ],
    idea="Two numbers describe the block. A network of such blocks can be written as a list of pairs.",
    try_next="Stack vgg_block(vgg_block(X, 64, 2), 128, 2) on an Input of (7, 10, 3): predict the output's "
    "shape and the parameters before you print them.",
)
