"""Checks for week3/localization_and_landmarks: a loss with a mask, a network for a box, one for landmarks.

The references take switches, and a mistake is a reference with a switch thrown. Networks are judged by what
they compute under known weights.
"""

from .landmarks import the_landmarks
from .localization import the_model
from .loss import the_loss

EXERCISES = (
    the_loss,
    the_model,
    the_landmarks,
)
