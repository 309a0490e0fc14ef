"""Checks for alpaca_model: a head on a frozen base."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import known, parameters
from workbook.observing import standing_in
from workbook.plain import plain
from workbook.slips import by_words, switched

from .bases import data_augmenter, known_augmentation, stand_in_bases


def alpaca_model(
    image_shape: tuple[int, int],
    data_augmentation: Any,
    *,
    frozen: str = "base",
    base_training: bool | None = False,
    weights: str | None = "imagenet",
    include_top: bool = False,
    augment: str = "given",
    scaling: Callable = lambda x: x / 127.5 - 1.0,
    pooling: str = "mean",
    dropout: float = 0.2,
    dropout_last: bool = False,
    outputs: int = 1,
    activation: str | None = None,
) -> Any:
    """A frozen MobileNetV2, mean pooling, dropout and one logit. (Sandler et al. 2018)"""
    import keras
    from keras import layers

    shape = (*image_shape, 3)
    base = keras.applications.MobileNetV2(input_shape=shape, include_top=include_top, weights=weights)
    base.trainable = frozen != "base"
    inputs = keras.Input(shape)
    x = data_augmenter()(inputs) if augment == "own" else inputs
    x = data_augmentation(x) if augment == "given" else x
    x = data_augmentation(x, training=True) if augment == "always" else x
    x = data_augmentation(scaling(x)) if augment == "late" else scaling(x)
    x = base(x) if base_training is None else base(x, training=base_training)
    pools = {"mean": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D, "none": layers.Flatten}
    x = pools[pooling]()(x)
    x = x if dropout_last else layers.Dropout(dropout)(x)
    x = layers.Dense(outputs, activation=activation)(x)
    x = layers.Dropout(dropout)(x) if dropout_last else x
    model = keras.Model(inputs, x)
    model.trainable = frozen != "all"
    if frozen == "base":
        base.trainable = False
    return model


def striped_pictures(m: int, n_H: int, n_W: int) -> np.ndarray:
    """Pictures (m, n_H, n_W, 3) from 0 to 255, each with stripes of its own, brighter towards one corner."""
    rows, columns = np.mgrid[:n_H, :n_W].astype(np.float32)[..., None]
    k = np.arange(1, m + 1, dtype=np.float32).reshape(-1, 1, 1, 1)
    stripes = np.sin(k * columns / 4 + k * np.arange(3)) + np.cos(rows / (2 + k) + k)
    slope = columns / n_W - rows / n_H
    return np.clip(127.5 + 45 * stripes + 70 * slope, 0, 255).astype(np.float32)


def look_at_alpaca_model(function: Callable, image_shape: tuple[int, int]) -> Any:
    """What a network on a small base computes, in both modes, frozen and once the base trains as well."""
    import keras

    with standing_in(function, {"data_augmenter": data_augmenter}), stand_in_bases(function) as bases:
        model = function(image_shape, known_augmentation())
    if not isinstance(model, keras.Model):
        return plain(model)
    shape = list(getattr(model, "input_shape", (None, *image_shape, 3)))[1:]
    seen: dict[str, Any] = {"a picture that goes in": shape}
    if shape != [*image_shape, 3] and None not in shape:
        return seen
    X = striped_pictures(3, *image_shape)
    model(X, training=False)  # a model may be built only now
    head = head_of(model, bases)
    _set_head(head)
    outputs = np.asarray(model(X, training=False))
    seen |= {
        "output shape": list(outputs.shape)[1:],
        "parameters": parameters(model, biases=True),
        "in inference mode": outputs,
        "where no mode is given": np.asarray(model(X)),
    }
    before = _statistics(bases)
    extremes = _extremes(model, X, head)
    return seen | {
        "in training mode, of 100 copies each the smallest and the largest output": extremes,
        "in training mode the statistics of the batch norms move": _moved(before, bases),
        **_thawed(model, bases, X, head),
    }


def _thawed(model: Any, bases: list[Any], X: np.ndarray, head: list[Any]) -> dict[str, Any]:
    """What the network does once its base trains, as for fine-tuning."""
    import tensorflow as tf

    for base in bases:
        base.trainable = False  # where it is True, and each layer frozen, True alone would do nothing
        base.trainable = True
    _set_head(head)
    with tf.GradientTape() as tape:
        outputs = model(X)
    weights = [variable.value for base in bases for variable in base.trainable_variables]
    gradients = tape.gradient(outputs, weights)
    return {
        "once the base trains: gradients reach it": all(gradient is not None for gradient in gradients),
        "once the base trains: where no mode is given": np.asarray(outputs),
    }


def _moved(before: list[np.ndarray], bases: list[Any]) -> bool:
    return any(not np.array_equal(old, new) for old, new in zip(before, _statistics(bases), strict=True))


def _statistics(bases: list[Any]) -> list[np.ndarray]:
    """Copies of the moving statistics of all batch norms."""
    return [
        np.array(variable.value) for base in bases for variable in base.variables if "moving" in variable.path
    ]


def head_of(model: Any, bases: list[Any]) -> list[Any]:
    """The variables of a model that are not its base's."""
    known_ones = {id(variable) for base in bases for variable in base.variables}
    return [v for v in model.variables if id(v) not in known_ones and "seed" not in v.path]


