"""Checks for week4/one_and_three_dimensions: convolution along one axis and along three, and a network for each.

References see all windows at once; mistakes go from window to window, as a learner does, with one slip in
them. The networks take switches, and a mistake there is a reference with a switch thrown.
"""

from .action_model import actions
from .conv1d import conv1d_forward
from .conv3d import conv3d_forward
from .heartbeat_model import heartbeats

EXERCISES = (
    conv1d_forward,
    heartbeats,
    conv3d_forward,
    actions,
)
