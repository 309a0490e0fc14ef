"""Checks for separable_cost_ratio: what a depthwise separable convolution saves."""

from workbook import Exercise, case
from workbook.slips import by_words

from .observers import TOLERANCE, numbers


def separable_cost_ratio(f: int, filters: int) -> float:
    """Multiplications of a depthwise separable convolution over those of a standard one.

    (Howard et al. 2017, section 3.1)
    """
    return (f * f + filters) / (f * f * filters)


cost_ratio = Exercise(
    name="separable_cost_ratio",
    points=5,
    difficulty=1,
    minutes=8,
    observe=numbers,
    cases=lambda rng: [
        case("the example of the text", f=3, filters=64),
        case("a 5x5 window", f=5, filters=32),
        case("a 1x1 window: nothing to gain", f=1, filters=16),
        case("one filter: nothing to gain", f=3, filters=1),
        case("drawn at random", f=int(rng.choice([3, 5, 7, 9])), filters=int(rng.integers(10, 500))),
    ],
    reference=separable_cost_ratio,
    tolerance=TOLERANCE,
    mistakes=by_words(
        {
            "the window counts f times and not f * f times: it has two sides": lambda f, filters: (
                1 / filters + 1 / f
            ),
            "f ^ 2 stands for a power. In Python ^ is something else: write f**2": lambda f, filters: (
                1 / filters + 1 / (f ^ 2)
            ),
            "the ratio is upside down: the separable convolution's cost comes first": lambda f, filters: (
                1 / separable_cost_ratio(f, filters)
            ),
            "the two shares are multiplied. The steps come one after the other: add their costs": (
                lambda f, filters: 1 / filters * (1 / f**2)
            ),
            "only the depthwise step is counted: the 1x1 convolution costs something too": (
                lambda f, filters: 1 / filters
            ),
            "only the 1x1 convolution is counted: the depthwise step costs something too": (
                lambda f, filters: 1 / f**2
            ),
            "whole numbers are divided with //, which rounds down: use /": lambda f, filters: (
                1 // filters + 1 // f**2
            ),
            "the share that is saved comes back. Here the share that is left is asked for": (
                lambda f, filters: 1 - separable_cost_ratio(f, filters)
            ),
            "filters is squared and f is not: it is the window that has two sides": lambda f, filters: (
                1 / f + 1 / filters**2
            ),
            "the bracket of 1 / (filters + f**2) is too wide: the two fractions are added": (
                lambda f, filters: 1 / (filters + f**2)
            ),
            "f is doubled where it should be squared: f * f or f**2, not f * 2": lambda f, filters: (
                1 / filters + 1 / (2 * f)
            ),
            "1 / 2 * f is half of f. The square of f belongs below the line: 1 / f**2": lambda f, filters: (
                1 / filters + 1 / 2 * f
            ),
            "the divisor has no brackets: / f * f * filters divides by f alone, and multiplies by the rest": (
                lambda f, filters: (f * f + filters) / f * f * filters
            ),
            "the divisor has no brackets: / f**2 * filters divides by f**2 alone, and multiplies by filters": (
                lambda f, filters: (f * f + filters) / f**2 * filters
            ),
            "there are no brackets above and below: f**2 + filters / f**2 * filters divides one number alone": (
                lambda f, filters: f**2 + filters / f**2 * filters
            ),
            "the standard convolution is counted for one filter. It has filters of them": lambda f, filters: (
                (f * f + filters) / (f * f)
            ),
            "the 1x1 convolution is counted for one filter, or the depthwise step for all. The depthwise step has one "
            "window for each channel, the 1x1 convolution filters of them": lambda f, filters: (
                (f * f + 1) / (f * f * filters)
            ),
            "the two shares come back side by side. Their sum is asked for": lambda f, filters: (
                1 / filters,
                1 / f**2,
            ),
            "the ratio is rounded to 2 decimals: give it back as it is": lambda f, filters: round(
                separable_cost_ratio(f, filters), 2
            ),
            "the ratio comes in percent: at equal costs it is 1, not 100": lambda f, filters: (
                100 * separable_cost_ratio(f, filters)
            ),
            "f * f is counted in the 1x1 convolution too. Its window has one place": lambda f, filters: (
                1 / filters + 1
            ),
        }
    ),
    hints=[
        "Write both costs for one pixel of the output and n_C input channels. What cancels when you divide?",
        "Standard: f * f * n_C * filters. Depthwise: f * f * n_C. The 1x1 convolution: n_C * filters.",
        "If 'a 1x1 window' fails and gives 1 or less, one of the two steps is missing or they are "
        "multiplied: there, the result is 1 + 1/filters.",
        "(f * f + filters) / (f * f * filters), or simpler: the sum of two fractions with a 1 on top.",
    ],
    idea="The number of channels that come in has dropped out: whatever it is, the share is the same.",
    try_next="Write 7 in place of 3 in the loop of the next cell, and predict how many times cheaper 512 filters "
    "become, and what it tends to.",
)
