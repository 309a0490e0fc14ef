"""Checks for week1/edges_and_convolution: sizes, cross-correlation, convolution, a kernel that is learned.

References see all windows at once (``windows``); mistakes go from window to window, as a learner does,
with one slip in them. A slip is named by a short key; the words beside it are what the learner reads.
"""

from .convolution import convolve2d
from .cross_correlation import cross_correlate2d
from .kernel_learning import learn_kernel
from .output_size import conv_output_size
from .padding import same_padding

EXERCISES = (
    same_padding,
    conv_output_size,
    cross_correlate2d,
    convolve2d,
    learn_kernel,
)
