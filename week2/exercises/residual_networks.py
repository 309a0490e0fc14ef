"""Checks for week2/residual_networks: the identity block, the convolutional block, ResNet-50.

A block is a function from a Keras tensor to a Keras tensor, a network one that returns a model. Both are
judged by what they compute under known weights, in inference and in training mode. The references take
switches, and a mistake is a reference with a switch thrown.
"""

import functools
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.models import block_model, build_known, observe_block, observe_network, parameters
from workbook.observing import standing_in
from workbook.plain import plain
from workbook.slips import switched

SIX = "the activations are ReLU6, which cuts off at 6. Here they are ReLU"
ORDER = "the parameters stand in another order, so that filters gets the number f: the first line reads {}"
ALWAYS_3 = "the argument f is ignored and the middle window is always 3x3"
AXIS = "batch normalization works along another axis than axis 3, the channels"
NO_INITIALIZER = "the argument initializer is not given to every convolution as its kernel_initializer"

# --- the references, with switches that make the mistakes ---------------------------------------------


def bottleneck(
    X: Any,
    f: int,
    filters: list[int],
    s: int = 1,
    initializer: Any = None,
    training: bool | None = None,
    *ignored: Any,
    shortcut: str = "input",
    relus: tuple[int, ...] = (0, 1, 2),
    norms: tuple[int, ...] = (0, 1, 2, 3),
    strides_at: tuple[int, ...] = (0, 3),
    windows_at: tuple[int, ...] = (1,),
    order: tuple[int, int, int] = (0, 1, 2),
    padding: str = "same",
    add: str = "before the last ReLU",
    relu_before_norm: bool = False,
    axis: int = 3,
    ceiling: float | None = None,
    use_bias: bool = False,
    **also_ignored: Any,
) -> Any:
    """A bottleneck block (He et al. 2015, figure 5, right).

    shortcut    what is added to the main path: "input", "projection", "projection with ReLU", "first" (what the
                first convolution gave), "itself" (the end of the main path), "itself projected" or "itself normalized"
    relus       where a ReLU stands: after the first and second convolution (0, 1), at the end (2), before the
                addition (3)
    norms       which convolutions are normalized, 3 being the projection; strides_at: which have stride s;
                windows_at: which have a window of f
    add         "before the last ReLU", "after the last ReLU", "never", or the name of another layer that joins
    order       which of ``filters`` each convolution of the main path takes
    ceiling     what the ReLUs cut off at: 6 for ReLU6
    use_bias    True where the convolutions have biases, which counts where no normalization takes them away
    """
    from keras import layers

    def convolution(x: Any, i: int, f: int, filters: int, padding: str = "valid", relu: bool = False) -> Any:
        strides = s if i in strides_at else 1
        x = layers.Conv2D(
            filters,
            f,
            strides=strides,
            padding=padding,
            use_bias=use_bias,  # a batch normalization follows and has a shift of its own
            kernel_initializer=initializer or "zeros",
        )(x)
        if relu and relu_before_norm:
            x = layers.ReLU(ceiling)(x)
        if i in norms:
            x = layers.BatchNormalization(axis=axis)(x, training=training)
        return layers.ReLU(ceiling)(x) if relu and not relu_before_norm else x

    def window(i: int) -> dict[str, Any]:
        return {"f": f if i in windows_at else 1, "padding": padding if i in windows_at else "valid"}

    first = convolution(X, 0, filters=filters[order[0]], relu=0 in relus, **window(0))
    second = convolution(first, 1, filters=filters[order[1]], relu=1 in relus, **window(1))
    third = convolution(second, 2, filters=filters[order[2]], relu=3 in relus, **window(2))
    start = third if "itself" in shortcut else first if shortcut == "first" else X
    aside = start
    if "project" in shortcut:
        aside = convolution(start, 3, filters=filters[2], relu="ReLU" in shortcut, **window(3))
    if shortcut == "itself normalized":
        aside = layers.BatchNormalization(axis=axis)(third, training=training)
    if add == "never":
        return layers.ReLU(ceiling)(third)
    if add == "after the last ReLU":
        return layers.Add()([layers.ReLU()(third), aside])
    join = getattr(layers, "Add" if add == "before the last ReLU" else add)
    total = join()([third, aside])
    return layers.ReLU(ceiling)(total) if 2 in relus else total


