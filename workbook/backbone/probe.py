"""How good features are: a linear probe, logistic regression on the pooled features of a frozen network.

Its only hyperparameter, the strength of the L2 penalty, is chosen inside each training part, by
cross-validation, in the same way for every network. So no network is favoured and no test picture is used.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

PENALTIES = 10.0 ** np.arange(-2, 5)
FOLDS = 4  # inside a training part
SPLITS = 10
TEST_PART = 0.2


class Score(NamedTuple):
    """The accuracy of a probe on held-out pictures, over splits (and inits) that were drawn anew."""

    mean: float
    spread: float  # standard deviation over the splits
    count: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} +- {self.spread:.3f} ({self.count} splits)"


def features(model, X: np.ndarray, batch: int = 64) -> np.ndarray:
    """(m, channels) float64: the network's last feature maps, averaged over all places."""
    from keras import ops

    pooled = []
    for start in range(0, len(X), batch):
        maps = model(X[start : start + batch].astype(np.float32) / 127.5 - 1, training=False)
        pooled.append(ops.convert_to_numpy(maps).mean(axis=(1, 2)))
    return np.concatenate(pooled).astype(np.float64)


def _whitened(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both parts with features standardized by the training part and turned onto its own directions."""
    mean, deviation = train.mean(0), train.std(0)
    keep = deviation > 1e-6 * max(deviation.max(), 1e-12)
    if not keep.any():
        return np.zeros((len(train), 1)), np.zeros((len(test), 1))
    train = (train[:, keep] - mean[keep]) / deviation[keep]
    test = (test[:, keep] - mean[keep]) / deviation[keep]
    _, _, directions = np.linalg.svd(train, full_matrices=False)
    return train @ directions.T, test @ directions.T


def fit(Z: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    """(features + 1,) weights and bias of the L2-penalized logistic regression. y: 0 or 1."""
    from scipy.optimize import minimize

    sign = 2.0 * y - 1

    def loss(w):
        margin = sign * (Z @ w[:-1] + w[-1])
        pull = -sign / (1 + np.exp(np.clip(margin, -500, 500)))
        value = np.logaddexp(0, -margin).sum() + 0.5 * penalty * w[:-1] @ w[:-1]
        return value, np.append(Z.T @ pull + penalty * w[:-1], pull.sum())

    return minimize(loss, np.zeros(Z.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x


def _accuracy(Z: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
    return float(((Z @ w[:-1] + w[-1] > 0) == y).mean())


def _parts(y: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """(m,) numbers 0 to k - 1: parts in which both classes have their share."""
    part = np.empty(len(y), int)
    for label in np.unique(y):
        which = rng.permutation(np.flatnonzero(y == label))
        part[which] = np.arange(len(which)) % k
    return part


def _best_penalty(F: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> float:
    part, right = _parts(y, FOLDS, rng), np.zeros(len(PENALTIES))
    for k in range(FOLDS):
        train, held = _whitened(F[part != k], F[part == k])
        right += [_accuracy(held, y[part == k], fit(train, y[part != k], penalty)) for penalty in PENALTIES]
    return float(PENALTIES[np.flatnonzero(right == right.max())[-1]])  # of equals the strongest


def probe_once(F_train, y_train, F_test, y_test, seed: int = 0) -> float:
    """Test accuracy of a probe that was fitted to the training part alone."""
    penalty = _best_penalty(F_train, y_train, np.random.default_rng([seed, 1]))
    train, test = _whitened(F_train, F_test)
    return _accuracy(test, y_test, fit(train, y_train, penalty))


def probe(F: np.ndarray, y: np.ndarray, splits: int = SPLITS, seed: int = 0) -> Score:
    """The probe's accuracy on the TEST_PART held out, over several random splits."""
    right = []
    for split in range(splits):
        part = _parts(y, round(1 / TEST_PART), np.random.default_rng([seed, split]))
        train, test = part != 0, part == 0
        right.append(probe_once(F[train], y[train], F[test], y[test], split))
    return Score(float(np.mean(right)), float(np.std(right)), splits)
