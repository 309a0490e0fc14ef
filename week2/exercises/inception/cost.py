"""Checks for convolution_cost: how many multiplications a layer takes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_words


def one_number(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args, **kwargs)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


def convolution_cost(
    input_shape: tuple[int, int, int], filters: int, f: int, bottleneck: int | None = None
) -> int:
    """Multiplications of a convolution of stride 1 that keeps height and width."""
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        return n_H * n_W * n_C * f * f * filters
    return n_H * n_W * bottleneck * (n_C + f * f * filters)


def cost(per_pixel: Callable, places: Callable = lambda n_H, n_W, f: n_H * n_W) -> Callable:
    """A wrong answer: multiplications at one pixel, from (n_C, filters, f, b), times a number of places."""

    def convolution_cost(input_shape, filters, f, bottleneck=None):
        n_H, n_W, n_C = input_shape
        return places(n_H, n_W, f) * per_pixel(n_C, filters, f, bottleneck)

    return convolution_cost


def two_parts(first: Callable, second: Callable, alone: Callable | None = None) -> Callable:
    """Multiplications at one pixel with a slip in one of the two parts; without bottleneck ``alone``, if not
    given right."""

    def per_pixel(n_C, filters, f, b):
        if b is None:
            return alone(n_C, filters, f) if alone else n_C * f * f * filters
        return first(n_C, filters, f, b) + second(n_C, filters, f, b)

    return per_pixel


def to_bottleneck(n_C, filters, f, b):
    return n_C * b


def from_bottleneck(n_C, filters, f, b):
    return b * f * f * filters


def right_per_pixel(n_C, filters, f, b):
    return two_parts(to_bottleneck, from_bottleneck)(n_C, filters, f, b)


def without_border(input_shape, filters, f, bottleneck=None):
    """The products with the zeros of the border are not counted."""
    n_H, n_W, n_C = input_shape

    def along(n):
        before = (f - 1) // 2
        return sum(min(n, i - before + f) - max(0, i - before) for i in range(n))

    if bottleneck is None:
        return along(n_H) * along(n_W) * n_C * filters
    return n_H * n_W * n_C * bottleneck + along(n_H) * along(n_W) * bottleneck * filters


def whole_parts(combine, whole=convolution_cost):
    """The costs of the two parts, each with its places, put together by ``combine``."""

    def convolution_cost(input_shape, filters, f, bottleneck=None):
        if bottleneck is None:
            return whole(input_shape, filters, f)
        n_H, n_W, _ = input_shape
        return combine(
            whole(input_shape, bottleneck, 1), whole((n_H, n_W, bottleneck), filters, f), n_H * n_W
        )

    return convolution_cost


def square_after_bottleneck(input_shape, filters, f, bottleneck=None):
    """The height is used twice, but for the 1x1 convolution to the bottleneck."""
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        return n_H * n_H * n_C * f * f * filters
    return n_H * n_W * n_C * bottleneck + n_H * n_H * bottleneck * f * f * filters


def channels_first(input_shape, filters, f, bottleneck=None):
    """The shape taken apart in another order."""
    n_C, n_H, n_W = input_shape
    return convolution_cost((n_H, n_W, n_C), filters, f, bottleneck)


def times_cheaper(input_shape, filters, f, bottleneck=None):
    """The straight cost as a multiple of the detour's."""
    straight = convolution_cost(input_shape, filters, f)
    return (
        straight if bottleneck is None else straight / convolution_cost(input_shape, filters, f, bottleneck)
    )


def exclusive_or(input_shape, filters, f, bottleneck=None):
    """The formula of the text with ^, which is no power and comes last."""
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        return n_H * n_W * filters * f ^ 2 * n_C
    return n_H * n_W * bottleneck * n_C + n_H * n_W * filters * f ^ 2 * bottleneck


def valid_cost(input_shape, filters, f):
    """Multiplications of a convolution without padding."""
    n_H, n_W, n_C = input_shape
    return (n_H - f + 1) * (n_W - f + 1) * n_C * f * f * filters


