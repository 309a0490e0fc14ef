"""Watching a picture form: steps with a progress bar, the picture updated in place, a button that stops.

Call workbook.start() before you import this file: it loads TensorFlow. Pictures are (1, n, n, 3) or (n, n, 3), values
from 0 to 1.
"""

import html
import io
import threading
import time
from dataclasses import dataclass, field

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from PIL import Image

from workbook.observing import written

DPI = 72
SHOWN = 256  # pixels of the picture while it forms
SHADES = 96  # colours of a stored figure: noisy pictures make large files


@dataclass
class Painting:
    """What came of it: the last picture (n, n, 3), the cost of every step, some pictures on the way by their step."""

    picture: np.ndarray
    costs: list = field(default_factory=list)
    stages: dict = field(default_factory=dict)
    stopped: bool = False

    @property
    def fall(self):
        """How many times smaller the cost is at the end than at the start; 1 before the first step."""
        return self.costs[0] / self.costs[-1] if self.costs else 1.0


def noisy(picture, noise=0.25, seed=1):
    """A tf.Variable (1, n, n, 3): the picture with even noise from -noise to noise, cut off at 0 and 1."""
    shake = np.random.default_rng(seed).uniform(-noise, noise, picture.shape)
    return tf.Variable(np.clip(picture + shake, 0, 1)[None].astype(np.float32))


def paint(train_step, generated_image, steps=150, every=10, keep=(), watch=True, stop=None):
    """Takes steps until they are done, the button is pressed or the kernel is interrupted: a Painting.

    train_step       changes generated_image, a tf.Variable (1, n, n, 3), and returns the cost
    every            steps between two looks at the picture; keep: steps whose pictures are kept
    watch            False: show nothing; stop: a threading.Event that stops it, besides the button
    """
    stop = stop or threading.Event()
    done = Painting(_array(generated_image))
    show = Easel(steps, stop) if watch else None
    step = _fast(train_step)
    try:
        for i in range(steps):
            if i in keep:
                done.stages[i] = _array(generated_image)
            cost = step(generated_image)
            done.costs.append(float("nan") if cost is None else float(np.sum(cost)))
            if show and (i + 1) % every == 0:
                show.update(_array(generated_image), i + 1, done.costs)
            if stop.is_set():
                break
    except KeyboardInterrupt:
        stop.set()
    finally:
        done.stopped = stop.is_set()
        done.picture = _array(generated_image)
        done.stages[len(done.costs)] = done.picture
        if show:
            show.finish(done)
    return done


def _array(image):
    return image.numpy()[0]


def _fast(train_step):
    """The step as a graph, laid out anew; as it was written where TensorFlow cannot make one of it."""
    inner = written(train_step)
    graph, chosen = tf.function(inner, autograph=False), []

    def step(image):
        if not chosen:
            try:
                cost = graph(image)
                chosen.append(graph)
                return cost
            except (NotImplementedError, KeyboardInterrupt) as error:
                if not str(error).startswith("numpy() is only available"):
                    raise
            except (TypeError, AttributeError, ValueError, tf.errors.OpError):
                pass
            chosen.append(inner)
        return chosen[0](image)

    return step


class Easel:
    """Bar, button and picture in a cell's output. At the end the bar and the button give way to a line."""

    def __init__(self, steps, stop):
        from IPython.display import display

        self.steps, self.stop, self.began = steps, stop, time.perf_counter()
        self.box = self.bar = self.button = None
        try:
            import ipywidgets

            self.bar = ipywidgets.IntProgress(0, 0, steps)
            self.button = ipywidgets.Button(description="stop, keep it", icon="stop")
            self.button.on_click(lambda _: stop.set())  # in JupyterLab it runs beside the busy cell
            _heard_at_once(self.button)
            top = self.box = ipywidgets.HBox([self.bar, self.button])
        except ImportError:
            top = _line("painting ...")
        self.top = display(top, display_id=True)
        self.below = display(_line(""), display_id=True)

    def update(self, picture, step, costs):
        """Shows the picture after a step."""
        if self.bar is not None:
            self.bar.value = step
            self.bar.description = f"{step} of {self.steps}"
        if self.below is not None:
            self.below.update(_png(picture))

    def finish(self, done):
        """Leaves the last picture and a line; nothing where the very first step has failed."""
        steps, seconds = len(done.costs), time.perf_counter() - self.began
        said = ["stopped by you"] if done.stopped else []
        if steps:
            cost = f"cost {done.costs[0]:,.0f} to {done.costs[-1]:,.0f}"
            said = [f"{steps} steps in {seconds:.0f} s", cost, *said]
        if self.top is not None:
            self.top.update(_line(", ".join(said)))
        if self.below is not None and said:
            self.below.update(_png(done.picture))
        for widget in (self.box, self.button, self.bar):  # the box first: it holds the other two
            if widget is not None:
                widget.close()


