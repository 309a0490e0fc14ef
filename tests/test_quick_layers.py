"""What is computed quickly is what Keras computes: layers, known weights, the grading server's short cuts."""

import inspect
import subprocess
import sys
import typing

import keras
import numpy as np
import pytest
from keras import layers

from workbook import known
from workbook.quick_layers import _quick, quick_layers

PICTURES = known.known_pictures(3, (7, 9, 4))


class Doubled(layers.ReLU):
    def call(self, inputs):
        return 2 * super().call(inputs)


def called_otherwise() -> layers.Layer:
    layer = layers.ReLU()
    layer.call = lambda x: 3 * x
    return layer


def normalized(**kwargs):
    return lambda x: layers.BatchNormalization(**kwargs)(x)


def frozen(x):
    layer = layers.BatchNormalization()
    layer.trainable = False
    return layer(x)


def shared(x):
    layer = layers.BatchNormalization(momentum=0.5)
    return layer(layer(x))


def inner(x):
    inputs = keras.Input((7, 9, 4))
    return keras.Model(inputs, layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(inputs)))(x)


QUICK = {
    "valid": lambda x: layers.Conv2D(5, 3)(x),
    "strides and a bias": lambda x: layers.Conv2D(5, (3, 2), strides=(2, 1), padding="same")(x),
    "no bias": lambda x: layers.Conv2D(5, 1, use_bias=False, activation="relu")(x),
    "tanh": lambda x: layers.Conv2D(5, 1, activation="tanh")(x),
    "depthwise": lambda x: layers.DepthwiseConv2D(3, strides=2, padding="same", activation="relu6")(x),
    "depthwise, two of each": lambda x: layers.DepthwiseConv2D((2, 3), depth_multiplier=2, use_bias=False)(x),
    "normalized": normalized(),
    "axis 3": normalized(axis=3, epsilon=0.1, momentum=0.3),
    "no shift": normalized(center=False),
    "no scale": normalized(scale=False),
    "frozen": frozen,
    "normalized twice": shared,
    "ReLU": lambda x: layers.ReLU()(x),
    "Activation": lambda x: layers.Activation("relu")(x),
    "ReLU6": lambda x: layers.ReLU(max_value=6)(layers.Conv2D(5, 3)(x)),
    "Activation relu6": lambda x: layers.Activation("relu6")(x),
    "Concatenate": lambda x: layers.Concatenate()([x, layers.Conv2D(3, 1)(x), x]),
    "Add": lambda x: layers.Add()([x, x, layers.Conv2D(4, 1)(x)]),
}
USUAL = {
    "dilated": lambda x: layers.Conv2D(5, 3, dilation_rate=2)(x),
    "groups": lambda x: layers.Conv2D(6, 3, groups=2)(x),
    "depthwise, dilated": lambda x: layers.DepthwiseConv2D(3, dilation_rate=2)(x),
    "a low ceiling": lambda x: layers.ReLU(max_value=0.5)(x),
    "joined along the height": lambda x: layers.Concatenate(axis=1)([x, x]),
    "joined vectors": lambda x: layers.Concatenate()([layers.GlobalAveragePooling2D()(x)] * 2),
    "another axis": normalized(axis=1),
    "leaky": lambda x: layers.ReLU(negative_slope=0.2, max_value=0.5)(x),
    "sigmoid": lambda x: layers.Activation("sigmoid")(x),
    "broadcast": lambda x: layers.Add()([x, layers.GlobalAveragePooling2D(keepdims=True)(x)]),
    "half precision": lambda x: layers.Conv2D(5, 3, dtype="mixed_float16")(x),
    "a subclass": lambda x: Doubled()(x),
    "a call of its own": lambda x: called_otherwise()(x),
    "an operation": lambda x: x + keras.ops.relu(x),
    "a mask": lambda x: layers.BatchNormalization()(layers.Masking()(x), mask=None),
    "a model in a model": inner,
}


def computed(make, training: bool) -> list[np.ndarray]:
    """The output and then all variables of a model with known weights."""
    inputs = keras.Input((7, 9, 4))
    model = keras.Model(inputs, make(inputs))
    known.set_known_weights(model, biases=True)
    return [np.asarray(model(PICTURES, training=training)), *map(np.asarray, model.variables)]


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", [*QUICK, *USUAL])
def test_quick_layers_give_what_keras_gives(name: str, training: bool) -> None:
    make = (QUICK | USUAL)[name]
    usual = computed(make, training)
    with quick_layers():
        quick = computed(make, training)
    for one, two in zip(quick, usual, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-5)


