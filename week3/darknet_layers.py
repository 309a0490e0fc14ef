"""From the sections of a .cfg file to a list of layers: what each does, takes and gives.

Everything is checked here, before any weight is read or any memory is taken: the options of each section, that
shapes fit, and how many numbers each layer takes from the .weights file. No TensorFlow is loaded.
Shapes are (n_H, n_W, n_C). The rules for paddings are Darknet's, which differ from Keras's "same".
"""

from dataclasses import dataclass
from typing import NamedTuple

from darknet_config import Section

Shape = tuple[int, int, int]

ACTIVATIONS = ("linear", "leaky", "relu", "relu6", "mish", "logistic", "swish", "tanh")

_ODD = ("xnor", "binary", "flipped", "antialiasing", "share_index", "deform", "coordconv")

NOT_READ = {
    "convolutional": dict.fromkeys(_ODD, "0") | {"dilation": "1"},
    "maxpool": {"maxpool_depth": "0", "antialiasing": "0"},
    "upsample": {"scale": "1"},
    "route": {},
    "shortcut": {"weights_type": "none"},
    "dropout": {"dropblock": "0"},
    "yolo": {"new_coords": "0"},
    "region": {"coords": "4", "background": "0", "tree": ""},
}
"""The known sections; of each the options that are not read, with the value that changes nothing."""


class Convolution(NamedTuple):
    """A convolution, perhaps with batch normalization, and its activation."""

    filters: int
    size: int
    stride: tuple[int, int]  # down, to the right
    pad: int  # zeros on each side
    groups: int
    batch_normalize: bool
    activation: str


class Pooling(NamedTuple):
    """The largest value of each window."""

    size: int
    stride: tuple[int, int]  # down, to the right
    pads: tuple[tuple[int, int], tuple[int, int]]  # (top, bottom), (left, right), of no value at all


class Route(NamedTuple):
    """The channels of earlier layers side by side; of each only one of so many groups of channels."""

    groups: int
    group: int


class Head(NamedTuple):
    """What the numbers of a detecting layer mean.

    Its map (n_H, n_W, anchors x (5 + classes)) gives for each cell and anchor t_x, t_y, t_w, t_h, the objectness
    and the classes, all raw. anchors are widths and heights as shares of the whole picture.
    """

    anchors: tuple[tuple[float, float], ...]
    classes: int
    scale_x_y: float  # over 1: a box's middle can lie on the edge of its cell
    softmax: bool | None  # True: classes exclude each other; False: each for itself; None: used as they are


@dataclass(frozen=True)
class Layer:
    """One layer: sources are the numbers of the layers that it reads, -1 is the picture."""

    section: Section
    shape: Shape  # of its output
    sources: tuple[int, ...]
    what: (
        Convolution | Pooling | Route | Head | int | float | str
    )  # else a stride, a probability, an activation
    numbers: int = 0  # how many it takes from the .weights file
    channels: int = 0  # of its input, where it is a convolution


class Plan(NamedTuple):
    """The picture's shape and all layers."""

    shape: Shape
    layers: tuple[Layer, ...]

    @property
    def numbers(self) -> int:
        """How many numbers the .weights file must hold."""
        return sum(layer.numbers for layer in self.layers)

    @property
    def heads(self) -> tuple[Layer, ...]:
        """The detecting layers."""
        return tuple(layer for layer in self.layers if isinstance(layer.what, Head))


def plan_layers(sections: list[Section]) -> Plan:
    """The layers that the sections describe, all shapes known. Raises DataError, naming file and line."""
    net = sections[0]
    height, width, channels = (net.whole(key, 0, least=0) for key in ("height", "width", "channels"))
    if not height or not width:
        raise net.flaw("lacks width and height, the size of the pictures that the network sees")
    shape = (height, width, channels or 3)
    layers: list[Layer] = []
    for section in sections[1:]:
        if section.name not in NOT_READ:
            known = ", ".join(f"[{name}]" for name in NOT_READ)
            raise section.flaw("is an unknown section", remedy=f"Known are {known}.")
        _refuse(section)
        layers.append(_PLANNERS[section.name](section, layers, shape))
    plan = Plan(shape, tuple(layers))
    if not plan.heads:
        raise net.flaw("and what follows has no [yolo] or [region] section: it does not detect anything")
    if len({head.what.classes for head in plan.heads}) > 1:
        raise plan.heads[-1].section.flaw("has another number of classes than the heads before it", "classes")
    return plan


