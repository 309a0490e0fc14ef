"""Checks for week2/transfer_learning: augmentation, AlexNet's colours, a frozen base with a head of its own, thawing
it, ten crops, and several networks that vote.

What is random is judged by what it does to many copies of one picture. A network on a pretrained base is looked at
on a small stand-in for the base, whose weights are known: no check needs pretrained weights or a download, and it
is all one whether the base comes from Keras or from this workbook.
"""

from .augmenting import augmentation
from .classifier import network
from .colour_shifts import colours
from .ensemble import ensemble
from .fine_tuning import thawing
from .multi_crop import multi_crop

EXERCISES = (
    augmentation,
    colours,
    network,
    thawing,
    multi_crop,
    ensemble,
)