def test_only_what_keras_made_is_computed_quickly() -> None:
    inputs = keras.Input((7, 9, 4))
    for kind, make in [(True, each) for each in QUICK.values()] + [
        (False, Doubled()),
        (False, called_otherwise()),
    ]:
        layer = keras.Model(inputs, make(inputs)).layers[-1]
        assert (_quick(layer, {"training": True}) is not None) is kind
        assert _quick(layer, {"training": None}) is None


def test_layers_are_keras_s_own_again_afterwards() -> None:
    from keras.src.models import functional

    usual = functional.operation_fn
    with pytest.raises(ZeroDivisionError), quick_layers():
        assert functional.operation_fn is not usual
        raise ZeroDivisionError
    assert functional.operation_fn is usual


def test_known_weights_are_shared_and_nobody_can_change_them() -> None:
    import tensorflow as tf

    weight = known.known_weight((3, 3, 64, 128), "kernel")
    np.testing.assert_array_equal(
        weight, np.resize(known._scaled((3, 3, 64, 128), "kernel", False), weight.shape)
    )
    assert known.known_weight((3, 3, 64, 128), "kernel") is weight
    before = weight.copy()
    variable = tf.Variable(known.in_place(weight))
    np.testing.assert_array_equal(variable, weight)
    variable.assign_add(tf.ones_like(variable))
    tf.raw_ops.ResourceApplyGradientDescent(var=variable.handle, alpha=1.0, delta=tf.ones_like(variable))
    np.testing.assert_array_equal(weight, before)
    with pytest.raises(ValueError, match="read-only"):
        weight[:] = 0


SERVER = """
import sys
import numpy as np
from workbook.grading import quickening, server
if not int(sys.argv[1]):
    quickening.quicken = lambda: None
server._load_tensorflow()
from workbook.lessons import find_lesson
from workbook.observing import observe
block = find_lesson("residual_networks").exercises[1]
for each in observe(block, block.reference):
    assert each.error is None, each.error
    found = [each.value.get(f"in {mode} mode") for mode in ("inference", "training")]
    print(each.value["output shape"], *(f"{number:.4f}" for x in found if x is not None for number in x.flat))
"""


def test_the_server_s_short_cuts_change_no_result() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", SERVER, quick], capture_output=True, text=True, check=True
        ).stdout.split()
        for quick in "01"
    ]
    usual, quick = ([float(word) for word in each if "." in word and "[" not in word] for each in said)
    assert len(usual) > 1_000
    np.testing.assert_allclose(quick, usual, atol=2e-4)


def test_signatures_protocols_and_attributes_are_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    from keras.src.layers import layer as home

    from workbook.grading import quickening

    monkeypatch.setattr(home, "inspect", inspect)
    monkeypatch.setattr(keras.Layer, "__setattr__", keras.Layer.__setattr__)
    if hasattr(typing, "_get_protocol_attrs"):
        monkeypatch.setattr(typing, "_get_protocol_attrs", typing._get_protocol_attrs)

    def built() -> keras.Model:
        inputs = keras.Input((7, 9, 4))
        x = Doubled()(layers.BatchNormalization()(layers.Conv2D(4, 3)(inputs)))
        return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))

    usual = built()
    quickening.remember_signatures()
    quickening.remember_protocols()
    quickening.set_values_directly()
    quick = built()
    assert home.inspect.signature(quick.layers[1].call) == inspect.signature(quick.layers[1].call)
    assert home.inspect.getfullargspec is inspect.getfullargspec
    for one, two in zip(usual.layers, quick.layers, strict=True):
        assert vars(one).keys() == vars(two).keys()
        assert [v.shape for v in one.trainable_variables] == [v.shape for v in two.trainable_variables]
    quick.layers[1].kernel = quick.layers[1].kernel
    quick.layers[1].trainable = False
    assert not quick.layers[1].trainable_variables
    quick.trainable = False
    assert not quick.trainable_variables
