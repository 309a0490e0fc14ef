"""Checks for week3/car_detection: overlap, filtering, suppression, anchors, targets, loss, average precision.

Each mistake is a right answer with one slip in it. A slip is named by a short key; the words beside it are what
the learner reads. Scores are multiples of 1/128 and boxes mostly multiples of 1/64 or whole pixels, exact in
float32, so that a threshold can be met exactly. Boxes that overlap are of one class: whether a car may suppress
a truck is a matter of taste, and both ways are right here.
"""

from .anchors import kmeans_anchors
from .detecting import yolo_eval
from .filtering import yolo_filter_boxes
from .loss import yolo_loss
from .overlap import iou
from .precision import average_precision
from .suppression import yolo_non_max_suppression
from .targets import encode_targets

EXERCISES = (
    iou,
    yolo_filter_boxes,
    yolo_non_max_suppression,
    yolo_eval,
    kmeans_anchors,
    encode_targets,
    yolo_loss,
    average_precision,
)