def of_32_bits(input_shape, filters, f, bottleneck=None):
    """The cost as a whole number of 32 bits, in which what is too large goes round."""
    return (convolution_cost(input_shape, filters, f, bottleneck) + 2**31) % 2**32 - 2**31


COST_MISTAKES = {
    "additions are counted as well. Only multiplications are asked for": cost(
        lambda *sizes: 2 * right_per_pixel(*sizes)
    ),
    "the biases are counted. To add a bias is no multiplication": cost(
        lambda n_C, filters, f, b: right_per_pixel(n_C, filters, f, b) + filters + (b or 0)
    ),
    "what is above 2,147,483,647 goes round and comes out negative or too small: whole numbers of 32 bits hold no more. "
    "Python's own int holds all of it, and np.int64 will do": of_32_bits,
    "the argument bottleneck is ignored": cost(lambda n_C, filters, f, b: n_C * f * f * filters),
    "the first part, the 1x1 convolution to the bottleneck, is left out": cost(
        two_parts(lambda *sizes: 0, from_bottleneck)
    ),
    "the second part, the f x f convolution after the bottleneck, is left out": cost(
        two_parts(to_bottleneck, lambda *sizes: 0)
    ),
    "the f x f convolution after the bottleneck still sees all n_C channels. It sees bottleneck channels": cost(
        two_parts(to_bottleneck, lambda n_C, filters, f, b: n_C * f * f * filters)
    ),
    "the convolution to the bottleneck has an f x f window too. It is 1x1": cost(
        two_parts(lambda n_C, filters, f, b: n_C * f * f * b, from_bottleneck)
    ),
    "the second convolution is 1x1 too. It is f x f": cost(
        two_parts(to_bottleneck, lambda n_C, filters, f, b: b * filters)
    ),
    "the f x f convolution after the bottleneck gives n_C channels. It gives filters": cost(
        two_parts(to_bottleneck, lambda n_C, filters, f, b: b * f * f * n_C)
    ),
    "the f x f convolution after the bottleneck is counted without its channels: a filter is as deep as what it sees": cost(
        two_parts(to_bottleneck, lambda n_C, filters, f, b: f * f * filters)
    ),
    "the straight way is added to the detour. With a bottleneck only the detour is gone": cost(
        lambda n_C, filters, f, b: right_per_pixel(n_C, filters, f, b) + (n_C * f * f * filters if b else 0)
    ),
    "f ^ 2 stands for a power. In Python ^ is something else: write f**2": exclusive_or,
    "input_shape is taken for (n_C, n_H, n_W). The channels are its last number": channels_first,
    "how many times the detour is cheaper comes back. Its cost is asked for": times_cheaper,
    "the costs of the two parts are multiplied. They are added": cost(
        lambda n_C, filters, f, b: n_C * f * f * filters if b is None else n_C * b * b * f * f * filters
    ),
    "the costs of the two parts are multiplied, each with all its places. They are added": whole_parts(
        lambda first, second, places: first * second
    ),
    "the costs of the two parts come back side by side. Their sum is asked for": whole_parts(
        lambda first, second, places: (first, second)
    ),
    "the first part is counted at one pixel alone. It too has n_H * n_W of them": whole_parts(
        lambda first, second, places: first // places + second
    ),
    "the second part is counted at one pixel alone. It too has n_H * n_W of them": whole_parts(
        lambda first, second, places: first + second // places
    ),
    "the second part is taken off the first. Their costs are added": whole_parts(
        lambda first, second, places: first - second
    ),
    "the f x f convolution is taken to shrink the picture. Its output is as high and wide as its input": (
        whole_parts(lambda first, second, places: first + second, valid_cost)
    ),
    "filters and bottleneck are ignored: a filter's cost is counted once": cost(
        lambda n_C, filters, f, b: n_C * f * f
    ),
    "the bottleneck and filters are exchanged: first to bottleneck channels, then to filters": cost(
        two_parts(lambda n_C, filters, f, b: n_C * filters, lambda n_C, filters, f, b: filters * f * f * b)
    ),
    "the height is used twice, and the width never": cost(right_per_pixel, lambda n_H, n_W, f: n_H * n_H),
    "the width is used twice, and the height never": cost(right_per_pixel, lambda n_H, n_W, f: n_W * n_W),
    "the height is used twice, and the width never, in the f x f convolution": square_after_bottleneck,
    "f is doubled where it should be squared: f * f or f**2, not f * 2": cost(
        two_parts(
            to_bottleneck,
            lambda n_C, filters, f, b: b * f * 2 * filters,
            lambda n_C, filters, f: n_C * f * 2 * filters,
        )
    ),
    "the window has f numbers. It has f rows and f columns": cost(
        two_parts(
            to_bottleneck,
            lambda n_C, filters, f, b: b * f * filters,
            lambda n_C, filters, f: n_C * f * filters,
        )
    ),
    "the window is counted without its channels: a filter is as deep as what it sees": cost(
        two_parts(
            lambda n_C, filters, f, b: b,
            lambda n_C, filters, f, b: f * f * filters,
            lambda n_C, filters, f: f * f * filters,
        )
    ),
    "only one filter is counted. There are filters of them": cost(
        two_parts(to_bottleneck, lambda n_C, filters, f, b: b * f * f, lambda n_C, filters, f: n_C * f * f)
    ),
    "the weights are counted. Each of them is used once at every pixel": cost(
        right_per_pixel, lambda n_H, n_W, f: 1
    ),
    "the picture shrinks, as it does without padding. Here the output is as high and wide as the input": cost(
        right_per_pixel, lambda n_H, n_W, f: (n_H - f + 1) * (n_W - f + 1)
    ),
    "the products with the zeros of the border are left out. Count them too, as everybody does": without_border,
}

