"""Checks for week1/convolution_application: three networks in Keras, and the table of their activations.

A network is judged by what it computes under known weights, in inference and in training mode, and by its
number of parameters. The references take switches, and a mistake is a reference with a switch thrown.
"""

from .activations import table
from .hand_signs import signs
from .lenet5 import lenet
from .smiles import happy

EXERCISES = (
    happy,
    signs,
    table,
    lenet,
)