def _refuse(section: Section) -> None:
    """Raises DataError where an option asks for what is not built here."""
    for key, harmless in NOT_READ[section.name].items():
        value = section.word(key, harmless)
        if value != harmless:
            what = f"has {key}={value}, which this reader does not build"
            raise section.flaw(what, key, "Take a network without it.")


# ---------------------------------------------------------------- layer by layer


def _source(section: Section, layers: list[Layer], number: int, key: str | None = None) -> tuple[int, ...]:
    """A layer's number, negative ones counted back from here, as a tuple of one."""
    absolute = number if number >= 0 else len(layers) + number
    if not 0 <= absolute < len(layers):
        what = f"reads layer {number}, and there are the layers 0 to {len(layers) - 1} before it"
        raise section.flaw(what if layers else f"reads layer {number}, and it is the first itself", key)
    if isinstance(layers[absolute].what, Head):
        raise section.flaw(
            f"reads layer {absolute}, the detecting layer [{layers[absolute].section.name}]", key
        )
    return (absolute,)


def _before(section: Section, layers: list[Layer], picture: Shape) -> tuple[tuple[int, ...], Shape]:
    """The layer just before, or the picture: its number and shape."""
    if not layers:
        return (-1,), picture
    (source,) = _source(section, layers, -1)
    return (source,), layers[source].shape


def _strides(section: Section, default: int = 1) -> tuple[int, int]:
    stride = section.whole("stride", default, least=1)
    return section.whole("stride_y", stride, least=1), section.whole("stride_x", stride, least=1)


def _activation(section: Section, default: str) -> str:
    name = section.word("activation", default)
    if name not in ACTIVATIONS:
        remedy = f"Known are {', '.join(ACTIVATIONS)}."
        raise section.flaw(f"has the unknown activation {name!r}", "activation", remedy)
    return name


