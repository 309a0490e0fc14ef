"""Checks for conv3d_forward: a window that slides along depth, height and width."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .convolving import SLIPS, TOLERANCE, conv_reference, conv_with

SLIPS_3D = {
    "strides: reversed": "the strides are read as (width, height, depth): the order is (depth, height, width)",
    "strides: depth last": "the strides are read as (height, width, depth): the order is (depth, height, width)",
    "strides: two first swapped": "the strides of depth and height are exchanged",
    "strides: two last swapped": "the strides of height and width are exchanged",
    "strides: first for all": "the stride of the depth is used along all three axes",
    "paddings: reversed": "the paddings are read as (width, height, depth): the order is (depth, height, width)",
    "paddings: depth last": "the paddings are read as (height, width, depth): the order is (depth, height, width)",
    "paddings: two first swapped": "the paddings of depth and height are exchanged",
    "paddings: two last swapped": "the paddings of height and width are exchanged",
    "paddings: first for all": "the padding of the depth is used along all three axes",
    "bias at each slice": "the bias is added for each slice of the kernel, f_D times: it belongs to the whole sum, once",
    "depth turned": "the kernel is turned round along the depth: networks leave it as it is",
    "first axis not padded": "the depth is not padded: it is an axis like height and width",
    "first axis not strided": "the stride of the depth is ignored: it is an axis like height and width",
    "first slice": "only the kernel's first slice is used, on one slice of the volume: sum over the depth too",
    "middle slice": "only the kernel's middle slice is used, on one slice of the volume: sum over the depth too",
    "depth summed away": "the results are added up along the depth: the kernel slides along it, the axis stays",
    "depth last": "the depth is the third axis of the result: it should be the first after the batch",
}


def volumes(rng: np.random.Generator) -> list:
    def drawn(m: int, n: tuple, f: tuple, c_prev: int, c: int) -> tuple:
        return rng.normal(size=(m, *n, c_prev)), rng.normal(size=(*f, c_prev, c)), rng.normal(size=c)

    cube = np.zeros((1, 3, 2, 2, 1))
    cube[0, :, :, :, 0] = [[[1, 2], [3, 4]], [[0, 1], [0, 2]], [[5, 0], [1, 1]]]
    kernel = np.zeros((2, 1, 2, 1, 1))
    kernel[:, 0, :, 0, 0] = [[1, 0], [0, -1]]
    ones, none = (1, 1, 1), (0, 0, 0)
    return [
        case("the example of the text", cube, kernel, np.array([0.5]), ones, none),
        case("a cube and a cube", *drawn(1, (5, 5, 5), (3, 3, 3), 1, 1), stride=ones, padding=none),
        case(
            "depth, height and width unlike, two volumes",
            *drawn(2, (3, 4, 6), (2, 3, 4), 2, 3),
            stride=ones,
            padding=none,
        ),
        case("strides unlike", *drawn(2, (6, 7, 9), (2, 2, 2), 2, 2), stride=(1, 2, 3), padding=none),
        case("paddings unlike", *drawn(2, (3, 4, 4), (2, 3, 3), 2, 2), stride=ones, padding=(2, 1, 0)),
        case(
            "stride and padding in all three",
            *drawn(2, (5, 4, 7), (3, 1, 2), 3, 2),
            stride=(2, 3, 1),
            padding=(1, 0, 2),
        ),
    ]


conv3d_forward = Exercise(
    name="conv3d_forward",
    points=15,
    difficulty=3,
    minutes=25,
    cases=volumes,
    reference=conv_reference,
    tolerance=TOLERANCE,
    time_limit=20,
    mistakes=by_slip(conv_with, SLIPS | SLIPS_3D),
    hints=[
        "Three sizes, each by the same formula with its own f, stride and padding: (depth, height, width).",
        "np.pad takes five pairs here, and the first and the last are (0, 0). Then three loops, d, h, w.",
        "If the cube passes and 'strides unlike' fails, write next to each stride which axis it belongs to; if "
        "'paddings unlike' fails alone, do the same there.",
        "A window of the whole batch is x_pad[:, d0 : d0 + f_D, h0 : h0 + f_H, w0 : w0 + f_W] with d0 = d * s_D "
        "and so on; np.tensordot(window, w, 4) sums over depth, height, width and channels: (m, c).",
    ],
    idea="With f_D = 1 this is a 2-D convolution of every slice by itself. How few letters make the difference!",
    try_next="Turn the kernel of the example by hand over in depth, w[::-1], and work out the four numbers "
    "before you run it.",
)
