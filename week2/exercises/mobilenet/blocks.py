"""What both blocks of MobileNet share: batch normalization with ReLU6, and slips that both know."""

from typing import Any

RELU = "the activations are ReLU and not ReLU6: nothing is cut off at 6"
RELU_FIRST = "the ReLU6 stand before the batch normalizations and not after them"
ONE_ZERO = (
    "one zero is put around the picture on every side. Padding 'same' puts them below and to the right alone where the "
    "stride is 2 and the size even"
)
AXIS = "batch normalization works along another axis than the last, the channels"

DEFAULT = "the default of strides is 1: the first line ends with strides=1"


def norm_and_relu6(
    x: Any, norm: bool = True, ceiling: float | None = 6, relu: bool = True, **how: Any
) -> Any:
    """Batch normalization, then ReLU6; each may be left out, or their order turned round."""
    from keras import layers

    def activate(x: Any) -> Any:
        return layers.ReLU(ceiling)(x) if relu else x

    x = activate(x) if how.get("relu_first") else x
    x = layers.BatchNormalization(axis=how.get("axis", 3))(x) if norm else x
    return x if how.get("relu_first") else activate(x)
