"""Checks for pca_color_augmentation: AlexNet's shifts along the main axes of colour."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.plain import Other, plain
from workbook.slips import by_words, switched

COLOUR_TOLERANCE = 1e-3  # a covariance divided by N or by N - 1, N being some hundred pixels


def principal_colours(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (3,), smallest first, and eigenvectors, columns of (3, 3), of the covariance of (N, 3)."""
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False, bias=True))
    return values, vectors


def pca_color_augmentation(
    images: np.ndarray,
    sigma: float,
    seed: int,
    *,
    spread: str = "covariance",
    draw: str = "normal",
    size: str = "image",
    strength: Callable = lambda values: values,
    turn: Callable = lambda vectors: vectors,
    layout: str = "pixels",
    limits: tuple[float, float] = (0, 1),
    own_seed: int | None = None,
    combine: Callable = np.add,
) -> np.ndarray:
    """Shifts the colours of each picture along the principal axes (Krizhevsky et al. 2012, section 4.1)."""
    images = np.asarray(images, np.float64)
    m, n_H, n_W, _ = images.shape
    pixels = images.reshape(-1, 3) if layout == "pixels" else images.reshape(3, -1).T
    values, vectors = _axes(pixels, spread)
    shape = {"image": (m, 3), "all": (1, 3), "number": (m, 1), "pixel": (m, n_H, n_W, 3), "turned": (3, m)}[
        size
    ]
    rng = np.random.default_rng(seed if own_seed is None else own_seed)
    alpha = rng.normal(0, sigma, shape) if draw == "normal" else rng.uniform(-sigma, sigma, shape)
    alpha = alpha.T if size == "turned" else alpha
    shift = (alpha * strength(values)) @ turn(vectors).T
    shift = shift if size == "pixel" else shift[:, None, None]
    return np.clip(combine(images, shift), *limits)


def _axes(pixels: np.ndarray, spread: str) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors of another matrix than the covariance, by its name."""
    kinds = {
        "covariance": lambda: np.cov(pixels, rowvar=False, bias=True),
        "not centred": lambda: pixels.T @ pixels / len(pixels),
        "sum": lambda: np.cov(pixels, rowvar=False, bias=True) * len(pixels),
        "correlation": lambda: np.corrcoef(pixels, rowvar=False),
    }
    return np.linalg.eigh(kinds[spread]())


def each_by_itself(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    """The covariance of every picture, in place of that of all."""
    alpha = np.random.default_rng(seed).normal(0, sigma, (len(images), 3))
    shifted = []
    for image, a in zip(np.asarray(images, np.float64), alpha, strict=True):
        values, vectors = principal_colours(image.reshape(-1, 3))
        shifted.append(image + vectors @ (a * values))
    return np.clip(shifted, 0, 1)


def first_image_only(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    """The covariance of the first picture, in place of that of all."""
    values, vectors = principal_colours(np.asarray(images[0], np.float64).reshape(-1, 3))
    alpha = np.random.default_rng(seed).normal(0, sigma, (len(images), 3))
    return np.clip(images + ((alpha * values) @ vectors.T)[:, None, None], 0, 1)


def look_at_colours(function: Callable, images: np.ndarray, sigma: float, seed: int) -> Any:
    """What comes back; where only the order or the signs of the axes differ, what the reference gives.

    An eigenvector's sign says nothing, and each library has an order of its own.
    """
    given, images = images, images.copy()  # which the function may change in place
    result = plain(function(given, sigma, seed))
    if not isinstance(result, np.ndarray) or result.shape != images.shape or result.dtype.kind not in "fiu":
        return result
    m = len(images)
    values, vectors = principal_colours(np.reshape(images, (-1, 3)))
    alpha = np.random.default_rng(seed).normal(0, sigma, (m, 3))
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1, -1), repeat=3):
            shift = (alpha[:, order] * signs * values) @ vectors.T
            expected = np.clip(images + shift[:, None, None], 0, 1)
            if np.allclose(result, expected, rtol=COLOUR_TOLERANCE, atol=COLOUR_TOLERANCE):
                return pca_color_augmentation(images, sigma, seed)
            if np.allclose(result / 255, expected, rtol=COLOUR_TOLERANCE, atol=COLOUR_TOLERANCE):
                return 255 * pca_color_augmentation(images, sigma, seed)
    again = plain(function(images.copy(), sigma, seed))
    if isinstance(again, np.ndarray) and again.shape == result.shape and not np.allclose(again, result):
        return Other("random", "other numbers in each call: give seed to the random generator")
    return result


def pictures_of_one_place(
    rng: np.random.Generator, m: int, n_H: int, n_W: int, low: float = 0.3, high: float = 0.7
) -> np.ndarray:
    """Pictures (m, n_H, n_W, 3) from 0 to 1 whose colours vary together, each around a colour of its own."""
    own = rng.uniform(low, high, (m, 1, 1, 3))
    light = rng.normal(0, 0.12, (m, n_H, n_W, 1)) * np.array([1.0, 0.8, 0.5])
    warmth = rng.normal(0, 0.05, (m, n_H, n_W, 1)) * np.array([1.0, 0.1, -1.0])
    return np.clip(own + light + warmth + rng.normal(0, 0.01, (m, n_H, n_W, 3)), 0.02, 0.98)


def by_the_old_generator(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    """The numbers of NumPy's older generator."""
    values, vectors = principal_colours(np.reshape(images, (-1, 3)))
    alpha = np.random.RandomState(seed).normal(0, sigma, (len(images), 3))
    return np.clip(images + ((alpha * values) @ vectors.T)[:, None, None], 0, 1)


