"""Checks for ensemble_predict: several networks that vote."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import switched

from .voting import WRONG_MEANS, known_classifier, logits, noise, probabilities, sigmoid


def ensemble_predict(
    models: list[Any],
    images: np.ndarray,
    *,
    mean: Callable = lambda z: sigmoid(z).mean(axis=0),
    training: bool = False,
    chosen: Callable = lambda models: models,
    prepare: Callable = lambda images: images,
) -> np.ndarray:
    """Mean probability over several networks."""
    return mean(np.stack([logits(model, prepare(images), training) for model in chosen(models)]))


def look_at_ensemble(function: Callable, images: np.ndarray, count: int) -> Any:
    models = [known_classifier(images.shape[1:], f"model {i}") for i in range(count)]
    result, right = function(models, images), ensemble_predict(models, images)
    return probabilities(
        result, right if count > 1 else np.full(len(images), np.nan)
    )  # of one, all means are right


def geometric(z: np.ndarray) -> np.ndarray:
    return np.exp(np.log(sigmoid(z)).mean(axis=0))


def halving(z: np.ndarray, of_the_first: bool = False) -> np.ndarray:
    """Half of what came before and half of the next answers, from nothing on or from the first network's."""
    mean = sigmoid(z[0]) * of_the_first
    for answers in sigmoid(z[int(of_the_first) :]):
        mean = (mean + answers) / 2
    return mean


HALVING = "each answer is averaged with what came before, so that the last network counts most. Add all, then divide"


ensemble = Exercise(
    name="ensemble_predict",
    points=6,
    difficulty=1,
    minutes=10,
    cases=lambda rng: [
        case("three networks, five pictures", noise(rng, 5, 6, 4, 3), 3).weighing(2),
        case("four networks, one picture", noise(rng, 1, 4, 6, 3), 4),
        case("one network", noise(rng, 3, 5, 5, 3), 1),
    ],
    observe=look_at_ensemble,
    reference=ensemble_predict,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            ensemble_predict,
            {
                **WRONG_MEANS,
                "the networks vote, each for yes or no. The mean of their probabilities is asked for": {
                    "mean": lambda z: (z > 0).mean(axis=0)
                },
                "only the first network is asked": {"chosen": lambda models: models[:1]},
                "only the last network is asked: the loop overwrites what the others said": {
                    "chosen": lambda models: models[-1:]
                },
                "the probabilities are multiplied": {"mean": lambda z: sigmoid(z).prod(axis=0)},
                "the geometric mean is taken: the mean of the logarithms. The plain mean is asked for": {
                    "mean": geometric
                },
                "the mean goes over the pictures. It goes over the networks": {
                    "mean": lambda z: sigmoid(z).mean(axis=1)
                },
                "all pictures get the same number, the mean over networks and pictures. The mean goes over the networks": {
                    "mean": lambda z: np.full(z.shape[1], sigmoid(z).mean())
                },
                "the mean goes over networks and pictures. Each picture gets a number of its own": {
                    "mean": lambda z: sigmoid(z).mean()
                },
                "the sigmoid is taken twice: the models give logits, and one sigmoid makes them probabilities": {
                    "mean": lambda z: sigmoid(sigmoid(z)).mean(axis=0)
                },
                "the networks are in training mode. Predict with training=False": {"training": True},
                "the last network is left out": {"chosen": lambda models: models[:-1] or models},
                HALVING: {"mean": halving},
                "the sum is divided by 2, as in the example, however many networks there are: len(models)": {
                    "mean": lambda z: sigmoid(z).sum(axis=0) / 2
                },
                "the pictures go through preprocess_input. The models take them as they are given": {
                    "prepare": lambda images: images / 127.5 - 1
                },
                "the sum is divided by 3, however many networks there are: len(models)": {
                    "mean": lambda z: sigmoid(z).sum(axis=0) / 3
                },
            },
        ),
        *switched(ensemble_predict, {HALVING: {"mean": lambda z: halving(z, of_the_first=True)}}),
    ],
    hints=[
        "Each network gives m logits. Put them under each other, networks along axis 0, pictures along axis 1. "
        "Over which axis goes the mean?",
        "First the sigmoid of each logit, then the mean: these two cannot be swapped.",
        "If 'one network' passes and the others fail, it is the mean. If it fails as well, it is the sigmoid.",
        "np.mean([sigmoid(model(images, training=False)) for model in models], axis=0), with a sigmoid from Keras, "
        "TensorFlow or your own hand.",
    ],
    idea="Networks that err on different pictures gain most.",
    try_next="Compare ensemble_predict([model] * 3, data.X_test[:8]) with ensemble_predict([model], "
    "data.X_test[:8]), and predict the difference first.",
)
