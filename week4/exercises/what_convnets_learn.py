"""Checks for week4/what_convnets_learn: where a unit looks, what excites it most, and a picture that does.

The references take the name of a slip, and a mistake is a reference with a slip. The models of the checks are
small; they are made here, with known weights, so that the cases hold only names and pictures.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import known
from workbook.plain import plain
from workbook.slips import by_slip

# --- receptive_field --------------------------------------------------------------------------------------


def receptive_field(model: Any, layer: str, *, slip: str = "") -> tuple[int, int, int]:
    """(size, jump, start) in pixels of what a unit of a layer sees (Araujo et al. 2019, equations 2 to 4).

    slip  a name from FIELD_SLIPS: what is done wrong
    """
    fields: dict[str, tuple[int, int, int]] = {}
    for each in model.layers:
        feeds = [fields[name] for name in _feeds(model, each)] or [(int(slip != "from 0"), 1, 0)]
        size, jump, start = _together(feeds, slip)
        if slip == "too early" and each.name == layer:
            return size, jump, start
        k, s, d, p = _window(each, slip)
        wide = k if slip == "whole kernels" else (k * d - 1) if slip == "dilation of all" else (k - 1) * d
        size += wide * (jump * s if slip == "jump first" else jump)
        size += 2 * p * jump if slip == "padding counts" else 0
        if slip != "no start":
            start -= {"own pixels": p, "padding below": -p * jump}.get(slip, p * jump)
        if slip == "no stride":
            s = 1
        jump = {"added": jump + s - 1, "last stride": s}.get(slip, jump * s)
        fields[each.name] = size, jump, start
        if each.name == layer and slip != "whole model":
            break
    return fields[each.name]


def _feeds(model: Any, layer: Any) -> list[str]:
    """Names of the layers of the model that a layer takes its inputs from."""
    import keras

    names = [tensor._keras_history.operation.name for tensor in keras.tree.flatten(layer.input)]
    inside = {each.name for each in model.layers} - {layer.name}
    return [name for name in names if name in inside]


def _together(feeds: list[tuple[int, int, int]], slip: str) -> tuple[int, int, int]:
    """The field of a unit that several others feed: from the smallest start to the greatest end."""
    if slip == "first branch":
        return feeds[0]
    if slip == "smallest branch":
        return min(feeds)
    if slip == "largest branch":
        return max(feeds)
    start = min(each[2] for each in feeds)
    return max(each[0] + each[2] for each in feeds) - start, feeds[0][1], start


def _window(layer: Any, slip: str) -> tuple[int, int, int, int]:
    """Kernel, stride, dilation, and rows of padding on top."""
    settings = layer.get_config()
    if "cropping" in settings:
        return 1, 1, 1, -int(np.ravel(settings["cropping"])[0])
    if "kernel_size" not in settings and "pool_size" not in settings:
        p = int(np.ravel(settings["padding"])[0]) if "padding" in settings else 0
        return 1, 1, 1, p
    if slip == "no pooling" and "pool_size" in settings:
        return 1, 1, 1, 0
    k = int(np.ravel(settings.get("kernel_size", settings.get("pool_size")))[0])
    s = int(np.ravel(settings["strides"])[0])
    d = int(np.ravel(settings.get("dilation_rate", 1))[0])
    p = 0
    if settings["padding"] == "same":
        n, rows = int(layer.input.shape[1]), int(layer.output.shape[1])
        p = max((rows - 1) * s + (k - 1) * d + 1 - n, 0) // 2
    return k, s, 1 if slip == "no dilation" else d, p


def _plain() -> Any:
    """A plain stack of layers."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((64, 64, 3)),
            layers.Conv2D(2, 5, name="first"),
            layers.ReLU(name="relu"),
            layers.Conv2D(2, 3, strides=2, padding="same", name="halved"),
            layers.Conv2D(2, 3, padding="same", name="after"),
            layers.MaxPooling2D(2, name="pooled"),
            layers.SeparableConv2D(2, 5, padding="same", name="deep"),
            layers.AveragePooling2D(3, strides=3, padding="same", name="thirds"),
            layers.Conv2D(2, 3, padding="valid", name="last"),
        ]
    )


