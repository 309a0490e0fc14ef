"""Checks for week3/sliding_windows: a classifier at every window, its convolutional form, and boxes from a map.

Models are judged by what they compute. The references take switches, and a mistake is a reference with a
switch thrown.
"""

from .converting import convert
from .map_boxes import boxes
from .sliding import slide

EXERCISES = (
    slide,
    convert,
    boxes,
)
