"""Week 1: training a small network, and looking at what it has learned.

Pictures are arrays (m, n_H, n_W, n_C), labels int64 arrays (m,). Functions that draw begin with ``show_`` and
return nothing. Keras, which takes seconds to load, is loaded by the functions that need it.
"""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

# Pictures in -------------------------------------------------------------------------------------


def small_and_grey(X: np.ndarray) -> np.ndarray:
    """Each 2x2 square of pixels, in all its colours, becomes its mean: (m, n_H / 2, n_W / 2, 1)."""
    m, n_H, n_W, n_C = X.shape
    return X.reshape(m, n_H // 2, 2, n_W // 2, 2, n_C).mean(axis=(2, 4, 5))[..., np.newaxis]


def shifted(X: np.ndarray, right: int, down: int = 0) -> np.ndarray:
    """The pictures X, moved by so many pixels (below 0: to the left, up). What comes in repeats the border."""
    n_H, n_W = X.shape[1:3]
    rows = np.clip(np.arange(n_H) - down, 0, n_H - 1)
    columns = np.clip(np.arange(n_W) - right, 0, n_W - 1)
    return X[:, rows][:, :, columns]


# Training ----------------------------------------------------------------------------------------


def train(
    model: Any,
    X: np.ndarray,
    y: np.ndarray,
    epochs: int,
    peak: float,
    batch_size: int = 32,
    decay: float = 0.0,
) -> dict[str, list[float]]:
    """Trains with AdamW. Returns "loss" and "accuracy" by epoch, as measured while it trains.

    In each epoch half of the pictures, others each time, are mirrored: a left hand becomes a right one.
    peak  the highest learning rate: it climbs there during a tenth of the steps, then falls to 0 along half a
          cosine (Loshchilov and Hutter 2017). One output is taken for the probability of label 1, several
          for those of the classes.
    decay  by which share of itself, times the learning rate, each weight shrinks in a step (Loshchilov and
           Hutter 2019)
    """
    import keras

    steps = epochs * -(-len(X) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(
        peak / 10, steps - steps // 10, warmup_target=peak, warmup_steps=steps // 10
    )
    one = model.output_shape[-1] == 1
    loss = "binary_crossentropy" if one else "sparse_categorical_crossentropy"
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=decay), loss, metrics=["accuracy"], jit_compile=False
    )
    rng = np.random.default_rng(1)
    history: dict[str, list[float]] = {"loss": [], "accuracy": []}
    for epoch in range(1, epochs + 1):
        fit = model.fit(some_mirrored(X, rng), y, batch_size=batch_size, verbose=0).history
        for name in history:
            history[name].append(fit[name][0])
        if epoch % max(1, epochs // 5) == 0:
            loss, share = history["loss"][-1], history["accuracy"][-1]
            print(f"epoch {epoch} of {epochs}: loss {loss:.2f}, accuracy {share:.2f} in training", flush=True)
    return history


def some_mirrored(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The pictures X, each with its left and right exchanged or not, by chance."""
    chosen = rng.random(len(X)) < 0.5
    return np.where(chosen[:, np.newaxis, np.newaxis, np.newaxis], X[:, :, ::-1], X)


def guesses(model: Any, X: np.ndarray) -> np.ndarray:
    """What the model takes each picture for: (m,) class numbers."""
    probabilities = model.predict(X, verbose=0, batch_size=128)
    if probabilities.shape[1] == 1:
        return (probabilities[:, 0] > 0.5).astype(int)
    return probabilities.argmax(axis=1)


def accuracy(model: Any, X: np.ndarray, y: np.ndarray) -> float:
    """Share of the pictures whose label the model gives."""
    return float(np.mean(guesses(model, X) == y))


# Looking at what was learned ----------------------------------------------------------------------


def first_kernel(model: Any) -> np.ndarray:
    """The filters of the first convolution: (f, f, n_C_prev, n_C)."""
    return np.asarray(next(each for each in model.trainable_variables if len(each.shape) == 4))


def show_labelled(
    pictures: Sequence[np.ndarray], titles: Sequence[str], columns: int = 10, width: float = 1.25
) -> None:
    """Pictures in colour or grey (uint8, or from 0 to 1), each under its title and so many inches wide."""
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    lines = 1 + max(title.count("\n") for title in titles)
    size = width * columns, (width + 0.2 * lines + 0.1) * rows
    _, axes = plt.subplots(rows, columns, figsize=size, squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, picture, title in zip(axes.flat, pictures, titles, strict=False):
        ax.imshow(np.squeeze(picture))
        ax.set_title(title, fontsize=9, pad=3)
    plt.tight_layout(pad=0.5)
    plt.show()


def show_mistakes(
    model: Any,
    X: np.ndarray,
    pictures: np.ndarray,
    y: np.ndarray,
    classes: Sequence | None = None,
    most: int = 20,
) -> None:
    """The pictures that the model gets wrong, each with what it is and what the model takes it for.

    X         (m, n_H, n_W, n_C), what the model sees; pictures: the same as they look
    classes   what to call the classes, by default their numbers
    """
    seen = guesses(model, X)
    wrong = np.flatnonzero(seen != y)
    name = str if classes is None else lambda k: str(classes[k])
    print(f"{len(wrong)} of {len(y)} are wrong" + (f", the first {most}:" if len(wrong) > most else ":"))
    if len(wrong):
        titles = [f"is {name(y[i])}\nseen: {name(seen[i])}" for i in wrong[:most]]
        show_labelled(pictures[wrong[:most]], titles)


def show_filters(kernel: np.ndarray, columns: int = 16) -> None:
    """The filters (f, f, 3, n_C) as small pictures: 0 is middle grey, each filter with its own contrast."""
    filters = np.moveaxis(kernel, -1, 0)
    largest = np.abs(filters).max(axis=(1, 2, 3), keepdims=True)
    show_labelled(0.5 + 0.5 * filters / largest, [str(k) for k in range(len(filters))], columns, width=0.85)


def show_covering(model: Any, X: np.ndarray, pictures: np.ndarray, size: int = 14, step: int = 4) -> None:
    """How far the probability moves when a grey square covers a part of the picture (Zeiler, Fergus 2013).

    Above, the pictures (m, n_H, n_W, 3); below, the same darkened where covering changes nothing.
    X  (m, n_H, n_W, 3), what the model sees, with mean 0: the square is of zeros
    """
    n = X.shape[1]
    starts = range(0, n - size + 1, step)
    places = [(top, left) for top in starts for left in starts]
    covered = np.repeat(X[:, np.newaxis], len(places) + 1, axis=1)
    for k, (top, left) in enumerate(places):
        covered[:, k, top : top + size, left : left + size] = 0
    given = model.predict(covered.reshape(-1, *X.shape[1:]), verbose=0, batch_size=128).reshape(len(X), -1)
    moved = np.abs(given[:, :-1] - given[:, -1:])
    _, axes = plt.subplots(2, len(X), figsize=(2.1 * len(X), 4.9), squeeze=False)
    for i in range(len(X)):
        total, count = np.zeros((n, n)), np.full((n, n), 1e-9)
        for (top, left), change in zip(places, moved[i], strict=True):
            total[top : top + size, left : left + size] += change
            count[top : top + size, left : left + size] += 1
        light = total / count / max((total / count).max(), 1e-9)
        axes[0, i].imshow(pictures[i])
        axes[0, i].set_title(f"smile: {given[i, -1]:.0%}", fontsize=10)
        axes[1, i].imshow(pictures[i] / 255 * (0.15 + 0.85 * light[..., np.newaxis]))
        axes[1, i].set_title(f"moves by up to {moved[i].max():.0%}", fontsize=10)
        for ax in axes[:, i]:
            ax.axis("off")
    plt.tight_layout()
    plt.show()


def show_training(histories: dict[str, dict[str, list[float]]]) -> None:
    """Accuracy on the training pictures by epoch, a curve for each network."""
    _, ax = plt.subplots(figsize=(6.5, 3.2))
    for (name, history), style, mark in zip(histories.items(), ("-", "--", ":"), "os^", strict=False):
        epochs = np.arange(1, len(history["accuracy"]) + 1)
        ax.plot(
            epochs, history["accuracy"], style, color="black", marker=mark, markevery=0.1, ms=5, label=name
        )
    ax.set(xlabel="epoch", ylabel="accuracy in training", ylim=(0, 1.03))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="lower right")
    plt.tight_layout()
    plt.show()


def show_shift_curves(shifts: Sequence[int], curves: dict[str, Sequence[float]], chance: float) -> None:
    """Accuracy by how far the test pictures are moved, a curve for each network."""
    _, ax = plt.subplots(figsize=(6.5, 3.2))
    for (name, values), style, mark in zip(curves.items(), ("-", "--", ":"), "os^", strict=False):
        ax.plot(shifts, values, style, color="black", marker=mark, markerfacecolor="white", label=name)
    ax.axhline(chance, color="gray", linewidth=0.8)
    ax.text(shifts[0], chance + 0.015, "guessing", color="gray", va="bottom")
    ax.set(xlabel="pictures moved by (pixels; below 0: to the left)", ylabel="test accuracy", ylim=(0, 1.03))
    ax.set_xticks(list(shifts))
    ax.legend(loc="lower center", fontsize=9)
    plt.tight_layout()
    plt.show()
