"""Checks for week3/image_segmentation: mean intersection over union, transposed convolution, U-Net.

The NumPy exercises have references that go another way than their mistakes do: a confusion matrix beside loops
over classes, a convolution of a picture pulled apart beside stamps laid on top of each other. Blocks and network
are judged by what they compute under known weights, biases included, for nothing here is normalized. Dropout is
random in training mode: there it is seen by the share that it takes away.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.models import known, known_pictures, parameters, set_known_weights
from workbook.plain import Other, plain
from workbook.slips import by_slip, by_words, switched

TOLERANCE = 1e-5  # sums of about a hundred float32 products of order 1 are off by about 1e-6


# mean_iou ----------------------------------------------------------------------------------------


def one_number(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args, **kwargs)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


def mean_iou(y_true, y_pred, classes):
    """Mean over the classes that occur in one of the two masks, from their confusion matrix."""
    pairs = np.stack([np.ravel(y_true), np.ravel(y_pred)]).astype(int)
    counts = np.zeros((classes, classes))
    np.add.at(counts, tuple(pairs), 1)
    both, either = np.diag(counts), counts.sum(0) + counts.sum(1) - np.diag(counts)
    return np.mean(both[either > 0] / either[either > 0])


def iou_with(slip):
    """mean_iou, class by class, with one slip."""

    def wrong(y_true, y_pred, classes):
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
        if slip == "accuracy":
            return np.mean(y_true == y_pred)
        if slip == "by picture":
            return np.mean([mean_iou(t, p, classes) for t, p in zip(y_true, y_pred, strict=True)])
        if slip == "8 bits":
            index = (y_true.astype(np.uint8) * np.uint8(classes) + y_pred.astype(np.uint8)).ravel()
            counts = np.bincount(index, minlength=classes**2)[: classes**2].reshape(classes, classes)
            both, either = np.diag(counts), counts.sum(0) + counts.sum(1) - np.diag(counts)
            return np.mean(both[either > 0] / either[either > 0])
        first = 1 if slip == "from 1" else 0
        last = classes - 1 if slip == "one short" else classes
        rows = [row for c in range(first, last) if (row := of_class(y_true == c, y_pred == c)) is not None]
        ious, sizes, both, either = np.array(rows).T if rows else np.zeros((4, 0))
        if slip == "over all":
            return both.sum() / either.sum()
        if slip == "weighted":
            return np.sum(ious * sizes) / np.sum(sizes)
        if slip == "best":
            return ious.max()
        if slip == "sum":
            return ious.sum()
        if slip == "list":
            return ious
        return np.sum(ious) / classes if slip == "by classes" else np.mean(ious)

    def of_class(true, pred):
        """IoU, pixels of truth, intersection and union of one class, or None where it is left out."""
        both, either = np.sum(true & pred), np.sum(true | pred)
        over = {
            "dice": (true.sum() + pred.sum()) / 2,
            "twice": true.sum() + pred.sum(),
            "recall": true.sum(),
            "precision": pred.sum(),
            "mask size": true.size,
        }.get(slip, either)
        counts = {"in truth": true.any(), "in prediction": pred.any(), "in both": true.any() and pred.any()}
        if slip in ("absent 1", "nan") and not either:
            return (1.0 if slip == "absent 1" else np.nan), 0, 0, 0
        if not counts.get(slip, either > 0):
            return None
        return (both / over if over else 0.0), true.sum(), both, either

    return wrong


IOU_SLIPS = {
    "accuracy": "the share of right pixels comes back: a class of few pixels hardly counts there. Take the "
    "intersection over union of each class first",
    "absent 1": "a class that neither mask holds counts as 1. It says nothing: leave it out of the mean",
    "nan": "a class that neither mask holds gives 0 / 0. Leave it out of the mean",
    "in truth": "only classes of y_true are counted: a class that is predicted but not there has IoU 0",
    "in prediction": "only classes of y_pred are counted: a class that is there but never predicted has IoU 0",
    "in both": "only classes that both masks hold are counted: where one of them lacks a class, its IoU is 0",
    "over all": "the intersections of all classes are added up and divided by all unions: divide for each "
    "class, then take the mean",
    "weighted": "large classes weigh more in the mean: every class counts the same",
    "by picture": "each picture gets a mean of its own: count the pixels of all pictures together",
    "dice": "the intersection is divided by the mean size of both areas (the Dice score): divide it by "
    "the union",
    "twice": "the union is the sum of both areas: the intersection is counted twice there",
    "recall": "the intersection is divided by the area in y_true alone, not by the union",
    "precision": "the intersection is divided by the area in y_pred alone, not by the union",
    "mask size": "the intersection is divided by the number of all pixels, not by the union",
    "from 1": "class 0 is left out: the classes are 0 to classes - 1",
    "one short": "the last class is left out: the classes are 0 to classes - 1",
    "8 bits": "y_true * classes + y_pred is calculated in the masks' 8 bits, where 256 becomes 0: turn the "
    "masks into int first",
    "best": "the largest IoU comes back and not the mean",
    "sum": "the IoUs are added up and not divided by their number",
    "list": "the IoU of each class comes back: one number, their mean, is asked for",
    "by classes": "the sum is divided by the number of all classes, so that one that neither mask holds counts "
    "as 0. Divide by the number of classes that occur",
}


def blobs(rng, shape, classes):
    """A mask (uint8) of the classes, and a prediction that differs from it at a third of the pixels."""
    true = rng.choice(classes, shape)
    wrong = rng.random(shape) < 0.35
    return true.astype(np.uint8), np.where(wrong, rng.choice(classes, shape), true).astype(np.uint8)


def iou_cases(rng):
    road, sky = np.array([[[0, 0, 1, 1], [0, 0, 1, 2]]]), np.array([[[0, 0, 0, 1], [0, 0, 1, 1]]])
    uneven = np.repeat([0, 1, 2], (60, 8, 4)).reshape(1, 8, 9)
    predicted = np.roll(uneven, 3, axis=2)
    halves = np.zeros((2, 3, 4), int), np.zeros((2, 3, 4), int)
    halves[0][0, :, :2], halves[1][0, :, :1], halves[0][1, 0] = 1, 1, 1
    return [
        case("the example of the text", road, sky, 3),
        case("two pictures, one class in unlike shares", *halves, 2),
        case("a large class and two small ones", uneven, predicted, 3),
        case("classes that neither mask holds", *blobs(rng, (2, 5, 7), [1, 3, 4]), 6),
        case(
            "a class that is predicted but not there", np.array([[0, 0, 2, 2]]), np.array([[0, 1, 2, 2]]), 4
        ),
        case("a class that is never predicted", np.array([[3, 0, 2, 2]]), np.array([[0, 0, 2, 2]]), 4),
        case("all right", *[blobs(rng, (1, 4, 5), [0, 2])[0]] * 2, 3),
        case("all wrong", np.zeros((1, 3, 4), int), np.ones((1, 3, 4), int), 2),
        case("23 classes, bytes", *blobs(rng, (3, 20, 30), range(23)), 23),
        case("pixels in a row", *(mask.ravel() for mask in blobs(rng, (2, 6, 5), [0, 1, 2, 3])), 4),
    ]


iou_exercise = Exercise(
    name="mean_iou",
    points=10,
    difficulty=2,
    minutes=15,
    cases=iou_cases,
    observe=one_number,
    gives="a number",
    reference=mean_iou,
    tolerance=1e-6,
    mistakes=by_slip(iou_with, IOU_SLIPS),
    hints=[
        "One class at a time. y_true == c is a mask of True and False. Which pixels are in both masks, and "
        "which in at least one?",
        "np.sum(a & b) counts the intersection of two masks of True and False, np.sum(a | b) their union.",
        "If only 'classes that neither mask holds' fails, look at what happens where the union is 0. If only "
        "'two pictures' fails, you average over pictures: count all their pixels together.",
        "ious = []; for c in range(classes): a union of 0 is passed over, else append intersection / union. "
        "Return np.mean(ious).",
    ],
    try_next="Replace every 0 of blind by 1 before you measure it again, and say first whether accuracy or mean IoU moves "
    "more.",
    idea="keras.metrics.MeanIoU counts the same way. It keeps the counts, so that it can see a set in batches.",
)

# transpose_convolution ---------------------------------------------------------------------------


def transpose_convolution(X, W, stride, padding):
    """An ordinary convolution of the picture pulled apart, with zeros between its pixels and around it.

    (Dumoulin & Visin 2016, section 4.5) The kernel is turned by 180 degrees for it.
    """
    m, n_H, n_W, n_C_prev = X.shape
    f = W.shape[0]
    apart = np.zeros((m, (n_H - 1) * stride + 2 * f - 1, (n_W - 1) * stride + 2 * f - 1, n_C_prev))
    apart[:, f - 1 : apart.shape[1] - f + 1 : stride, f - 1 : apart.shape[2] - f + 1 : stride] = X
    views = np.lib.stride_tricks.sliding_window_view(apart, (f, f), (1, 2))  # (m, n_H, n_W, n_C_prev, f, f)
    full = np.einsum("mhwkij,ijck->mhwc", views, W[::-1, ::-1])
    return full[:, padding : full.shape[1] - padding, padding : full.shape[2] - padding]


def stamp_with(slip):
    """transpose_convolution, stamp by stamp, with one slip."""

    def transpose_convolution(X, W, stride, padding):
        p, s = padding, {"stride ignored": 1, "stride is f": W.shape[0]}.get(slip, stride)
        if slip == "pads X":
            X, p = np.pad(X, ((0, 0), (p, p), (p, p), (0, 0))), 0
        m, n_H_prev, n_W_prev, _ = X.shape
        f, n_C = W.shape[0], W.shape[3 if slip == "n_C" else 2]
        kernel = {
            "flipped": W[::-1, ::-1],
            "swapped": W.transpose(1, 0, 2, 3),
            "mean": W / W.shape[3],
        }.get(slip, W)
        n_H, n_W = (size(n, f, s) for n in (n_H_prev, n_W_prev))
        out = np.zeros((m, n_H, n_W, n_C))
        for i, h, w in np.ndindex(m, n_H_prev, n_W_prev):
            if slip == "first picture" and i > 0:
                break
            top, left = (w * s, h * s) if slip == "h and w" else (h * s, w * (1 if slip == "rows" else s))
            if slip == "p at once":
                top, left = top - p, left - p
            part = stamp(X[i, h, w], kernel)
            if slip == "overwritten":
                out[i, top : top + f, left : left + f] = part
            else:
                out[i, top : top + f, left : left + f] += part
        return cropped(out, p)

    def size(n, f, s):
        whole = (n - 1) * s + f
        return {"no - 1": n * s + f, "n * stride": max(n * s, whole)}.get(slip, whole)

    def stamp(x, kernel):
        if slip == "x @ W":
            return x @ kernel
        if slip == "first channel":
            return x[0] * kernel[..., 0]
        if slip == "sums":
            return x.sum() * kernel.sum(-1)
        if slip == "largest":
            return (kernel * x).max(-1)
        return kernel @ x

    def cropped(out, p):
        n_H, n_W = out.shape[1:3]
        ways = {
            "not cropped": lambda: out,
            "top left": lambda: out[:, p:, p:],
            "bottom right": lambda: out[:, : n_H - p, : n_W - p],
            "2p on top": lambda: out[:, 2 * p :, 2 * p :],
            "2p below": lambda: out[:, : n_H - 2 * p, : n_W - 2 * p],
            "2p each": lambda: out[:, 2 * p : n_H - 2 * p, 2 * p : n_W - 2 * p],
            "rows only": lambda: out[:, p : n_H - p],
            "p:-p": lambda: out[:, p:-p, p:-p],
            "bordered": lambda: np.pad(out, ((0, 0), (p, p), (p, p), (0, 0))),
            "always 1": lambda: out[:, 1:-1, 1:-1],
        }
        return ways.get(slip, lambda: out[:, p : n_H - p, p : n_W - p])()

    return transpose_convolution


STAMP_SLIPS = {
    "overwritten": "stamps that overlap overwrite each other (=): where they meet they add up (+=)",
    "stride ignored": "each stamp lies 1 pixel beside the last, whatever the stride is",
    "rows": "the stride moves the stamps down, but not to the right: the columns need it as well",
    "stride is f": "the stamps lie side by side, f pixels apart, whatever the stride is",
    "h and w": "height and width are exchanged where the stamp is placed: h counts rows, w counts columns",
    "flipped": "W is turned upside down and left to right: that belongs to the other way of calculating, where "
    "windows are read. A stamp is W as it is",
    "swapped": "the rows and columns of W are exchanged",
    "x @ W": "the sum runs over W's third axis: the fourth one belongs to the channels of X. Write W @ x, with "
    "x the numbers of one pixel",
    "n_C": "n_C is read from W's fourth axis, the channels that come in: the third axis counts those that go "
    "out",
    "first channel": "only the first channel of X is used: a stamp is the sum over all of them",
    "sums": "W and the pixel are summed over the channels before they are multiplied: multiply, then sum",
    "mean": "the mean over the channels of X is taken in place of the sum",
    "largest": "the largest of the channels' products is taken in place of their sum",
    "first picture": "only the first picture of the batch is worked on",
    "not cropped": "padding is ignored: crop so many rows and columns from each side of the result",
    "top left": "padding is cropped at the top and on the left only: every side loses it",
    "bottom right": "padding is cropped at the bottom and on the right only: every side loses it",
    "2p on top": "twice the padding is cropped at the top and on the left: every side loses padding once",
    "2p below": "twice the padding is cropped at the bottom and on the right: every side loses padding once",
    "2p each": "twice the padding is cropped from each side",
    "rows only": "padding is cropped from the rows only: the columns need it as well",
    "p:-p": "padding is cropped with [padding:-padding]: for 0 that is [0:-0], which is empty. Use "
    "[padding:n_H - padding]",
    "bordered": "padding puts zeros around the result. Here it takes away: crop",
    "pads X": "zeros are put around X, as an ordinary convolution does. Here padding crops the result",
    "p at once": "the stamps are placed padding pixels further up and left, where negative rows count from the "
    "end: stamp on the full size first, then crop",
    "always 1": "one row and column is cropped from each side, whatever padding is",
    "no - 1": "the size is n * stride + f: the first stamp needs f pixels, each further one stride more: "
    "(n - 1) * stride + f",
    "n * stride": "the result has at least n * stride rows and columns: the last stamp ends at "
    "(n - 1) * stride + f",
}


def kernel_and_picture(rng, m, n_H, n_W, n_C_prev, f, n_C):
    """X (m, n_H, n_W, n_C_prev) and W (f, f, n_C, n_C_prev)."""
    return rng.normal(size=(m, n_H, n_W, n_C_prev)), rng.normal(size=(f, f, n_C, n_C_prev))


def stamp_cases(rng):
    X, W = np.array([[1.0, 2], [3, 0]]), np.array([[1.0, 2, 1], [0, 1, 0], [0, 0, 3]])
    draw = functools.partial(kernel_and_picture, rng)
    return [
        case("the example of the text", X.reshape(1, 2, 2, 1), W.reshape(3, 3, 1, 1), 2, 0),
        case("stamps side by side", *draw(1, 3, 3, 1, 2, 1), 2, 0),
        case("two pictures, more channels in than out", *draw(2, 3, 4, 3, 3, 2), 2, 0),
        case("more channels out than in, stride 1", *draw(2, 4, 3, 2, 3, 5), 1, 0),
        case("padding 1", *draw(2, 2, 4, 2, 3, 2), 2, 1),
        case("padding 2, an even filter", *draw(2, 4, 3, 2, 4, 3), 1, 2),
        case("stride over filter: gaps", *draw(2, 3, 2, 2, 2, 3), 3, 0),
        case("gaps, padding 1", *draw(1, 2, 3, 3, 2, 2), 4, 1),
        case("a 1 x 1 filter", *draw(2, 3, 4, 2, 1, 3), 2, 0),
    ]


stamps = Exercise(
    name="transpose_convolution",
    points=15,
    difficulty=3,
    minutes=25,
    cases=stamp_cases,
    reference=transpose_convolution,
    tolerance=TOLERANCE,
    mistakes=by_slip(stamp_with, STAMP_SLIPS),
    hints=[
        "Begin with the full size, (n - 1) * stride + f, and an array of zeros of it. Each pixel of X adds one "
        "stamp to that; the first stamp starts at row 0 and column 0.",
        "A pixel holds n_C_prev numbers. The stamp is W weighted by them and summed: W @ X[i, h, w] has the "
        "shape (f, f, n_C).",
        "If 'stamps side by side' passes and the others fail, stamps overwrite each other: use +=. If only the "
        "cases with padding fail, look at the cropping; if all but those fail, at [0:-0].",
        "Z[i, h * stride : h * stride + f, w * stride : w * stride + f] += W @ X[i, h, w]; at the end "
        "Z[:, padding : n_H - padding, padding : n_W - padding], with n_H and n_W the full size.",
    ],
    try_next="Call it on the example by hand with stride 3 in place of 2: say first how large the result is, and whether "
    "stamps still overlap.",
    idea="You have met this loop: it is the line for dA_prev in conv_backward.",
)

# What the checks of blocks and network share -----------------------------------------------------


def set_weights(model: Any) -> None:
    """Known weights, biases included, the same for a 1x1 convolution and for a dense layer in its place."""
    set_known_weights(model, biases=True)
    for variable in model.variables:
        shape = tuple(variable.shape)
        if len(shape) == 4 and shape[:2] == (1, 1):
            core = shape[2:]
            variable.assign(np.reshape(known(core, "kernel") / np.sqrt(core[0] / 2), shape))
        elif len(shape) == 2:
            variable.assign(known(shape, "kernel") / np.sqrt(shape[0] / 2))


def spread(model: Any, but: tuple[int, ...] = (), only: tuple[int, ...] = ()) -> list[float]:
    """How widely the numbers of each 3x3 kernel are spread before training, as a share of what he_normal
    gives, smallest first; ``but`` is the shape of a kernel that is left out, ``only`` the one looked at."""
    kernels = [np.asarray(v) for v in model.trainable_variables if len(v.shape) == 4]
    shares = [
        float(kernel.std() / np.sqrt(2 / np.prod(kernel.shape[:-1])))
        for kernel in kernels
        if kernel.shape != but and kernel.size > 2_000 and (not only or kernel.shape == only)
    ]
    return sorted(round(share, 1) for share in shares)


def he(skip: str) -> str:
    """The initializer of a reference: the quickest one where nobody looks at it is not worth a switch."""
    return "glorot_uniform" if skip in ("glorot", "glorot second") else "he_normal"


# conv_block --------------------------------------------------------------------------------------


def conv_block(
    inputs: Any,
    n_filters: int = 32,
    dropout_prob: float = 0,
    max_pooling: bool = True,
    *,
    slip: str = "",
    windows: tuple[int, ...] = (3, 3),
    relus: tuple[int, ...] = (0, 1),
    filters: tuple[int, int] = (1, 1),
    padding: str = "same",
    pool: str = "MaxPooling2D",
    pool_how: dict[str, Any] | None = None,
    dropout: str = "Dropout",
) -> Any:
    """Two convolutions, dropout, max pooling (Ronneberger et al. 2015, figure 1, with padding)."""
    from keras import layers

    def drop(x: Any, at: str) -> Any:
        here = "at the end" if slip not in PLACES else slip
        if dropout_prob > 0 and at == here:
            return getattr(layers, dropout)(dropout_prob)(x)
        return x

    X = inputs
    for i, f in enumerate(windows):
        first = i == 0 and slip == "glorot second"
        how = {"padding": padding, "kernel_initializer": "he_normal" if first else he(slip)}
        X = layers.Conv2D(n_filters * filters[min(i, 1)], f, **how)(X)
        X = layers.BatchNormalization()(X) if slip == "norm" else X
        X = layers.ReLU()(X) if min(i, 1) in relus else X
        X = drop(X, "between") if i == 0 else X
    skip = X
    X = drop(X, "at the end")
    skip = skip if slip == "skip first" else X
    pooled = getattr(layers, pool)(**({"pool_size": 2} | (pool_how or {})))(X) if max_pooling else X
    pooled = drop(pooled, "after pooling")
    return {"both pooled": (pooled, pooled), "turned": (skip, pooled), "one": pooled}.get(
        slip, (pooled, skip)
    )


PLACES = ("between", "after pooling", "nowhere")


def look_at_conv_block(block: Callable, input_shape: tuple[int, ...], **kwargs: Any) -> Any:
    """The shapes, the parameters and both outputs of a block, and what its dropout does in training mode."""
    import keras

    inputs = keras.Input(input_shape)
    outputs = block(inputs, **kwargs)
    if keras.backend.is_keras_tensor(outputs):
        return Other("KerasTensor", "one Keras tensor: return next_layer, skip_connection")
    if not _are_tensors(outputs, 2):
        return plain(outputs)
    model = keras.Model(inputs, list(outputs))
    wide = {} if kwargs else {"spread of each kernel, 1 is that of he_normal": spread(model)}
    set_weights(model)
    X = known_pictures(3, input_shape)
    after, skip = (np.asarray(output) for output in model(X, training=False))
    moved, dropped = (np.asarray(output) for output in model(X, training=True))
    return {
        "shape of next_layer": list(after.shape)[1:],
        "shape of skip_connection": list(skip.shape)[1:],
        "parameters, biases included": parameters(model, biases=True),
        "next_layer": after,
        "skip_connection": skip,
        "what training mode drops": what_drops(skip, dropped),
        "in training mode next_layer is made": made_of(after, moved, dropped),
        **wide,
    }


def _are_tensors(outputs: Any, count: int) -> bool:
    import keras

    several = isinstance(outputs, list | tuple) and len(outputs) == count
    return several and all(keras.backend.is_keras_tensor(output) for output in outputs)


def what_drops(still: np.ndarray, training: np.ndarray) -> str:
    """In words: which share of a layer's numbers training mode sets to 0, found by how much larger the others
    become (1 / (1 - share)), and whether single numbers or whole channels go."""
    if np.allclose(still, training, rtol=1e-4, atol=1e-5):
        return "nothing"
    alive = np.abs(still) > 1e-3
    kept = alive & (training != 0)
    ratios = training[kept] / still[kept]
    if not kept.any() or np.ptp(ratios) > 1e-2:
        return "not numbers of the result, but of a layer before it"
    share = 100 * (1 - 1 / np.median(ratios))
    some = (kept.any((1, 2)) & (alive & ~kept).any((1, 2))).any()
    return f"{share:.0f} % of the {'numbers' if some else 'channels'}"


def made_of(after: np.ndarray, training: np.ndarray, dropped: np.ndarray) -> str:
    """In words: where next_layer comes from in training mode. ``after`` is what it is at inference, ``dropped``
    the skip connection in training mode."""
    if training.shape == dropped.shape and np.allclose(training, dropped, atol=1e-5):
        return "of what skip_connection holds"
    n_H, n_W = (n // 2 for n in dropped.shape[1:3])
    windows = dropped[:, : 2 * n_H, : 2 * n_W].reshape(len(dropped), n_H, 2, n_W, 2, -1)
    most = windows.max((2, 4))
    if training.shape == most.shape and np.allclose(training, most, atol=1e-5):
        return "of what skip_connection holds"
    lost = what_drops(after, training)
    return "of a dropout of its own" if lost.endswith(("numbers", "channels")) else "of something else"


CONV_BLOCK_MISTAKES = {
    "skip_connection is the pooled layer too. It is what stands before the pooling": {"slip": "both pooled"},
    "the two results are exchanged. next_layer comes first, skip_connection second": {"slip": "turned"},
    "the second convolution has no ReLU": {"relus": (0,)},
    "the first convolution has no ReLU": {"relus": (1,)},
    "neither convolution has a ReLU": {"relus": ()},
    "there is one convolution in place of two. (Does the second start from inputs again? Then the first leads "
    "nowhere)": {"windows": (3,)},
    "there are three convolutions in place of two": {"windows": (3, 3, 3)},
    "the windows are 2x2. They are 3x3": {"windows": (2, 2)},
    "the second convolution has twice as many filters. Both have n_filters": {"filters": (1, 2)},
    "the convolutions have no padding. They need padding='same'": {"padding": "valid"},
    "the argument max_pooling is ignored, and the block always pools": {"max_pooling": True},
    "there is no max pooling. There is one unless max_pooling is False": {"max_pooling": False},
    "the pooling takes the average and not the maximum": {"pool": "AveragePooling2D"},
    "the pooling has stride 1. It halves height and width": {"pool_how": {"strides": 1, "padding": "same"}},
    "the pooling rounds an odd size up (padding='same'). Leave its padding as it is": {
        "pool_how": {"padding": "same"}
    },
    "the argument dropout_prob is ignored: nothing is dropped": {"slip": "nowhere"},
    "dropout stands before one of the convolutions. It comes after the second one": {"slip": "between"},
    "dropout stands after the pooling, so that skip_connection has none. It comes before": {
        "slip": "after pooling"
    },
    "skip_connection is taken before the dropout. It is what the pooling sees": {"slip": "skip first"},
    "whole channels are dropped. Dropout takes single numbers": {"dropout": "SpatialDropout2D"},
    "the kernels start as Keras's default does. They need kernel_initializer='he_normal'": {"slip": "glorot"},
    "the second convolution's kernel starts as Keras's default does. Both need kernel_initializer='he_normal'": {
        "slip": "glorot second"
    },
    "the pooling takes windows of 3x3. They are 2x2": {"pool_how": {"pool_size": 3}},
    "the windows are 1x1. They are 3x3": {"windows": (1, 1)},
    "the second convolution has a 1x1 window. Both have 3x3": {"windows": (3, 1)},
    "there are batch normalizations. This block has none": {"slip": "norm"},
    "only one tensor comes back. Return next_layer and skip_connection": {"slip": "one"},
    "the argument n_filters is ignored, and there are always 32": {"n_filters": 32},
}


def changed_share(change: Callable[[float], float]) -> Callable:
    """A block that drops another share than it is told to."""

    def block(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
        share = change(dropout_prob) if dropout_prob > 0 else 0
        return conv_block(inputs, n_filters, share, max_pooling)

    return block


block_down = Exercise(
    name="conv_block",
    points=12,
    difficulty=2,
    minutes=20,
    cases=[
        case("height unlike width", (6, 8, 3), n_filters=4).weighing(2),
        case("odd sizes, dropout 0.2", (7, 5, 2), n_filters=6, dropout_prob=0.2).weighing(2),
        case(
            "no max pooling, dropout 0.3", (4, 6, 3), n_filters=5, dropout_prob=0.3, max_pooling=False
        ).weighing(2),
        case("no max pooling, no dropout", (3, 4, 2), n_filters=3, max_pooling=False),
        case("called with inputs alone", (4, 6, 16)),
    ],
    observe=look_at_conv_block,
    gives="two Keras tensors",
    reference=conv_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(conv_block, CONV_BLOCK_MISTAKES),
        Mistake(
            "dropout_prob is taken for the share that is kept: Dropout(0.3) drops 0.3",
            changed_share(lambda share: 1 - share),
        ),
        Mistake("dropout is always 0.3, whatever dropout_prob is", changed_share(lambda share: 0.3)),
    ],
    hints=[
        "Two results, so two names: what goes on to the next block, and what crosses the bridge. Which of them "
        "has been pooled?",
        "Conv2D(n_filters, 3, activation='relu', padding='same', kernel_initializer='he_normal') twice, the "
        "second on the result of the first.",
        "If the parameters are right and skip_connection is wrong, look at activation and padding. If only "
        "next_layer is wrong, look at the pooling. If only 'training mode' rows fail, look at where Dropout "
        "stands: after the second convolution, before the pooling.",
        "conv = ...; if dropout_prob > 0: conv = Dropout(dropout_prob)(conv); next_layer = MaxPooling2D(2)(conv) "
        "if max_pooling else conv; return next_layer, conv.",
    ],
    try_next="Print both shapes of conv_block(keras.Input((25, 33, 3))), and say first what the pooling makes of an odd "
    "size.",
    idea="Pooling forgets where, so that the next block can ask what. The skip connection remembers where.",
)

# upsampling_block --------------------------------------------------------------------------------


def upsampling_block(
    expansive_input: Any,
    contractive_input: Any,
    n_filters: int = 32,
    *,
    slip: str = "",
    up: dict[str, Any] | None = None,
    windows: tuple[int, ...] = (3, 3),
    relus: tuple[int, ...] = (0, 1),
    padding: str = "same",
    join: str = "up first",
    axis: int = 3,
) -> Any:
    """A transposed convolution, the skip connection beside it, two convolutions (Ronneberger et al. 2015)."""
    from keras import layers

    if slip == "exchanged":
        expansive_input, contractive_input = contractive_input, expansive_input
    how = {"kernel_size": 3, "strides": 2, "padding": "same"} | (up or {})
    if slip == "enlarged":
        X = layers.Conv2D(n_filters, 3, padding="same")(layers.UpSampling2D(2)(expansive_input))
    elif slip == "only enlarged":
        X = layers.UpSampling2D(2)(expansive_input)
    else:
        count = expansive_input.shape[-1] if slip == "up keeps channels" else n_filters
        X = layers.Conv2DTranspose(count, **how)(expansive_input)
    pair = [contractive_input, X] if join == "up last" else [X, contractive_input]
    if join == "added":
        X = layers.Add()(pair)
    elif join != "alone":
        X = layers.Concatenate(axis=axis)(pair)
    for i, f in enumerate(windows):
        count = 2 * n_filters if slip == "wide" and i == 0 else n_filters
        X = layers.Conv2D(count, f, padding=padding, kernel_initializer=he(slip))(X)
        X = layers.BatchNormalization()(X) if slip == "norm" else X
        X = layers.ReLU()(X) if i in relus else X
    return (X, contractive_input) if slip == "two" else X


def look_at_upsampling(
    block: Callable, expansive: tuple[int, ...], contractive: tuple[int, ...], **kwargs: Any
) -> Any:
    """The shape, the parameters and the output of a block with two inputs."""
    import keras

    inputs = [keras.Input(expansive), keras.Input(contractive)]
    outputs = block(*inputs, **kwargs)
    if not keras.backend.is_keras_tensor(outputs):
        return Other("list", f"{len(outputs)} Keras tensors") if _are_tensors(outputs, 2) else plain(outputs)
    model = keras.Model(inputs, outputs)
    upwards = (3, 3, 32, expansive[-1])
    wide = (
        {}
        if kwargs
        else {"spread of the convolutions' kernels, 1 is that of he_normal": spread(model, upwards)}
    )
    set_weights(model)
    output = np.asarray(model([known_pictures(3, expansive), known_pictures(3, contractive)], training=False))
    return {
        "output shape": list(output.shape)[1:],
        "parameters, biases included": parameters(model, biases=True),
        "output": output,
        **wide,
    }


UPSAMPLING_MISTAKES = {
    "the two are joined in the other order. First what has been enlarged, then contractive_input": {
        "join": "up last"
    },
    "the two are added up. Put them one behind the other, along the channels": {"join": "added"},
    "the two are joined along the height. The channels are axis 3": {"axis": 1},
    "the two are joined along the width. The channels are axis 3": {"axis": 2},
    "contractive_input is never used: concatenate it with what has been enlarged": {"join": "alone"},
    "expansive_input and contractive_input are exchanged: the small one is enlarged": {"slip": "exchanged"},
    "the transposed convolution has stride 1. It doubles height and width with strides=2": {
        "up": {"strides": 1}
    },
    "the transposed convolution has padding 'valid', so that a row and a column too many come out": {
        "up": {"padding": "valid"}
    },
    "the transposed convolution has a 2x2 window. It has 3x3": {"up": {"kernel_size": 2}},
    "the transposed convolution has a ReLU. It has none": {"up": {"activation": "relu"}},
    "the transposed convolution has no biases": {"up": {"use_bias": False}},
    "the transposed convolution keeps the channels of expansive_input. It has n_filters": {
        "slip": "up keeps channels"
    },
    "pixels are repeated (UpSampling2D) and then convolved. Use Conv2DTranspose": {"slip": "enlarged"},
    "pixels are repeated (UpSampling2D), and nothing is learned there. Use Conv2DTranspose": {
        "slip": "only enlarged"
    },
    "the second convolution has no ReLU": {"relus": (0,)},
    "the first convolution has no ReLU": {"relus": (1,)},
    "there is one convolution in place of two. (Does the second start from the joined layer again? Then the "
    "first leads nowhere)": {"windows": (3,)},
    "neither convolution has a ReLU": {"relus": ()},
    "there are three convolutions after the joined layer. There are two": {
        "windows": (3, 3, 3),
        "relus": (0, 1, 2),
    },
    "the convolutions' windows are 2x2. They are 3x3": {"windows": (2, 2)},
    "the first convolution has twice as many filters. All have n_filters": {"slip": "wide"},
    "the convolutions have no padding. They need padding='same'": {"padding": "valid"},
    "the convolutions' kernels start as Keras's default does. They need kernel_initializer='he_normal'": {
        "slip": "glorot"
    },
    "there are batch normalizations. This block has none": {"slip": "norm"},
    "two tensors come back. One is asked for": {"slip": "two"},
    "the argument n_filters is ignored, and there are always 32": {"n_filters": 32},
}

block_up = Exercise(
    name="upsampling_block",
    points=10,
    difficulty=2,
    minutes=15,
    cases=[
        case("height unlike width, channels unlike", (3, 4, 6), (6, 8, 5), n_filters=4).weighing(3),
        case("as many channels as filters", (2, 3, 8), (4, 6, 4), n_filters=4).weighing(2),
        case("called without n_filters", (2, 3, 7), (4, 6, 16)),
    ],
    observe=look_at_upsampling,
    gives="a Keras tensor",
    reference=upsampling_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=switched(upsampling_block, UPSAMPLING_MISTAKES),
    hints=[
        "Which of the two inputs is the smaller one? It is doubled first; only then do the two fit.",
        "Conv2DTranspose(n_filters, 3, strides=2, padding='same') doubles height and width. "
        "concatenate([up, contractive_input], axis=3) puts the channels one behind the other.",
        "If the parameters are right and the output is wrong, look at the order of the two, and at a ReLU that "
        "is missing or too many. If it raises an error about shapes, look at strides and padding of the "
        "transposed convolution.",
        "up = Conv2DTranspose(...)(expansive_input); merge = concatenate([up, contractive_input], axis=3); "
        "then the two convolutions of conv_block.",
    ],
    try_next="Build it on keras.Input((6, 8, 512)) and keras.Input((12, 16, 256)) and exchange the two: at which layer does "
    "Keras complain?",
    idea="What comes from below knows what it is, what comes across knows where: two convolutions bring both "
    "together.",
)

# unet_model --------------------------------------------------------------------------------------


def unet_model(
    input_size: tuple[int, int, int] = (96, 128, 3),
    n_filters: int = 32,
    n_classes: int = 23,
    *,
    widths: tuple[int, ...] = (1, 2, 4, 8, 16),
    up_widths: tuple[int, ...] = (8, 4, 2, 1),
    shares: tuple[float, ...] = (0, 0, 0, 0.3, 0.3),
    pools: tuple[bool, ...] = (True, True, True, True, False),
    skips: tuple[int, ...] = (3, 2, 1, 0),
    skip_is: int = 1,
    next_is: int = 0,
    bottom: int = 4,
    end: dict[str, Any] | None = None,
    last: dict[str, Any] | None = None,
    more_classes: int = 0,
    wide_end: bool = False,
) -> Any:
    """U-Net (Ronneberger et al. 2015): pictures to logits of every pixel.

    skips    which contracting block each upsampling block sees; skip_is: which of that block's two results
    next_is  which of its two results goes on to the next block; bottom: the block that is enlarged first
    end      how the 3x3 convolution before the last one differs, {"filters": 0} leaves it out; last: the last
    """
    import keras
    from keras import layers

    X = inputs = keras.Input(input_size)
    blocks = []
    for width, share, pool in zip(widths, shares, pools, strict=True):
        blocks.append(conv_block(X, width * n_filters, share, pool))
        X = blocks[-1][next_is]
    X = blocks[bottom][0]
    for width, skip in zip(up_widths, skips, strict=True):
        X = upsampling_block(X, blocks[skip][skip_is], width * n_filters)
    how = {
        "filters": 2 * n_filters if wide_end else n_filters,
        "kernel_size": 3,
        "activation": "relu",
        "padding": "same",
    }
    how |= {"kernel_initializer": "he_normal"} | (end or {})
    if how["filters"]:
        X = layers.Conv2D(**how)(X)
    how = {"kernel_size": 1, "padding": "same"} | (last or {})
    return keras.Model(inputs, layers.Conv2D(n_classes + more_classes, **how)(X))


def look_at_unet(network: Callable, input_size: tuple[int, ...] | None = None, **kwargs: Any) -> Any:
    """What a network computes, and what training mode drops; without a size only what its defaults give."""
    import keras

    model = network() if input_size is None else network(input_size=input_size, **kwargs)
    if not isinstance(model, keras.Model):
        return plain(model)
    if input_size is None:
        # some models know their shapes only when they are called
        outputs = model.outputs[0] if model.built else None
        if outputs is None or None in outputs.shape[1:]:
            outputs = model(np.zeros((1, 96, 128, 3), np.float32))
        return {
            "output shape": list(outputs.shape)[1:],
            "parameters": parameters(model, biases=True),
            "spread of the kernels with n_filters in and out, 1 is that of he_normal": spread(
                model, only=(3, 3, 32, 32)
            ),
        }
    model(known_pictures(1, input_size), training=False)  # a subclass may make its weights only now
    set_weights(model)
    outputs = np.asarray(model(known_pictures(2, input_size), training=False))
    return {
        "output shape": list(outputs.shape)[1:],
        "parameters, biases included": parameters(model, biases=True),
        "logits": outputs,
        "dropped in training mode": what_unet_drops(model, input_size, kwargs["n_filters"]),
    }


def what_unet_drops(model: Any, input_size: tuple[int, ...], n: int) -> str:
    """In words: which share of the fourth block's skip training mode drops, and which on the way through the
    fourth and fifth block together.

    With pictures of ones, and kernels that hand on the mean over the channels, every number of the network is
    positive. A transposed convolution then fills one pixel of four, so that the output has pixels which only
    the first three skips reach (row 3, 11, ...), others that the fourth reaches too (7, 23, ...), and others
    that the fifth block reaches (15, 31, ...). Channel 0 alone of the fourth skip, or of the fifth block, is
    handed on: where it is dropped nothing arrives, where it is kept 1 / (1 - share) times as much.
    """
    joined, upwards = (3, 3, 16 * n, 8 * n), (3, 3, 8 * n, 16 * n)
    shapes = [tuple(variable.shape) for variable in model.trainable_variables]
    if shapes.count(joined) != 1 or shapes.count(upwards) != 2:
        return "unknown: the blocks have other sizes"
    kept = []
    for chosen, rows in ((8 * n, 7), (slice(0, 8 * n), 15)):
        _hand_on(model, joined, upwards, chosen)
        X = np.ones((64, *input_size), np.float32)
        still, training = (np.asarray(model(X, training=mode), np.float64)[..., 0] for mode in (False, True))
        base, wave = still[0, 3, 3], training[:, 3::8, 3::8]
        gain = still[0, rows, rows] - base
        if not np.allclose(wave, base, rtol=1e-4) or gain <= 1e-6 * abs(base):
            return "something in other blocks"
        kept.append(float((training[:, rows::16, rows::16].max() - base) / gain))
    return f"{100 * (1 - 1 / kept[0]):.0f} % of the fourth skip, {100 * (1 - 1 / kept[1]):.0f} % down to the fifth"


def _hand_on(model: Any, joined: tuple[int, ...], upwards: tuple[int, ...], chosen: int | slice) -> None:
    """Kernels that hand on the mean over the channels at the same pixel. Of ``joined``, which reads what is
    enlarged and what comes across, only the chosen channels; of ``upwards`` the first."""
    for variable in model.variables:
        shape = tuple(variable.shape)
        if "seed" in variable.path or "int" in str(variable.dtype):
            continue
        value = np.zeros(shape, np.float32)
        if len(shape) == 4:
            middle = value[shape[0] // 2, shape[1] // 2]
            if shape == joined:
                middle[chosen] = 1
            elif shape == upwards:
                middle[:, 0] = 1
            else:
                middle[:] = 1 / shape[2]
        elif len(shape) == 2:
            value[:] = 1 / shape[0]
        elif variable.path.split("/")[-1] in ("gamma", "moving_variance"):
            value[:] = 1
        variable.assign(value)


UNET_MISTAKES = {
    "the output has a softmax. Logits are asked for: no activation": {"last": {"activation": "softmax"}},
    "the output has a ReLU. Logits may be negative: no activation": {"last": {"activation": "relu"}},
    "the output has a sigmoid. Logits are asked for: no activation": {"last": {"activation": "sigmoid"}},
    "the last convolution has a 3x3 window. It has 1x1": {"last": {"kernel_size": 3}},
    "the 3x3 convolution before the last one is missing": {"end": {"filters": 0}},
    "the 3x3 convolution before the last one has no ReLU": {"end": {"activation": None}},
    "the 3x3 convolution before the last one has a 1x1 window": {"end": {"kernel_size": 1}},
    "the 3x3 convolution before the last one starts as Keras's default does: kernel_initializer='he_normal'": {
        "end": {"kernel_initializer": "glorot_uniform"}
    },
    "the 3x3 convolution before the last one has no padding: padding='same'": {"end": {"padding": "valid"}},
    "the 3x3 convolution before the last one has twice n_filters filters": {"wide_end": True},
    "n_filters is never doubled: each block down has twice as many filters as the one before": {
        "widths": (1, 1, 1, 1, 1),
        "up_widths": (1, 1, 1, 1),
    },
    "the fifth block has as many filters as the fourth. It has 16 * n_filters": {"widths": (1, 2, 4, 8, 8)},
    "the filters grow by n_filters and are not doubled: 1, 2, 4, 8, 16 times n_filters": {
        "widths": (1, 2, 3, 4, 5),
        "up_widths": (4, 3, 2, 1),
    },
    "all upsampling blocks have n_filters filters. The first has 8 * n_filters, then 4, 2 and 1": {
        "up_widths": (1, 1, 1, 1)
    },
    "the upsampling blocks' filters are in the order 1, 2, 4, 8. They go down: 8, 4, 2, 1": {
        "up_widths": (1, 2, 4, 8)
    },
    "the upsampling blocks have twice as many filters as they should: 8, 4, 2, 1 times n_filters": {
        "up_widths": (16, 8, 4, 2)
    },
    "the upsampling blocks get the pooled results of the blocks, [0]. The skip connections are [1]": {
        "skip_is": 0
    },
    "each block gets the skip connection of the one before, [1], and nothing is pooled. next_layer is [0]": {
        "next_is": 1
    },
    "the skip connections are in the order of the blocks down. The first one up gets the fourth block's": {
        "skips": (0, 1, 2, 3)
    },
    "the fifth block is left out: the first upsampling block gets the fourth one's result": {"bottom": 3},
    "the fifth block is pooled. It needs max_pooling=False": {"pools": (True,) * 5},
    "the fourth block has no dropout. It has dropout_prob=0.3": {"shares": (0, 0, 0, 0, 0.3)},
    "the fifth block has no dropout. It has dropout_prob=0.3": {"shares": (0, 0, 0, 0.3, 0)},
    "no block has dropout. The fourth and the fifth have dropout_prob=0.3": {"shares": (0, 0, 0, 0, 0)},
    "blocks above the fourth have dropout too. Only the fourth and the fifth have it": {"shares": (0.3,) * 5},
    "dropout is 0.5. It is 0.3": {"shares": (0, 0, 0, 0.5, 0.5)},
    "there is one class too many: n_classes channels come out": {"more_classes": 1},
}
UNET_IGNORES = {
    "the argument n_classes is ignored, and there are always 23": {"n_classes": 23},
    "the argument n_filters is ignored, and it is always 32": {"n_filters": 32},
    "the argument input_size is ignored: it is always (96, 128, 3)": {"input_size": (96, 128, 3)},
}

network = Exercise(
    name="unet_model",
    points=18,
    difficulty=4,
    minutes=30,
    needs=("conv_block", "upsampling_block"),
    cases=[
        case("32x48 pictures of 2 channels, 5 classes", (32, 48, 2), n_filters=2, n_classes=5).weighing(3),
        case("called without arguments"),
    ],
    observe=look_at_unet,
    gives="a Keras model",
    reference=unet_model,
    tolerance=1e-3,
    time_limit=120,
    slow=True,
    mistakes=[*switched(unet_model, UNET_MISTAKES), *switched(unet_model, UNET_IGNORES)],
    hints=[
        "Write the shapes down the left side of the U and up the right side. Which block on the left is as high "
        "and wide as each block on the right becomes?",
        "conv_block gives two results. The first goes on to the next block, the second waits for its "
        "upsampling block: the fourth block's skip is used first, the first block's last.",
        "If the parameters are right and the logits are wrong, look at what has none: activations, dropout, "
        "which skip goes where. If Keras says that shapes do not match, a skip connection has gone to the "
        "wrong block, or is the pooled one.",
        "b5 = conv_block(b4[0], 16 * n_filters, dropout_prob=0.3, max_pooling=False); "
        "u6 = upsampling_block(b5[0], b4[1], 8 * n_filters); and so on, down to n_filters.",
    ],
    try_next="Compare unet_model(n_filters=8).count_params() with that of n_filters=16: guess the factor first.",
    idea="Nothing in it knows the size of the picture: any height and width that 16 divides will do.",
)
