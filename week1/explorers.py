"""To play with: a kernel that steps over a picture, and windows on a padded grid.

In a live notebook sliders redraw the figure. Everywhere else (on GitHub, in a PDF, in a page, when a notebook
is run without a browser) a still figure with the same drawings stands in its place.
"""

import base64
import io
import os
from collections.abc import Callable, Sequence
from html import escape

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pictures import draw_cells

FRONT_ENDS = ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG")
"""What JupyterLab and Jupyter Notebook, VS Code and Colab tell the kernels that they start."""

WINDOW, SEEN, BORDER = "#5b9bd5", "#ffffff", "#d9d9d9"


# A kernel, step by step --------------------------------------------------------------------------


def kernel_stepper(
    image: np.ndarray, kernels: dict[str, np.ndarray], stride: int = 1, padding: int = 0
) -> None:
    """A kernel slides over a small picture, and each number of the result is worked out.

    image    (n_H, n_W), small enough that its numbers can be read
    kernels  to choose from, by name, all of one shape (f_H, f_W)
    """
    names = list(kernels)
    shape = output_shape(image.shape, kernels[names[0]].shape, stride, padding)

    def draw(kernel: str, step: int) -> Figure:
        return kernel_steps_figure(image, kernels[kernel], [step], stride, padding)

    last = shape[0] * shape[1] - 1
    still = kernel_steps_figure(image, kernels[names[0]], [0, 1, last], stride, padding)
    controls = {"kernel": names, "step": (0, 0, last)}
    _show(still, draw, controls, playing="step", says="A kernel steps over a picture")


def show_kernel_steps(
    image: np.ndarray, kernel: np.ndarray, steps: Sequence[int], stride: int = 1, padding: int = 0
) -> None:
    """What ``kernel_stepper`` shows at these steps, one above the other, as a still figure."""
    _display(_png(kernel_steps_figure(image, kernel, steps, stride, padding)), "Steps of a kernel")


def kernel_steps_figure(
    image: np.ndarray, kernel: np.ndarray, steps: Sequence[int], stride: int = 1, padding: int = 0
) -> Figure:
    """For each step the picture with the window, the products in it, and the result so far."""
    padded = np.pad(image, padding)
    f_H, f_W = kernel.shape
    rows, columns = output_shape(image.shape, kernel.shape, stride, padding)
    result = np.full((rows, columns), np.nan)
    for h, w in np.ndindex(rows, columns):
        top, left = h * stride, w * stride
        result[h, w] = np.sum(padded[top : top + f_H, left : left + f_W] * kernel)
    widths = [padded.shape[1], f_W, f_W, columns]
    tallest = max(padded.shape[0], rows) + 1.6
    figure = Figure(figsize=(0.47 * (sum(widths) + 6), 0.47 * tallest * len(steps)), dpi=72)
    axes = figure.subplots(len(steps), 4, squeeze=False, width_ratios=widths)
    for line, step in zip(axes, steps, strict=True):
        h, w = divmod(step, columns)
        window = padded[h * stride : h * stride + f_H, w * stride : w * stride + f_W]
        _draw_padded(line[0], padded, padding, (h * stride, w * stride), kernel.shape)
        draw_cells(line[1], kernel, np.full(kernel.shape, 2))
        draw_cells(line[2], window * kernel + 0.0, np.ones(kernel.shape, int))
        _draw_result(line[3], result, step)
        titles = ["picture", "kernel", "picture × kernel", f"sum: {result[h, w]:.3g}"]
        for ax, title, width in zip(line, titles, widths, strict=True):
            _make_room(ax, width, tallest, title)
        for ax, sign in ((line[1], "×"), (line[2], "="), (line[3], "→")):
            ax.text(-0.55, ax.cells / 2, sign, ha="center", va="center", fontsize=15)
    figure.tight_layout(pad=0.3)
    return figure


