"""Checks for week1/convolution_step_by_step: one layer of a convolutional network, forward and backward.

References see all windows at once (``windows``); mistakes go from window to window, as a learner does,
with one slip in them. A slip is named by a short key; the words beside it are what the learner reads.
"""

from .convolution import conv_forward
from .convolution_gradient import conv_backward
from .fast_convolution import conv_forward_fast
from .padding import zero_pad
from .pooling import pool_forward
from .pooling_gradient import pool_backward
from .shares import create_mask_from_window, distribute_value
from .single_step import conv_single_step

EXERCISES = (
    zero_pad,
    conv_single_step,
    conv_forward,
    pool_forward,
    conv_backward,
    create_mask_from_window,
    distribute_value,
    pool_backward,
    conv_forward_fast,
)
