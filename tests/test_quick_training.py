"""A quick step of training does what Keras's own does: variables, moving statistics, Adam's moments."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from workbook import quick_training
from workbook.training import training_step, warm_up_cosine

X = np.random.default_rng(0).normal(1, 2, (6, 7, 9, 3)).astype("float32")
T = np.arange(6) % 4


class Doubled(layers.BatchNormalization):
    def call(self, inputs, training=None, mask=None):
        return 2 * super().call(inputs, training=training, mask=mask)


def frozen() -> layers.Layer:
    layer = layers.BatchNormalization()
    layer.trainable = False
    return layer


NORMS = {
    "usual": layers.BatchNormalization,
    "axis 3, other numbers": lambda: layers.BatchNormalization(axis=3, epsilon=0.1, momentum=0.3),
    "no scale": lambda: layers.BatchNormalization(scale=False),
    "no shift": lambda: layers.BatchNormalization(center=False),
    "another axis": lambda: layers.BatchNormalization(axis=1),
    "frozen": frozen,
    "a subclass": Doubled,
    "none": lambda: layers.Activation("linear"),
}
ADAMS = {
    "Adam": lambda: keras.optimizers.Adam(0.01),
    "other numbers": lambda: keras.optimizers.Adam(0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-3),
    "a schedule": lambda: keras.optimizers.Adam(warm_up_cosine(0.02, 2, 6)),
    "amsgrad": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "clipped": lambda: keras.optimizers.Adam(0.01, global_clipnorm=0.1),
    "decay": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1),
    "an average": lambda: keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.5),
    "SGD": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
}


def network(norm: Callable) -> keras.Model:
    """Without biases before batch norms: they change nothing, and Adam steps along the noise."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input(X.shape[1:])
    x = layers.ReLU()(norm()(layers.Conv2D(5, 3, strides=2, use_bias=False)(inputs)))
    x = layers.ReLU()(norm()(layers.SeparableConv2D(6, 3, padding="same", use_bias=False)(x)))
    x = layers.BatchNormalization()(layers.Flatten()(x))  # of vectors: Keras's own way
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(x))


def usual_step(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> Callable:
    optimizer.build(model.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy()

    @tf.function
    def step(x, t):
        with tf.GradientTape() as tape:
            outputs = model(x, training=True)
            value = loss(t, outputs)
        optimizer.apply(tape.gradient(value, model.trainable_variables))
        return value, outputs

    return step


def trained(make_step: Callable, norm: Callable, adam: Callable, steps: int = 4) -> list[list[np.ndarray]]:
    """After each step the loss, the outputs, and all variables of network and optimizer."""
    model, optimizer = network(norm), adam()
    step, after = make_step(model, optimizer), []
    for _ in range(steps):
        seen = step(X, T)
        after.append([np.asarray(v).copy() for v in (*seen, *model.variables, *optimizer.variables)])
    return after


def assert_alike(norm: Callable, adam: Callable) -> None:
    quick, usual = (trained(make, norm, adam) for make in (training_step, usual_step))
    for steps, pairs in enumerate(zip(quick, usual, strict=True), start=1):
        for one, two in zip(*pairs, strict=True):
            np.testing.assert_allclose(one, two, rtol=2e-3, atol=2e-5 * steps)


@pytest.mark.parametrize("norm", NORMS.values(), ids=NORMS)
def test_batch_norms_train_as_keras_trains_them(norm: Callable) -> None:
    assert_alike(norm, lambda: keras.optimizers.SGD(0.01))


@pytest.mark.parametrize("adam", ADAMS.values(), ids=ADAMS)
def test_optimizers_step_as_keras_has_them(adam: Callable) -> None:
    assert_alike(layers.BatchNormalization, adam)


def test_a_constraint_is_kept() -> None:
    def bounded():
        return layers.Conv2D(3, 1, kernel_constraint=keras.constraints.NonNeg())

    assert_alike(bounded, lambda: keras.optimizers.Adam(0.01))
    model = network(bounded)
    training_step(model, 0.01)(X, T)
    kernels = [v for v in model.trainable_variables if v.constraint is not None]
    assert len(kernels) == 2
    assert all(np.asarray(kernel).min() >= 0 for kernel in kernels)


def test_only_what_is_plain_takes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {name: quick_training._is_adam(_built(make())) for name, make in ADAMS.items()}
    assert {name for name, is_plain in kinds.items() if is_plain} == {"Adam", "other numbers", "a schedule"}
    seen, usual = [], quick_training.normalized
    monkeypatch.setattr(quick_training, "normalized", lambda *given: seen.append(given) or usual(*given))
    for name, norm in NORMS.items():
        training_step(network(norm), 0.01)(X, T)
        assert len(seen) == (2 if name in list(NORMS)[:4] else 0), name
        seen.clear()


def _built(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    optimizer.build(network(layers.BatchNormalization).trainable_variables)
    return optimizer


def test_batch_norms_are_keras_s_own_again_afterwards() -> None:
    usual = layers.BatchNormalization.call
    with pytest.raises(ZeroDivisionError), quick_training.fused_norms():
        assert layers.BatchNormalization.call is not usual
        raise ZeroDivisionError
    assert layers.BatchNormalization.call is usual
