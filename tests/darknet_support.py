"""What the tests of the Darknet reader share: small networks, written to files and computed by plain loops.

Nothing of week3/ is used here. Arrays are in Darknet's own order: (n_C, n_H, n_W).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

Section = tuple[str, dict]

YOLO = {"classes": 3, "num": 4, "anchors": "4,5, 9,7, 12,20, 25,16"}


def conv(filters: int, size: int, activation: str = "linear", norm: bool = False, **options) -> Section:
    """A convolution, with batch normalization or without."""
    normalized = {"batch_normalize": 1} if norm else {}
    return "convolutional", {
        "filters": filters,
        "size": size,
        **normalized,
        **options,
        "activation": activation,
    }


NETWORKS: dict[str, list[Section]] = {
    "paddings": [  # height unlike width, odd sizes, windows that hang over
        ("net", {"width": 37, "height": 26, "channels": 3}),
        conv(6, 3, "leaky", stride=2, pad=1),
        ("maxpool", {"size": 2, "stride": 1}),
        ("maxpool", {"size": 3, "stride": 1}),
        conv(5, 5, "relu", pad=1),
        ("maxpool", {"size": 3, "stride": 2}),
        conv(7, 5, padding=1),
        conv(8, 2, "leaky", pad=1),
        ("maxpool", {"size": 2, "stride": 2}),
        conv(16, 1),
        ("yolo", YOLO | {"mask": "3,1"}),
    ],
    "groups": [
        ("net", {"width": 24, "height": 16, "channels": 3}),
        conv(8, 3, "mish", norm=True, stride=2, pad=1),
        conv(8, 3, "swish", groups=8, stride=2, pad=1),
        conv(16, 3, "leaky", norm=True, groups=8, pad=1),
        conv(12, 3, "logistic", norm=True, groups=4, pad=1),
        ("route", {"layers": "-1", "groups": 2, "group_id": 1}),
        conv(24, 1, pad=1),
        ("yolo", YOLO | {"mask": "0,1,2", "scale_x_y": 1.2}),
    ],
    "two heads": [
        ("net", {"width": 32, "height": 48, "channels": 3}),
        conv(8, 3, "leaky", norm=True, stride=2, pad=1),
        conv(8, 3, "leaky", norm=True, stride=2, pad=1),
        conv(8, 1, pad=0),
        ("dropout", {"probability": ".2"}),
        ("shortcut", {"from": -3, "activation": "leaky"}),
        conv(6, 3, "leaky", norm=True, stride=2, pad=1),
        conv(16, 1),
        ("yolo", YOLO | {"mask": "2,3"}),
        ("route", {"layers": "-3"}),
        ("upsample", {"stride": 2}),
        ("route", {"layers": "-1, 4"}),
        conv(16, 3, pad=1),
        ("yolo", YOLO | {"mask": "0,1"}),
    ],
    "region": [
        ("net", {"width": 24, "height": 40, "channels": 3}),
        conv(6, 3, "leaky", norm=True, stride=2, pad=1),
        ("maxpool", {"size": 2, "stride": 2}),
        conv(18, 1),
        ("region", {"classes": 4, "coords": 4, "num": 2, "anchors": "1.2,2.1, 3.4,0.8", "softmax": 1}),
    ],
}
"""Every section and every padding, in four networks."""

ACTIVATIONS: dict[str, Callable] = {
    "linear": lambda x: x,
    "leaky": lambda x: np.where(x > 0, x, 0.1 * x),
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "logistic": lambda x: 1 / (1 + np.exp(-x)),
    "swish": lambda x: x / (1 + np.exp(-x)),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "tanh": np.tanh,
}


def draw_picture(network: list[Section], seed: int = 5) -> np.ndarray:
    """A picture of noise of the network's own size: (n_H, n_W, 3) uint8."""
    net = network[0][1]
    return np.random.default_rng(seed).integers(0, 256, (net["height"], net["width"], 3), dtype=np.uint8)


def write_cfg(path: Path, network: list[Section]) -> Path:
    """The network as a .cfg file."""
    blocks = [
        "\n".join([f"[{name}]", *(f"{key}={value}" for key, value in options.items())])
        for name, options in network
    ]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return path


def write_weights(path: Path, numbers: np.ndarray, version=(0, 2, 5)) -> Path:
    """A .weights file: header, then the numbers. Before version 0.2 `seen` had 4 bytes, since then 8."""
    seen = np.array([77], "<i8" if version[:2] >= (0, 2) else "<i4")
    path.write_bytes(np.array(version, "<i4").tobytes() + seen.tobytes() + numbers.astype("<f4").tobytes())
    return path


def write_network(
    folder: Path, network: list[Section], seed: int = 1, version=(0, 2, 5)
) -> tuple[Path, Path]:
    """The network with drawn weights: its .cfg and its .weights file."""
    numbers, _ = compute(network, draw_picture(network), seed)
    return write_cfg(folder / "net.cfg", network), write_weights(folder / "net.weights", numbers, version)