def _set_head(head: list[Any], one: bool = False) -> None:
    """Known weights for a head: by the number of its weights, so that a 1x1 convolution will do as well.

    one  True: the kernel passes on one number of those that come in, and nothing else
    """
    for variable in head:
        shape = tuple(variable.shape)
        values = known((int(np.prod(shape)),), "head") / 3
        if "bias" in variable.path.split("/")[-1]:
            values = np.full_like(values, 0.5 if one else -5)  # logits on either side of 0
        elif one:
            values = np.eye(1, len(values), 2, dtype=np.float32)[0]
        variable.assign(np.reshape(values, shape))


def _extremes(model: Any, X: np.ndarray, head: list[Any]) -> np.ndarray:
    """The smallest and the largest output of 100 copies of each of two pictures, in training mode: (2, 2, ...).

    The head passes on one number. So the smallest output is that where dropout has taken the number away, and the
    largest that where it was left, and magnified.
    """
    _set_head(head, one=True)
    outputs = np.asarray(model(np.repeat(X[:2], 100, axis=0), training=True))
    outputs = outputs.reshape(2, 100, -1)
    return np.stack([outputs.min(axis=(1, 2)), outputs.max(axis=(1, 2))], axis=1)


def always(side: int) -> Callable:
    """The network for pictures of one side, whatever is asked for."""

    def network(image_shape: tuple[int, int], data_augmentation: Any) -> Any:
        return alpaca_model((side, side), data_augmentation)

    return network


def swapped_sides(image_shape: tuple[int, int], data_augmentation: Any) -> Any:
    return alpaca_model(image_shape[::-1], data_augmentation)


