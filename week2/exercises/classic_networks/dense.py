"""What both networks share: the dense layers at their end, and mistakes."""

from collections.abc import Callable
from typing import Any


def dense_layers(
    X: Any,
    classes: int,
    *,
    hidden: tuple[int, ...] = (4096, 4096),
    dropout_after: tuple[int, ...] = (),
    rate: float = 0.5,
    in_use_too: bool = False,
    hidden_activation: str | None = "relu",
    output: str | Callable | None = "softmax",
    flatten: str = "Flatten",
) -> Any:
    """The end of both networks: pictures (m, n_H, n_W, n_C) to probabilities (m, classes).

    dropout_after  after which dense layers a dropout stands, from 1; 0 is before the first
    in_use_too     True where it drops units in use as well
    """
    import keras
    from keras import layers

    def dropout(X: Any) -> Any:
        if in_use_too:
            return layers.Lambda(lambda x: keras.random.dropout(x, rate), output_shape=X.shape[1:])(X)
        return layers.Dropout(rate)(X)

    X = getattr(layers, flatten)()(X)
    for i in range(len(hidden) + 1):
        if i > 0:
            X = layers.Dense(hidden[i - 1], activation=hidden_activation)(X)
        if i in dropout_after:
            X = dropout(X)
    return layers.Dense(classes, activation=output)(X)


def fixed_picture(n: int) -> Callable:
    """A network for (n, n, 3) pictures whatever is asked for; small, since it is never called."""

    def network(input_shape: tuple[int, int, int], classes: int) -> Any:
        import keras

        inputs = keras.Input((n, n, 3))
        return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(inputs))

    return network


def change(pairs: tuple[tuple[int, int], ...], *changes: tuple[int, int, int]) -> tuple[tuple[int, int], ...]:
    """These pairs with some of them changed: each change is an index, the new first and the new second."""
    new = {index: (first, second) for index, first, second in changes}
    return tuple(new.get(i, pair) for i, pair in enumerate(pairs))


def softmax_twice(x: Any) -> Any:
    import keras

    return keras.activations.softmax(keras.activations.softmax(x))


COMMON = {
    "the output has no softmax: its numbers are not probabilities": {"output": None},
    "the output has a sigmoid in place of a softmax": {"output": "sigmoid"},
    "the output has a ReLU in place of a softmax": {"output": "relu"},
    "the softmax is taken twice, in the last dense layer and behind it. Once is enough": {
        "output": softmax_twice
    },
    "the dense layers of 4096 have no ReLU": {"hidden_activation": None},
    "there is a single dense layer of 4096 units. Put two, one after the other": {"hidden": (4096,)},
    "there are three dense layers of 4096 units. The third is too many": {"hidden": (4096, 4096, 4096)},
    "the dense layers have 1024 units. They have 4096": {"hidden": (1024, 1024)},
    "a dense layer of 1000 units is left before the output: 1000 was the number of classes in the paper": {
        "hidden": (4096, 4096, 1000)
    },
    "the last picture is averaged (global average pooling). Here it is flattened": {
        "flatten": "GlobalAveragePooling2D"
    },
    "the argument classes is ignored: there are always 1000 outputs": {"classes": 1000},
}
"""Mistakes at the end of both networks."""
