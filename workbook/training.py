"""What trainings of all weeks share: a learning rate, one step, and batch norms that count again.

Importing this loads neither Keras nor TensorFlow. All but ``training_step`` is backend-neutral Keras 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def warm_up_cosine(peak: float, warm_up_steps: int, total_steps: int) -> Any:
    """A learning rate that climbs to peak in warm_up_steps, then falls to 0 along half a cosine.

    (Goyal et al. 2017, section 2.2; Loshchilov & Hutter 2017, eq. 5)
    """
    import keras

    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=peak / warm_up_steps,
        decay_steps=total_steps - warm_up_steps,
        warmup_target=peak,
        warmup_steps=warm_up_steps,
    )


def training_step(
    model: Any, optimizer: Any, loss: Callable | None = None, clip: float | None = None
) -> Callable:
    """A function of a batch x (m, ...) and its targets t that does one step.

    It gives back the loss and the model's outputs, both from before the step.

    optimizer  of Keras; a learning rate or a schedule stands for Adam with it
    loss       loss(t, outputs); where left out, the cross-entropy of probabilities and class numbers
    clip       the largest norm that all gradients together may have; None: any

    The same as model.fit does, and ready in a fraction of the time, which counts where trainings are short.
    """
    import keras
    import tensorflow as tf

    from workbook import quick_training

    if not isinstance(optimizer, keras.optimizers.Optimizer):
        optimizer = keras.optimizers.Adam(optimizer)
    optimizer.build(model.trainable_variables)
    loss = loss or keras.losses.SparseCategoricalCrossentropy()

    @tf.function(reduce_retracing=True)
    def step(x: Any, t: Any) -> tuple[Any, Any]:
        variables = model.trainable_variables
        with tf.GradientTape() as tape, quick_training.fused_norms():
            outputs = model(x, training=True)
            value = loss(t, outputs)
        gradients = tape.gradient(value, [variable.value for variable in variables])
        if clip is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, clip)
        quick_training.apply(optimizer, gradients, variables)
        return value, outputs

    return step


def batch_norms(model: Any) -> list:
    """The model's BatchNormalization layers, in order, those of models inside it too."""
    import keras

    return [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]


def set_momentum(model: Any, momentum: float) -> None:
    """Every batch norm then keeps this share of its moving statistics in a step. Do it before training."""
    for layer in batch_norms(model):
        layer.momentum = momentum


def recalibrate(model: Any, batches: Iterable) -> None:
    """Sets the moving statistics of every batch norm to plain means over batches of inputs.

    Only forward passes: no weight learns. With momentum k / (k + 1) in step k = 0, 1, ... the moving average
    is the plain mean of the batches so far. ("Precise BN": Wu & Johnson 2021, section 3)
    """
    norms = batch_norms(model)
    before = [layer.momentum for layer in norms]
    try:
        for k, batch in enumerate(batches):
            for layer in norms:
                layer.momentum = k / (k + 1)
            model(batch, training=True)
    finally:
        for layer, momentum in zip(norms, before, strict=True):
            layer.momentum = momentum
