"""Checks for gram_matrix: which channels go together."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_words

from .observers import TOLERANCE, tensors


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
    "the first is not 5.",
)
