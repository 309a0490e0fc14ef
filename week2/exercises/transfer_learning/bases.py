"""A stand-in for a pretrained base, and an augmentation without chance."""

import contextlib
import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from workbook.models import set_known_weights
from workbook.observing import written

BASES = ("MobileNetV2", "load_backbone", "backbone")
"""Functions that give a pretrained base: Keras's own, the workbook's, and the lesson's."""


def small_base(
    input_shape: tuple[int, ...] | None = None,
    alpha: float = 1.0,
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    **also_ignored: Any,
) -> Any:
    """A small network with the arguments of Keras's MobileNetV2; other weights where none are asked for."""
    import keras
    from keras import layers

    def step(x: Any, layer: Any) -> Any:
        return layers.ReLU(6)(layers.BatchNormalization()(layer(x)))

    inputs = keras.Input(input_shape) if input_tensor is None else input_tensor
    x = step(inputs, layers.Conv2D(5, 3, strides=2, padding="same", use_bias=False))
    x = step(x, layers.DepthwiseConv2D(3, padding="same", use_bias=False))
    x = step(x, layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False))
    x = step(x, layers.Conv2D(8, 1, use_bias=False))
    pool = {"avg": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D}
    if include_top:
        pooled = layers.GlobalAveragePooling2D()(x)
        x = layers.Dense(classes, activation=classifier_activation)(pooled)
    elif pooling in pool:
        x = pool[pooling]()(x)
    model = keras.Model(inputs, x)
    set_lively_weights(model, pretrained=weights is not None)
    return model


def set_lively_weights(model: Any, pretrained: bool) -> None:
    """Known weights under which no channel is dead; others where the base is not a pretrained one."""
    set_known_weights(model)
    for variable in model.variables:
        role = variable.path.split("/")[-1]
        values = np.asarray(variable)
        if role == "gamma":
            variable.assign(4 * values)
        elif role == "beta":
            variable.assign(values + 1.5)
        elif not pretrained and role.endswith("kernel"):
            variable.assign(values[::-1] if values.shape[0] > 1 else -values)


@contextlib.contextmanager
def stand_in_bases(function: Callable) -> Iterator[list[Any]]:
    """For a while every function in ``BASES`` gives a small base; yields the list of those that it gave."""
    given: list[Any] = []

    def keras_base(*args: Any, **kwargs: Any) -> Any:
        given.append(small_base(*args, **kwargs))
        return given[-1]

    def bare_base(input_shape: tuple[int, ...] = (96, 96, 3), *args: Any, **kwargs: Any) -> Any:
        return keras_base(input_shape, include_top=False)

    def loaded_base(image_shape: tuple[int, ...] = (96, 96, 3), *args: Any, **kwargs: Any) -> Any:
        model = bare_base(image_shape)
        return SimpleNamespace(model=model, alpha=0.35, source="shipped", line="a small base")

    small = dict(zip(BASES, (keras_base, loaded_base, bare_base), strict=True))
    with contextlib.ExitStack() as stack:
        for holder in (*_holders(), getattr(written(function), "__globals__", {})):
            _replace(stack, holder, small)
        yield given


def _holders() -> Iterator[dict[str, Any]]:
    """The contents of every module that offers a pretrained base."""
    for name in ("keras.applications", "tensorflow.keras.applications"):
        importlib.import_module(f"{name}.mobilenet_v2")
    for name, module in list(sys.modules.items()):
        if ".applications" in name or name in ("workbook.weights", "transfer"):
            yield vars(module)


def _replace(stack: contextlib.ExitStack, holder: dict[str, Any], small: dict[str, Callable]) -> None:
    """Until the stack closes, the names of bases in ``holder`` are those of small ones."""
    for key, value in list(holder.items()):
        name, home = getattr(value, "__name__", None), getattr(value, "__module__", None) or ""
        if callable(value) and name in small and home.startswith(("keras.", "workbook.weights", "transfer")):
            holder[key] = small[name]
            stack.callback(holder.__setitem__, key, value)


BRIGHTER = 20
"""What the known augmentation adds to pictures of 0 to 255: far too much for scaled ones."""


@functools.cache
def flip_in_training() -> type:
    """A layer that mirrors pictures in training mode, by height and by width, always, and makes them brighter."""
    import keras
    from keras import layers

    @keras.saving.register_keras_serializable("workbook")
    class FlipInTraining(layers.Layer):
        def __init__(self, axes: tuple[int, ...], **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.axes = axes

        def call(self, x: Any, training: bool | None = False) -> Any:
            return keras.ops.flip(x, self.axes) + BRIGHTER if training else x

        def get_config(self) -> dict[str, Any]:
            return super().get_config() | {"axes": self.axes}

    return FlipInTraining


def known_augmentation(axes: tuple[int, ...] = (2,)) -> Any:
    """An augmentation without chance: mirrors every picture in training mode, from left to right, and adds to it."""
    import keras

    return keras.Sequential([flip_in_training()(axes)])


def data_augmenter() -> Any:
    """What a network finds by this name while it is looked at: it mirrors from top to bottom."""
    return known_augmentation((1,))
