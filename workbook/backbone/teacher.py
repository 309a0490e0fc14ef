"""A teacher made of code: how edges and colours lie beside each other, at every place and in a whole picture.

Before convolutional networks this was the best way to tell pictures apart. A network that learns to say it
learns from any picture, without labels, and at every depth: early layers are asked for edges, later ones for
what edges make up. Sources: Lowe, 2004, IJCV (SIFT); Perronnin et al., 2010, ECCV (Fisher vectors); Lee et
al., 2015, arXiv:1409.5185 (early layers supervised too); Wei et al., 2022, arXiv:2112.09133 (features made by
hand as the goal of training).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

BINS = 8  # directions of an edge
CELL = 4  # pixels along a side of a cell
STEP = 8  # pixels between two descriptors; each sees 4 x 4 cells
KEPT = 32  # main directions of a descriptor
WORDS = 16  # kinds of descriptors


def _pooled(grid: np.ndarray, weights: tuple[float, ...], stride: int) -> np.ndarray:
    """(m, k, k, c) -> (m, k / stride, k / stride, c): weighted sums over windows centred on the cells."""
    before = (len(weights) - stride) // 2
    after = len(weights) - stride - before
    for axis in (1, 2):
        pads = [(0, 0)] * grid.ndim
        pads[axis] = (before, after)
        p = np.moveaxis(np.pad(grid, pads, mode="edge"), axis, 0)
        count = grid.shape[axis] // stride
        total = sum(w * p[i : i + stride * (count - 1) + 1 : stride] for i, w in enumerate(weights))
        grid = np.moveaxis(np.asarray(total), 0, axis)
    return grid


def edges(X: np.ndarray) -> np.ndarray:
    """(m, n/4, n/4, 8) how strong edges of each direction are in each cell. X: (m, n, n, 3) in [-1, 1]."""
    grey = X.mean(axis=-1)
    down, across = np.zeros_like(grey), np.zeros_like(grey)
    down[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    across[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
    strength = np.hypot(down, across)
    angle = np.arctan2(down, across) * (BINS / (2 * np.pi)) % BINS
    lower = np.floor(angle)
    beyond, lower = strength * (angle - lower), lower.astype(np.int8) % BINS
    m, half = len(X), X.shape[1] // 2
    pairs = np.empty((m, half, half, BINS), np.float32)
    for k in range(BINS):  # an edge counts for the two directions that it lies between
        found = np.where(lower == k, strength - beyond, 0) + np.where(lower == (k - 1) % BINS, beyond, 0)
        pairs[..., k] = found.reshape(m, half, 2, half, 2).sum(axis=(2, 4))
    return _pooled(pairs, (0.25, 0.75, 0.75, 0.25), 2)  # cells overlap


def colours(X: np.ndarray) -> np.ndarray:
    """(m, n/4, n/4, 6) the mean of three mixtures of colours in each cell, and of their squares.

    They are light, purple against green, and red against blue.
    """
    mixtures = np.array([[1 / 3, 1 / 3, 1 / 3], [1 / 2, -1 / 2, 1 / 2], [1 / 4, 0, -1 / 2]], np.float32)
    turned = X @ mixtures.T
    m, k = len(X), X.shape[1] // CELL
    both = np.concatenate([turned, turned**2], axis=-1)
    return both.reshape(m, k, CELL, k, CELL, 6).mean(axis=(2, 4))


def descriptors(cells: np.ndarray, shades: np.ndarray) -> np.ndarray:
    """(m, n/8, n/8, 134) SIFT descriptors, with mean and deviation of the colours around."""
    p = np.pad(cells, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    k = cells.shape[1] // 2
    D = np.concatenate(
        [p[:, i : i + 2 * k : 2, j : j + 2 * k : 2] for i in range(4) for j in range(4)], axis=-1
    )
    D = np.minimum(D / (np.linalg.norm(D, axis=-1, keepdims=True) + 0.3), 0.25)
    D /= np.linalg.norm(D, axis=-1, keepdims=True) + 0.01
    around = _pooled(shades, (0.25, 0.25, 0.25, 0.25), 2)
    deviation = np.sqrt(np.maximum(around[..., 3:] - around[..., :3] ** 2, 0))
    return np.concatenate([D, around[..., :3], deviation], axis=-1)


class Mixture(NamedTuple):
    """Gaussians with diagonal covariance: the words that descriptors are told by."""

    share: np.ndarray  # (words,)
    mean: np.ndarray  # (words, d)
    variance: np.ndarray  # (words, d)

    def belongs(self, Z: np.ndarray) -> np.ndarray:
        """(..., words) how likely each descriptor belongs to each word. Z: (..., d)."""
        precision = 1 / self.variance
        constant = np.log(self.share) - 0.5 * (self.mean**2 * precision - np.log(precision)).sum(axis=1)
        log = constant + Z @ (self.mean * precision).T - 0.5 * (Z**2) @ precision.T
        q = np.exp(log - log.max(axis=-1, keepdims=True))
        return q / q.sum(axis=-1, keepdims=True)


def mixture(Z: np.ndarray, words: int, rng: np.random.Generator, rounds: int = 10) -> Mixture:
    """Fitted to Z, (m, d) with variance about 1, by expectation and maximization."""
    fit = Mixture(np.ones(words) / words, Z[rng.permutation(len(Z))[:words]], np.ones((words, Z.shape[1])))
    for _ in range(rounds):
        q = fit.belongs(Z)
        n = q.sum(axis=0)[:, None] + 1e-9
        mean = q.T @ Z / n
        fit = Mixture(n[:, 0] / n.sum(), mean, np.maximum(q.T @ Z**2 / n - mean**2, 0.02))
    return Mixture(*(part.astype(np.float32) for part in fit))


class Directions:
    """The main directions of some vectors, scaled together so that a vector's squares sum to 1 on average.

    Directions that vary little count for more than their variance, but not for as much as the first ones.
    """

    def __init__(self, F: np.ndarray, count: int) -> None:
        values, vectors = np.linalg.eigh(np.cov(F.T.astype(np.float64)))
        values = np.maximum(values[::-1][:count], 1e-9)
        self.mean = F.mean(axis=0).astype(np.float32)
        self.turn = (vectors[:, ::-1][:, :count] / values**0.25 / np.sqrt(np.sqrt(values).sum())).astype(
            np.float32
        )

    def __call__(self, F: np.ndarray) -> np.ndarray:
        return (F - self.mean) @ self.turn


SIZES = {  # how many numbers tell of a cell, of a descriptor's place, of 40 pixels, of 88, and of the whole
    "edge": BINS + 3,
    "corner": KEPT + 6,
    "place": 64,
    "part": 96,
    "sketch": 128,
}


class Teacher:
    """Tells what a picture is made of, at every place and as a whole."""

    def __init__(self, X: np.ndarray, seed: int = 0) -> None:
        """X: (m, n, n, 3) in [-1, 1], the pictures from which the words are made."""
        rng = np.random.default_rng(seed)
        cells, shades = edges(X), colours(X)
        self.edge = Directions(self._edges(cells, shades)[:, ::3, ::3].reshape(-1, BINS + 3), BINS + 3)
        D = descriptors(cells, shades)
        some = rng.permutation(D.reshape(-1, D.shape[-1]))[:30_000]
        self.whole = Directions(some[:, :-6], KEPT)
        self.colour = Directions(some[:, -6:], 6)
        Z = self._descriptors(some)
        self.spread = Z.std(axis=0)
        self.mixture = mixture(Z / self.spread, WORDS, rng)
        phi = self._phi(D)
        self.main = {
            name: Directions(self._normal(grid.reshape(-1, grid.shape[-1])), SIZES[name])
            for name, grid in self._grids(phi).items()
        }

    def _edges(self, cells: np.ndarray, shades: np.ndarray) -> np.ndarray:
        around = np.sqrt(_pooled((cells**2).sum(axis=-1, keepdims=True), (1 / 3, 1 / 3, 1 / 3), 1))
        return np.concatenate([cells / (around + 0.1), shades[..., :3]], axis=-1)

    def _descriptors(self, D: np.ndarray) -> np.ndarray:
        return np.concatenate([self.whole(D[..., :-6]), 0.7 * self.colour(D[..., -6:])], axis=-1)

    def _phi(self, D: np.ndarray) -> np.ndarray:
        """(m, k, k, 2 * words * d): how each descriptor differs from the words it belongs to."""
        Z = self._descriptors(D) / self.spread
        share, mean, variance = self.mixture
        q = self.mixture.belongs(Z)[..., None]
        away = (Z[..., None, :] - mean) / np.sqrt(variance)
        first, second = q * away, q * (away**2 - 1)
        root = np.sqrt(share)[:, None]
        phi = np.concatenate([first / root, second / (root * np.sqrt(np.float32(2)))], axis=-1)
        return phi.reshape(*D.shape[:3], -1)

    @staticmethod
    def _grids(phi: np.ndarray) -> dict[str, np.ndarray]:
        quarter = (0.25,) * 4
        place = _pooled(phi, quarter, 2)
        part = _pooled(place, quarter, 2)
        return {"place": place, "part": part, "sketch": phi.mean(axis=(1, 2))}

    @staticmethod
    def _normal(F: np.ndarray) -> np.ndarray:
        F = np.sign(F) * np.sqrt(np.abs(F))
        return F / (np.linalg.norm(F, axis=-1, keepdims=True) + 1e-9)

    def __call__(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """What the network has to say of X, (m, n, n, 3) in [-1, 1]: float32, by the names of its heads.

        "edge" (m, n/4, n/4, 11), "corner" (m, n/8, n/8, 38), "place" (m, n/16, n/16, 64),
        "part" (m, n/32, n/32, 96) and "sketch" (m, 128).
        """
        cells, shades = edges(X), colours(X)
        D = descriptors(cells, shades)
        told = {"edge": self.edge(self._edges(cells, shades)), "corner": self._descriptors(D)}
        grids = self._grids(self._phi(D))
        return told | {name: self.main[name](self._normal(grid)) for name, grid in grids.items()}
