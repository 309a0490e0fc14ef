"""Checks for conv_output_size: how many windows fit along one side."""

import math

from workbook import Exercise, case
from workbook.slips import by_slip

SIZES = {
    "ceil": lambda n, f, p, s: math.ceil((n + 2 * p - f) / s) + 1,
    "round": lambda n, f, p, s: math.floor((n + 2 * p - f) / s + 0.5) + 1,
    "not rounded": lambda n, f, p, s: (n + 2 * p - f) / s + 1,
    "no + 1": lambda n, f, p, s: (n + 2 * p - f) // s,
    "+ 1 inside": lambda n, f, p, s: (n + 2 * p - f + 1) // s,
    "p once": lambda n, f, p, s: (n + p - f) // s + 1,
    "no p": lambda n, f, p, s: (n - f) // s + 1,
    "minus p": lambda n, f, p, s: (n - 2 * p - f) // s + 1,
    "no f": lambda n, f, p, s: (n + 2 * p) // s + 1,
    "plus f": lambda n, f, p, s: (n + 2 * p + f) // s + 1,
    "no s": lambda n, f, p, s: n + 2 * p - f + 1,
    "unbracketed": lambda n, f, p, s: n + 2 * p - f // s + 1,
    "p and s exchanged": lambda n, f, p, s: (n + 2 * s - f) // max(p, 1) + 1,
    "2 + p": lambda n, f, p, s: (n + 2 + p - f) // s + 1,
    "by f": lambda n, f, p, s: (n + 2 * p - f) // f + 1,
    "minus s": lambda n, f, p, s: (n + 2 * p - s) // s + 1,
    "s for p": lambda n, f, p, s: (n + 2 * s - f) // s + 1,
    "f from the right": lambda n, f, p, s: (f - n - 2 * p) // s + 1,
    "no n": lambda n, f, p, s: (2 * p - f) // s + 1,
    "minus 1": lambda n, f, p, s: (n + 2 * p - f) // s - 1,
    "plus 2": lambda n, f, p, s: (n + 2 * p - f) // s + 2,
    "times s": lambda n, f, p, s: (n + 2 * p - f) * s + 1,
    "same": lambda n, f, p, s: math.ceil(n / s),
    "all": lambda n, f, p, s: ((n + 2 * p - f) // s + 1) ** 2,
    "rest": lambda n, f, p, s: (n + 2 * p - f) % s + 1,
    "range": lambda n, f, p, s: len(range(0, n + 2 * p - f, s)),
    "a pair": lambda n, f, p, s: ((n + 2 * p - f) // s + 1, (n + 2 * p - f) // s + 1),
}
SIZE_SLIPS = {
    "ceil": "the size is rounded up: a window that sticks out of the picture does not count",
    "round": "the size is rounded to the nearest number: round it down, a half window is no window",
    "not rounded": "the size is not rounded: there is no half window, so round down",
    "no + 1": "the + 1 is missing: the window's first position counts too, before any step",
    "+ 1 inside": "the + 1 is divided by s as well: it belongs after the division, once rounded down",
    "p once": "p is counted once: there is a border on both sides, so 2 * p",
    "no p": "p is ignored: the border makes the picture 2 * p pixels longer",
    "minus p": "2 * p is taken off: a border makes the picture longer, not shorter",
    "no f": "f is ignored: the window needs f pixels before it takes its first step",
    "plus f": "f is added: the window takes up f of the pixels, so it is taken off",
    "no s": "s is ignored: the window moves s pixels at each step",
    "unbracketed": "only f is divided by s: the whole of n + 2 * p - f is, so it needs brackets",
    "p and s exchanged": "p and s are exchanged: p is the border, s is the step",
    "2 + p": "2 and p are added: the border is there twice, 2 * p",
    "by f": "the rest is divided by f: it is divided by s, the step",
    "minus s": "s is taken off in place of f: the window covers f pixels before its first step",
    "s for p": "2 * s is added in place of 2 * p: s is the step, p is the border",
    "f from the right": "the signs are turned round: f is taken off n + 2 * p, not the other way",
    "no n": "n is ignored: the picture itself is n pixels long",
    "minus 1": "1 is taken off in place of added: the window's first position counts too",
    "plus 2": "2 is added in place of 1: only the window's first position comes on top of its steps",
    "times s": "the rest is multiplied by s: a longer step means fewer positions, so divide",
    "same": "the size is n / s rounded up, as padding='same' has it: here f and p count",
    "all": "the windows of the whole square are counted: those along one side are asked for",
    "rest": "the remainder (%) is taken: divide with //",
    "range": "range stops before its end: the last place of the window, n + 2 * p - f, counts too, so add 1 to the end",
    "a pair": "a pair comes back: one number is asked for, the size along one direction",
}

conv_output_size = Exercise(
    name="conv_output_size",
    points=5,
    difficulty=1,
    minutes=10,
    cases=lambda rng: [
        case("the example of the text", 7, 3, 1, 2),
        case("no border, one pixel at a time", 28, 5, 0, 1),
        case("a small remainder", 9, 4, 1, 3),
        case("a large remainder", 10, 3, 2, 4),
        case("the window fits once", 5, 9, 2, 2),
        case("a window of one pixel", int(rng.integers(20, 40)), 1, 0, 2),
        case("random sizes", int(rng.integers(50, 90)), int(rng.integers(2, 9)), 3, 5),
    ],
    reference=lambda n, f, p, s: len(range(0, n + 2 * p - f + 1, s)),
    mistakes=by_slip(SIZES.get, SIZE_SLIPS),
    hints=[
        "With its border the picture is n + 2p long. At first the window covers f of that. How far can it go?",
        "It can go n + 2p - f pixels, in steps of s. How many whole steps is that, and how many positions?",
        "If only cases with a remainder fail, look at the rounding, and that + 1 comes after it. If 'the "
        "window fits once' gives 0, the first position is not counted.",
        "(n + 2 * p - f) // s + 1: // rounds down by itself.",
    ],
    idea="Give it f = s = 2 and p = 0: n is halved. Two such layers after each other, and what is left of n?",
    try_next="Write (2, 1, 0) in place of (1, 0) in the next cell and predict, before you run it, how many "
    "pixels five layers with padding 2 leave.",
)
