"""What both networks share: five convolutions and a dense layer, and mistakes in them."""

from typing import Any

LAYERS = ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1))
"""Filters and stride of each convolution."""


def trunk(
    input_shape: tuple[int, int, int],
    *,
    layers_: tuple[tuple[int, int], ...] = LAYERS,
    norm: bool = True,
    relu: bool = True,
    ceiling: float | None = None,
    norm_last: bool = False,
    twice: bool = False,
    pooled: bool = False,
    padding: str = "same",
    window: int = 3,
    end: str = "flatten",
    units: int = 128,
    dense_norm: bool = True,
    dense_relu: bool = True,
    dense_norm_last: bool = False,
    mode: bool | None = None,
) -> tuple[Any, Any]:
    """Five convolutions and a dense layer: the input, and 128 numbers for each picture."""
    import keras
    from keras import layers

    X = inputs = keras.Input(input_shape)
    for filters, stride in layers_:
        X = layers.Conv2D(
            filters,
            window,
            strides=1 if pooled else stride,
            padding=padding,
            use_bias=False,
            kernel_initializer="zeros",
        )(X)
        X = layers.MaxPooling2D(2, padding="same")(X) if pooled and stride == 2 else X
        X = layers.ReLU(ceiling)(X) if relu and (norm_last or twice) else X
        X = layers.BatchNormalization()(X, training=mode) if norm else X
        X = layers.ReLU(ceiling)(X) if relu and not norm_last else X
    if end == "flatten":
        X = layers.Flatten()(X)
    elif end:
        X = (layers.GlobalAveragePooling2D if end == "average" else layers.GlobalMaxPooling2D)()(X)
    if units:
        X = layers.Dense(units, use_bias=False, kernel_initializer="zeros")(X)
        X = layers.ReLU(ceiling)(X) if dense_relu and dense_norm_last else X
        X = layers.BatchNormalization()(X, training=mode) if dense_norm else X
        X = layers.ReLU(ceiling)(X) if dense_relu and not dense_norm_last else X
    return inputs, X


NO_BIASES = (
    "the last dense layer has no biases. It needs them: no batch normalization follows that has a shift"
)
IN_THE_TRUNK = {
    "batch normalization has training=True, so that it works as in training where no mode is given: give it none": {
        "mode": True
    },
    "there is no ReLU after the convolutions": {"relu": False},
    "there is no batch normalization after the convolutions": {"norm": False},
    "the ReLU stands before the batch normalization. Here it comes after it": {"norm_last": True},
    "the maps are averaged to one number each. Here they are flattened: an average does not know where": {
        "end": "average"
    },
    "the convolutions have no padding='same'": {"padding": "valid"},
    "the strides are in another order: 1, 1, 2, 2, 2. They are 2, 2, 2, 1, 1": {
        "layers_": tuple(
            (filters, stride) for (filters, _), stride in zip(LAYERS, (1, 1, 2, 2, 2), strict=True)
        )
    },
    "the dense layer of 128 units is missing": {"units": 0},
    "the dense layer of 128 units has no ReLU": {"dense_relu": False},
    "the dense layer of 128 units has no batch normalization": {"dense_norm": False},
    "the ReLU of the dense layer stands before its batch normalization. Here it comes after it": {
        "dense_norm_last": True
    },
    "neither the convolutions nor the dense layer have batch normalization": {
        "norm": False,
        "dense_norm": False,
    },
    "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"ceiling": 6.0},
    "nowhere is a ReLU": {"relu": False, "dense_relu": False},
    "all ReLUs stand before the batch normalizations. Here they come after them": {
        "norm_last": True,
        "dense_norm_last": True,
    },
    "the maxima of the maps are taken, one number each. Here they are flattened: a maximum does not know where": {
        "end": "max"
    },
    "each convolution has a ReLU of its own, and another one follows the batch normalization. Only that one belongs": {
        "twice": True
    },
    "the convolutions have stride 1, and a pooling halves the map. Here the stride does": {"pooled": True},
    "all five convolutions have stride 2": {"layers_": tuple((filters, 2) for filters, _ in LAYERS)},
    "all five convolutions have stride 1": {"layers_": tuple((filters, 1) for filters, _ in LAYERS)},
    "the windows of the convolutions are 5x5. They are 3x3": {"window": 5},
    "there are four convolutions: the last one with 64 filters and stride 1 is missing": {
        "layers_": LAYERS[:4]
    },
    "there are three convolutions: the two with 64 filters and stride 1 are missing": {"layers_": LAYERS[:3]},
}