def _dilated() -> Any:
    """Growing dilation, as in a network that labels pixels."""
    from keras import Input, Model, layers

    inputs = Input((32, 32, 1), name="picture")
    X = layers.Conv2D(2, 3, padding="same", name="conv")(inputs)
    X = layers.Conv2D(2, 3, dilation_rate=2, padding="same", name="by_two")(X)
    X = layers.BatchNormalization(name="norm")(X)
    X = layers.DepthwiseConv2D(3, dilation_rate=4, padding="valid", name="by_four")(X)
    return Model(inputs, layers.Conv2D(4, 1, name="labels")(X))


def _branched() -> Any:
    """An inception block, a residual block, and branches that look to opposite sides."""
    from keras import Input, Model, layers

    inputs = Input((48, 48, 3), name="picture")
    X = layers.ZeroPadding2D(3, name="frame")(inputs)
    X = layers.Conv2D(4, 7, strides=2, name="stem")(X)
    small = layers.Conv2D(2, 1, name="one")(X)
    large = layers.Conv2D(2, 5, padding="same", name="five")(layers.Conv2D(2, 1, name="reduce")(X))
    middle = layers.DepthwiseConv2D(3, padding="same", name="three")(X)
    X = layers.Concatenate(name="inception")([small, large, middle])
    Y = layers.Conv2D(8, 3, strides=2, padding="same", name="in_block")(X)
    Y = layers.Conv2D(8, 3, padding="same", name="end_of_block")(layers.ReLU(name="block_relu")(Y))
    X = layers.Add(name="residual")([Y, layers.Conv2D(8, 1, strides=2, name="shortcut")(X)])
    up = layers.Conv2D(4, 2, name="up")(layers.ZeroPadding2D(((1, 0), (1, 0)), name="above")(X))
    down = layers.Conv2D(4, 2, name="down")(layers.ZeroPadding2D(((0, 1), (0, 1)), name="below")(X))
    X = layers.Concatenate(name="both_sides")([down, up])
    return Model(inputs, layers.Conv2D(2, 3, padding="same", name="end")(X))


MODELS = {"a plain stack": _plain, "dilated": _dilated, "branched": _branched}


@functools.cache
def model_of(name: str) -> Any:
    """One of MODELS, made once."""
    return MODELS[name]()


def look_at_field(function: Callable, model: str, layer: str) -> Any:
    """What the function says of a layer of one of the models."""
    return function(model_of(model), layer)


FIELD_CASES = [
    case("one convolution of 5x5", "a plain stack", "first"),
    case("a ReLU sees what the layer before it sees", "a plain stack", "relu"),
    case("a stride counts for the layers after it", "a plain stack", "after"),
    case("pooling has a window and a stride", "a plain stack", "deep"),
    case("padding moves the field and does not widen it", "a plain stack", "last"),
    case("dilation", "dilated", "labels"),
    case("a layer in the middle", "dilated", "norm"),
    case("padding and a stride of two layers", "branched", "stem"),
    case("branches of unlike kernels", "branched", "inception"),
    case("a shortcut beside two convolutions", "branched", "residual"),
    case("branches that look to opposite sides", "branched", "end"),
]

FIELD_SLIPS = {
    "no stride": "strides are ignored: a step of one unit is then one pixel everywhere",
    "added": "strides are added: two layers of stride 2 make a jump of 4, so multiply",
    "last stride": "the jump is the layer's own stride: it is the product of all strides so far",
    "jump first": "the jump is multiplied by a layer's stride before its kernel is counted: a stride widens only "
    "the layers after it",
    "no dilation": "dilation is ignored",
    "dilation of all": "dilation stretches the gaps between the taps: (f - 1) d, not f d - 1",
    "no pooling": "pooling layers are passed over: they have a window and a stride too",
    "whole kernels": "the whole kernel is added: its first pixel was there already, so add f - 1",
    "from 0": "the size begins at 0: a pixel sees one pixel, itself",
    "padding counts": "the padding is added to the size: it moves the field and does not widen it",
    "own pixels": "the padding is not multiplied by the jump: its rows are rows of the layer's own map",
    "padding below": "the start moves down with the padding: rows on top move it up, so subtract",
    "no start": "the start stays at 0: padding moves it up",
    "smallest branch": "where branches meet, the smallest field is taken",
    "largest branch": "where branches meet, the largest field is taken: it goes from the smallest start to the "
    "greatest end of all",
    "first branch": "where branches meet, only the first is looked at",
    "too early": "the layer itself is left out: the walk ends before it",
    "whole model": "the argument layer is ignored: the walk goes on to the end of the model",
}


