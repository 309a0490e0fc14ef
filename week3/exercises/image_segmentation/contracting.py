"""Checks for conv_block: one step down, with what is handed across."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.known import known_pictures, with_a_strong_one
from workbook.models import parameters, without_a_mode
from workbook.plain import Other, plain
from workbook.slips import switched

from .weights import DRAWN, are_tensors, drawn, he, set_weights


def conv_block(
    inputs: Any,
    n_filters: int = 32,
    dropout_prob: float = 0,
    max_pooling: bool = True,
    *,
    slip: str = "",
    windows: tuple[int, ...] = (3, 3),
    relus: tuple[int, ...] = (0, 1),
    filters: tuple[int, int] = (1, 1),
    padding: str = "same",
    pool: str = "MaxPooling2D",
    pool_how: dict[str, Any] | None = None,
    dropout: str = "Dropout",
) -> Any:
    """Two convolutions, dropout, max pooling (Ronneberger et al. 2015, figure 1, with padding)."""
    from keras import layers

    def drop(x: Any, at: str) -> Any:
        here = "at the end" if slip not in PLACES else slip
        if dropout_prob > 0 and at == here:
            return getattr(layers, dropout)(dropout_prob)(x, training=True if slip == "always" else None)
        return x

    X = inputs
    for i, f in enumerate(windows):
        other = slip == ("glorot second", "glorot first")[min(i, 1)]
        how = {"padding": padding, "kernel_initializer": "he_normal" if other else he(slip)}
        X = layers.Conv2D(n_filters * filters[min(i, 1)], f, **how)(X)
        X = layers.BatchNormalization()(X) if slip == "norm" else X
        X = layers.ReLU(6.0 if slip == "ReLU6" else None)(X) if min(i, 1) in relus else X
        X = drop(X, "between") if i == 0 else X
    skip = X
    X = drop(X, "at the end")
    skip = skip if slip == "skip first" else X
    pooled = getattr(layers, pool)(**({"pool_size": 2} | (pool_how or {})))(X) if max_pooling else X
    pooled = drop(pooled, "after pooling")
    return {"both pooled": (pooled, pooled), "turned": (skip, pooled), "one": pooled}.get(
        slip, (pooled, skip)
    )


PLACES = ("between", "after pooling", "nowhere")


def look_at_conv_block(block: Callable, input_shape: tuple[int, ...], **kwargs: Any) -> Any:
    """The shapes, the parameters and both outputs of a block, and what its dropout does in training mode."""
    import keras

    inputs = keras.Input(input_shape)
    outputs = block(inputs, **kwargs)
    if keras.backend.is_keras_tensor(outputs):
        return Other("KerasTensor", "one Keras tensor: return next_layer, skip_connection")
    if not are_tensors(outputs, 2):
        return one_that_is_no_tensor(outputs)
    model = keras.Model(inputs, list(outputs))
    wide = {} if kwargs else {DRAWN: drawn(model)}
    set_weights(model)
    X = with_a_strong_one(known_pictures(2, input_shape))
    after, skip = (np.asarray(output) for output in model(X, training=False))
    moved, dropped = (np.asarray(output) for output in model(X, training=True))
    return {
        "shape of next_layer": list(after.shape)[1:],
        "shape of skip_connection": list(skip.shape)[1:],
        "parameters, biases included": parameters(model, biases=True),
        "next_layer": after,
        "skip_connection": skip,
        "where no mode is given": without_a_mode(model, X),
        "what training mode drops": what_drops(skip, dropped),
        "in training mode next_layer is made": made_of(after, moved, dropped),
        **wide,
    }


def one_that_is_no_tensor(outputs: Any) -> Any:
    """Of two results the first that is no Keras tensor, in words; anything else as plain data."""
    import keras

    if not isinstance(outputs, list | tuple) or len(outputs) != 2:
        return plain(outputs)
    names = ("next_layer", "skip_connection")
    name, wrong = next(
        pair for pair in zip(names, outputs, strict=True) if not keras.backend.is_keras_tensor(pair[1])
    )
    told = "None" if wrong is None else getattr(plain(wrong), "text", f"of type {type(wrong).__name__}")
    return Other("results", f"two results, of which {name} is {told}")


def what_drops(still: np.ndarray, training: np.ndarray) -> str:
    """In words: which share of a layer's numbers training mode sets to 0, found by how much larger the others
    become (1 / (1 - share)), and whether single numbers or whole channels go."""
    if np.allclose(still, training, rtol=1e-4, atol=1e-5):
        return "nothing"
    alive = np.abs(still) > 1e-3
    kept = alive & (training != 0)
    ratios = training[kept] / still[kept]
    if not kept.any() or np.ptp(ratios) > 1e-2:
        return "not numbers of the result, but of a layer before it"
    share = 100 * (1 - 1 / np.median(ratios))
    some = (kept.any((1, 2)) & (alive & ~kept).any((1, 2))).any()
    return f"{share:.0f} % of the {'numbers' if some else 'channels'}"


def made_of(after: np.ndarray, training: np.ndarray, dropped: np.ndarray) -> str:
    """In words: where next_layer comes from in training mode. ``after`` is what it is at inference, ``dropped``
    the skip connection in training mode."""
    if training.shape == dropped.shape and np.allclose(training, dropped, atol=1e-5):
        return "of what skip_connection holds"
    n_H, n_W = (n // 2 for n in dropped.shape[1:3])
    windows = dropped[:, : 2 * n_H, : 2 * n_W].reshape(len(dropped), n_H, 2, n_W, 2, -1)
    most = windows.max((2, 4))
    if training.shape == most.shape and np.allclose(training, most, atol=1e-5):
        return "of what skip_connection holds"
    lost = what_drops(after, training)
    return "of a dropout of its own" if lost.endswith(("numbers", "channels")) else "of something else"


CONV_BLOCK_MISTAKES = {
    "skip_connection is the pooled layer too. It is what stands before the pooling": {"slip": "both pooled"},
    "the two results are exchanged. next_layer comes first, skip_connection second": {"slip": "turned"},
    "the second convolution has no ReLU": {"relus": (0,)},
    "the first convolution has no ReLU": {"relus": (1,)},
    "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"slip": "ReLU6"},
    "neither convolution has a ReLU": {"relus": ()},
    "there is one convolution in place of two. (Does the second start from inputs again? Then the first leads "
    "nowhere)": {"windows": (3,)},
    "there are three convolutions in place of two": {"windows": (3, 3, 3)},
    "the windows are 2x2. They are 3x3": {"windows": (2, 2)},
    "the second convolution has twice as many filters. Both have n_filters": {"filters": (1, 2)},
    "the convolutions have no padding. They need padding='same'": {"padding": "valid"},
    "the argument max_pooling is ignored, and the block always pools": {"max_pooling": True},
    "there is no max pooling. There is one unless max_pooling is False": {"max_pooling": False},
    "the pooling takes the average and not the maximum": {"pool": "AveragePooling2D"},
    "the pooling has stride 1. It halves height and width": {"pool_how": {"strides": 1, "padding": "same"}},
    "the pooling moves by 1, so that only a row and a column are lost. It halves height and width": {
        "pool_how": {"strides": 1}
    },
    "the pooling rounds an odd size up (padding='same'). Leave its padding as it is": {
        "pool_how": {"padding": "same"}
    },
    "dropout works at all times: it has training=True. Give it no mode": {"slip": "always"},
    "the argument dropout_prob is ignored: nothing is dropped": {"slip": "nowhere"},
    "dropout stands before one of the convolutions. It comes after the second one": {"slip": "between"},
    "dropout stands after the pooling, so that skip_connection has none. It comes before": {
        "slip": "after pooling"
    },
    "skip_connection is taken before the dropout. It is what the pooling sees": {"slip": "skip first"},
    "whole channels are dropped. Dropout takes single numbers": {"dropout": "SpatialDropout2D"},
    "the kernels start as Keras's default does. They need kernel_initializer='he_normal'": {"slip": "glorot"},
    "the kernels start as he_uniform gives them. They need kernel_initializer='he_normal'": {
        "slip": "he_uniform"
    },
    "the first convolution's kernel starts as Keras's default does. Both need kernel_initializer='he_normal'": {
        "slip": "glorot first"
    },
    "the second convolution's kernel starts as Keras's default does. Both need kernel_initializer='he_normal'": {
        "slip": "glorot second"
    },
    "the pooling takes windows of 3x3. They are 2x2": {"pool_how": {"pool_size": 3}},
    "the windows are 1x1. They are 3x3": {"windows": (1, 1)},
    "the second convolution has a 1x1 window. Both have 3x3": {"windows": (3, 1)},
    "there are batch normalizations. This block has none": {"slip": "norm"},
    "only one tensor comes back. Return next_layer and skip_connection": {"slip": "one"},
    "the argument n_filters is ignored, and there are always 32": {"n_filters": 32},
}


def changed_share(change: Callable[[float], float]) -> Callable:
    """A block that drops another share than it is told to."""

    def block(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
        share = change(dropout_prob) if dropout_prob > 0 else 0
        return conv_block(inputs, n_filters, share, max_pooling)

    return block


def turned_round(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    """A block that pools where it should not."""
    return conv_block(inputs, n_filters, dropout_prob, not max_pooling)


def of_other_default(count: int) -> Callable:
    """A block with another number of filters where none is given."""

    def block(inputs, n_filters=count, dropout_prob=0, max_pooling=True):
        return conv_block(inputs, n_filters, dropout_prob, max_pooling)

    return block


block_down = Exercise(
    name="conv_block",
    points=12,
    difficulty=2,
    minutes=20,
    cases=[
        case("height unlike width", (6, 8, 3), n_filters=4).weighing(2),
        case("odd sizes, dropout 0.2", (7, 5, 2), n_filters=6, dropout_prob=0.2).weighing(2),
        case(
            "no max pooling, dropout 0.3", (4, 6, 3), n_filters=5, dropout_prob=0.3, max_pooling=False
        ).weighing(2),
        case("no max pooling, no dropout", (3, 4, 2), n_filters=3, max_pooling=False),
        case("called with inputs alone", (4, 6, 16)),
    ],
    observe=look_at_conv_block,
    gives="two Keras tensors",
    reference=conv_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(conv_block, CONV_BLOCK_MISTAKES),
        Mistake(
            "dropout_prob is taken for the share that is kept: Dropout(0.3) drops 0.3",
            changed_share(lambda share: 1 - share),
        ),
        *(Mistake("n_filters is not 32 where none is given", of_other_default(n)) for n in (16, 64)),
        Mistake(
            "max_pooling is turned round: the block pools where it is False, and does not where it is True",
            turned_round,
        ),
        Mistake("dropout is always 0.3, whatever dropout_prob is", changed_share(lambda share: 0.3)),
    ],
    hints=[
        "Two results, so two names: what goes on to the next block, and what crosses the bridge. Which of them "
        "has been pooled?",
        "Conv2D(n_filters, 3, activation='relu', padding='same', kernel_initializer='he_normal') twice, the "
        "second on the result of the first.",
        "If the parameters are right and skip_connection is wrong, look at activation and padding. If only "
        "next_layer is wrong, look at the pooling. If only 'training mode' rows fail, look at where Dropout "
        "stands: after the second convolution, before the pooling.",
        "conv = ...; if dropout_prob > 0: conv = Dropout(dropout_prob)(conv); next_layer = MaxPooling2D(2)(conv) "
        "if max_pooling else conv; return next_layer, conv.",
    ],
    try_next="Print both shapes of conv_block(keras.Input((25, 33, 3))), and say first what the pooling makes of an odd "
    "size.",
    idea="Pooling forgets where, so that the next block can ask what. The skip connection remembers where.",
)
