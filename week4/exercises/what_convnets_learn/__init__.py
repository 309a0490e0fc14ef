"""Checks for week4/what_convnets_learn: where a unit looks, what excites it most, and a picture that does.

The references take the name of a slip, and a mistake is a reference with a slip. The models of the checks are
small; they are made here, with known weights, so that the cases hold only names and pictures.
"""

from .gradient_ascent import the_dream
from .receptive_fields import the_field
from .strongest_patches import the_patches

EXERCISES = (
    the_field,
    the_patches,
    the_dream,
)
