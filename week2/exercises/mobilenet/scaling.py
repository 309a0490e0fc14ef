"""Checks for compound_scaling and scale_to_budget: depth, width and resolution together."""

import math
from collections.abc import Callable

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_words

from .observers import TOLERANCE, numbers

# --- compound_scaling -----------------------------------------------------------------------------------


def compound_scaling(
    phi: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
) -> tuple[float, float, float]:
    """Factors for depth, width and resolution (Tan & Le 2019, eq. 3)."""
    return alpha**phi, beta**phi, gamma**phi


@np.errstate(invalid="ignore")
def swapped_arrays(phi: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15) -> tuple:
    """Base and exponent swapped in np.power: where phi is negative it gives nan, and ** a complex number."""
    return tuple(np.power(float(phi), base) for base in (alpha, beta, gamma))


def by_defaults(phi: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15) -> tuple:
    return compound_scaling(phi)


scaling = Exercise(
    name="compound_scaling",
    points=5,
    difficulty=1,
    minutes=8,
    observe=numbers,
    returns=("depth", "width", "resolution"),
    cases=lambda rng: [
        case("the example of the text", 2),
        case("phi 0: the network itself", 0),
        case("phi 1: one step", 1),
        case("a broken phi, other factors", 2.5, alpha=1.3, beta=1.2, gamma=1.05),
        case("a negative phi: a smaller network", -1.5),
        case("only gamma is given", 3, gamma=1.3),
        case("drawn at random", float(rng.uniform(1, 6)), *(float(x) for x in rng.uniform(1, 1.5, 3))),
    ],
    reference=compound_scaling,
    tolerance=TOLERANCE,
    mistakes=by_words(
        {
            "the factors are multiplied by phi. phi is the exponent: alpha**phi": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (alpha * phi, beta * phi, gamma * phi)
            ),
            "base and exponent are swapped: alpha**phi, not phi**alpha": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (phi**alpha, phi**beta, phi**gamma)
            ),
            "the depth is alpha times phi. phi is the exponent there too: alpha**phi": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (alpha * phi, beta**phi, gamma**phi)
            ),
            "base and exponent are swapped in the depth: alpha**phi, not phi**alpha": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (phi**alpha, beta**phi, gamma**phi)
            ),
            "base and exponent are swapped: the base comes first, np.power(alpha, phi)": swapped_arrays,
            "the exponential function takes the products: np.exp(alpha * phi) is e to a power. Here alpha is the base": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: tuple(
                    math.exp(base * phi) for base in (alpha, beta, gamma)
                )
            ),
            "width and resolution are swapped: beta is for the width, gamma for the resolution": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(phi, alpha, gamma, beta)
            ),
            "depth and width are swapped: alpha is for the depth, beta for the width": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(phi, beta, alpha, gamma)
            ),
            "width and resolution are squared. Their squares are in the cost, not in the factors": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(phi, alpha, beta**2, gamma**2)
            ),
            "alpha, beta and gamma are ignored: the factors are always those of the defaults": by_defaults,
            "the factors grow by the same amount at each step. They are multiplied at each step": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: tuple(
                    1 + phi * (base - 1) for base in (alpha, beta, gamma)
                )
            ),
            "phi is cut to a whole number": lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(
                int(phi), alpha, beta, gamma
            ),
            "phi counts in whole steps, as in a loop, and below 0 not at all. It may be broken or negative: take a power": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(
                    max(0, int(phi)), alpha, beta, gamma
                )
            ),
            "a negative phi gives factors of 1. The network gets smaller then: factors below 1": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(max(0, phi), alpha, beta, gamma)
            ),
            "the sign of phi is dropped: a negative one makes the network smaller": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(abs(phi), alpha, beta, gamma)
            ),
            "the factors are rounded to 2 decimals: give them back as they are": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: tuple(
                    round(factor, 2) for factor in compound_scaling(phi, alpha, beta, gamma)
                )
            ),
            "the cost comes back. Three factors are asked for: depth, width, resolution": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (alpha * beta**2 * gamma**2) ** phi
            ),
            "all three factors come from alpha: the width has beta, the resolution gamma": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (alpha**phi,) * 3
            ),
        }
    ),
    hints=[
        "One step of phi multiplies the depth by alpha once. What do two steps do?",
        "Three powers with the same exponent, in the order depth, width, resolution.",
        "If 'phi 1' passes and the others fail, phi multiplies where it should be an exponent. If only 'only "
        "gamma is given' fails, an argument is ignored.",
        "return alpha**phi, beta**phi, ... The third is like the first two.",
    ],
    idea="One number in place of three: that is why EfficientNets are called B0 to B7.",
    try_next="Print the factors for phi = -1 and for phi = 1, and multiply them one by one: what must come "
    "out, and does it?",
)


