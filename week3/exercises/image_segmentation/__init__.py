"""Checks for week3/image_segmentation: mean intersection over union, transposed convolution, U-Net.

The NumPy exercises have references that go another way than their mistakes do: a confusion matrix beside loops
over classes, a convolution of a picture pulled apart beside stamps laid on top of each other. Blocks and network
are judged by what they compute under known weights, biases included, for nothing here is normalized. Dropout is
random in training mode: there it is seen by the share that it takes away.
"""

from .contracting import block_down
from .expanding import block_up
from .overlap import iou_exercise
from .transposed_convolution import stamps
from .unet import network

EXERCISES = (
    iou_exercise,
    stamps,
    block_down,
    block_up,
    network,
)
