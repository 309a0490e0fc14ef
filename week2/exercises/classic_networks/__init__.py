"""Checks for week2/classic_networks: AlexNet, a block of VGG, VGG-16.

Networks are judged by what they compute under known weights. Neither has a batch normalization, so biases
matter here. The references take switches, and a mistake is a reference with a switch thrown.
"""

from .alexnet import alexnet_exercise
from .vgg16 import vgg16_exercise
from .vgg_block import block_exercise

EXERCISES = (
    alexnet_exercise,
    block_exercise,
    vgg16_exercise,
)
