"""Checks for week4/neural_style_transfer: content cost, Gram matrix, style cost, total cost, one step.

The costs are judged by their numbers, and by whether the gradient that the painting needs reaches them. A step of
the picture runs on a small stand-in for the features, the costs and the optimizer, which the function finds by the
lesson's names.
"""

from .content_cost import content
from .gram_matrix import gram
from .style_cost import layer_style, style
from .total_cost import total
from .training import step

EXERCISES = (
    content,
    gram,
    layer_style,
    style,
    total,
    step,
)