network = Exercise(
    name="alpaca_model",
    points=16,
    difficulty=3,
    minutes=30,
    cases=[
        case("pictures of 24x32", (24, 32)).weighing(2),
        case("pictures of 40x28", (40, 28)),
    ],
    observe=look_at_alpaca_model,
    gives="a Keras model",
    reference=alpaca_model,
    tolerance=1e-3,
    time_limit=120,
    slow=True,
    mistakes=[
        *switched(
            alpaca_model,
            {
                "the base is not frozen: all of its weights train. Set base.trainable = False": {
                    "frozen": "nothing"
                },
                "the whole model is frozen, the head too: nothing trains": {"frozen": "all"},
                "data_augmentation is never called: the network sees the pictures as they are": {
                    "augment": "never"
                },
                "the augmentation works at all times, in use too: call it without training=True": {
                    "augment": "always"
                },
                "data_augmenter() is called in place of the argument data_augmentation": {"augment": "own"},
                "the pictures are scaled before they are augmented: data_augmentation goes first, and gets 0 to 255": {
                    "augment": "late"
                },
                "the pixels are not scaled: the base gets 0 to 255 and was trained on -1 to 1": {
                    "scaling": lambda x: x
                },
                "neither augmentation nor scaling reaches the base, which gets the pictures as they come in: each line takes "
                "what the line before it gave": {"augment": "never", "scaling": lambda x: x},
                "the pixels are scaled to 0 to 1. The base was trained on -1 to 1: x / 127.5 - 1": {
                    "scaling": lambda x: x / 255.0
                },
                "the pixels are scaled twice, and all end up near -1: preprocess_input wants 0 to 255": {
                    "scaling": lambda x: (x / 127.5 - 1.0) / 127.5 - 1.0
                },
                "preprocess_input is that of another network, such as ResNet50 or VGG16. MobileNetV2's gives -1 to 1": {
                    "scaling": lambda x: x[..., ::-1] - np.float32([103.939, 116.779, 123.68])
                },
                "the pixels are scaled to -0.5 to 0.5: x / 127.5 - 1, not x / 255 - 0.5": {
                    "scaling": lambda x: x / 255.0 - 0.5
                },
                "the base is called with training=True: once it trains, its batch norms take the statistics of "
                "the batch wherever no mode is given. Write training=False": {"base_training": True},
                "the weights of the base are random (weights=None): nothing is transferred": {
                    "weights": None
                },
                "the base still has its top, a thousand classes: include_top=False": {"include_top": True},
                "the output is a probability: there is a sigmoid. Here the logit itself is asked for": {
                    "activation": "sigmoid"
                },
                "there are two outputs. One logit is enough for yes or no": {"outputs": 2},
                "there are two outputs with a softmax. One logit is asked for: Dense(1)": {
                    "outputs": 2,
                    "activation": "softmax",
                },
                "there is a ReLU on the output. A logit may be negative": {"activation": "relu"},
                "the features are flattened. Take the mean of each channel: GlobalAveragePooling2D": {
                    "pooling": "none"
                },
                "the largest value of each channel is taken. Take the mean: GlobalAveragePooling2D": {
                    "pooling": "max"
                },
                "there is no dropout": {"dropout": 0.0},
                "the dropout is 0.5. Here it is 0.2": {"dropout": 0.5},
                "the dropout is 0.8: its number says what is dropped, not what is kept": {"dropout": 0.8},
                "the dropout stands after the dense layer, and drops answers. It belongs before": {
                    "dropout_last": True
                },
            },
        ),
        *by_words(
            {
                **{
                    f"the argument image_shape is ignored: it is always {side}x{side}": always(side)
                    for side in (96, 160)
                },
                "height and width are swapped": swapped_sides,
            }
        ),
    ],
    hints=[
        "Follow one picture: it is augmented, scaled, goes through the base, becomes one number for each channel, "
        "loses a fifth of them, becomes one logit. Which of these steps learn?",
        "Two switches that sound alike: base.trainable = False keeps the weights; base(x, training=False) runs the "
        "batch norms on the statistics that they came with. Write both.",
        "If the parameters are right and both modes are wrong, look at the scaling. If only training mode is wrong, "
        "look at augmentation and dropout. If only the rows 'where no mode is given' are wrong, training=True is "
        "written somewhere.",
        "x = data_augmentation(inputs); x = preprocess_input(x); x = base(x, training=False); then "
        "GlobalAveragePooling2D(), Dropout(0.2) and Dense(1), and keras.Model(inputs, x).",
    ],
    idea="Scaling and augmentation inside the model travel with it: whoever uses it cannot forget them.",
    try_next="Send one picture of 0 to 255 through your model, then the same divided by 255: how far apart are "
    "the two logits, and does anything warn you?",
)