def strong_everywhere(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    return pca_color_augmentation(images, 0.1, seed)


def shifts_alone(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    shift = pca_color_augmentation(images, sigma, seed, limits=(-np.inf, np.inf)) - images
    return shift[:, 0, 0]


def centred(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    """The pictures less their mean colour, and never the other way round."""
    shifted = pca_color_augmentation(images, sigma, seed, limits=(-np.inf, np.inf))
    return np.clip(shifted - images.mean(axis=(0, 1, 2)), 0, 1)


def sigma_as_the_mean(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    values, vectors = principal_colours(np.reshape(images, (-1, 3)))
    alpha = np.random.default_rng(seed).normal(sigma, size=(len(images), 3))
    return np.clip(images + ((alpha * values) @ vectors.T)[:, None, None], 0, 1)


def stretched(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    shifted = pca_color_augmentation(images, sigma, seed, limits=(-np.inf, np.inf))
    return (shifted - shifted.min()) / np.ptp(shifted)


def singular_values(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    pixels = images.reshape(-1, 3)
    _, s, vt = np.linalg.svd(pixels - pixels.mean(axis=0), full_matrices=False)
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3))
    return np.clip(images + ((alpha * s) @ vt)[:, None, None], 0, 1)


colours = Exercise(
    name="pca_color_augmentation",
    points=14,
    difficulty=3,
    minutes=25,
    cases=lambda rng: [
        # small ones: whoever forgets rowvar=False takes the eigenvectors of a matrix as wide as there are pixels
        case("four pictures", pictures_of_one_place(rng, 4, 10, 14), 1.0, int(rng.integers(1, 99))).weighing(
            2
        ),
        case("another seed, a weaker sigma", pictures_of_one_place(rng, 3, 16, 12), 0.4, 1234),
        case("sigma 0: nothing changes", pictures_of_one_place(rng, 2, 15, 16), 0.0, 7),
        case("bright pictures: cut off at 1", pictures_of_one_place(rng, 5, 10, 12, 0.75, 0.95), 2.0, 8),
        case("dark pictures: cut off at 0", pictures_of_one_place(rng, 5, 12, 10, 0.05, 0.25), 2.0, 9),
        case("a single picture", pictures_of_one_place(rng, 1, 22, 20), 1.5, int(rng.integers(1, 99))),
    ],
    observe=look_at_colours,
    reference=pca_color_augmentation,
    tolerance=COLOUR_TOLERANCE,
    mistakes=[
        *switched(
            pca_color_augmentation,
            {
                "alpha is not multiplied by the eigenvalues: every axis is shifted as much": {
                    "strength": np.ones_like
                },
                "alpha itself is added. It is multiplied by the eigenvalues, and goes along the axes that the eigenvectors "
                "point out": {"strength": np.ones_like, "turn": lambda vectors: np.eye(3)},
                "nothing is shifted, or next to nothing: are the pictures divided by 255, which go from 0 to 1 already?": {
                    "strength": lambda values: values / 255**2
                },
                "the eigenvectors are not used: the shifts go along the axes that the eigenvectors point out, not along red, "
                "green and blue": {"turn": lambda vectors: np.eye(3)},
                "the shift is cut off at 0 and 1. It is the shifted picture whose values should stay in that range": {
                    "limits": (-np.inf, np.inf),
                    "combine": lambda images, shift: images + np.clip(shift, 0, 1),
                },
                "alpha is multiplied by the square roots of the eigenvalues. Here it is the eigenvalues "
                "themselves": {"strength": np.sqrt},
                "the eigenvectors are transposed. They are the columns of what eigh gives": {
                    "turn": np.transpose
                },
                "one alpha is drawn for all pictures. Each needs three numbers of its own": {"size": "all"},
                "a new alpha is drawn for every pixel, which is noise. One for each picture": {
                    "size": "pixel"
                },
                "one number is drawn for each picture. It is three, one for each axis": {"size": "number"},
                "alpha is drawn in shape (3, m) and turned round, which puts its numbers in other places. Draw (m, 3)": {
                    "size": "turned"
                },
                "alpha is drawn evenly and not from a normal distribution": {"draw": "uniform"},
                "values leave the range from 0 to 1: cut them off (np.clip)": {"limits": (-np.inf, np.inf)},
                "values above 1 are left as they are, or cut off at 255. These pictures go from 0 to 1": {
                    "limits": (0, 255)
                },
                "the argument seed is ignored: it is always 0": {"own_seed": 0},
                "the argument seed is ignored: it is always 1": {"own_seed": 1},
                "the mean colour is not subtracted before the products are taken: that is no covariance": {
                    "spread": "not centred"
                },
                "the covariance is a sum over pixels and not a mean: divide by their number": {
                    "spread": "sum"
                },
                "the correlation is taken (np.corrcoef). Here it is the covariance": {
                    "spread": "correlation"
                },
                "reshape(3, -1) mixes the channels. Pixels in rows are reshape(-1, 3)": {
                    "layout": "channels"
                },
                "eigenvalues and eigenvectors are sorted differently: the largest value goes with the axis of "
                "the smallest": {"strength": lambda values: values[::-1]},
                "the shift is a factor. It is added": {"combine": lambda images, shift: images * (1 + shift)},
            },
        ),
        *by_words(
            {
                "the covariance is each picture's own. Take it over the pixels of all pictures": each_by_itself,
                "the covariance is that of the first picture alone. Take all of them": first_image_only,
                "the argument sigma is ignored: it is always 0.1": strong_everywhere,
                "sigma is squared. It is a standard deviation, and normal() takes one": (
                    lambda images, sigma, seed: pca_color_augmentation(images, sigma**2, seed)
                ),
                "the numbers are those of np.random.seed(seed) and np.random.normal. They come from "
                "np.random.default_rng(seed)": by_the_old_generator,
                "the shifts alone come back, without the pictures. Add them to the pictures": shifts_alone,
                "the mean colour is subtracted from the pictures themselves. That is for the covariance alone": centred,
                "normal(sigma, size=...) takes sigma for the mean. The mean is 0: normal(0, sigma, size=...)": (
                    sigma_as_the_mean
                ),
                "the pictures are stretched to 0 to 1 by their smallest and largest value. Cut them off (np.clip)": (
                    stretched
                ),
                "the pictures come back with values from 0 to 255. Here they go from 0 to 1": (
                    lambda images, sigma, seed: 255 * pca_color_augmentation(images, sigma, seed)
                ),
                "the pictures are divided by 255, and come back nearly black. They go from 0 to 1 already": (
                    lambda images, sigma, seed: pca_color_augmentation(images / 255, sigma, seed)
                ),
                "singular values of the table of pixels stand for eigenvalues. Those are s**2 / N: take the SVD of the "
                "covariance, or eigh": singular_values,
                "sigma is taken for a variance. It is a standard deviation": (
                    lambda images, sigma, seed: pca_color_augmentation(images, np.sqrt(sigma), seed)
                ),
            }
        ),
    ],
    hints=[
        "Forget for a moment that these are pictures: they are a table with one row for each pixel and three "
        "columns. What is the covariance of its columns?",
        "np.linalg.eigh of the 3x3 covariance gives the eigenvalues, and the eigenvectors as columns. Draw alpha "
        "for all pictures in one go, in shape (m, 3).",
        "If 'a single picture' passes and 'four pictures' fails, the covariance is not that of all pictures or "
        "alpha is shared. If only the bright and dark ones fail, the values are not cut off. If two shapes do not fit, "
        "print that of the covariance: np.cov wants rowvar=False for pixels in rows.",
        "shift = (alpha * eigenvalues) @ eigenvectors.T has shape (m, 3); put two axes of length 1 in its middle, "
        "add, and np.clip.",
    ],
    idea="For pictures from 0 to 255 the eigenvalues are 65,025 times as large: the unit of sigma hides in them.",
    try_next="Show 255 * pca_color_augmentation(np.repeat(data.X_train[:1] / 255, 8, axis=0), sigma, seed=0) by "
    "transfer.show with sigma 1, 3 and 10: from which sigma on does the light look wrong to you?",
)