def identity_block(
    X: Any, f: int, filters: list[int], initializer: Any = "random_uniform", *rest: Any, **switch: Any
) -> Any:
    """The block that keeps the shape: (m, n_H, n_W, n_C) with n_C = filters[2]."""
    return bottleneck(X, f, filters, 1, initializer, *rest, **switch)


def convolutional_block(
    X: Any,
    f: int,
    filters: list[int],
    s: int = 2,
    initializer: Any = "glorot_uniform",
    *rest: Any,
    **switch: Any,
) -> Any:
    """The block that changes the shape: to (m, ceil(n_H / s), ceil(n_W / s), filters[2])."""
    return bottleneck(X, f, filters, s, initializer, *rest, **{"shortcut": "projection"} | switch)


def filters_first(X: Any, filters: Any, f: Any, s: int = 2, initializer: Any = None) -> Any:
    """A block with its parameters in another order: what is a number is taken apart."""
    F1, F2, F3 = filters
    return identity_block(X, f, [F1, F2, F3])


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
    X = unless("max pooling", layers.MaxPooling2D(3, strides=2, padding=pool_padding), X)
    for width, blocks, s in stages:
        filters = [width, width, wide * width]
        X = convolutional_block(X, 3, filters, s, **how)
        for _ in range(blocks - 1):
            if only_projections:
                X = convolutional_block(X, 3, filters, 1, **how)
            else:
                X = identity_block(X, 3, filters, **how)
    X = unless("average pooling", getattr(layers, pooling)(2), X)
    return keras.Model(inputs, layers.Dense(classes, activation=activation)(layers.Flatten()(X)))


def stage(index: int, **change: int) -> tuple[tuple[int, int, int], ...]:
    """The stages with one of them changed: width, blocks or s."""
    names = ("width", "blocks", "s")
    changed = tuple(change.get(name, old) for name, old in zip(names, STAGES[index], strict=True))
    return (*STAGES[:index], changed, *STAGES[index + 1 :])


# --- what is looked at ---------------------------------------------------------------------------------


def look_at_block(
    block: Any,
    input_shape: tuple[int, ...],
    f: int,
    filters: list[int],
    only_defaults: bool = False,
    **kwargs: Any,
) -> Any:
    """Everything that a block computes, or only what its defaults give. f and filters come by their places."""
    import keras

    @functools.wraps(block)
    def placed(X: Any, **named: Any) -> Any:
        return block(X, f, filters, **named)

    if not only_defaults:
        return observe_block(placed, input_shape, **kwargs)
    model = block_model(placed, input_shape, **kwargs)
    if not isinstance(model, keras.Model):
        return model
    return {
        "output shape": list(model.output_shape)[1:],
        "kernels at the start": drawn_by(model),
        "parameters": parameters(model),
    }


def drawn_by(model: Any) -> str:
    """Which initializer has made a new model's kernels, in words: random_uniform stays within 0.05, and
    glorot_uniform within a bound that depends on a kernel's shape, and goes near it."""
    kernels = [np.abs(np.asarray(v)) for v in model.trainable_variables if len(v.shape) > 1]
    largest = max((float(kernel.max()) for kernel in kernels), default=0.0)
    if largest <= 0.0501:
        return "as random_uniform draws them" if largest else "all zero"
    bounds = [np.sqrt(6 / (kernel[..., 0].size + kernel[..., 0, :].size)) for kernel in kernels]
    share = max(float(kernel.max()) / bound for kernel, bound in zip(kernels, bounds, strict=True))
    return "as glorot_uniform draws them" if 0.7 < share < 1.001 else "drawn in another way"


