"""Checks for unet_model: down, up, and across."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.models import known_pictures, parameters
from workbook.plain import plain
from workbook.slips import switched

from .contracting import conv_block
from .expanding import upsampling_block
from .weights import DRAWN, drawn, set_weights


def unet_model(
    input_size: tuple[int, int, int] = (96, 128, 3),
    n_filters: int = 32,
    n_classes: int = 23,
    *,
    widths: tuple[int, ...] = (1, 2, 4, 8, 16),
    up_widths: tuple[int, ...] = (8, 4, 2, 1),
    shares: tuple[float, ...] = (0, 0, 0, 0.3, 0.3),
    pools: tuple[bool, ...] = (True, True, True, True, False),
    skips: tuple[int, ...] = (3, 2, 1, 0),
    skip_is: int = 1,
    next_is: int = 0,
    bottom: int = 4,
    end: dict[str, Any] | None = None,
    last: dict[str, Any] | None = None,
    more_classes: int = 0,
    wide_end: bool = False,
    inside: int | None = None,
) -> Any:
    """U-Net (Ronneberger et al. 2015): pictures to logits of every pixel.

    skips    which contracting block each upsampling block sees; skip_is: which of that block's two results
    inside   what stands for n_filters in all blocks, where that is fixed
    next_is  which of its two results goes on to the next block; bottom: the block that is enlarged first
    end      how the 3x3 convolution before the last one differs, {"filters": 0} leaves it out; last: the last
    """
    import keras
    from keras import layers

    X = inputs = keras.Input(input_size)
    unit = inside or n_filters
    blocks = []
    for width, share, pool in zip(widths, shares, pools, strict=True):
        blocks.append(conv_block(X, width * unit, share, pool))
        X = blocks[-1][next_is]
    X = blocks[bottom][0]
    for width, skip in zip(up_widths, skips, strict=True):
        X = upsampling_block(X, blocks[skip][skip_is], width * unit)
    how = {
        "filters": 2 * n_filters if wide_end else n_filters,
        "kernel_size": 3,
        "activation": "relu",
        "padding": "same",
    }
    how |= {"kernel_initializer": "he_normal"} | (end or {})
    if how["filters"]:
        X = layers.Conv2D(**how)(X)
    how = {"kernel_size": 1, "padding": "same"} | (last or {})
    return keras.Model(inputs, layers.Conv2D(n_classes + more_classes, **how)(X))


def look_at_unet(network: Callable, input_size: tuple[int, ...] | None = None, **kwargs: Any) -> Any:
    """What a network computes, and what training mode drops; without a size only what its defaults give."""
    import keras

    model = network() if input_size is None else network(input_size=input_size, **kwargs)
    if not isinstance(model, keras.Model):
        return plain(model)
    if input_size is None:
        # some models know their shapes only when they are called
        outputs = model.outputs[0] if model.built else None
        if outputs is None or None in outputs.shape[1:]:
            outputs = model(np.zeros((1, 96, 128, 3), np.float32))
        shape = list(outputs.shape)[1:]
        given = parameters(model, biases=True)
        given["trainable"] -= (
            33 * shape[-1]
        )  # those of the last layer, so that any other n_classes looks the same
        return {
            "height and width of the output": shape[:-1],
            "how many classes come out": "23" if shape[-1] == 23 else "another number",
            "parameters, but for those of the last layer": given,
            f"{DRAWN}, of those with n_filters in and out": drawn(model, only=(3, 3, 32, 32)),
        }
    model(known_pictures(1, input_size), training=False)  # a subclass may make its weights only now
    set_weights(model)
    outputs = np.asarray(model(known_pictures(2, input_size), training=False))
    return {
        "output shape": list(outputs.shape)[1:],
        "parameters, biases included": parameters(model, biases=True),
        "logits": outputs,
        "dropped in training mode": what_unet_drops(model, input_size, kwargs["n_filters"]),
    }


def what_unet_drops(model: Any, input_size: tuple[int, ...], n: int) -> str:
    """In words: which share of the fourth block's skip training mode drops, and which on the way through the
    fourth and fifth block together.

    With pictures of ones, and kernels that hand on the mean over the channels, every number of the network is
    positive. A transposed convolution then fills one pixel of four, so that the output has pixels which only
    the first three skips reach (row 3, 11, ...), others that the fourth reaches too (7, 23, ...), and others
    that the fifth block reaches (15, 31, ...). Channel 0 alone of the fourth skip, or of the fifth block, is
    handed on: where it is dropped nothing arrives, where it is kept 1 / (1 - share) times as much.
    """
    joined, upwards = (3, 3, 16 * n, 8 * n), (3, 3, 8 * n, 16 * n)
    shapes = [tuple(variable.shape) for variable in model.trainable_variables]
    if shapes.count(joined) != 1 or shapes.count(upwards) != 2:
        return "unknown: the blocks have other sizes"
    kept = []
    for chosen, rows in ((8 * n, 7), (slice(0, 8 * n), 15)):
        _hand_on(model, joined, upwards, chosen)
        X = np.ones((64, *input_size), np.float32)
        still, training = (np.asarray(model(X, training=mode), np.float64)[..., 0] for mode in (False, True))
        base, wave = still[0, 3, 3], training[:, 3::8, 3::8]
        gain = still[0, rows, rows] - base
        if not np.allclose(wave, base, rtol=1e-4) or gain <= 1e-6 * abs(base):
            return "something in other blocks"
        kept.append(float((training[:, rows::16, rows::16].max() - base) / gain))
    return f"{100 * (1 - 1 / kept[0]):.0f} % of the fourth skip, {100 * (1 - 1 / kept[1]):.0f} % down to the fifth"


def _hand_on(model: Any, joined: tuple[int, ...], upwards: tuple[int, ...], chosen: int | slice) -> None:
    """Kernels that hand on the mean over the channels at the same pixel. Of ``joined``, which reads what is
    enlarged and what comes across, only the chosen channels; of ``upwards`` the first."""
    for variable in model.variables:
        shape = tuple(variable.shape)
        if "seed" in variable.path or "int" in str(variable.dtype):
            continue
        value = np.zeros(shape, np.float32)
        if len(shape) == 4:
            middle = value[shape[0] // 2, shape[1] // 2]
            if shape == joined:
                middle[chosen] = 1
            elif shape == upwards:
                middle[:, 0] = 1
            else:
                middle[:] = 1 / shape[2]
        elif len(shape) == 2:
            value[:] = 1 / shape[0]
        elif variable.path.split("/")[-1] in ("gamma", "moving_variance"):
            value[:] = 1
        variable.assign(value)


UNET_MISTAKES = {
    "the output has a softmax. Logits are asked for: no activation": {"last": {"activation": "softmax"}},
    "the output has a ReLU. Logits may be negative: no activation": {"last": {"activation": "relu"}},
    "the output has a sigmoid. Logits are asked for: no activation": {"last": {"activation": "sigmoid"}},
    "the last convolution has a 3x3 window. It has 1x1": {"last": {"kernel_size": 3}},
    "the 3x3 convolution before the last one is missing": {"end": {"filters": 0}},
    "the 3x3 convolution before the last one has no ReLU": {"end": {"activation": None}},
    "the 3x3 convolution before the last one has a 1x1 window": {"end": {"kernel_size": 1}},
    "the 3x3 convolution before the last one starts as Keras's default does: kernel_initializer='he_normal'": {
        "end": {"kernel_initializer": "glorot_uniform"}
    },
    "the 3x3 convolution before the last one starts as he_uniform does: kernel_initializer='he_normal'": {
        "end": {"kernel_initializer": "he_uniform"}
    },
    "the 3x3 convolution before the last one has ReLU6, which cuts off at 6. It has ReLU": {
        "end": {"activation": "relu6"}
    },
    "the 3x3 convolution before the last one has no padding: padding='same'": {"end": {"padding": "valid"}},
    "the 3x3 convolution before the last one has twice n_filters filters": {"wide_end": True},
    "the 3x3 convolution before the last one has 32 filters, whatever n_filters says": {
        "end": {"filters": 32}
    },
    "the blocks have 32, 64, 128, 256 and 512 filters, whatever n_filters says: write n_filters, 2 * n_filters, "
    "and so on": {"inside": 32},
    "n_filters is never doubled: each block down has twice as many filters as the one before": {
        "widths": (1, 1, 1, 1, 1),
        "up_widths": (1, 1, 1, 1),
    },
    "the fifth block has as many filters as the fourth. It has 16 * n_filters": {"widths": (1, 2, 4, 8, 8)},
    "the filters grow by n_filters and are not doubled: 1, 2, 4, 8, 16 times n_filters": {
        "widths": (1, 2, 3, 4, 5),
        "up_widths": (4, 3, 2, 1),
    },
    "all upsampling blocks have n_filters filters. The first has 8 * n_filters, then 4, 2 and 1": {
        "up_widths": (1, 1, 1, 1)
    },
    "the upsampling blocks' filters are in the order 1, 2, 4, 8. They go down: 8, 4, 2, 1": {
        "up_widths": (1, 2, 4, 8)
    },
    "the upsampling blocks have twice as many filters as they should: 8, 4, 2, 1 times n_filters": {
        "up_widths": (16, 8, 4, 2)
    },
    "the upsampling blocks get the pooled results of the blocks, [0]. The skip connections are [1]": {
        "skip_is": 0
    },
    "each block gets the skip connection of the one before, [1], and nothing is pooled. next_layer is [0]": {
        "next_is": 1
    },
    "the skip connections are in the order of the blocks down. The first one up gets the fourth block's": {
        "skips": (0, 1, 2, 3)
    },
    "the fifth block is left out: the first upsampling block gets the fourth one's result": {"bottom": 3},
    "the fifth block is pooled. It needs max_pooling=False": {"pools": (True,) * 5},
    "the fourth block has no dropout. It has dropout_prob=0.3": {"shares": (0, 0, 0, 0, 0.3)},
    "the fifth block has no dropout. It has dropout_prob=0.3": {"shares": (0, 0, 0, 0.3, 0)},
    "no block has dropout. The fourth and the fifth have dropout_prob=0.3": {"shares": (0, 0, 0, 0, 0)},
    "blocks above the fourth have dropout too. Only the fourth and the fifth have it": {"shares": (0.3,) * 5},
    "dropout is 0.5. It is 0.3": {"shares": (0, 0, 0, 0.5, 0.5)},
    "there is one class too many: n_classes channels come out": {"more_classes": 1},
}
UNET_IGNORES = {
    "the argument n_classes is ignored, and there are always 23": {"n_classes": 23},
    "the argument n_filters is ignored, and it is always 32": {"n_filters": 32},
    "the argument input_size is ignored: it is always (96, 128, 3)": {"input_size": (96, 128, 3)},
}


def of_other_default(size: tuple = (96, 128, 3), filters: int = 32, classes: int = 23) -> Callable:
    """A network with another value where none is given."""
    return lambda input_size=size, n_filters=filters, n_classes=classes: unet_model(
        input_size, n_filters, n_classes
    )


network = Exercise(
    name="unet_model",
    points=18,
    difficulty=4,
    minutes=30,
    needs=("conv_block", "upsampling_block"),
    cases=[
        case("32x48 pictures of 2 channels, 7 classes", (32, 48, 2), n_filters=2, n_classes=7).weighing(3),
        case("called without arguments"),
    ],
    observe=look_at_unet,
    gives="a Keras model",
    reference=unet_model,
    tolerance=1e-3,
    time_limit=120,
    slow=True,
    mistakes=[
        *switched(unet_model, UNET_MISTAKES),
        *switched(unet_model, UNET_IGNORES),
        *(Mistake("n_filters is not 32 where none is given", of_other_default(filters=n)) for n in (16, 64)),
        Mistake("n_classes is not 23 where none is given", of_other_default(classes=5)),
        *(
            Mistake("input_size is not (96, 128, 3) where none is given", of_other_default(size=(*size, 3)))
            for size in ((128, 128), (128, 96))
        ),
    ],
    hints=[
        "Write the shapes down the left side of the U and up the right side. Which block on the left is as high "
        "and wide as each block on the right becomes?",
        "conv_block gives two results. The first goes on to the next block, the second waits for its "
        "upsampling block: the fourth block's skip is used first, the first block's last.",
        "If the parameters are right and the logits are wrong, look at what has none: activations, dropout, "
        "which skip goes where. If Keras says that shapes do not match, a skip connection has gone to the "
        "wrong block, or is the pooled one.",
        "b5 = conv_block(b4[0], 16 * n_filters, dropout_prob=0.3, max_pooling=False); "
        "u6 = upsampling_block(b5[0], b4[1], 8 * n_filters); and so on, down to n_filters.",
    ],
    try_next="Compare unet_model(n_filters=8).count_params() with that of n_filters=16: guess the factor first.",
    idea="Nothing in it knows the size of the picture: any height and width that 16 divides will do.",
)