convolution_costs = Exercise(
    name="convolution_cost",
    points=8,
    difficulty=2,
    minutes=15,
    cases=lambda rng: [
        case("the example of the text", (28, 28, 192), 32, 5),
        case("the example through a bottleneck of 16", (28, 28, 192), 32, 5, 16),
        case("height unlike width", (int(rng.integers(10, 15)), int(rng.integers(16, 20)), 8), 12, 3),
        case(
            "height unlike width, with a bottleneck",
            (int(rng.integers(16, 20)), int(rng.integers(10, 15)), 24),
            int(rng.integers(5, 10)),
            3,
            bottleneck=int(rng.integers(2, 5)),
        ),
        case("a 1x1 window", (6, 7, int(rng.integers(3, 9))), 10, 1),
        case("a bottleneck that is wider than its input", (9, 8, 3), 6, 5, bottleneck=11),
        case("more than 32 bits hold", (224, 224, 512), 512, 3),
    ],
    observe=one_number,
    gives="a number",
    reference=convolution_cost,
    tolerance=1e-9,
    mistakes=by_words(COST_MISTAKES),
    hints=[
        "Take one number of the output. How many numbers does its filter have, and so how many products?",
        "Then count the numbers of the output: height times width times filters. With a bottleneck there are "
        "two convolutions, and the cost is a sum.",
        "If the cases without a bottleneck pass and the others fail, write down how many channels each of the "
        "two convolutions sees and gives: n_C to bottleneck, then bottleneck to filters.",
        "Without: n_H * n_W * filters * (f * f * n_C). With: n_H * n_W * bottleneck * n_C, plus the same "
        "formula as without, for an input of bottleneck channels.",
    ],
    idea="From which bottleneck on does the detour cost more than the straight way? Set both costs equal.",
    try_next="Write 3 in place of 5 in all three calls of convolution_cost in the next cell, and solve first for the "
    "width from which on the detour costs more: does the table agree?",
)
