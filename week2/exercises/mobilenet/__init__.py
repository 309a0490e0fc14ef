"""Checks for week2/mobilenet: what a separable convolution costs, the blocks of MobileNet v1 and v2, the whole
of MobileNetV2, and scaling by one number.

Blocks and networks are judged by what they compute under known weights, in inference and in training mode. The
references take switches, and a mistake is a reference with a switch thrown.
"""

from .cost import cost_ratio
from .inverted import inverted
from .mobilenet_v2 import network
from .scaling import budget, scaling
from .separable import separable

EXERCISES = (
    cost_ratio,
    separable,
    inverted,
    network,
    scaling,
    budget,
)