def output_shape(
    image: tuple[int, int], kernel: tuple[int, int], stride: int, padding: int
) -> tuple[int, int]:
    """How many places a window has, downwards and to the right."""
    rows, columns = ((n + 2 * padding - f) // stride + 1 for n, f in zip(image, kernel, strict=True))
    return rows, columns


def _draw_padded(ax: Axes, padded: np.ndarray, padding: int, place: tuple, shape: tuple) -> None:
    """The padded picture, its border grey, with a thick frame around the window."""
    group = np.full(padded.shape, 3)
    inside = tuple(slice(padding, n - padding) for n in padded.shape)
    group[inside] = 0
    top, left = place
    group[top : top + shape[0], left : left + shape[1]] = 1
    draw_cells(ax, padded, group)
    ax.add_patch(Rectangle((left, top), shape[1], shape[0], fill=False, edgecolor="black", lw=3, zorder=3))


def _draw_result(ax: Axes, result: np.ndarray, step: int) -> None:
    """The numbers found so far, the newest in a thick frame; cells that wait are empty."""
    rows, columns = result.shape
    for number, (row, column) in enumerate(np.ndindex(rows, columns)):
        shade = "#c8e6c9" if number <= step else "white"
        ax.add_patch(Rectangle((column, row), 1, 1, facecolor=shade, edgecolor="#555555"))
        if number <= step:
            ax.text(column + 0.5, row + 0.52, f"{result[row, column]:.3g}", ha="center", va="center")
    row, column = divmod(step, columns)
    ax.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor="black", lw=3, zorder=3))
    ax.set(xlim=(0, columns), ylim=(rows, 0), aspect="equal")
    ax.axis("off")


def _make_room(ax: Axes, width: int, tallest: float, title: str) -> None:
    """Cells of one size in all axes, what they hold in the middle, the title close above it."""
    rows = ax.get_ylim()[0]
    ax.cells = rows
    above = (tallest - rows) / 2
    ax.set(xlim=(-1, width + 0.1), ylim=(rows + above, -above), aspect="equal")
    ax.text(width / 2, -0.2, title, ha="center", va="bottom", fontsize=11)


# Padding and stride ------------------------------------------------------------------------------


def padding_explorer(n: int = 6, f: int = 3, p: int = 0, s: int = 1) -> None:
    """Where an f x f window stops on n x n pixels with p zeros around them, s pixels at a time."""
    still = padding_figure([(6, 3, 0, 1), (6, 3, 1, 1), (6, 3, 0, 2), (6, 3, 1, 2)])
    controls = {"pixels n": (n, 3, 10), "window f": (f, 1, 7), "padding p": (p, 0, 3), "stride s": (s, 1, 4)}
    _show(still, lambda *sizes: padding_figure([sizes]), controls, says="Windows on a grid")


def show_padding_grid(settings: Sequence[tuple[int, int, int, int]]) -> None:
    """What ``padding_explorer`` shows for these (n, f, p, s), side by side, as a still figure."""
    _display(_png(padding_figure(settings)), "Windows on padded grids")


def padding_figure(settings: Sequence[tuple[int, int, int, int]]) -> Figure:
    """For each (n, f, p, s) the padded grid with the first window and where windows start."""
    figure = Figure(figsize=(max(3.1 * len(settings), 4.8), 4.1), dpi=72)
    for ax, (n, f, p, s) in zip(figure.subplots(1, len(settings), squeeze=False)[0], settings, strict=True):
        _draw_grid(ax, n, f, p, s)
    figure.tight_layout(pad=0.4)
    return figure


