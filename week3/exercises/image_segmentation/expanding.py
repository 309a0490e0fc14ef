"""Checks for upsampling_block: one step up, joined with what was handed across."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.known import known_pictures, with_a_strong_one
from workbook.models import in_training, parameters
from workbook.plain import Other, plain
from workbook.slips import switched

from .weights import DRAWN, are_tensors, drawn, he, set_weights


def upsampling_block(
    expansive_input: Any,
    contractive_input: Any,
    n_filters: int = 32,
    *,
    slip: str = "",
    up: dict[str, Any] | None = None,
    windows: tuple[int, ...] = (3, 3),
    relus: tuple[int, ...] = (0, 1),
    padding: str = "same",
    join: str = "up first",
    axis: int = 3,
) -> Any:
    """A transposed convolution, the skip connection beside it, two convolutions (Ronneberger et al. 2015)."""
    from keras import layers

    if slip == "exchanged":
        expansive_input, contractive_input = contractive_input, expansive_input
    how = {"kernel_size": 3, "strides": 2, "padding": "same"} | (up or {})
    if slip == "enlarged":
        X = layers.Conv2D(n_filters, 3, padding="same")(layers.UpSampling2D(2)(expansive_input))
    elif slip == "only enlarged":
        X = layers.UpSampling2D(2)(expansive_input)
    else:
        count = expansive_input.shape[-1] if slip == "up keeps channels" else n_filters
        X = layers.Conv2DTranspose(count, **how)(expansive_input)
    pair = [contractive_input, X] if join == "up last" else [X, contractive_input]
    if join == "added":
        X = layers.Add()(pair)
    elif join != "alone":
        X = layers.Concatenate(axis=axis)(pair)
    for i, f in enumerate(windows):
        count = 2 * n_filters if slip == "wide" and i == 0 else n_filters
        other = slip == ("glorot second", "glorot first")[min(i, 1)]
        X = layers.Conv2D(count, f, padding=padding, kernel_initializer="he_normal" if other else he(slip))(X)
        X = layers.BatchNormalization()(X) if slip == "norm" else X
        X = layers.Dropout(0.3)(X) if slip == "dropout" else X
        X = layers.ReLU(6.0 if slip == "ReLU6" else None)(X) if i in relus else X
    X = layers.MaxPooling2D(2)(X) if slip == "pooled" else X
    return (X, contractive_input) if slip == "two" else X


def look_at_upsampling(
    block: Callable, expansive: tuple[int, ...], contractive: tuple[int, ...], **kwargs: Any
) -> Any:
    """The shape, the parameters and the output of a block with two inputs."""
    import keras

    inputs = [keras.Input(expansive), keras.Input(contractive)]
    outputs = block(*inputs, **kwargs)
    if not keras.backend.is_keras_tensor(outputs):
        return Other("list", f"{len(outputs)} Keras tensors") if are_tensors(outputs, 2) else plain(outputs)
    model = keras.Model(inputs, outputs)
    upwards = (3, 3, outputs.shape[-1], expansive[-1])
    wide = {} if kwargs else {DRAWN: drawn(model, upwards)}
    set_weights(model)
    X = [with_a_strong_one(known_pictures(2, shape)) for shape in (expansive, contractive)]
    output = np.asarray(model(X, training=False))
    return {
        "output shape": list(output.shape)[1:],
        "parameters, biases included": parameters(model, biases=True),
        "output": output,
        "in training mode": in_training(model, X, output),
        **wide,
    }


UPSAMPLING_MISTAKES = {
    "the two are joined in the other order. First what has been enlarged, then contractive_input": {
        "join": "up last"
    },
    "the two are added up. Put them one behind the other, along the channels": {"join": "added"},
    "the two are joined along the height. The channels are axis 3": {"axis": 1},
    "the two are joined along the width. The channels are axis 3": {"axis": 2},
    "contractive_input is never used: concatenate it with what has been enlarged": {"join": "alone"},
    "expansive_input and contractive_input are exchanged: the small one is enlarged": {"slip": "exchanged"},
    "the transposed convolution has stride 1. It doubles height and width with strides=2": {
        "up": {"strides": 1}
    },
    "the transposed convolution has padding 'valid', so that a row and a column too many come out": {
        "up": {"padding": "valid"}
    },
    "the transposed convolution has a 2x2 window. It has 3x3": {"up": {"kernel_size": 2}},
    "the transposed convolution has a ReLU. It has none": {"up": {"activation": "relu"}},
    "the transposed convolution has no biases": {"up": {"use_bias": False}},
    "the transposed convolution keeps the channels of expansive_input. It has n_filters": {
        "slip": "up keeps channels"
    },
    "pixels are repeated (UpSampling2D) and then convolved. Use Conv2DTranspose": {"slip": "enlarged"},
    "pixels are repeated (UpSampling2D), and nothing is learned there. Use Conv2DTranspose": {
        "slip": "only enlarged"
    },
    "the second convolution has no ReLU": {"relus": (0,)},
    "the first convolution has no ReLU": {"relus": (1,)},
    "there is one convolution in place of two. (Does the second start from the joined layer again? Then the "
    "first leads nowhere)": {"windows": (3,)},
    "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"slip": "ReLU6"},
    "neither convolution has a ReLU": {"relus": ()},
    "there are three convolutions after the joined layer. There are two": {
        "windows": (3, 3, 3),
        "relus": (0, 1, 2),
    },
    "the convolutions' windows are 2x2. They are 3x3": {"windows": (2, 2)},
    "the first convolution has twice as many filters. All have n_filters": {"slip": "wide"},
    "the convolutions have no padding. They need padding='same'": {"padding": "valid"},
    "the convolutions' kernels start as Keras's default does. They need kernel_initializer='he_normal'": {
        "slip": "glorot"
    },
    "the first convolution's kernel starts as Keras's default does. Both need kernel_initializer='he_normal'": {
        "slip": "glorot first"
    },
    "the second convolution's kernel starts as Keras's default does. Both need kernel_initializer='he_normal'": {
        "slip": "glorot second"
    },
    "the convolutions' kernels start as he_uniform gives them. They need kernel_initializer='he_normal'": {
        "slip": "he_uniform"
    },
    "there are batch normalizations. This block has none": {"slip": "norm"},
    "the result is pooled. (conv_block pools unless max_pooling is False, and its second result is not pooled)": {
        "slip": "pooled"
    },
    "there is a dropout. This block has none": {"slip": "dropout"},
    "two tensors come back. One is asked for": {"slip": "two"},
    "the argument n_filters is ignored, and there are always 32": {"n_filters": 32},
}


def of_other_default(count: int) -> Callable:
    """A block with another number of filters where none is given."""

    def block(expansive_input, contractive_input, n_filters=count):
        return upsampling_block(expansive_input, contractive_input, n_filters)

    return block


block_up = Exercise(
    name="upsampling_block",
    points=10,
    difficulty=2,
    minutes=15,
    cases=[
        case("height unlike width, channels unlike", (3, 4, 6), (6, 8, 5), n_filters=4).weighing(3),
        case("as many channels as filters", (2, 3, 8), (4, 6, 4), n_filters=4).weighing(2),
        case("called without n_filters", (2, 3, 7), (4, 6, 16)),
    ],
    observe=look_at_upsampling,
    gives="a Keras tensor",
    reference=upsampling_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(upsampling_block, UPSAMPLING_MISTAKES),
        *(Mistake("n_filters is not 32 where none is given", of_other_default(n)) for n in (16, 64)),
    ],
    hints=[
        "Which of the two inputs is the smaller one? It is doubled first; only then do the two fit.",
        "Conv2DTranspose(n_filters, 3, strides=2, padding='same') doubles height and width. "
        "concatenate([up, contractive_input], axis=3) puts the channels one behind the other.",
        "If the parameters are right and the output is wrong, look at the order of the two, and at a ReLU that "
        "is missing or too many. If it raises an error about shapes, look at strides and padding of the "
        "transposed convolution.",
        "up = Conv2DTranspose(...)(expansive_input); merge = concatenate([up, contractive_input], axis=3); "
        "then the two convolutions of conv_block.",
    ],
    try_next="Build it on keras.Input((6, 8, 512)) and keras.Input((12, 16, 256)) and exchange the two: at which layer does "
    "Keras complain?",
    idea="What comes from below knows what it is, what comes across knows where: two convolutions bring both "
    "together.",
)