def _heard_at_once(widget):
    """Lets a click be handled while the cell is busy, in a thread of the kernel (a subshell) that JupyterLab
    names. ipykernel 7.4 sends it to where the widget was made: to the busy cell, which hears it at its end."""
    if hasattr(widget.comm, "_reply_subshell_for"):
        widget.comm._reply_subshell_for = lambda data, named: named


def _line(words):
    from IPython.display import HTML

    return HTML(f"<div>{html.escape(words)}</div>")


def _png(picture):
    from IPython.display import Image as Shown

    file = io.BytesIO()
    large = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    large.resize((SHOWN, SHOWN), Image.Resampling.LANCZOS).quantize(SHADES).save(file, "PNG", optimize=True)
    return Shown(file.getvalue(), format="png")


# ---------------------------------------------------------------- figures


def show(pictures, titles, width=2.6):
    """Pictures (n, n, 3) side by side, each under its title."""
    figure, axes = plt.subplots(
        1, len(pictures), figsize=(width * len(pictures), width + 0.35), dpi=DPI, squeeze=False
    )
    for axis, picture, title in zip(axes.flat, pictures, titles, strict=True):
        axis.imshow(np.clip(picture, 0, 1))
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    figure.tight_layout(pad=0.4)
    _display(figure)


def _display(figure):
    """Shows a figure of pictures, in few colours, which keeps the notebook small."""
    from IPython.display import Image as Shown
    from IPython.display import display

    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI)
    plt.close(figure)
    small = io.BytesIO()
    Image.open(file).convert("RGB").quantize(SHADES).save(small, "PNG", optimize=True)
    display(Shown(small.getvalue(), format="png"))


def show_stages(done, titles="after {} steps"):
    """The pictures of a Painting that were kept, in order."""
    show(list(done.stages.values()), [titles.format(step) for step in done.stages])


def plot_costs(costs):
    """Total cost by step, {name: costs}, on a scale of powers of ten."""
    figure, axis = plt.subplots(figsize=(6, 2.8), dpi=DPI)
    for (name, values), style in zip(costs.items(), ("-", "--", ":", "-."), strict=False):
        axis.plot(range(1, len(values) + 1), values, style, color="black", label=name)
    axis.set(xlabel="step", ylabel="total cost", yscale="log")
    if len(costs) > 1:
        axis.legend(frameon=False, fontsize=9)
    axis.grid(alpha=0.3)
    figure.tight_layout()
    plt.show()


def show_matrices(matrices, titles):
    """Small square matrices as grey maps with their numbers, black for 0, all on one scale."""
    top = max(float(np.max(matrix)) for matrix in matrices)
    figure, axes = plt.subplots(1, len(matrices), figsize=(2.2 * len(matrices), 2.7), dpi=DPI)
    for axis, matrix, title in zip(axes, matrices, titles, strict=True):
        axis.imshow(matrix, cmap="gray", vmin=0, vmax=top)
        for (i, j), value in np.ndenumerate(np.asarray(matrix)):
            shade = "black" if value > top / 2 else "white"
            axis.text(j, i, f"{value:.2f}", ha="center", va="center", color=shade, fontsize=11)
        axis.set_title(title, fontsize=10)
        axis.set(xticks=[], yticks=[])
    figure.tight_layout()
    plt.show()