def light(X: Any, f: int, filters: list[int], s: int = 1, *ignored: Any, **also_ignored: Any) -> Any:
    """A cheap layer without weights in place of an identity block, where only shapes are of interest."""
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


def look_at_network(network: Any, input_shape: tuple[int, ...] | None = None, **kwargs: Any) -> Any:
    """Everything that a network computes; without ``input_shape`` only the shapes that its defaults give."""
    import keras

    blocks = {"identity_block": light, "convolutional_block": light_with_stride}
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


# --- the exercises -------------------------------------------------------------------------------------

identity = Exercise(
    name="identity_block",
    points=15,
    difficulty=3,
    minutes=25,
    cases=[
        case("3x3, height unlike width", (5, 7, 6), f=3, filters=[4, 3, 6]).weighing(3),
        case("2x2, another number of filters", (6, 4, 3), f=2, filters=[2, 5, 3]).weighing(3),
        case("without an initializer", (4, 4, 2), only_defaults=True, f=3, filters=[2, 2, 2]),
    ],
    observe=look_at_block,
    gives="a Keras tensor",
    reference=identity_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            identity_block,
            {
                "the shortcut is never added: keep X before the first layer and add it": {"add": "never"},
                "the shortcut is added after the last ReLU. Add it before": {"add": "after the last ReLU"},
                "there is no ReLU after the addition": {"relus": (0, 1)},
                "there is no ReLU after the first batch normalization": {"relus": (1, 2)},
                "there is no ReLU after the second batch normalization": {"relus": (0, 2)},
                "there is a ReLU before the addition. Only the sum gets one": {"relus": (0, 1, 2, 3)},
                "there is no ReLU but the last one": {"relus": (2,)},
                "there is no ReLU at all": {"relus": ()},
                SIX: {"ceiling": 6.0},
                "there is no batch normalization after the first convolution": {"norms": (1, 2, 3)},
                "there is no batch normalization after the second convolution": {"norms": (0, 2, 3)},
                "there is no batch normalization after the third convolution": {"norms": (0, 1, 3)},
                "there is no batch normalization at all": {"norms": ()},
                AXIS: {"axis": 1},
                "the ReLUs stand before the batch normalizations and not after them": {
                    "relu_before_norm": True
                },
                "the shortcut goes through a convolution. Here it is the input itself": {
                    "shortcut": "projection"
                },
                "what is added is the result itself: X was overwritten. Keep the input under another name": {
                    "shortcut": "itself"
                },
                "what is added is what the first convolution gave. Keep X before the first layer": {
                    "shortcut": "first"
                },
                "the two paths are put behind each other along the channels. They are added": {
                    "add": "Concatenate"
                },
                "the two paths are multiplied. They are added": {"add": "Multiply"},
                "F1 and F2 are swapped": {"order": (1, 0, 2)},
                "all three convolutions have F3 filters": {"order": (2, 2, 2)},
                "the second convolution has F1 filters. It has F2": {"order": (0, 0, 2)},
                "all three windows are f x f. Only the middle one is": {
                    "windows_at": (0, 1, 2),
                    "padding": "same",
                },
                "all three windows are 1x1. The middle one is f x f": {"windows_at": ()},
                "the middle convolution shrinks the picture. It needs padding='same'": {"padding": "valid"},
            },
        ),
        *switched(
            identity_block,
            {
                NO_INITIALIZER: {"initializer": "random_uniform"},
            },
        ),
        *switched(
            identity_block,
            {NO_INITIALIZER: {"initializer": "glorot_uniform"}, AXIS: {"axis": 1, "use_bias": True}},
        ),
        Mistake(
            ALWAYS_3,
            lambda X, f, filters, initializer="random_uniform": identity_block(X, 3, filters, initializer),
        ),
        Mistake(
            "the default of initializer is glorot_uniform, the convolutional block's. Here it is random_uniform",
            lambda X, f, filters, initializer="glorot_uniform": identity_block(X, f, filters, initializer),
        ),
        Mistake(ORDER.format("identity_block(X, f, filters, initializer=random_uniform)"), filters_first),
    ],
    hints=[
        "Draw the two paths. Which of the three convolutions changes the height and width if its padding is "
        "'valid'? What must be kept before the first layer?",
        "The main path is three times convolution and batch normalization, with a ReLU after the first two. "
        "The third ReLU comes after the two paths have met.",
        "If the output shape is right and both modes are wrong, look at the order: convolution, batch "
        "normalization along axis 3, ReLU. If only the kernels are wrong, look at kernel_initializer.",
        "X_shortcut = X; three blocks of Conv2D and BatchNormalization with F1 1x1, F2 fxf 'same', F3 1x1; "
        "X = Add()([X, X_shortcut]); X = Activation('relu')(X).",
    ],
    idea="If the main path learns to give zeros, the block passes its input on: depth can no longer hurt.",
    try_next="Call identity_block with filters=[64, 64, 128] in the cell that counts its parameters: which line of "
    "your block complains, and about which two shapes?",
)

