"""Checks for week2/classic_networks: AlexNet, a block of VGG, VGG-16.

Networks are judged by what they compute under known weights. Neither has a batch normalization, so biases
matter here. The references take switches, and a mistake is a reference with a switch thrown.
"""

import contextlib
import functools
import gc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.models import block_model, extras, known_pictures, parameters, set_known_weights
from workbook.plain import Other, plain
from workbook.slips import switched

# --- the references, with switches that make the mistakes ---------------------------------------------

ALEXNET = ((96, 11), (256, 5), (384, 3), (384, 3), (256, 3))
"""Of each convolution: its number of filters, its window."""

VGG_16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Of each block: its number of filters, its number of convolutions."""


def alexnet(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    convolutions: tuple[tuple[int, int], ...] = ALEXNET,
    stride: int = 4,
    padding: str = "valid",
    later: str = "same",
    pool_after: tuple[int, ...] = (0, 1, 4),
    pool: tuple[int, int] = (3, 2),
    pooling: str = "MaxPooling2D",
    groups: tuple[int, ...] = (1, 1, 1, 1, 1),
    norm: str = "",
    activation: str | None = "relu",
    **head: Any,
) -> Any:
    """AlexNet in one tower (Krizhevsky et al. 2012, section 3.5).

    padding     of the first convolution; later: of all others
    pool_after  the convolutions before a pooling layer
    norm        what stands behind convolutions: "" (nothing), "batch" or "response" (behind the first two)
    """
    import keras
    from keras import layers

    X = inputs = keras.Input(input_shape)
    for i, (filters, f) in enumerate(convolutions):
        first = {"strides": stride, "padding": padding} if i == 0 else {"padding": later}
        X = layers.Conv2D(filters, f, groups=groups[i], activation=activation, **first)(X)
        if norm == "batch":
            X = layers.BatchNormalization()(X)
        if norm == "response" and i < 2:
            X = layers.Lambda(respond_locally, output_shape=X.shape[1:])(X)
        if i in pool_after:
            X = getattr(layers, pooling)(*pool)(X)
    return keras.Model(inputs, dense_layers(X, classes, **{"dropout_after": (1, 2)} | head))


def respond_locally(X: Any) -> Any:
    """Local response normalization (section 3.3 of the same paper)."""
    import tensorflow as tf

    return tf.nn.local_response_normalization(X, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75)


def dense_layers(
    X: Any,
    classes: int,
    *,
    hidden: tuple[int, ...] = (4096, 4096),
    dropout_after: tuple[int, ...] = (),
    rate: float = 0.5,
    in_use_too: bool = False,
    hidden_activation: str | None = "relu",
    output: str | None = "softmax",
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


def vgg_block(
    X: Any,
    filters: int,
    convolutions: int,
    *,
    f: int = 3,
    padding: str = "same",
    widen: int = 1,
    relu_at: Callable[[int, int], bool] = lambda i, n: True,
    norm: bool = False,
    use_bias: bool = True,
    pooling: str = "MaxPooling2D",
    pool_at: tuple[str, ...] = ("end",),
    pool: dict[str, Any] | None = None,
    shared: bool = False,
) -> Any:
    """A block of VGG (Simonyan & Zisserman 2014, table 1): (m, n_H, n_W, n_C) to (m, n_H // 2, n_W // 2, filters).

    widen    each convolution has so many times the filters of the one before
    relu_at  whether a ReLU stands after convolution i of n
    pool_at  where pooling layers stand: "start", "between", "end"
    shared   True where one layer is called again and again
    """
    from keras import layers

    def smaller(X: Any) -> Any:
        return getattr(layers, pooling)(**pool or {"pool_size": 2})(X)

    def layer(i: int) -> Any:
        activation = "relu" if relu_at(i, convolutions) else None
        return layers.Conv2D(filters * widen**i, f, padding=padding, activation=activation, use_bias=use_bias)

    X = smaller(X) if "start" in pool_at else X
    one = layer(0)
    for i in range(convolutions):
        X = (one if shared else layer(i))(X)
        X = layers.BatchNormalization()(X) if norm else X
        X = smaller(X) if "between" in pool_at and i < convolutions - 1 else X
    return smaller(X) if "end" in pool_at else X


def vgg16(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    blocks: tuple[tuple[int, int], ...] = VGG_16,
    from_picture: bool = False,
    norm: bool = False,
    **head: Any,
) -> Any:
    """VGG-16 (the same table, column D).

    from_picture  True where every block is given the picture in place of the block before
    """
    import keras

    X = inputs = keras.Input(input_shape)
    for filters, convolutions in blocks:
        X = vgg_block(inputs if from_picture else X, filters, convolutions, norm=norm)
    return keras.Model(inputs, dense_layers(X, classes, **head))


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


def with_convolutions(*counts: int) -> tuple[tuple[int, int], ...]:
    """The blocks of VGG-16 with other numbers of convolutions."""
    return tuple((filters, n) for (filters, _), n in zip(VGG_16, counts, strict=True))


# --- what is looked at ---------------------------------------------------------------------------------

MOST = 150_000_000
"""Parameters that a network may have in a check: VGG-16 for 224x224 pictures has fewer. A forgotten pooling
layer brings them to billions, which are 4 bytes each."""


@contextlib.contextmanager
def building(most: int) -> Iterator[None]:
    """For a while new weights are zeros, since known ones follow and random ones take time, and a layer that
    brings the parameters above a bound is refused before it takes its memory."""
    import keras

    original, total = keras.layers.Layer.add_weight, 0

    @functools.wraps(original)
    def counted(self: Any, shape: Any = None, initializer: Any = None, *args: Any, **kwargs: Any) -> Any:
        nonlocal total
        total += int(np.prod(shape or ()))
        if total > most:
            raise ValueError(
                f"with this layer the network has {total:,} parameters: is the picture small by now, and "
                "does each layer take what the one before gave?"
            )
        return original(self, shape, "zeros", *args, **kwargs)

    keras.layers.Layer.add_weight = counted
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = original


def built(network: Callable, input_shape: tuple[int, int, int], classes: int) -> Any:
    """The network as a model with all of its weights; where the function gives something else, that.

    Raises ValueError where it takes pictures of another shape, or has far too many parameters.
    """
    import keras

    with building(MOST):
        model = network(input_shape=input_shape, classes=classes, **extras(network))
        if not isinstance(model, keras.Model):
            return plain(model)
        takes = getattr(model, "input_shape", None)
        if takes is not None and tuple(takes[1:]) != input_shape:
            raise ValueError(f"the model takes pictures of {takes[1:]}, where input_shape is {input_shape}")
        model(np.zeros((1, *input_shape), np.float32), training=False)  # a subclass makes its weights now
    return model


def used(model: Any, X: np.ndarray) -> Any:
    """Outputs in inference mode; an ``Other`` where two calls give two results."""
    first, second = (np.asarray(model(X, training=False)) for _ in range(2))
    if first.shape == second.shape and np.allclose(first, second, atol=1e-6):
        return first
    return Other("random", "other numbers in each call, although the network is in use and not in training")


def look_at_block(block: Callable, input_shape: tuple[int, int, int], **kwargs: Any) -> Any:
    """What a block computes: shape, numbers of parameters, and its result under known weights."""
    import keras

    model = block_model(block, input_shape, **kwargs)
    if not isinstance(model, keras.Model):
        return model
    set_known_weights(model, biases=True)
    return {
        "output shape": list(model.output_shape)[1:],
        "parameters": parameters(model, biases=True),
        "result": used(model, known_pictures(3, input_shape)),
    }


def look_at_network(network: Callable, *args: Any, **kwargs: Any) -> Any:
    """What ``computed`` says of a network, whose memory, over 100 MB, is given back."""
    try:
        return computed(network, *args, **kwargs)
    finally:
        gc.collect()  # a model is a ring of references


def computed(
    network: Callable, input_shape: tuple[int, int, int], classes: int, signals: bool = False
) -> Any:
    """What a network computes in use; with ``signals``, what its dropout does in training."""
    import keras

    model = built(network, input_shape, classes)
    if not isinstance(model, keras.Model):
        return model
    if signals:
        return follow_signals(model, input_shape)
    set_known_weights(model, biases=True)
    X = known_pictures(2, input_shape)
    return {
        "output shape": list(model(X, training=False).shape)[1:],
        "parameters": parameters(model, biases=True),
        "outputs": used(model, X),
    }


SIGNALS = ("from the second dense layer on", "from the first dense layer on", "from the picture on")


def follow_signals(model: Any, input_shape: tuple[int, int, int], m: int = 128) -> dict[str, Any]:
    """What becomes of a signal of 1 on its way to the output in training mode: "0 or 2", for instance.

    All weights are zero but for three wires. A dropout of rate r sets a signal to 0 or divides it by
    1 - r, so the values that arrive say which dropouts stand on the way. Nothing is estimated: which values
    there are is the same each time, but for a chance below 1e-11 that one is missing among ``m`` pictures.
    """
    for variable in model.trainable_variables:
        wire = wires(tuple(variable.shape))
        if wire is not None:
            variable.assign(wire)
    probabilities = np.asarray(model(np.ones((m, *input_shape), np.float32), training=True))
    with np.errstate(all="ignore"):
        arrived = np.log(probabilities[:, 1:4] / probabilities[:, :1])  # undoes the softmax
    return {name: in_words(values) for name, values in zip(SIGNALS, arrived.T, strict=False)}


def wires(shape: tuple[int, ...]) -> np.ndarray | None:
    """Weights of a shape that carry three signals through a network to the outputs 1, 2 and 3.

    A signal starts at unit 1 of each hidden layer, from its bias. The second layer takes unit 1 of the first
    to its unit 2. The picture's first channel goes on through all convolutions, and to unit 3. Output 0 is 0.
    """
    values = np.zeros(shape, np.float32)
    match shape:
        case (f, g, _, _):
            values[f // 2, g // 2, 0] = 1
        case (4096,):
            values[1] = 1
        case (4096, 4096):
            values[1, 2] = values[3, 3] = 1
        case (_, 4096):
            values[0, 3] = 1
        case (n_in, n_out) if min(n_in, n_out) > 3:
            values[[1, 2, 3], [1, 2, 3]] = 1
        case (_,):
            pass
        case _:
            return None
    return values


def in_words(values: np.ndarray) -> str:
    """The values that occur: "always 1", "0 or 2"."""
    different = [f"{value:g}" for value in np.unique(np.round(values, 2) + 0.0)]
    if len(different) == 1:
        return f"always {different[0]}"
    return " or ".join(different) if len(different) < 5 else "many values"


# --- the exercises -------------------------------------------------------------------------------------

COMMON = {
    "the output has no softmax: its numbers are not probabilities": {"output": None},
    "the output has a sigmoid in place of a softmax": {"output": "sigmoid"},
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

alexnet_exercise = Exercise(
    name="alexnet",
    points=15,
    difficulty=2,
    minutes=25,
    cases=[
        case("67x99 grey pictures, 7 classes", (67, 99, 1), classes=7).weighing(3),
        case("a signal of 1 in training mode", (67, 67, 3), classes=4, signals=True),
    ],
    observe=look_at_network,
    gives="a Keras model",
    reference=alexnet,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            alexnet,
            {
                "the first convolution has no stride. Its stride is 4": {"stride": 1},
                "the first convolution has padding 'same'. It has none ('valid')": {"padding": "same"},
                "the convolutions after the first shrink the picture. They need padding='same'": {
                    "later": "valid"
                },
                "every convolution is followed by a pooling. Only the first, second and fifth are": {
                    "pool_after": (0, 1, 2, 3, 4)
                },
                "the pooling windows are 2x2. They are 3x3 with stride 2, so that they overlap": {
                    "pool": (2, 2)
                },
                "the pooling windows are 3x3 and have stride 3. Their stride is 2": {"pool": (3, 3)},
                "the pooling layers take the average, not the maximum": {"pooling": "AveragePooling2D"},
                "there is no pooling after the fifth convolution": {"pool_after": (0, 1)},
                "there is a pooling after the third convolution, not after the fifth": {
                    "pool_after": (0, 1, 2)
                },
                "the convolutions have no ReLU": {"activation": None},
                "the activations are tanh, as before 2012, and not ReLU": {
                    "activation": "tanh",
                    "hidden_activation": "tanh",
                },
                "the second convolution has a window of 3x3. It has 5x5": {
                    "convolutions": change(ALEXNET, (1, 256, 3))
                },
                "the fourth convolution has 256 filters. It has 384, as the third": {
                    "convolutions": change(ALEXNET, (3, 256, 3))
                },
                "the fifth convolution has 384 filters. It has 256": {
                    "convolutions": change(ALEXNET, (4, 384, 3))
                },
                "one of the two convolutions with 384 filters is missing": {
                    "convolutions": (*ALEXNET[:3], ALEXNET[4]),
                    "pool_after": (0, 1, 3),
                },
                "the filters are 64, 192, 384, 256, 256: a later edition of the network. Here they are 96, 256, "
                "384, 384, 256": {"convolutions": ((64, 11), (192, 5), (384, 3), (256, 3), (256, 3))},
                "convolutions 2, 4 and 5 work in two groups, as on the paper's two GPUs. Here each sees all "
                "channels": {"groups": (1, 2, 1, 2, 2)},
                "there is local response normalization after the first two convolutions. Here it is left out": {
                    "norm": "response"
                },
                "there is batch normalization after the convolutions: it came three years later": {
                    "norm": "batch"
                },
                **COMMON,
                "there is no dropout": {"dropout_after": ()},
                "a dropout stands after the first dense layer alone. One belongs after each of the two": {
                    "dropout_after": (1,)
                },
                "a dropout stands after the second dense layer alone. One belongs after each of the two": {
                    "dropout_after": (2,)
                },
                "the dropouts stand before the two dense layers of 4096. They belong after them": {
                    "dropout_after": (0, 1)
                },
                "there is a dropout on the flattened picture too": {"dropout_after": (0, 1, 2)},
                "the dropouts have rate 0.2. They have 0.5": {"rate": 0.2},
                "the dropouts have rate 0.4. They have 0.5": {"rate": 0.4},
                "units are dropped in use as well: tf.nn.dropout and keras.random.dropout know no modes. Use "
                "the layer Dropout": {"in_use_too": True},
            },
        ),
        Mistake("the argument input_shape is ignored: it is always (227, 227, 3)", fixed_picture(227)),
    ],
    hints=[
        "Write down the shape after each layer for a 227x227 picture: 55x55x96, 27x27x96, 27x27x256, "
        "13x13x256, 13x13x384 twice, 13x13x256, 6x6x256. model.summary() shows yours.",
        "Only the first convolution has a stride (4) and no padding. All others have padding='same'. Only the "
        "first, the second and the fifth are followed by a pooling layer.",
        "If the parameters are right and the outputs are wrong, look at what has no parameters: strides, "
        "padding, ReLU, pooling 3x3 with strides=2, softmax. If only the signals in training mode are wrong, "
        "look at the two dropouts: Dropout(0.5) after each Dense(4096), and no training argument.",
        "Conv2D(96, 11, strides=4, activation='relu'), MaxPooling2D(3, strides=2), Conv2D(256, 5, "
        "padding='same', activation='relu'), ..., Flatten(), Dense(4096, activation='relu'), Dropout(0.5), ...",
    ],
    idea="Five convolutions and three dense layers: which of the two kinds holds nearly all parameters?",
    try_next="Count alexnet((195, 195, 3), 1000) with classics.costs_of: by which share do the parameters of "
    "the first dense layer fall, and by which those of the convolutions?",
)


def block_cases(rng: np.random.Generator) -> list[Any]:
    """Blocks of one, two and three convolutions; filters unlike channels, and as many."""
    n_H, n_W = 2 * rng.integers(3, 6) + 1, 2 * rng.integers(2, 5)
    n_C, filters = (int(n) for n in rng.choice([2, 3, 4, 5, 6], 2, replace=False))
    return [
        case("two convolutions, odd height", (int(n_H), int(n_W), n_C), filters=filters, convolutions=2),
        case("three, as many filters as channels", (6, 9, filters), filters=filters, convolutions=3),
        case("one convolution", (5, 4, filters), filters=n_C, convolutions=1),
    ]


block_exercise = Exercise(
    name="vgg_block",
    points=10,
    difficulty=2,
    minutes=15,
    cases=block_cases,
    observe=look_at_block,
    gives="a Keras tensor",
    reference=vgg_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            vgg_block,
            {
                "the argument convolutions is ignored: there are always two": {"convolutions": 2},
                "only one convolution reaches the output. Give each the result of the one before: X = ...(X)": {
                    "convolutions": 1
                },
                "the argument filters is ignored: there are always 64": {"filters": 64},
                "each convolution doubles the filters. Within a block all have the same number": {"widen": 2},
                "the windows are 5x5. VGG has 3x3 only": {"f": 5},
                "the convolutions shrink the picture. They need padding='same'": {"padding": "valid"},
                "there is no ReLU": {"relu_at": lambda i, n: False},
                "there is a ReLU after the last convolution alone. Each convolution has one": {
                    "relu_at": lambda i, n: i == n - 1
                },
                "the last convolution of the block has no ReLU": {"relu_at": lambda i, n: i < n - 1},
                "there is batch normalization, which VGG does not have": {"norm": True},
                "the convolutions have no bias": {"use_bias": False},
                "the same layer is called several times, so that all convolutions share one kernel. Make a "
                "new layer for each": {"shared": True},
                "there is no pooling at the end": {"pool_at": ()},
                "the pooling comes before the convolutions, not after them": {"pool_at": ("start",)},
                "there is a pooling after every convolution. A block has one, at its end": {
                    "pool_at": ("between", "end")
                },
                "the pooling takes the average, not the maximum": {"pooling": "AveragePooling2D"},
                "the pooling has stride 1, which keeps the picture large": {
                    "pool": {"pool_size": 2, "strides": 1}
                },
                "the pooling windows are 3x3, as in AlexNet. Here they are 2x2": {
                    "pool": {"pool_size": 3, "strides": 2}
                },
                "the pooling has padding='same', which rounds an odd height up. It has none": {
                    "pool": {"pool_size": 2, "padding": "same"}
                },
            },
        ),
        *(
            Mistake(
                words,
                functools.partial(
                    lambda X, filters, convolutions, n: vgg_block(X, filters, convolutions + n), n=n
                ),
            )
            for n, words in (
                (1, "there is one convolution too many: one stands outside the loop, perhaps"),
                (-1, "there is one convolution too few: does the loop begin at 1?"),
            )
        ),
    ],
    hints=[
        "Which layers of the block change the height and the width, and which the channels?",
        "A loop over range(convolutions): in each round a new layer Conv2D takes X, and X becomes its result. "
        "After the loop, one pooling.",
        "If 'two convolutions' passes and the other cases fail, the argument convolutions is not used. If the "
        "parameters are right and the result is wrong, look at the ReLUs and at the pooling.",
        "X = Conv2D(filters, 3, padding='same', activation='relu')(X) in the loop, then "
        "MaxPooling2D(2, strides=2)(X).",
    ],
    idea="Two numbers describe the block. A network of such blocks can be written as a list of pairs.",
    try_next="Stack vgg_block(vgg_block(X, 64, 2), 128, 2) on an Input of (7, 10, 3): predict the output's "
    "shape and the parameters before you print them.",
)

vgg16_exercise = Exercise(
    name="vgg16",
    points=15,
    difficulty=2,
    minutes=15,
    needs=("vgg_block",),
    cases=[case("70x36 grey pictures, 7 classes", (70, 36, 1), classes=7)],
    observe=look_at_network,
    gives="a Keras model",
    reference=vgg16,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            vgg16,
            {
                "blocks 3, 4 and 5 have two convolutions each. They have three": {
                    "blocks": with_convolutions(2, 2, 2, 2, 2)
                },
                "blocks 3, 4 and 5 have four convolutions each: that is VGG-19. VGG-16 has three": {
                    "blocks": with_convolutions(2, 2, 4, 4, 4)
                },
                "every block has three convolutions. Blocks 1 and 2 have two": {
                    "blocks": with_convolutions(3, 3, 3, 3, 3)
                },
                "block 3 has two convolutions. It has three, as blocks 4 and 5": {
                    "blocks": with_convolutions(2, 2, 2, 3, 3)
                },
                "block 5 has 1024 filters. The doubling ends at 512": {
                    "blocks": change(VGG_16, (4, 1024, 3))
                },
                "block 5 is missing": {"blocks": VGG_16[:4]},
                "block 1 has 32 filters, and all others half as many as they should. The first has 64": {
                    "blocks": tuple((filters // 2, n) for filters, n in VGG_16)
                },
                "every block has 64 filters: they double from block to block, up to 512": {
                    "blocks": tuple((64, n) for _, n in VGG_16)
                },
                "every block takes the picture itself. Give each block the result of the one before": {
                    "from_picture": True
                },
                "there is batch normalization, which this network does not have": {"norm": True},
                **COMMON,
            },
        ),
        Mistake("the argument input_shape is ignored: it is always (224, 224, 3)", fixed_picture(224)),
    ],
    hints=[
        "Five calls of vgg_block. What are filters and convolutions in each?",
        "A list of five pairs and a loop: (64, 2), (128, 2), (256, 3), (512, 3), (512, 3). Then the end is that "
        "of AlexNet.",
        "If the parameters are wrong, compare model.summary() with the table, block by block. If they are right "
        "and the outputs are wrong, look at the ReLUs of the dense layers and at the softmax.",
        "for filters, convolutions in blocks: X = vgg_block(X, filters, convolutions); then Flatten, "
        "Dense(4096, activation='relu') twice, Dense(classes, activation='softmax').",
    ],
    idea="One rule and a list of five pairs: that is the whole design. VGG-19 is the same with three other "
    "numbers.",
    try_next="Count the parameters of vgg16((32, 32, 3), 1000) and of vgg16((224, 224, 3), 1000): which single "
    "layer makes the whole difference?",
)