# --- scale_to_budget ------------------------------------------------------------------------------------


def scale_to_budget(
    flops: float, budget: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
) -> float:
    """The phi with which a network that costs ``flops`` costs ``budget`` (Tan & Le 2019, section 3.3)."""
    return math.log(budget / flops, alpha * beta**2 * gamma**2)


def with_base(base: Callable[[float, float, float], float]) -> Callable:
    """``scale_to_budget`` with another idea of what one step costs."""

    def wrong(
        flops: float, budget: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
    ) -> float:
        return math.log(budget / flops) / math.log(base(alpha, beta, gamma))

    return wrong


@np.errstate(divide="ignore")
def rounded_ratio(
    flops: float, budget: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
) -> float:
    """A budget below the cost gives the logarithm of 0, minus infinity."""
    return np.log(budget // flops) / np.log(alpha * beta**2 * gamma**2)


@np.errstate(divide="ignore", invalid="ignore")
def log_of_difference(
    flops: float, budget: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
) -> float:
    """A budget that is no larger than the cost gives no number."""
    return np.log(np.subtract(budget, flops)) / np.log(alpha * beta**2 * gamma**2)


budget = Exercise(
    name="scale_to_budget",
    points=5,
    difficulty=2,
    minutes=12,
    observe=numbers,
    cases=lambda rng: [
        case("eight times the cost", 100e6, 800e6),
        case("the budget is what it costs: phi 0", 3e8, 3e8),
        case("a smaller budget: phi below 0", 400e6, 100e6),
        case("other factors", 2e6, 9e6, alpha=1.4, beta=1.3, gamma=1.05),
        case("only beta is given", 2e6, 5e6, beta=1.4),
        case(
            "drawn at random",
            float(rng.uniform(1e6, 2e6)),
            float(rng.uniform(3e6, 1e8)),
            *(float(x) for x in rng.uniform(1.05, 1.25, 3)),
        ),
    ],
    reference=scale_to_budget,
    tolerance=TOLERANCE,
    mistakes=by_words(
        {
            "one step costs alpha * beta * gamma. Width and resolution count twice: beta**2 * gamma**2": (
                with_base(lambda alpha, beta, gamma: alpha * beta * gamma)
            ),
            "the depth counts twice as well. Twice as many layers cost twice, not four times": with_base(
                lambda alpha, beta, gamma: (alpha * beta * gamma) ** 2
            ),
            "only the resolution counts twice. The width does too: both ends of a layer are wider": with_base(
                lambda alpha, beta, gamma: alpha * beta * gamma**2
            ),
            "only the width counts twice. The resolution does too: height and width of the picture": with_base(
                lambda alpha, beta, gamma: alpha * beta**2 * gamma
            ),
            "the factors of one step are added. They are multiplied": with_base(
                lambda alpha, beta, gamma: alpha + beta**2 + gamma**2
            ),
            "one step is taken to double the cost, which is only nearly so": with_base(lambda *factors: 2.0),
            "one step is taken to cost 1.92, whatever alpha, beta and gamma are": with_base(
                lambda *factors: 1.92
            ),
            "alpha, beta and gamma are ignored: one step always costs what it costs with the defaults": (
                with_base(lambda *factors: 1.2 * 1.1**2 * 1.15**2)
            ),
            "the ratio is upside down: budget / flops": lambda flops, budget, *args, **kwargs: (
                -scale_to_budget(flops, budget, *args, **kwargs)
            ),
            "the ratio itself comes back. phi is how many steps lead to it: take logarithms": (
                lambda flops, budget, *args, **kwargs: budget / flops
            ),
            "the ratio is divided by the cost of one step. phi is an exponent: divide logarithms": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    budget / flops / (alpha * beta**2 * gamma**2)
                )
            ),
            "the logarithm of the ratio is divided by one step's cost. Divide by the logarithm of that cost": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    math.log(budget / flops) / (alpha * beta**2 * gamma**2)
                )
            ),
            "the logarithm of the ratio is not divided by the logarithm of one step's cost": (
                lambda flops, budget, *args, **kwargs: math.log(budget / flops)
            ),
            "phi is rounded down to a whole number": lambda *args, **kwargs: math.floor(
                scale_to_budget(*args, **kwargs)
            ),
            "phi is a number of whole steps, as a while loop counts them, and never below 0: take logarithms": (
                lambda *args, **kwargs: max(0, math.ceil(scale_to_budget(*args, **kwargs)))
            ),
            "phi is rounded up to a whole number": lambda *args, **kwargs: math.ceil(
                scale_to_budget(*args, **kwargs)
            ),
            "phi is rounded to the nearest whole number": lambda *args, **kwargs: round(
                scale_to_budget(*args, **kwargs)
            ),
            "phi is cut to a whole number": lambda *args, **kwargs: int(scale_to_budget(*args, **kwargs)),
            "phi is rounded to 2 decimals: give it back as it is": lambda *args, **kwargs: round(
                scale_to_budget(*args, **kwargs), 2
            ),
            "the sign of phi is dropped: with a smaller budget the network shrinks, and phi is negative": (
                lambda *args, **kwargs: abs(scale_to_budget(*args, **kwargs))
            ),
            "a budget below the cost gives 0. phi may be negative: the network shrinks": (
                lambda *args, **kwargs: max(0.0, scale_to_budget(*args, **kwargs))
            ),
            "two logarithms of different kinds are divided: np.log and np.log10, for instance": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    math.log10(budget / flops) / math.log(alpha * beta**2 * gamma**2)
                )
            ),
            "the logarithm (np.log10) of the ratio is not divided by that of one step's cost": (
                lambda flops, budget, *args, **kwargs: math.log10(budget / flops)
            ),
            "the divisor has no brackets: / alpha * beta**2 * gamma**2 divides by alpha alone, and its logarithm is "
            "missing": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    math.log(budget / flops) / alpha * beta**2 * gamma**2
                )
            ),
            "the divisor has no brackets: the first logarithm alone divides, and the other two are added": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    math.log(budget / flops) / math.log(alpha) + math.log(beta**2) + math.log(gamma**2)
                )
            ),
            "the logarithms of beta and gamma are squared. Square first: the logarithm of beta**2 is twice that of beta": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    math.log(budget / flops) / (math.log(alpha) + math.log(beta) ** 2 + math.log(gamma) ** 2)
                )
            ),
            "beta and gamma are doubled where they should be squared: beta**2, not beta * 2": with_base(
                lambda alpha, beta, gamma: alpha * beta * 2 * gamma * 2
            ),
            "the logarithm is that of a difference. The logarithms have one: log(budget) - log(flops)": log_of_difference,
            "the three factors come back. phi itself is asked for": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(
                    scale_to_budget(flops, budget, alpha, beta, gamma), alpha, beta, gamma
                )
            ),
            "the cost after scaling comes back, which is the budget. phi itself is asked for": (
                lambda flops, budget, *args, **kwargs: budget
            ),
            "the logarithm below is of another kind: np.log10 needs np.log10 above as well": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    math.log(budget / flops) / math.log10(alpha * beta**2 * gamma**2)
                )
            ),
            "the logarithms of budget and flops are divided. Their difference is the logarithm of the ratio": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    math.log(budget) / math.log(flops) / math.log(alpha * beta**2 * gamma**2)
                )
            ),
            "the ratio is rounded down: budget / flops and not budget // flops": rounded_ratio,
            "the two logarithms are multiplied. Divide by that of one step's cost": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    math.log(budget / flops) * math.log(alpha * beta**2 * gamma**2)
                )
            ),
            "one step's cost is divided inside the logarithm, which takes off one step. Divide two logarithms": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: math.log(
                    budget / flops / (alpha * beta**2 * gamma**2)
                )
            ),
        }
    ),
    hints=[
        "A network with depth, width and resolution 1 costs flops. What does it cost after one step? After two?",
        "One step multiplies the cost by alpha * beta**2 * gamma**2. How many such steps make budget / flops?",
        "If 'phi 0' passes and 'eight times' fails, look at the cost of one step. If the sign is wrong, the "
        "ratio is upside down.",
        "phi = log(budget / flops) / log(cost of one step), with the same kind of logarithm above and below.",
    ],
    idea="Round phi down to a whole step and the network stays within the budget, with something to spare.",
    try_next="Halve the budget of the next cell, 18.5e9 in place of 37e9: predict by how much phi falls before "
    "you run it.",
)
