"""Checks for ResNet50: the whole network, made of the two blocks."""

import functools
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.models import build_known, observe_network
from workbook.observing import standing_in
from workbook.plain import plain
from workbook.slips import switched

from .convolutional import convolutional_block
from .identity import identity_block

STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
"""Of each stage: its narrow width, its number of blocks, the stride of its first block."""


def ResNet50(
    input_shape: tuple[int, int, int] = (64, 64, 3),
    classes: int = 6,
    training: bool | None = None,
    *,
    stages: tuple[tuple[int, int, int], ...] = STAGES,
    wide: int = 4,
    without: tuple[str, ...] = (),
    activation: str | None = "softmax",
    only_projections: bool = False,
    stem: str = "valid",
    pool_padding: str = "valid",
    pool_strides: int = 2,
    pooling: str = "AveragePooling2D",
) -> Any:
    """ResNet-50 (He et al. 2015, table 1): pictures of ``input_shape`` to probabilities of ``classes``."""
    import keras
    from keras import layers

    def unless(name: str, layer: Any, x: Any, **kwargs: Any) -> Any:
        return x if name in without else layer(x, **kwargs)

    how = {"training": training, "initializer": "zeros"}  # the quickest: known weights take their place
    inputs = keras.Input(input_shape)
    X = inputs if stem == "same" else unless("padding", layers.ZeroPadding2D(3), inputs)
    X = layers.Conv2D(64, 7, strides=2, padding=stem)(X)
    X = unless("norm", layers.BatchNormalization(), X, training=training)
    X = unless("relu", layers.ReLU(), X)
    X = unless("max pooling", layers.MaxPooling2D(3, strides=pool_strides, padding=pool_padding), X)
    for width, blocks, s in stages:
        filters = [width, width, wide * width]
        X = convolutional_block(X, 3, filters, s, **how)
        for _ in range(blocks - 1):
            if only_projections:
                X = convolutional_block(X, 3, filters, 1, **how)
            else:
                X = identity_block(X, 3, filters, **how)
    pool = (
        layers.GlobalAveragePooling2D(keepdims=True) if pooling == "global" else getattr(layers, pooling)(2)
    )
    X = unless("average pooling", pool, X)
    return keras.Model(inputs, layers.Dense(classes, activation=activation)(layers.Flatten()(X)))


def stage(index: int, **change: int) -> tuple[tuple[int, int, int], ...]:
    """The stages with one of them changed: width, blocks or s."""
    names = ("width", "blocks", "s")
    changed = tuple(change.get(name, old) for name, old in zip(names, STAGES[index], strict=True))
    return (*STAGES[:index], changed, *STAGES[index + 1 :])


def light(X: Any, f: int, filters: list[int], s: int = 1, *ignored: Any, **also_ignored: Any) -> Any:
    """A cheap layer without weights in place of a block, where only shapes are of interest."""
    import keras
    from keras import layers

    n_C = int(filters[2])
    thin = layers.MaxPooling2D(1, strides=s)(X)
    return layers.Lambda(
        lambda x: keras.ops.repeat(x[..., :1], n_C, axis=-1),
        output_shape=lambda shape: (*shape[:-1], n_C),
    )(thin)


def light_with_stride(X: Any, f: int, filters: list[int], s: int = 2, *ignored: Any, **also: Any) -> Any:
    """A cheap layer in place of a convolutional block."""
    return light(X, f, filters, s)


def light_of_one_shape(X: Any, f: int, filters: list[int], *ignored: Any, **also: Any) -> Any:
    """A cheap layer in place of an identity block, which has no stride: what comes fourth is its initializer."""
    return light(X, f, filters)


def look_at_network(network: Any, input_shape: tuple[int, ...] | None = None, **kwargs: Any) -> Any:
    """Everything that a network computes; without ``input_shape`` only the shapes that its defaults give."""
    import keras

    blocks = {"identity_block": light_of_one_shape, "convolutional_block": light_with_stride}
    if input_shape is not None:
        return observe_network(network, input_shape, **kwargs)
    with standing_in(network, blocks):
        model = build_known(network)
    if not isinstance(model, keras.Model):
        return plain(model)
    shape = list(getattr(model, "input_shape", (None, 64, 64, 3)))[1:]
    return {
        "a picture that goes in": shape,
        "output shape": list(model(np.zeros((1, *shape), np.float32)).shape)[1:],
    }


OTHER_SIZES: dict[str, dict[str, Any]] = {
    "the zero padding of 3 before the first convolution is missing": {"without": ("padding",)},
    "the max pooling of stage 1 is missing": {"without": ("max pooling",)},
    "stage 2 starts with stride 2. Its first block has s=1": {"stages": stage(0, s=2)},
    "stage 5 has stride 1 in its first block. It has s=2": {"stages": stage(3, s=1)},
}
"""Slips after which the last map is no longer 2x2, so that its average over 2x2 and that over all of it differ."""