convolutional = Exercise(
    name="convolutional_block",
    points=15,
    difficulty=3,
    minutes=20,
    cases=[
        case("stride 2, odd height and width", (7, 5, 6), f=3, filters=[4, 3, 8], s=2).weighing(3),
        case("stride 1, 2x2", (6, 4, 3), f=2, filters=[2, 5, 4], s=1).weighing(3),
        case("stride 3", (10, 7, 2), f=3, filters=[3, 4, 5], s=3).weighing(3),
        case("without s and initializer", (8, 6, 2), only_defaults=True, f=3, filters=[2, 2, 4]),
    ],
    observe=look_at_block,
    gives="a Keras tensor",
    reference=convolutional_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            convolutional_block,
            {
                "the shortcut is added after the last ReLU. Add it before": {"add": "after the last ReLU"},
                "the shortcut is never added": {"add": "never"},
                "there is no ReLU after the addition": {"relus": (0, 1)},
                "there is no ReLU after the first batch normalization": {"relus": (1, 2)},
                "there is no ReLU after the second batch normalization": {"relus": (0, 2)},
                "the convolution on the shortcut has no batch normalization": {"norms": (0, 1, 2)},
                "there is a ReLU on the main path before the addition. Only the sum gets one": {
                    "relus": (0, 1, 2, 3)
                },
                "there is no ReLU but the last one": {"relus": (2,)},
                "there is no batch normalization after the first convolution": {"norms": (1, 2, 3)},
                "there is no batch normalization after the second convolution": {"norms": (0, 2, 3)},
                "there is no batch normalization after the third convolution": {"norms": (0, 1, 3)},
                "there is no batch normalization at all": {"norms": ()},
                "there is a ReLU on the shortcut, before the addition": {"shortcut": "projection with ReLU"},
                "the shortcut is the input itself. Send it through a convolution first": {
                    "shortcut": "input"
                },
                "the stride is missing on the shortcut, so that the two paths differ in size": {
                    "strides_at": (0,)
                },
                "the stride stands on the middle convolution. Here it is the first one that has it": {
                    "strides_at": (1, 3)
                },
                "every convolution of the main path has the stride. Only the first has it": {
                    "strides_at": (0, 1, 2, 3)
                },
                "the shortcut's batch normalization gets the end of the main path. It gets what the shortcut's "
                "convolution gave": {"shortcut": "itself normalized"},
                "the shortcut starts at the end of the main path. It starts at the input": {
                    "shortcut": "itself projected"
                },
                "the two paths are put behind each other along the channels. They are added": {
                    "add": "Concatenate"
                },
                "the shortcut's window is f x f. It is 1x1": {"windows_at": (1, 3), "padding": "same"},
                "all windows of the main path are f x f. Only the middle one is": {
                    "windows_at": (0, 1, 2),
                    "padding": "same",
                },
                "all windows are 1x1. The middle one is f x f": {"windows_at": ()},
                "the middle convolution shrinks the picture. It needs padding='same'": {"padding": "valid"},
                "all three convolutions of the main path have F3 filters": {"order": (2, 2, 2)},
                "the second convolution has F1 filters. It has F2": {"order": (0, 0, 2)},
                "F1 and F2 are swapped": {"order": (1, 0, 2)},
                "the ReLUs stand before the batch normalizations and not after them": {
                    "relu_before_norm": True
                },
                SIX: {"ceiling": 6.0},
            },
        ),
        *switched(
            convolutional_block,
            {
                "the argument s is ignored and the stride is always 2": {"s": 2},
                "the argument s is ignored and the stride is always 1": {"s": 1},
                NO_INITIALIZER: {"initializer": "glorot_uniform"},
            },
        ),
        *switched(convolutional_block, {NO_INITIALIZER: {"initializer": "random_uniform"}}),
        Mistake(
            ALWAYS_3,
            lambda X, f, filters, s=2, initializer="glorot_uniform": convolutional_block(
                X, 3, filters, s, initializer
            ),
        ),
        Mistake(
            "the default of initializer is random_uniform, the identity block's. Here it is glorot_uniform",
            lambda X, f, filters, s=2, initializer="random_uniform": convolutional_block(
                X, f, filters, s, initializer
            ),
        ),
        Mistake(
            ORDER.format("convolutional_block(X, f, filters, s=2, initializer=glorot_uniform)"), filters_first
        ),
        Mistake(
            "s is 1 where it is not given. Its default is 2: s=2 among the parameters",
            lambda X, f, filters, s=1, initializer="glorot_uniform": convolutional_block(
                X, f, filters, s, initializer
            ),
        ),
    ],
    hints=[
        "The main path is that of the identity block but for one number. What must the shortcut do so that "
        "both can be added?",
        "Two convolutions have stride s: the first of the main path, and the only one of the shortcut. Both "
        "have 1x1 windows.",
        "If stride 1 passes and stride 2 is wrong, one of the two has lost its stride; if all are, look "
        "at what stands on the shortcut: a convolution with F3 filters, a batch normalization, no ReLU.",
        "X_shortcut = Conv2D(F3, 1, strides=s, kernel_initializer=...)(X_shortcut), then BatchNormalization, "
        "then Add and ReLU as in the identity block.",
    ],
    idea="A 1x1 convolution with a stride is the cheapest way to bring a shortcut to a new shape.",
    try_next="Put convolutional_block(inputs, 3, [64, 64, 256], s=2) into the counting cell above in place of "
    "the identity block: how many parameters does the wire cost now?",
)

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
                "the zero padding of 3 before the first convolution is missing": {"without": ("padding",)},
                "the max pooling of stage 1 is missing": {"without": ("max pooling",)},
                "the ReLU of stage 1 is missing": {"without": ("relu",)},
                "the batch normalization of stage 1 is missing": {"without": ("norm",)},
                "the average pooling before the output is missing": {"without": ("average pooling",)},
                "the output has no softmax: its numbers are not probabilities": {"activation": None},
                "the output has a sigmoid in place of a softmax": {"activation": "sigmoid"},
                "stage 2 starts with stride 2. Its first block has s=1": {"stages": stage(0, s=2)},
                "stage 2 has one identity block in place of two": {"stages": stage(0, blocks=2)},
                "stage 3 has two identity blocks in place of three": {"stages": stage(1, blocks=3)},
                "stage 4 has four identity blocks in place of five": {"stages": stage(2, blocks=5)},
                "stage 4 has six identity blocks. The paper's 6 counts the convolutional block too": {
                    "stages": stage(2, blocks=7)
                },
                "stage 5 is missing": {"stages": STAGES[:3]},
                "stage 5 has stride 1 in its first block. It has s=2": {"stages": stage(3, s=1)},
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
