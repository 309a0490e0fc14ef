"""Layers of Keras models in one operation or two, without what Keras does around each.

A call of a layer costs Keras a millisecond: it binds arguments, looks for masks and losses, opens scopes,
and normalizes a batch in a dozen operations. On pictures of a few pixels that is nearly all the time that a
network of fifty layers takes. ``quick_layers`` puts one function of Keras's aside, the one that says how a
functional model calls a layer in its graph. Convolutions, depthwise ones too, batch normalizations, ReLUs
with and without a ceiling, additions, and joins of channels are then computed directly, with the same
results up to the rounding of float32, moving statistics included.

That is done only for a layer that is exactly what Keras made it (no subclass, no ``call`` of its own), works
in float32 with the channels last, and gets one plain tensor without a mask. All else goes Keras's own way:
other layers, other arguments, symbolic tensors, another version of Keras in which that function is not to be
found.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from workbook.quick_training import normalized


@contextlib.contextmanager
def quick_layers() -> Iterator[None]:
    """For a while functional models that are called compute their layers quickly."""
    from keras.src.models import functional

    usual = getattr(functional, "operation_fn", None)
    if usual is None:
        yield
        return

    def either(layer: Any, **context: Any) -> Callable:
        as_keras_does = usual(layer, **context)
        compute = _quick(layer, context)
        if compute is None:
            return as_keras_does

        def call(*args: Any, **kwargs: Any) -> Any:
            others = {name for name, value in kwargs.items() if value is not None} - {"training"}
            plain = len(args) == 1 and not others and _are_plain(args[0], layer)
            return compute(args[0]) if plain else as_keras_does(*args, **kwargs)

        return call

    functional.operation_fn = either
    try:
        yield
    finally:
        functional.operation_fn = usual


def _quick(layer: Any, context: dict[str, Any]) -> Callable | None:
    """How to compute a layer quickly; None where it is not just what Keras made it."""
    from keras import layers

    makers = {
        layers.Conv2D: _convolution,
        layers.DepthwiseConv2D: _depthwise_convolution,
        layers.BatchNormalization: _batch_normalization,
        layers.ReLU: _relu,
        layers.Activation: _activation,
        layers.Add: _add,
        layers.Concatenate: _join,
    }
    make = makers.get(type(layer))
    if make is None or context.keys() != {"training"} or context["training"] is None or "call" in vars(layer):
        return None
    usual = layer.built and layer.dtype_policy.name == "float32" and not layer.dtype_policy.quantization_mode
    return make(layer, bool(context["training"])) if usual else None


def _are_plain(inputs: Any, layer: Any) -> bool:
    """True for pictures (m, n_H, n_W, n_C) of float32 without a mask; for a list of them where the layer adds
    them up, all of one shape, or joins their channels."""
    import tensorflow as tf
    from keras import layers
    from keras.src.backend import get_keras_mask

    several = isinstance(inputs, list | tuple)
    if several != (type(layer) in (layers.Add, layers.Concatenate)):
        return False
    found = list(inputs) if several else [inputs]
    alike = -1 if type(layer) is layers.Concatenate else None  # there the channels may differ
    return all(
        tf.is_tensor(x)
        and hasattr(x, "numpy")  # no symbolic one
        and x.dtype == tf.float32
        and len(x.shape) == 4
        and x.shape[:alike] == found[0].shape[:alike]
        and get_keras_mask(x) is None
        for x in found
    )


def _convolution(layer: Any, training: bool) -> Callable | None:
    from tensorflow import raw_ops

    wanted = ("channels_last", 1, (1, 1), False)
    usual = (layer.data_format, layer.groups, layer.dilation_rate, layer.lora_enabled) == wanted
    return _sliding(raw_ops.Conv2D, layer) if usual else None


def _depthwise_convolution(layer: Any, training: bool) -> Callable | None:
    from tensorflow import raw_ops

    usual = (layer.data_format, layer.dilation_rate) == ("channels_last", (1, 1))
    one_stride = layer.strides[0] == layer.strides[1]  # the operation knows no other
    return _sliding(raw_ops.DepthwiseConv2dNative, layer) if usual and one_stride else None


def _sliding(operation: Callable, layer: Any) -> Callable:
    """A layer whose kernel slides over the picture by this operation, with its bias and activation."""
    from tensorflow import raw_ops

    kernel, bias = layer.kernel.value, layer.bias.value if layer.use_bias else None
    strides, padding = [1, *layer.strides, 1], layer.padding.upper()
    then = _quick_activation(layer.activation)

    def compute(x: Any) -> Any:
        x = operation(input=x, filter=kernel, strides=strides, padding=padding)
        return then(x if bias is None else raw_ops.BiasAdd(value=x, bias=bias))

    return compute


def _batch_normalization(layer: Any, training: bool) -> Callable | None:
    import tensorflow as tf
    from tensorflow import raw_ops

    if layer.axis not in (-1, 3) or layer.renorm or layer.synchronized:
        return None
    if training and layer.trainable:
        return lambda x: normalized(layer, x)
    mean, variance = layer.moving_mean.value, layer.moving_variance.value
    gamma = layer.gamma.value if layer.scale else tf.ones_like(mean)
    beta = layer.beta.value if layer.center else tf.zeros_like(mean)

    def compute(x: Any) -> Any:
        return raw_ops.FusedBatchNormV3(
            x=x,
            scale=gamma,
            offset=beta,
            mean=mean,
            variance=variance,
            epsilon=layer.epsilon,
            is_training=False,
        )[0]

    return compute


def _relu(layer: Any, training: bool) -> Callable | None:
    from tensorflow import raw_ops

    if layer.negative_slope or layer.threshold or layer.max_value not in (None, 6):
        return None
    relu = raw_ops.Relu if layer.max_value is None else raw_ops.Relu6
    return lambda x: relu(features=x)


def _activation(layer: Any, training: bool) -> Callable | None:
    import keras

    quick = (keras.activations.relu, keras.activations.relu6)
    return _quick_activation(layer.activation) if layer.activation in quick else None


def _quick_activation(function: Callable | None) -> Callable:
    """An activation function; those that come most often without detours."""
    import keras
    from tensorflow import raw_ops

    if function is None or function is keras.activations.linear:
        return lambda x: x
    quick = {keras.activations.relu: raw_ops.Relu, keras.activations.relu6: raw_ops.Relu6}
    found = next((operation for usual, operation in quick.items() if usual is function), None)
    return function if found is None else lambda x: found(features=x)


def _add(layer: Any, training: bool) -> Callable | None:
    from tensorflow import raw_ops

    return lambda inputs: raw_ops.AddN(inputs=list(inputs))


def _join(layer: Any, training: bool) -> Callable | None:
    from tensorflow import raw_ops

    if layer.axis not in (-1, 3):
        return None
    return lambda inputs: raw_ops.ConcatV2(values=list(inputs), axis=3)