def _plan_convolution(section: Section, layers: list[Layer], picture: Shape) -> Layer:
    sources, (n_H, n_W, n_C) = _before(section, layers, picture)
    filters, size, groups = (section.whole(key, 1, least=1) for key in ("filters", "size", "groups"))
    pad = size // 2 if section.whole("pad", 0) else section.whole("padding", 0)
    normalized = bool(section.whole("batch_normalize", 0))
    stride = _strides(section)
    if n_C % groups or filters % groups:
        what = f"has groups={groups}, which does not divide its {n_C} channels and {filters} filters"
        raise section.flaw(what, "groups")
    out = tuple((n + 2 * pad - size) // s + 1 for n, s in zip((n_H, n_W), stride, strict=True))
    if min(out) < 1:
        raise section.flaw(f"has a window of {size} x {size}, and its input is only {n_H} x {n_W}", "size")
    numbers = filters * (n_C // groups) * size * size + (4 if normalized else 1) * filters
    what = Convolution(filters, size, stride, pad, groups, normalized, _activation(section, "logistic"))
    return Layer(section, (*out, filters), sources, what, numbers, n_C)


def _plan_pooling(section: Section, layers: list[Layer], picture: Shape) -> Layer:
    """Darknet pads size - 1 in all, half of it (rounded down) above and at the left, the rest where needed."""
    sources, (n_H, n_W, n_C) = _before(section, layers, picture)
    stride = _strides(section)
    size = section.whole("size", stride[0], least=1)
    padding = section.whole("padding", size - 1)
    out, pads = [], []
    for n, s in zip((n_H, n_W), stride, strict=True):
        out.append((n + padding - size) // s + 1)
        first = padding // 2
        pads.append((first, max((out[-1] - 1) * s + size - n - first, 0)))
    if min(out) < 1 or padding // 2 >= size:
        raise section.flaw(f"has windows of {size} x {size} that do not fit its input {n_H} x {n_W}", "size")
    return Layer(section, (*out, n_C), sources, Pooling(size, stride, tuple(pads)))


def _plan_upsampling(section: Section, layers: list[Layer], picture: Shape) -> Layer:
    sources, (n_H, n_W, n_C) = _before(section, layers, picture)
    stride = section.whole("stride", 2, least=1)
    return Layer(section, (n_H * stride, n_W * stride, n_C), sources, stride)


def _plan_route(section: Section, layers: list[Layer], picture: Shape) -> Layer:
    numbers = section.wholes("layers")
    if not numbers:
        raise section.flaw("lacks layers=, the numbers of the layers that it reads")
    sources = tuple(_source(section, layers, number, "layers")[0] for number in numbers)
    shapes = [layers[source].shape for source in sources]
    if len({shape[:2] for shape in shapes}) > 1:
        sizes = " and ".join(f"{n_H} x {n_W}" for n_H, n_W, _ in shapes)
        raise section.flaw(f"puts maps of {sizes} side by side, which do not fit", "layers")
    groups, group = section.whole("groups", 1, least=1), section.whole("group_id", 0)
    if group >= groups or any(shape[2] % groups for shape in shapes):
        what = (
            f"takes group {group} of {groups} of {' and '.join(str(shape[2]) for shape in shapes)} channels"
        )
        raise section.flaw(what, "group_id")
    n_C = sum(shape[2] // groups for shape in shapes)
    return Layer(section, (*shapes[0][:2], n_C), sources, Route(groups, group))


def _plan_shortcut(section: Section, layers: list[Layer], picture: Shape) -> Layer:
    sources, shape = _before(section, layers, picture)
    numbers = section.wholes("from")
    if not numbers:
        raise section.flaw("lacks from=, the number of the layer that it adds")
    for number in numbers:
        (source,) = _source(section, layers, number, "from")
        if layers[source].shape != shape:
            shapes = " to ".join(" x ".join(map(str, each)) for each in (layers[source].shape, shape))
            raise section.flaw(f"adds {shapes}, which do not fit", "from")
        sources += (source,)
    return Layer(section, shape, sources, _activation(section, "linear"))


def _plan_dropout(section: Section, layers: list[Layer], picture: Shape) -> Layer:
    sources, shape = _before(section, layers, picture)
    share = section.number("probability", 0.5)
    if not 0 <= share < 1:
        raise section.flaw(f"has probability={share:g}, which is not from 0 to below 1", "probability")
    return Layer(section, shape, sources, share)


def _plan_yolo(section: Section, layers: list[Layer], picture: Shape) -> Layer:
    anchors = _anchors(section)
    mask = section.wholes("mask", tuple(range(len(anchors))))
    if not mask or not all(0 <= number < len(anchors) for number in mask):
        what = f"has mask={','.join(map(str, mask))}, and its anchors are 0 to {len(anchors) - 1}"
        raise section.flaw(what, "mask")
    chosen = tuple((anchors[k][0] / picture[1], anchors[k][1] / picture[0]) for k in mask)
    scale = section.number("scale_x_y", 1.0)
    return _plan_head(section, layers, picture, Head(chosen, _classes(section), scale, False))


def _plan_region(section: Section, layers: list[Layer], picture: Shape) -> Layer:
    _, (n_H, n_W, _) = _before(section, layers, picture)
    chosen = tuple((w / n_W, h / n_H) for w, h in _anchors(section))  # given in cells
    softmax = True if section.whole("softmax", 0) else None
    return _plan_head(section, layers, picture, Head(chosen, _classes(section), 1.0, softmax))


def _classes(section: Section) -> int:
    return section.whole("classes", 20, least=1)


def _anchors(section: Section) -> list[tuple[float, float]]:
    """Pairs of width and height."""
    sides = section.numbers("anchors")
    number = section.whole("num", len(sides) // 2, least=1) if sides else 0
    if not sides or len(sides) % 2 or number != len(sides) // 2 or min(sides) <= 0:
        what = f"has {len(sides)} numbers as anchors; it takes num= pairs of a width and a height over 0"
        raise section.flaw(what, "anchors")
    return list(zip(sides[::2], sides[1::2], strict=True))


def _plan_head(section: Section, layers: list[Layer], picture: Shape, head: Head) -> Layer:
    sources, shape = _before(section, layers, picture)
    needed = len(head.anchors) * (5 + head.classes)
    if shape[2] != needed:
        what = f"needs {len(head.anchors)} x (5 + {head.classes}) = {needed} channels and gets {shape[2]}"
        raise section.flaw(what, "classes", "Correct classes=, mask= or the filters= of the layer before.")
    return Layer(section, shape, sources, head)


_PLANNERS = {
    "convolutional": _plan_convolution,
    "maxpool": _plan_pooling,
    "upsample": _plan_upsampling,
    "route": _plan_route,
    "shortcut": _plan_shortcut,
    "dropout": _plan_dropout,
    "yolo": _plan_yolo,
    "region": _plan_region,
}
