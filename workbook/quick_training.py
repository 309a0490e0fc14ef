"""One step of training without what Keras does around it: the same numbers up to rounding, sooner.

Where a network is small and a training short, to lay out the graph of a step takes as long as a hundred
steps. Half of that goes into Adam: a dozen operations for every variable, where TensorFlow has one that
does it all. And a third of each step goes into batch norms, for which TensorFlow has one operation too.
Both are used here where they do the same; all else goes Keras's own way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any


@contextlib.contextmanager
def fused_norms() -> Iterator[None]:
    """For a while batch norms that train normalize feature maps in one operation.

    Only those of ``keras.layers.BatchNormalization`` itself, for float32 maps (m, n_H, n_W, n_C), over the
    last axis, without a mask.
    """
    from keras.layers import BatchNormalization

    usual = BatchNormalization.call

    def call(self: Any, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        if mask is None and training is True and self.trainable and _is_plain(self, inputs):
            return normalized(self, inputs)
        return usual(self, inputs, training=training, mask=mask)

    BatchNormalization.call = call
    try:
        yield
    finally:
        BatchNormalization.call = usual


def _is_plain(layer: Any, inputs: Any) -> bool:
    import tensorflow as tf
    from keras.layers import BatchNormalization

    return (
        type(layer) is BatchNormalization
        and tf.is_tensor(inputs)
        and inputs.dtype == tf.float32
        and len(inputs.shape) == 4
        and layer.axis in (-1, 3)
        and layer.dtype_policy.name == "float32"
        and not (layer.renorm or layer.synchronized)
    )


def normalized(layer: Any, inputs: Any) -> Any:
    """What the layer gives in training; its moving statistics move as Keras moves them."""
    import tensorflow as tf

    channels = inputs.shape[-1]
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=inputs,
        scale=layer.gamma.value if layer.scale else tf.ones(channels),
        offset=layer.beta.value if layer.center else tf.zeros(channels),
        mean=(),
        variance=(),
        epsilon=layer.epsilon,
        is_training=True,
    )
    count = tf.cast(tf.size(inputs) // channels, tf.float32)
    variance *= tf.maximum(count - 1, 1) / count  # the operation divides by count - 1, Keras by count
    for moving, now in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
        moving.assign(moving * layer.momentum + now * (1 - layer.momentum))
    return outputs


def apply(optimizer: Any, gradients: Sequence[Any], variables: Sequence[Any]) -> None:
    """``optimizer.apply(gradients)``, for a plain Adam with one operation for each variable.

    optimizer  built for these variables
    """
    import tensorflow as tf

    if not _is_adam(optimizer) or not all(
        tf.is_tensor(gradient) and gradient.dtype == tf.float32 and variable.constraint is None
        for gradient, variable in zip(gradients, variables, strict=True)
    ):
        optimizer.apply(gradients)
        return
    done = tf.cast(optimizer.iterations.value + 1, tf.float32)
    beta_1, beta_2 = (tf.constant(beta, tf.float32) for beta in (optimizer.beta_1, optimizer.beta_2))
    common = {
        "beta1_power": beta_1**done,
        "beta2_power": beta_2**done,
        "lr": tf.cast(optimizer.learning_rate, tf.float32),
        "beta1": beta_1,
        "beta2": beta_2,
        "epsilon": tf.constant(optimizer.epsilon, tf.float32),
    }
    slots = zip(variables, optimizer._momentums, optimizer._velocities, gradients, strict=True)
    for variable, momentum, velocity, gradient in slots:
        places = {"var": variable, "m": momentum, "v": velocity}
        handles = {name: place.value.handle for name, place in places.items()}
        tf.raw_ops.ResourceApplyAdam(**handles, **common, grad=gradient)
    optimizer.iterations.assign_add(1)


def _is_adam(optimizer: Any) -> bool:
    """True for Adam as Kingma & Ba (2015) have it, without what Keras can add."""
    import keras

    added = (
        "amsgrad",
        "weight_decay",
        "clipnorm",
        "clipvalue",
        "global_clipnorm",
        "use_ema",
        "loss_scale_factor",
        "gradient_accumulation_steps",
    )
    ready = all(hasattr(optimizer, name) for name in ("_momentums", "_velocities"))
    return (
        type(optimizer) is keras.optimizers.Adam
        and ready
        and not any(getattr(optimizer, name, None) for name in added)
    )
