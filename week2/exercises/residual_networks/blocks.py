"""What both blocks share: the reference, slips that both know, and what is looked at."""

import functools
from typing import Any

import numpy as np

from workbook.models import block_model, observe_block, parameters

ORDER = "the parameters stand in another order, so that filters gets the number f: the first line reads {}"
ALWAYS_3 = "the argument f is ignored and the middle window is always 3x3"
BEHIND = "the two paths are put behind each other along the channels. They are added"
AXIS = "batch normalization works along another axis than axis 3, the channels"
NO_INITIALIZER = "the argument initializer is not given to every convolution as its kernel_initializer"


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
                ("Concatenate, turned": the shortcut first)
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
    join = getattr(layers, "Add" if add == "before the last ReLU" else add.removesuffix(", turned"))
    total = join()([aside, third] if add.endswith(", turned") else [third, aside])
    return layers.ReLU(ceiling)(total) if 2 in relus else total


def filters_first(X: Any, filters: Any, f: Any, s: int = 2, initializer: Any = None) -> Any:
    """A block with its parameters in another order: what is a number is taken apart."""
    F1, F2, F3 = filters
    return bottleneck(X, f, [F1, F2, F3])


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


SLIPS_OF_BOTH: dict[str, dict[str, Any]] = {
    "the shortcut is added after the last ReLU. Add it before": {"add": "after the last ReLU"},
    "there is no ReLU after the addition": {"relus": (0, 1)},
    "there is no ReLU after the first batch normalization": {"relus": (1, 2)},
    "there is no ReLU after the second batch normalization": {"relus": (0, 2)},
    "there is no ReLU but the last one": {"relus": (2,)},
    "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"ceiling": 6.0},
    "there is no batch normalization after the first convolution": {"norms": (1, 2, 3)},
    "there is no batch normalization after the second convolution": {"norms": (0, 2, 3)},
    "there is no batch normalization after the third convolution": {"norms": (0, 1, 3)},
    "there is no batch normalization at all": {"norms": ()},
    "the ReLUs stand before the batch normalizations and not after them": {"relu_before_norm": True},
    BEHIND: {"add": "Concatenate"},
    "F1 and F2 are swapped": {"order": (1, 0, 2)},
    "the second convolution has F1 filters. It has F2": {"order": (0, 0, 2)},
    "the middle convolution shrinks the picture. It needs padding='same'": {"padding": "valid"},
}
