"""Checks for week4/face_recognition: triplets, an embedding, verification, recognition, a threshold.

The references take switches, and a mistake is a reference with a switch thrown. Answers that read a picture
do it through ``img_to_encoding``, which is put in its place here; pictures are small files in a folder that
is gone after the look.
"""

from .embedding import the_network
from .mining import the_miner
from .recognition import the_guest
from .similarity import the_head
from .threshold import the_threshold
from .triplet_loss import the_loss
from .verification import the_door

EXERCISES = (
    the_loss,
    the_miner,
    the_network,
    the_threshold,
    the_door,
    the_guest,
    the_head,
)