def compute(
    network: list[Section], picture: np.ndarray, seed: int = 1
) -> tuple[np.ndarray, list[np.ndarray]]:
    """The drawn weights, in the order of the file, and the raw maps of the heads for a picture."""
    rng, numbers, outputs, heads = np.random.default_rng(seed), [], [], []

    def draw(values):
        numbers.append(np.asarray(values, np.float32))
        return numbers[-1]

    A = picture.transpose(2, 0, 1) / 255
    for name, options in network[1:]:
        if name == "convolutional":
            A = _convolution(A, options, rng, draw)
        elif name == "maxpool":
            A = _maxpool(A, options["size"], options["stride"])
        elif name == "upsample":
            A = A.repeat(options["stride"], axis=1).repeat(options["stride"], axis=2)
        elif name == "route":
            read = [int(number) for number in str(options["layers"]).split(",")]
            parts = [outputs[number if number >= 0 else len(outputs) + number] for number in read]
            share = [len(part) // options.get("groups", 1) for part in parts]
            group = options.get("group_id", 0)
            A = np.concatenate(
                [part[group * n : (group + 1) * n] for part, n in zip(parts, share, strict=True)]
            )
        elif name == "shortcut":
            A = ACTIVATIONS[options["activation"]](A + outputs[len(outputs) + options["from"]])
        elif name in ("yolo", "region"):
            heads.append(A)
        outputs.append(A)
    return np.concatenate([each.ravel() for each in numbers]), heads


def _convolution(A, options, rng, draw):
    """Darknet's order in the file: biases, scales, means, variances, kernel."""
    filters, size, groups = options["filters"], options["size"], options.get("groups", 1)
    stride, n_C = options.get("stride", 1), len(A) // groups
    pad = size // 2 if options.get("pad") else options.get("padding", 0)
    bias = draw(rng.normal(0, 0.5, filters))
    if normalized := options.get("batch_normalize"):
        scale, mean = draw(rng.uniform(0.5, 1.5, filters)), draw(rng.normal(0, 0.3, filters))
        variance = draw(rng.uniform(0.2, 2, filters))
    W = draw(rng.normal(0, 1.5 / np.sqrt(n_C * size**2), (filters, n_C, size, size)))
    A = np.pad(A, ((0, 0), (pad, pad), (pad, pad)))
    n_H, n_W = ((n - size) // stride + 1 for n in A.shape[1:])
    Z = np.zeros((filters, n_H, n_W))
    for f in range(filters):
        first = f // (filters // groups) * n_C
        for h in range(n_H):
            for w in range(n_W):
                window = A[
                    first : first + n_C, h * stride : h * stride + size, w * stride : w * stride + size
                ]
                Z[f, h, w] = np.sum(window * W[f])
    if normalized:
        Z = (Z - _column(mean)) / np.sqrt(_column(variance) + 1e-5) * _column(scale)
    return ACTIVATIONS[options["activation"]](Z + _column(bias))


def _column(values):
    return values.astype(float)[:, np.newaxis, np.newaxis]


def _maxpool(A, size, stride):
    """As Darknet does it: windows start (size - 1) // 2 before the edge; what is outside does not count."""
    padding = size - 1
    n_C, n_H, n_W = len(A), *((n + padding - size) // stride + 1 for n in A.shape[1:])
    out = np.full((n_C, n_H, n_W), -np.inf)
    for h in range(n_H):
        for w in range(n_W):
            for row in range(h * stride - padding // 2, h * stride - padding // 2 + size):
                for column in range(w * stride - padding // 2, w * stride - padding // 2 + size):
                    if 0 <= row < A.shape[1] and 0 <= column < A.shape[2]:
                        out[:, h, w] = np.maximum(out[:, h, w], A[:, row, column])
    return out


def decode(network: list[Section], heads: list[np.ndarray]) -> list[tuple]:
    """What the heads say, box by box: (x, y, w, h as shares, confidence, class probabilities)."""
    net, logistic = network[0][1], ACTIVATIONS["logistic"]
    rows = []
    for A, (name, options) in zip(heads, [s for s in network if s[0] in ("yolo", "region")], strict=True):
        anchors = np.array([float(side) for side in options["anchors"].split(",")]).reshape(-1, 2)
        if name == "yolo":
            chosen = [int(number) for number in options["mask"].split(",")]
            anchors = anchors[chosen] / (net["width"], net["height"])
        else:
            anchors = anchors / (A.shape[2], A.shape[1])
        scale = options.get("scale_x_y", 1)
        for row in range(A.shape[1]):
            for column in range(A.shape[2]):
                for k, (width, height) in enumerate(anchors):
                    t = A[k * (5 + options["classes"]) : (k + 1) * (5 + options["classes"]), row, column]
                    x = (column + scale * logistic(t[0]) - (scale - 1) / 2) / A.shape[2]
                    y = (row + scale * logistic(t[1]) - (scale - 1) / 2) / A.shape[1]
                    classes = np.exp(t[5:]) / np.exp(t[5:]).sum() if name == "region" else logistic(t[5:])
                    rows.append((x, y, width * np.exp(t[2]), height * np.exp(t[3]), logistic(t[4]), classes))
    return rows