def _draw_grid(ax: Axes, n: int, f: int, p: int, s: int) -> None:
    size = n + 2 * p
    count = (size - f) // s + 1 if f <= size else 0
    reached = {k * s + i for k in range(count) for i in range(f)}
    for row, column in np.ndindex(size, size):
        border = not (p <= row < n + p and p <= column < n + p)
        unseen = count > 0 and not (row in reached and column in reached)
        look = {"facecolor": BORDER if border else SEEN, "hatch": "////" if unseen else ""}
        ax.add_patch(Rectangle((column, row), 1, 1, edgecolor="#999999", lw=0.6, **look))
        if border and not unseen:
            ax.text(column + 0.5, row + 0.52, "0", ha="center", va="center", fontsize=9)
    if count:
        ax.add_patch(Rectangle((0, 0), f, f, facecolor=WINDOW, alpha=0.45, zorder=2))
        ax.add_patch(Rectangle((0, 0), f, f, fill=False, edgecolor="black", lw=2.5, zorder=3))
        middles = [k * s + f / 2 for k in range(count)]
        ax.plot(*np.meshgrid(middles, middles), "o", color="black", ms=5, zorder=4)
        steps = f"{(size - f) / s:.3g}"
        said = f"({n} + {2 * p} - {f}) / {s} = {steps}\n⌊{steps}⌋ + 1 = {count}: {count} x {count} numbers"
    else:
        said = "the window is larger\nthan the picture"
    ax.set(xlim=(-0.1, size + 0.1), ylim=(size + 0.1, -0.1), aspect="equal")
    ax.set_title(f"n = {n}, f = {f}, p = {p}, s = {s}")
    ax.text(size / 2, size + 0.3, said, ha="center", va="top", fontsize=11)
    ax.axis("off")


# Live, or still ----------------------------------------------------------------------------------


def is_live() -> bool:
    """True where this kernel was started for a person at a notebook, who can move a slider."""
    return any(os.environ.get(name) for name in FRONT_ENDS)


def _show(
    still: Figure, draw: Callable[..., Figure], controls: dict, says: str, playing: str | None = None
) -> None:
    """The widgets where somebody can use them, with the still figure for whoever opens the file later."""
    live = explorer(draw, controls, playing)._repr_mimebundle_() if is_live() else {}
    _display(_png(still), says, live)


def explorer(draw: Callable[..., Figure], controls: dict, playing: str | None = None):
    """A box of widgets above a figure that is drawn anew whenever one of them moves.

    draw      called with the controls' values, in their order
    controls  by name: a list to choose from, or (value, least, most) for a whole number
    playing   the control that a play button moves
    Every control has its label and is reached by the Tab key; the arrow keys move a slider.
    """
    import ipywidgets

    def control(name, choices):
        whole = {"description": name, "style": {"description_width": "initial"}}  # no label is cut or wrapped
        if isinstance(choices, list):
            return ipywidgets.Dropdown(options=choices, **whole)
        value, least, most = choices
        return ipywidgets.IntSlider(value=value, min=least, max=most, **whole)

    movers = {name: control(name, choices) for name, choices in controls.items()}
    picture = ipywidgets.HTML()

    def redraw(_=None) -> None:
        values = {name: mover.value for name, mover in movers.items()}
        words = escape(", ".join(f"{name} {value}" for name, value in values.items()))
        png = base64.b64encode(_png(draw(*values.values()))).decode()
        picture.value = (
            f'<img alt="the drawing for {words}" style="max-width: 100%" src="data:image/png;base64,{png}">'
        )

    for mover in movers.values():
        mover.observe(redraw, "value")
    redraw()
    row = list(movers.values())
    if playing:
        slider = movers[playing]
        play = ipywidgets.Play(min=slider.min, max=slider.max, interval=700, tooltip=f"play: {playing}")
        ipywidgets.jslink((play, "value"), (slider, "value"))
        row.append(play)
    wrap = ipywidgets.Layout(flex_flow="row wrap")
    return ipywidgets.VBox([ipywidgets.Box(row, layout=wrap), picture])


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=72, facecolor="white")
    return file.getvalue()


class _Output:
    """A picture as an output of a cell; ``live`` is what a front end may show in its place."""

    def __init__(self, png: bytes, says: str, live: dict) -> None:
        self.says = says
        self.bundle = {"text/plain": says, "image/png": base64.b64encode(png).decode(), **live}

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, **_) -> tuple[dict, dict]:
        return self.bundle, {"image/png": {"alt": self.says}}


def _display(png: bytes, says: str, live: dict | None = None) -> None:
    from IPython.display import display

    display(_Output(png, says, live or {}))
