"""Week 3: what its lessons share: boxes with class and score on a picture, and masks with a legend.

Pictures are (n_H, n_W, 3), uint8 or float from 0 to 1. Boxes are (n, 4) corners x1, y1, x2, y2 in pixels;
what follows in a row (a class, for instance) is not looked at. No TensorFlow is loaded here.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import Normal, Stroke

DPI = 72

COLOURS = ("#ffe14d", "#1f3fd1", "#ff8c1a", "#7a0c2e", "#8ff0e0", "#0a6b3a", "#ffffff", "#7b2fbf")
"""Colours of boxes, by class. Neighbours differ in lightness as well, light and dark in turn."""

STYLES = ("-", "-", "--", "--", "-.", "-.", ":", ":")
"""Line styles of boxes, by class: together with the lightness they tell classes apart without colour."""


# ---------------------------------------------------------------- boxes


def draw_boxes(target, boxes, labels=None, scores=None, names=None, title=None, width=2.0, font=8):
    """Boxes with class and score on a picture.

    target  an axes that shows the picture already, or the picture (n_H, n_W, 3), which is then shown
    boxes   (n, 4) or more columns: x1, y1, x2, y2 in pixels
    labels  for each box its class, a number or a name; None: boxes without text, all alike
    scores  for each box a number from 0 to 1, written beside the class; None: none
    names   what the numbers in labels are called; also the order in which names get their colours
    title   a line above the picture
    width   of the lines, in points; font: size of the text, in points
    """
    own = not isinstance(target, Axes)
    axis = _show_picture(target, 0.3 if title else 0) if own else target
    for i, box in enumerate(boxes):
        number, text = _label(None if labels is None else labels[i], names)
        if scores is not None:
            text = f"{text} {float(scores[i]):.2f}".strip()
        _draw_box(axis, box, number, text, width, font)
    if title:
        axis.set_title(title, fontsize=10)
    if own:
        plt.show()


def show_scenes(pictures, boxes, labels=None, scores=None, names=None, titles=None, columns=4, width=3.0):
    """Several pictures with their boxes, in rows.

    boxes, labels, scores, titles: one entry for each picture, as draw_boxes takes them; width: inches of each
    """
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    n_H, n_W = pictures[0].shape[:2]
    size = (width * columns, (width * n_H / n_W + (0.3 if titles else 0.08)) * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, dpi=DPI, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for i, (axis, picture) in enumerate(zip(axes.flat, pictures, strict=False)):
        axis.imshow(picture)
        chosen = [None if each is None else each[i] for each in (labels, scores)]
        draw_boxes(axis, boxes[i], *chosen, names=names, title=titles and titles[i])
    figure.tight_layout(pad=0.4)
    plt.show()


def _show_picture(picture, above):
    n_H, n_W = picture.shape[:2]
    figure, axis = plt.subplots(figsize=(6.5, 6.5 * n_H / n_W + above), dpi=DPI)
    axis.imshow(picture)
    axis.axis("off")
    figure.tight_layout(pad=0.4)
    return axis


def _label(label, names):
    """The number that chooses the colour, and the text."""
    if label is None:
        return 0, ""
    if isinstance(label, str):
        known = list(names) if names is not None else []
        return known.index(label) if label in known else sum(map(ord, label)), label
    return int(label), str(names[int(label)]) if names is not None else str(int(label))


def _draw_box(axis, box, number, text, width, font):
    x1, y1, x2, y2 = (float(corner) for corner in box[:4])
    colour = COLOURS[number % len(COLOURS)]
    rim = [Stroke(linewidth=width + 1.6, foreground="white" if _is_dark(colour) else "black"), Normal()]
    axis.add_patch(
        Rectangle(
            (x1 - 0.5, y1 - 0.5),  # the middle of the first pixel is at 0, its edge at -0.5
            x2 - x1,
            y2 - y1,
            fill=False,
            edgecolor=colour,
            linewidth=width,
            linestyle=STYLES[number % len(STYLES)],
            path_effects=rim,
        )
    )
    if text:
        left, right = sorted(axis.get_xlim())
        top = min(axis.get_ylim())
        below = y1 - top < 0.07 * abs(np.diff(axis.get_ylim())[0])  # no room above
        at_right = x1 > left + 0.75 * (right - left)
        axis.text(
            min(x2, right) - 0.5 if at_right else max(x1, left) - 0.5,
            y1 + 0.5 if below else y1 - 0.5,
            text,
            ha="right" if at_right else "left",
            va="top" if below else "bottom",
            fontsize=font,
            color="white" if _is_dark(colour) else "black",
            bbox={"facecolor": colour, "edgecolor": "none", "pad": 0.8},
            clip_on=True,
        )


def _is_dark(colour):
    """True for a colour on which white text reads better than black: its luma is below one half."""
    rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return np.dot(rgb, (0.299, 0.587, 0.114)) < 128


# ---------------------------------------------------------------- masks


def colour_mask(mask, palette):
    """A mask (n_H, n_W) of class numbers as a picture (n_H, n_W, 3) uint8. palette: (classes, 3), 0 to 255."""
    return np.asarray(palette, np.uint8)[np.asarray(mask, int)]


def show_mask(masks, names, palette, picture=None, titles=None, width=4.0):
    """One mask or several, side by side, with a legend of the classes that are in them.

    masks    (n_H, n_W) class numbers, or a list of such
    names    of the classes; palette: their colours (classes, 3), 0 to 255
    picture  (n_H, n_W, 3), shown to the left of the masks; None: none
    titles   a line above each panel, the picture's first; width: of a panel, in inches
    """
    masks = [masks] if np.ndim(masks) == 2 else list(masks)
    panels = [] if picture is None else [picture]
    panels += [colour_mask(mask, palette) for mask in masks]
    n_H, n_W = panels[0].shape[:2]
    height = width * n_H / n_W + (0.3 if titles else 0)
    figure, axes = plt.subplots(1, len(panels), figsize=(width * len(panels) + 1.9, height), dpi=DPI)
    for i, (axis, panel) in enumerate(zip(np.atleast_1d(axes), panels, strict=True)):
        axis.imshow(panel, interpolation="nearest" if i >= len(panels) - len(masks) else None)
        axis.axis("off")
        if titles:
            axis.set_title(titles[i], fontsize=10)
    edge = 1 - 1.9 / (width * len(panels) + 1.9)
    figure.tight_layout(pad=0.4, rect=(0, 0, edge, 1))
    beside = {"loc": "center left", "bbox_to_anchor": (edge, 0.5)}
    figure.legend(handles=_legend(masks, names, palette), fontsize=8, frameon=False, **beside)
    plt.show()


def _legend(masks, names, palette):
    present = np.unique(np.concatenate([np.ravel(mask) for mask in masks])).astype(int)
    shades = np.asarray(palette, float) / 255
    return [Patch(facecolor=shades[n], edgecolor="black", linewidth=0.6, label=names[n]) for n in present]
