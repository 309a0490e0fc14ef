"""Checks for same_padding: the border that keeps the size."""

from workbook import Exercise, case
from workbook.slips import by_slip

SAME = {
    "both sides": lambda f: f - 1,
    "halved": lambda f: f / 2,
    "rounded up": lambda f: (f + 1) // 2,
    "unbracketed": lambda f: f - 1 // 2,
    "unbracketed /": lambda f: f - 1 / 2,
    "minus 2": lambda f: f - 2,
    "one too few": lambda f: f // 2 - 1,
    "always 1": lambda f: 1,
    "always 0": lambda f: 0,
    "negative": lambda f: (1 - f) // 2,
    "a pair": lambda f: ((f - 1) // 2, (f - 1) // 2),
}
BRACKETS = "f - 1 stands without brackets: the division comes first then, so write (f - 1) and divide that"
SAME_SLIPS = {
    "both sides": "p counts the zeros of both sides together: it should be those of one side, half as many",
    "halved": "f is halved as it is: take 1 off first, for the middle of the window needs no padding",
    "rounded up": "f / 2 is rounded up: round it down, for the middle of the window needs no padding",
    "unbracketed": BRACKETS,
    "unbracketed /": BRACKETS,
    "minus 2": "p is f - 2, which is right for f = 3 only: at f = 5 the window sticks out by 2",
    "one too few": "p is one too small: the middle of the window should reach the corner pixel",
    "always 1": "p is 1, whatever f is: a larger window sticks out further",
    "always 0": "p is 0, so nothing is padded and the picture shrinks",
    "negative": "the sign is wrong: solve n + 2 * p - f + 1 = n for p once more",
    "a pair": "a pair comes back, one number for each side: one number is enough, the sides are alike",
}

same_padding = Exercise(
    name="same_padding",
    points=5,
    difficulty=1,
    minutes=5,
    cases=lambda rng: [
        case("the 3 x 3 window of the text", 3),
        case("a window of one pixel needs none", 1),
        case("a window of 5 x 5", 5),
        case("a large window", 2 * int(rng.integers(5, 20)) + 1),
    ],
    reference=lambda f: f // 2,
    mistakes=by_slip(SAME.get, SAME_SLIPS),
    hints=[
        "Lay the middle of a 5 x 5 window on the corner pixel. How many of its columns are outside?",
        "The output has n + 2p - f + 1 pixels. Write down that this is n, and solve for p.",
        "If f = 3 passes and f = 5 fails, the number fits one window only. If f = 1 fails alone or you see "
        "halves, the 1 is missing, or its brackets.",
        "n + 2p - f + 1 = n gives 2p = f - 1. Divide with //, and with brackets around f - 1.",
    ],
    idea="Odd windows have a middle, so the border is as wide on the left as on the right. Even ones do not.",
    try_next="Print same_padding(f) for f = 2, 4 and 6, put each into n + 2 * p - f + 1 with n = 10, and see by "
    "how much an even window misses 10.",
)
