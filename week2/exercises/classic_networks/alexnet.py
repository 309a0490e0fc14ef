"""Checks for alexnet: five convolutions and three dense layers."""

from typing import Any

from workbook import Exercise, Mistake, case
from workbook.slips import switched

from .dense import COMMON, change, dense_layers, fixed_picture
from .observers import look_at_network

ALEXNET = ((96, 11), (256, 5), (384, 3), (384, 3), (256, 3))
"""Of each convolution: its number of filters, its window."""


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
    pool_same: tuple[int, ...] = (),
    groups: tuple[int, ...] = (1, 1, 1, 1, 1),
    norm: str = "",
    activation: str | None = "relu",
    linear: int | None = None,
    **head: Any,
) -> Any:
    """AlexNet in one tower (Krizhevsky et al. 2012, section 3.5).

    padding     of the first convolution; later: of all others
    pool_after  the convolutions before a pooling layer
    pool_same   those of them whose pooling has padding "same"
    linear      a convolution without activation
    norm        what stands behind convolutions: "" (nothing), "batch" or "response" (behind the first two)
    """
    import keras
    from keras import layers

    X = inputs = keras.Input(input_shape)
    for i, (filters, f) in enumerate(convolutions):
        first = {"strides": stride, "padding": padding} if i == 0 else {"padding": later}
        bend = None if i == linear else activation
        X = layers.Conv2D(filters, f, groups=groups[i], activation=bend, **first)(X)
        if norm == "batch":
            X = layers.BatchNormalization()(X)
        if norm == "response" and i < 2:
            X = layers.Lambda(respond_locally, output_shape=X.shape[1:])(X)
        if i in pool_after:
            X = getattr(layers, pooling)(*pool, padding="same" if i in pool_same else "valid")(X)
    return keras.Model(inputs, dense_layers(X, classes, **{"dropout_after": (1, 2)} | head))


def respond_locally(X: Any) -> Any:
    """Local response normalization (section 3.3 of the same paper)."""
    import tensorflow as tf

    return tf.nn.local_response_normalization(X, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75)


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
                "the pooling windows are 3x3 and have stride 3, and padding='same' keeps the last picture from "
                "vanishing. Their stride is 2, and they have no padding": {"pool": (3, 3), "pool_same": (4,)},
                "the pooling layers have padding='same'. They have none ('valid')": {"pool_same": (0, 1, 4)},
                "the pooling layers take the average, not the maximum": {"pooling": "AveragePooling2D"},
                "there is no pooling after the fifth convolution": {"pool_after": (0, 1)},
                "there is a pooling after the third convolution, not after the fifth": {
                    "pool_after": (0, 1, 2)
                },
                "the convolutions have no ReLU": {"activation": None},
                **{
                    f"the {which} convolution has no ReLU": {"linear": i}
                    for i, which in enumerate(("first", "second", "third", "fourth", "fifth"))
                },
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
                "units are dropped in use as well: training=True is written somewhere, or tf.nn.dropout or "
                "keras.random.dropout, which know no modes. Use the layer Dropout and give it no mode": {
                    "in_use_too": True
                },
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
    try_next="Print classics.costs_of(alexnet, (195, 195, 3), 1000) with classics.print_costs: by which share do "
    "the parameters of the first dense layer fall, and by which those of the convolutions?",
)