# --- top_patches ------------------------------------------------------------------------------------------


def top_patches(model: Any, layer: str, images: np.ndarray, k: int, *, slip: str = "") -> np.ndarray:
    """For each channel the k pictures that excite it most, each cut out where they do.

    (n_C, k, size, size, channels of the pictures), the strongest first; zeros outside of a picture.
    """
    size, jump, start = receptive_field(model, layer)
    A = _activations(model, model.layers[-1].name if slip == "last layer" else layer, images)
    m, rows, columns, n_C = A.shape
    if slip == "absolute":
        A = np.abs(A)
    if slip == "least":
        A = -A
    flat = A.reshape(m, rows * columns, n_C)
    place = flat.argmax(axis=1)
    strength = flat.mean(axis=1) if slip == "mean" else flat.max(axis=1)
    patches = []
    for c in range(n_C):
        best = np.argsort(-strength[:, c], kind="stable")[:k]
        chosen = [(i, *np.divmod(place[i, c], columns)) for i in best]
        if slip == "same picture":
            everywhere = np.argsort(-A[..., c], axis=None, kind="stable")[:k]
            chosen = list(zip(*np.unravel_index(everywhere, A[..., c].shape), strict=True))
        if slip == "one place":
            chosen = [(i, *np.divmod(flat[i].sum(axis=-1).argmax(), columns)) for i in best]
        if slip == "one ranking":
            best = np.argsort(-strength.sum(axis=1), kind="stable")[:k]
            chosen = [(i, *np.divmod(place[i, c], columns)) for i in best]
        if slip == "first pictures":
            chosen = [(i, *np.divmod(place[i, c], columns)) for i in range(k)]
        if slip == "weakest first":
            chosen = chosen[::-1]
        patches.append([_cut(images[i], size, jump, start, row, column, slip) for i, row, column in chosen])
    patches = np.array(patches)
    return patches.swapaxes(0, 1) if slip == "k first" else patches


