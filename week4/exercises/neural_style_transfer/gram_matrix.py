"""Checks for gram_matrix: which channels go together."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .observers import GRADIENT, TOLERANCE, counting, result, wide, with_numpy


def gram_with(slip: str) -> Callable:
    """gram_matrix, with one slip."""

    def gram_matrix(A: Any) -> Any:
        xp, A = counting(A), wide(A)
        n_C, places = A.shape
        if slip in ("centred", "covariance"):
            A = A - xp.mean(A, axis=1, keepdims=True)
        if slip == "unit":
            A = A / xp.sqrt(xp.sum(A**2, axis=1, keepdims=True))
        G = xp.matmul(A, xp.transpose(A))
        return {
            "places": lambda: xp.matmul(xp.transpose(A), A),
            "each number": lambda: A**2,
            "over places": lambda: G / places,
            "over channels": lambda: G / n_C,
            "over all": lambda: G / (n_C * places),
            "covariance": lambda: G / max(places - 1, 1),
            "diagonal": lambda: G * np.eye(n_C),
            "turned": lambda: xp.transpose(A),
        }.get(slip, lambda: G)()

    return gram_matrix


GRAM_SLIPS = {
    "places": "the transposed matrix comes first: A^T A compares places, A A^T compares channels",
    "each number": "A is multiplied with itself number by number (*): matmul is meant",
    "over places": "the products are averaged over the places: the Gram matrix is their sum",
    "over channels": "the products are divided by n_C. The fraction comes later, in the style cost",
    "over all": "the products are divided by all of n_C n_H n_W. The fraction comes later, in the style cost",
    "centred": "the mean of each channel is subtracted first: that is a covariance and no Gram matrix",
    "covariance": "the covariance of the channels is computed (np.cov)",
    "unit": "each channel is first divided by its length: that gives cosines",
    "diagonal": "only the diagonal is there: how often two different channels go together is lost",
    "turned": "A comes back turned over, without a product",
}


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
        case(GRADIENT, rng.normal(size=(3, 5)).astype(np.float32), to=[0]),
    ],
    observe=result,
    reference=gram_with(""),
    tolerance=TOLERANCE,
    mistakes=with_numpy(gram_with(""), by_slip(gram_with, GRAM_SLIPS)),
    hints=[
        "How large should the result be? One row and one column for each channel.",
        "Entry (i, j) is row i of A times row j of A, added up over all places: a matrix product.",
        "If the shape is wrong in all cases but the last, the two factors stand in the wrong order.",
        "tf.matmul(A, tf.transpose(A)), or tf.matmul(A, A, transpose_b=True).",
    ],
    idea="The sum runs over all places, and so the Gram matrix does not know where anything was.",
    try_next="Print np.linalg.matrix_rank(gram_matrix(A)) for an A of shape (5, 3) and one of shape (3, 5), and say why "
    "the first is not 5.",
)
