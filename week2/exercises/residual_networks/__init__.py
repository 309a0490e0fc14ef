"""Checks for week2/residual_networks: the identity block, the convolutional block, ResNet-50.

A block is a function from a Keras tensor to a Keras tensor, a network one that returns a model. Both are
judged by what they compute under known weights, in inference and in training mode. The references take
switches, and a mistake is a reference with a switch thrown.
"""

from .convolutional import convolutional
from .identity import identity
from .resnet50 import resnet

EXERCISES = (
    identity,
    convolutional,
    resnet,
)
