"""Checks for week3/region_proposals: similarity of regions, their grouping, detection by crops, RoI pooling.

The references take switches, and a mistake is a reference with a switch thrown. Regions in the checks are drawn
until no two similarities are nearly equal, so that a tie never decides. Classifiers are plain functions that know
which box a crop shows, however it was resized.
"""

from .detecting import detecting
from .grouping import grouping
from .roi_pooling import pooling
from .similarity import similarity

EXERCISES = (
    similarity,
    grouping,
    detecting,
    pooling,
)
