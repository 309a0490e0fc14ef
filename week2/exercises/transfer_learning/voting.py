"""What multi_crop_predict and ensemble_predict share: classifiers whose answers are averaged."""

from typing import Any

import numpy as np

from workbook.models import known
from workbook.plain import plain


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.asarray(z, np.float64)))


WRONG_MEANS: dict[str, dict[str, Any]] = {
    "the logits are averaged and the sigmoid comes last. First the sigmoid, then the mean": {
        "mean": lambda z: sigmoid(z.mean(axis=0))
    },
    "the logits are averaged and there is no sigmoid: these are no probabilities": {
        "mean": lambda z: z.mean(axis=0)
    },
    "a softmax is taken of a single logit, and gives 1 for every picture. Take the sigmoid": {
        "mean": lambda z: np.ones(z.shape[1])
    },
    "the probabilities are added and not divided by their number": {"mean": lambda z: sigmoid(z).sum(axis=0)},
    "the median is taken and not the mean": {"mean": lambda z: np.median(sigmoid(z), axis=0)},
    "the largest probability is taken and not the mean": {"mean": lambda z: sigmoid(z).max(axis=0)},
    "the answers are yes or no (above 0.5). The probabilities themselves are asked for": {
        "mean": lambda z: (sigmoid(z).mean(axis=0) > 0.5).astype(float)
    },
    "the numbers are right, but their shape is (m, 1): take [:, 0] of it": {
        "mean": lambda z: sigmoid(z).mean(axis=0)[:, None]
    },
}
"""Slips that both know: z holds a row of logits for each that votes."""


def known_classifier(input_shape: tuple[int, ...], role: str = "classifier") -> Any:
    """A Keras model (m, n_H, n_W, 3) to one logit (m, 1) that looks at every pixel; in training mode another one."""
    import keras
    from keras import layers

    inputs = keras.Input(input_shape)
    x = layers.Dense(1)(layers.Flatten()(inputs))
    model = keras.Model(inputs, layers.BatchNormalization()(x))
    size = int(np.prod(input_shape))
    dense, norm = model.layers[-2:]
    dense.set_weights([4 * known((size, 1), role) / np.sqrt(size), known((1,), role)])
    norm.set_weights([np.ones(1), np.zeros(1), np.full(1, 0.4), np.full(1, 1.5)])
    return model


def logits(model: Any, X: np.ndarray, training: bool = False) -> np.ndarray:
    """What the model says, as an array (m,)."""
    return np.asarray(model(np.asarray(X, np.float32), training=training))[:, 0]


def probabilities(result: Any, right: np.ndarray) -> Any:
    """What came back as plain data; a column (m, 1) counts as (m,) as long as its numbers are not the right ones,
    so that they are spoken of first."""
    result = plain(result)
    is_column = isinstance(result, np.ndarray) and result.shape == (len(right), 1)
    is_right = is_column and np.allclose(result[:, 0], right, rtol=1e-4, atol=1e-4)
    return result[:, 0] if is_column and not is_right else result


def noise(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.normal(size=shape).astype(np.float32)
