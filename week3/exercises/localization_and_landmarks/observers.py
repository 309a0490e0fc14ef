"""How both networks are looked at: what they compute under known weights, and where no mode is given."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.models import computed, extras, known, known_pictures, set_known_weights, without_a_mode
from workbook.plain import Other, plain


def look_at_network(network: Callable, input_shape: tuple[int, int, int], **kwargs: Any) -> Any:
    """What a network computes under known weights, in both modes."""
    import keras

    model = network(input_shape=input_shape, **kwargs, **extras(network))
    if not isinstance(model, keras.Model):
        return plain(model)
    X = known_pictures(2, input_shape)
    outputs = model(X, training=False)  # a subclassed model makes its weights when it is called
    if isinstance(outputs, list | tuple | dict):
        return Other("Model", f"a Keras model with {len(outputs)} outputs: put them together as one")
    seen = computed(model, X, set_weights=functools.partial(set_weights, X=X))
    return {
        "output shape": list(seen["in inference mode"].shape)[1:],
        **seen,
        "where no mode is given": without_a_mode(model, known_pictures(3, input_shape)[2:]),
    }


def set_weights(model: Any, biases: bool, X: np.ndarray) -> None:
    """Known weights, and for each number of the output its own."""
    set_known_weights(model, biases)
    set_heads(model, X)


def set_heads(model: Any, X: np.ndarray) -> None:
    """Gives each number of the output its own known column of weights, in whatever order the units stand, and
    whether one dense layer makes them or several. With weights of 0 the gradients tell which output a unit makes."""
    import tensorflow as tf

    count = int(np.prod(model(X, training=False).shape[1:]))
    kernels = [variable for variable in model.trainable_variables if len(variable.shape) == 2]
    groups = [[each for each in kernels if each.shape[0] == n] for n in {each.shape[0] for each in kernels}]
    heads = next((group for group in groups if sum(each.shape[1] for each in group) == count), None)
    if heads is None:
        return
    n = heads[0].shape[0]
    for head in heads:
        head.assign(np.zeros(head.shape, np.float32))
    with tf.GradientTape(persistent=True) as tape:
        outputs = tf.unstack(tf.reshape(model(X, training=False), (len(X), count))[0])
    grows = [
        tape.gradient(output, [head.value for head in heads], unconnected_gradients="zero")
        for output in outputs
    ]
    places = (
        np.array([np.concatenate([np.sum(g, axis=0) for g in each]) for each in grows])
        .argmax(axis=0)
        .tolist()
    )
    if sorted(places) != list(range(count)):
        places = list(range(count))
    columns = (known((n, count), "kernel") / np.sqrt(n))[:, places]
    for head in heads:
        head.assign(columns[:, : head.shape[1]])
        columns = columns[:, head.shape[1] :]
