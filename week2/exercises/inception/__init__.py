"""Checks for week2/inception: 1x1 convolutions, what a convolution costs, the Inception module, GoogLeNet.

Layers and networks are judged by what they compute under known weights. The references take switches, and a
mistake is a reference with a switch thrown.
"""

from .cost import convolution_costs
from .googlenet import network
from .inception_module import module
from .pointwise import pointwise

EXERCISES = (
    pointwise,
    convolution_costs,
    module,
    network,
)