def _cut(picture: np.ndarray, size: int, jump: int, start: int, row: int, column: int, slip: str) -> Any:
    if slip == "swapped":
        row, column = column, row
    top, left = start + jump * int(row), start + jump * int(column)
    if slip == "no jump":
        top, left = start + int(row), start + int(column)
    if slip == "no start":
        top, left = top - start, left - start
    if slip == "size twice":
        top, left = top - size, left - size
    if slip == "centred":
        top, left = (jump * int(place) - size // 2 for place in (row, column))
    if slip == "pushed in":
        top, left = (
            int(np.clip(at, 0, n - size)) for at, n in zip((top, left), picture.shape[:2], strict=True)
        )
    how = {"mode": "edge"} if slip == "edge" else {"constant_values": 1} if slip == "white" else {}
    frame = 2 * size
    around = np.pad(picture, ((frame, frame), (frame, frame), (0, 0)), **how)
    return around[top + frame : top + frame + size, left + frame : left + frame + size]


def _activations(model: Any, layer: str, images: np.ndarray) -> np.ndarray:
    import keras

    part = keras.Model(model.input, model.get_layer(layer).output)
    return np.asarray(part(np.asarray(images, np.float32), training=False))


@functools.cache
def finder(channels: int) -> Any:
    """A small model with known weights and linear layers at places, for pictures of 14 by 18."""
    from keras import Input, Model, layers

    inputs = Input((14, 18, channels), name="picture")
    X = layers.Conv2D(3, 3, padding="same", name="early")(inputs)
    X = layers.LeakyReLU(name="early_relu")(X)
    X = layers.Conv2D(4, 3, strides=2, padding="same", name="middle")(X)
    X = layers.BatchNormalization(name="norm")(X)
    X = layers.Activation("tanh", name="tanh")(X)
    model = Model(inputs, layers.Conv2D(2, 2, strides=1, padding="valid", name="late")(X))
    give_weights(model)
    return model


def give_weights(model: Any) -> None:
    """Known weights, none of them zero, and statistics far from a batch's own."""
    for variable in model.variables:
        role = variable.path.split("/")[-1]
        shape = tuple(variable.shape)
        values = known(shape, "weights" + role) / np.sqrt(max(1, int(np.prod(shape[:-1]))))
        if role == "moving_variance":
            values = 0.5 + np.abs(values)
        elif role == "gamma":
            values = 1 + 0.3 * values
        variable.assign(values)


def look_at_patches(function: Callable, layer: str, images: np.ndarray, k: int) -> Any:
    """The patches that the function finds with the small model; lists of lists of patches will do."""
    found = plain(function(finder(images.shape[-1]), layer, images, k))
    try:
        return np.array(found, float) if isinstance(found, list) and found else found
    except (TypeError, ValueError):
        return found


def albums(rng: np.random.Generator) -> Iterator:
    def pictures(m: int, channels: int = 3) -> np.ndarray:
        X = rng.normal(0, 0.35, (m, 14, 18, channels))
        X *= rng.uniform(0.4, 1.6, (m, 1, 1, 1))
        X += rng.normal(0, 0.2, (m, 1, 1, channels))
        return X.clip(-1, 1).astype(np.float32)

    one_loud = pictures(7)
    one_loud[3] *= 0.98 / np.abs(one_loud[3]).max()
    one_loud[[0, 1, 2, 4, 5, 6]] *= 0.25
    return [
        case("a layer without a stride", "early", pictures(6), 2),
        case("a layer with a stride: a step is two pixels", "middle", pictures(8), 3),
        case("one picture is louder than all others", "norm", one_loud, 4),
        case("as many as there are pictures, grey ones", "late", pictures(5, 1), 5),
        case("more pictures than one batch", "tanh", pictures(40), 1),
    ]


PATCH_SLIPS = {
    "least": "the places where the channel is weakest are taken",
    "absolute": "the absolute value is taken: a strongly negative unit is not excited",
    "mean": "pictures are ranked by the channel's mean: take its greatest value",
    "same picture": "several patches of a channel come from one picture: take at most one from each",
    "one place": "all channels are cut out at the same place: each has its own",
    "one ranking": "all channels rank the pictures in the same way: each channel has its own best ones",
    "first pictures": "the first k pictures are taken: the k in which the channel is strongest are asked for",
    "size twice": "the first row of the patch is off by size: the frame of zeros moves everything by size",
    "weakest first": "the patches stand from the weakest of the k to the strongest",
    "k first": "the first axis counts the k patches: it belongs to the channels",
    "swapped": "row and column are swapped",
    "no jump": "the place on the map is taken for pixels: a step on the map is jump pixels",
    "no start": "the start is forgotten: the field of unit (0, 0) begins there, not at pixel 0",
    "centred": "the patch is centred on pixel jump * row: its first row is start + jump * row",
    "pushed in": "patches at the rim are pushed into the picture: fill up with zeros",
    "edge": "patches at the rim are filled up with the last pixels: fill up with zeros",
    "last layer": "the argument layer is ignored: the last layer is looked at",
}


# --- maximize_activation ----------------------------------------------------------------------------------


def maximize_activation(
    model: Any,
    layer: str,
    channel: int,
    steps: int,
    start: Any,
    rate: float = 0.05,
    *,
    slip: str = "",
) -> Any:
    """Gradient ascent on a picture: it excites a channel more and more (Erhan et al. 2009).

    start  (1, n_H, n_W, 3); the result is like it, between -1 and 1
    """
    import keras
    import tensorflow as tf

    if slip == "last layer":
        layer = model.layers[-1].name
    part = keras.Model(model.input, model.get_layer(layer).output)
    picture = tf.convert_to_tensor(start, tf.float32)
    if slip == "from grey":
        picture = tf.zeros_like(picture)
    channel = 0 if slip == "channel 0" else channel
    g = None
    for _ in range(1 if slip == "one step" else steps):
        if g is None or slip != "one gradient":
            with tf.GradientTape() as tape:
                tape.watch(picture)
                A = part(picture, training=slip == "training")
                A = {"whole layer": A, "row": A[:, channel % A.shape[1]]}.get(slip, A[..., channel])
                A = tf.nn.relu(A) if slip == "relu" else A
                J = {"max": tf.reduce_max, "squares": lambda a: tf.reduce_mean(a**2)}.get(
                    slip, tf.reduce_mean
                )(A)
            g = tape.gradient(J, picture)
        picture = tf.clip_by_value(picture, -1.0, 1.0) if slip == "clipped first" else picture
        picture = picture + rate * _direction(g, slip)
        if slip not in ("not clipped", "clipped at the end", "clipped first"):
            picture = tf.clip_by_value(picture, 0.0 if slip == "clipped at 0" else -1.0, 1.0)
    return tf.clip_by_value(picture, -1.0, 1.0) if slip == "clipped at the end" else picture


def _direction(g: Any, slip: str) -> Any:
    import tensorflow as tf

    if slip == "raw":
        return g
    if slip == "sign":
        return tf.sign(g)
    if slip == "length":
        return g / (tf.norm(g) + 1e-8)
    if slip == "largest":
        return g / (tf.reduce_max(tf.abs(g)) + 1e-8)
    if slip == "no root":
        return g / (tf.reduce_mean(tf.square(g)) + 1e-8)
    if slip == "spread":
        return (g - tf.reduce_mean(g)) / (tf.math.reduce_std(g) + 1e-8)
    if slip == "std":
        return g / (tf.math.reduce_std(g) + 1e-8)
    if slip == "mean size":
        return g / (tf.reduce_mean(tf.abs(g)) + 1e-8)
    g = g / (tf.sqrt(tf.reduce_mean(tf.square(g))) + 1e-8)
    return -g if slip == "down" else g


@functools.cache
def dreamer(n_H: int, n_W: int) -> Any:
    """A small smooth model with known weights, which behaves otherwise in training."""
    from keras import Input, Model, layers

    inputs = Input((n_H, n_W, 3), name="picture")
    X = layers.Conv2D(4, 3, padding="same", name="first")(inputs)
    X = layers.BatchNormalization(name="norm")(X)
    X = layers.Activation("tanh", name="tanh")(X)
    X = layers.Conv2D(5, 3, strides=2, padding="same", name="second")(X)
    X = layers.Activation("softplus", name="softplus")(X)
    model = Model(inputs, layers.Conv2D(3, 3, name="third")(X))
    give_weights(model)
    return model


def look_at_dream(function: Callable, layer: str, channel: int, steps: int, start: Any, **kwargs: Any) -> Any:
    """The picture that comes out, for the small model."""
    statistics = [np.array(v) for v in dreamer(*start.shape[1:3]).non_trainable_variables]
    model = dreamer(*start.shape[1:3])
    try:
        return function(model, layer, channel, steps, start, **kwargs)
    finally:  # a run in training mode moves them
        for variable, value in zip(model.non_trainable_variables, statistics, strict=True):
            variable.assign(value)


def starts(rng: np.random.Generator) -> list:
    def start(n_H: int, n_W: int, spread: float = 0.1) -> np.ndarray:
        return rng.normal(0, spread, (1, n_H, n_W, 3)).clip(-1, 1).astype(np.float32)

    return [
        case("one step of the usual size", "second", 1, 1, start(8, 10)),
        case("several steps", "third", 2, 5, start(10, 8)),
        case("a layer in the middle, small steps", "tanh", 3, 3, start(6, 6), rate=0.01),
        case(
            "large steps: pixels reach black and white on the way", "third", 1, 6, start(8, 8, 0.6), rate=0.4
        ),
        case("no step at all", "first", 1, 0, start(6, 8)),
    ]


DREAM_SLIPS = {
    "down": "the picture walks down the gradient: the channel falls silent",
    "raw": "the gradient is used as it is: divide it by the root of the mean of its squares",
    "length": "the gradient is divided by its length: take the mean of its squares, not the sum",
    "largest": "the gradient is divided by its greatest value: take the root of the mean of its squares",
    "mean size": "the gradient is divided by the mean of its absolute values: take the root of the mean of its squares",
    "no root": "the gradient is divided by the mean of its squares: the root is missing",
    "spread": "the mean of the gradient is taken away, and the rest divided by its spread: divide the gradient itself by "
    "the root of the mean of its squares",
    "std": "the gradient is divided by its standard deviation: take the root of the mean of its squares",
    "sign": "only the sign of the gradient is used",
    "one step": "there is only one step, whatever steps says",
    "one gradient": "the gradient is taken once: take it anew in every step",
    "channel 0": "the argument channel is ignored: the first channel is excited",
    "whole layer": "the mean runs over all channels of the layer",
    "row": "a row of the map is taken for a channel: channels are the last axis, [..., channel]",
    "squares": "the mean of the squares is raised: take the mean of the map itself",
    "relu": "what is below 0 is cut off before the mean: take the map as it is",
    "max": "only the strongest unit of the channel is raised: take the mean of its map",
    "not clipped": "pixels leave the range from -1 to 1",
    "clipped at the end": "the picture is cut off at -1 and 1 only at the end: do it after every step",
    "clipped at 0": "the picture is cut off at 0: black is -1 here",
    "clipped first": "the picture is cut off before the step and not after it",
    "from grey": "the argument start is ignored: the picture begins as plain grey",
    "training": "the network runs in training mode",
    "last layer": "the argument layer is ignored: the last layer is looked at",
}


# --- the exercises ----------------------------------------------------------------------------------------


def _with(function: Callable) -> Callable[[str], Callable]:
    return lambda slip: functools.partial(function, slip=slip)


the_field = Exercise(
    name="receptive_field",
    points=18,
    difficulty=3,
    minutes=30,
    cases=FIELD_CASES,
    reference=receptive_field,
    observe=look_at_field,
    returns=("size", "jump", "start"),
    mistakes=by_slip(_with(receptive_field), FIELD_SLIPS),
    hints=[
        "Walk through model.layers, and keep the triple of every layer in a dictionary under its name.",
        "A layer: first size, with the jump so far; then start, with the jump so far; last the jump.",
        "If plain stacks are right and branches are not: start = min of all starts, and size = max of all "
        "start + size, less that start.",
        "size += (f - 1) * d * jump; start -= p * jump; jump *= s, with f, s, d, p = patches.window(each).",
    ],
    idea="Two 3x3 layers see as much as one 5x5, three as much as one 7x7, and dilation or strides far more.",
    try_next="Add 'block_7_expand_relu' to LAYERS near the top, and say before you run it how its "
    "size and its jump compare with those of block 6.",
)

the_patches = Exercise(
    name="top_patches",
    points=18,
    difficulty=3,
    minutes=30,
    cases=albums,
    reference=top_patches,
    observe=look_at_patches,
    needs=["receptive_field"],
    mistakes=by_slip(_with(top_patches), PATCH_SLIPS),
    hints=[
        "keras.Model(model.input, model.get_layer(layer).output).predict(images, verbose=0) gives the maps.",
        "For each picture and channel: the greatest value, and where it is. Then sort the pictures.",
        "If the patches are right but shifted: top = start + jump * row. If only those at the rim are wrong: pad.",
        "Pad the picture by size on all sides; the patch is then rows size + top to 2 * size + top of it.",
    ],
    idea="Nine patches of a unit say more than one: what they share is what it answers to.",
    try_next="Give top_patches only the faces, X[kind == 0], and look whether the channels of block 4 "
    "find other things.",
)

the_dream = Exercise(
    name="maximize_activation",
    points=14,
    difficulty=3,
    minutes=20,
    cases=starts,
    reference=maximize_activation,
    observe=look_at_dream,
    tolerance=2e-4,
    slow=True,
    mistakes=by_slip(_with(maximize_activation), DREAM_SLIPS),
    hints=[
        "tf.GradientTape: call tape.watch(picture) where the picture is a tensor and no variable.",
        "J = tf.reduce_mean(part(picture)[..., channel]); g = tape.gradient(J, picture).",
        "If only the case with large steps is wrong, look at when and where you cut off: after every step, at -1 and 1.",
        "picture = tf.clip_by_value(picture + rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8), -1.0, 1.0).",
    ],
    idea="The same gradient, with another sign and another aim, makes adversarial pictures.",
    try_next="Start from X[:1] in place of dreaming.grey() in the cell below, and look how much of the "
    "face is left after 30 steps.",
)