resnet = Exercise(
    name="ResNet50",
    points=20,
    difficulty=4,
    minutes=40,
    needs=("identity_block", "convolutional_block"),
    cases=[
        case("40x64 grey pictures, 4 classes", (40, 64, 1), classes=4).weighing(3),
        case("called without arguments"),
    ],
    observe=look_at_network,
    gives="a Keras model",
    reference=ResNet50,
    tolerance=1e-3,
    time_limit=120,
    slow=True,
    mistakes=[
        *switched(
            ResNet50,
            {
                **OTHER_SIZES,
                "the ReLU of stage 1 is missing": {"without": ("relu",)},
                "the batch normalization of stage 1 is missing": {"without": ("norm",)},
                "the average pooling before the output is missing": {"without": ("average pooling",)},
                "the output has no softmax: its numbers are not probabilities": {"activation": None},
                "the output has a sigmoid in place of a softmax": {"activation": "sigmoid"},
                "stage 2 has one identity block in place of two": {"stages": stage(0, blocks=2)},
                "stage 3 has two identity blocks in place of three": {"stages": stage(1, blocks=3)},
                "stage 4 has four identity blocks in place of five": {"stages": stage(2, blocks=5)},
                "each stage has one identity block too many. The paper's 3, 4, 6 and 3 count the convolutional blocks too": {
                    "stages": tuple((width, blocks + 1, s) for width, blocks, s in STAGES)
                },
                "stage 4 has six identity blocks. The paper's 6 counts the convolutional block too": {
                    "stages": stage(2, blocks=7)
                },
                "stage 5 is missing": {"stages": STAGES[:3]},
                "stage 5 has 256 narrow filters in place of 512": {"stages": stage(3, width=256)},
                "the identity blocks do not reach the output: write X = identity_block(X, ...)": {
                    "stages": tuple((width, 1, s) for width, _, s in STAGES)
                },
                "only the last identity block of a stage counts: each gets what the convolutional block gave. Write "
                "X = identity_block(X, ...)": {"stages": tuple((width, 2, s) for width, _, s in STAGES)},
                "the max pooling of stage 1 has padding='same'. It has none ('valid')": {
                    "pool_padding": "same"
                },
                "the first convolution and the max pooling have padding='same' in place of a zero padding of 3 and "
                "none": {"stem": "same", "pool_padding": "same"},
                "the first convolution has padding='same' in place of a zero padding of 3: on an even side that "
                "puts 2 rows above and 3 below": {"stem": "same"},
                "the largest of 2x2 values is taken before the output. Take their mean": {
                    "pooling": "MaxPooling2D"
                },
                "the stages use convolutional blocks where identity blocks belong": {
                    "only_projections": True
                },
            },
        ),
        *switched(ResNet50, {words: how | {"pooling": "global"} for words, how in OTHER_SIZES.items()}),
        *switched(
            ResNet50,
            {
                "the max pooling of stage 1 has stride 3, the default of its window. It has stride 2": {
                    "pool_strides": 3,
                    "pooling": "global",  # over 2x2 it raises, as several others do
                }
            },
        ),
        *switched(
            ResNet50,
            {
                "the argument classes is ignored: there are always 6 outputs": {"classes": 6},
                "the argument input_shape is ignored: it is always (64, 64, 3)": {"input_shape": (64, 64, 3)},
            },
        ),
        Mistake(
            "the default of input_shape is (224, 224, 3). Here it is (64, 64, 3)",
            lambda input_shape=(224, 224, 3), classes=6: ResNet50(input_shape, classes),
        ),
        *(
            Mistake(
                f"the default of classes is {n}. Here it is 6: there are six signs",
                functools.partial(
                    lambda n, input_shape=(64, 64, 3), classes=None: ResNet50(input_shape, classes or n), n
                ),
            )
            for n in (10, 1000)
        ),
    ],
    hints=[
        "Write down the shape after each stage for a 64x64 picture: 15x15x256, 8x8x512, 4x4x1024, 2x2x2048. "
        "model.summary() shows yours.",
        "Each stage is one convolutional block, then identity blocks: 2, 3, 5 and 2 of them.",
        "If the number of parameters is right and the outputs are wrong, look at what has no parameters: the "
        "zero padding, the ReLU of stage 1, the strides, the pooling.",
        "Stage 3 is convolutional_block(X, f=3, filters=[128, 128, 512], s=2) and three times "
        "identity_block(X, 3, [128, 128, 512]).",
    ],
    idea="Fifty layers, and the gradient still reaches the first: find the shortcuts in model.summary().",
    try_next="Count ResNet50((128, 128, 3)) in the next cell as well: predict first whether four times as many "
    "pixels change the number of parameters, and in which layer.",
)
