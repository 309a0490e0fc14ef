"""The pictures, plots and small tools of week 1, under one name for its notebooks.

``pictures`` holds what draws and times, ``edge_pictures`` photographs and what is drawn on them, ``explorers``
what can be played with, ``learning`` what trains networks and shows what they learned, ``volumes`` the drawings
of their activations.
"""

from edge_pictures import (
    cut_patches,
    real_photograph,
    ripples,
    show_angle_errors,
    show_profile,
    show_slopes,
    show_zoom,
)
from explorers import kernel_stepper, padding_explorer, show_kernel_steps, show_padding_grid
from learning import (
    accuracy,
    first_kernel,
    guesses,
    shifted,
    show_covering,
    show_filters,
    show_labelled,
    show_mistakes,
    show_shift_curves,
    show_training,
    small_and_grey,
    train,
)
from pictures import (
    SHADES,
    draw_cells,
    photograph,
    seconds,
    show_cells,
    show_curves,
    show_gradient_errors,
    show_padding,
    show_pictures,
    show_pooling,
    show_times,
    show_window_steps,
)
from volumes import (
    print_table,
    show_footprints,
    show_maps,
    show_matrices,
    show_sizes,
    show_volumes,
)
from workbook.own_picture import load_picture
from workbook.training import set_momentum

__all__ = [
    "SHADES",
    "accuracy",
    "cut_patches",
    "draw_cells",
    "first_kernel",
    "guesses",
    "kernel_stepper",
    "load_picture",
    "padding_explorer",
    "photograph",
    "print_table",
    "real_photograph",
    "ripples",
    "seconds",
    "set_momentum",
    "shifted",
    "show_angle_errors",
    "show_cells",
    "show_covering",
    "show_curves",
    "show_filters",
    "show_footprints",
    "show_gradient_errors",
    "show_kernel_steps",
    "show_labelled",
    "show_maps",
    "show_matrices",
    "show_mistakes",
    "show_padding",
    "show_padding_grid",
    "show_pictures",
    "show_pooling",
    "show_profile",
    "show_shift_curves",
    "show_sizes",
    "show_slopes",
    "show_times",
    "show_training",
    "show_volumes",
    "show_window_steps",
    "show_zoom",
    "small_and_grey",
    "train",
]
