"""The names and colours of what road scenes are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

PIXEL_CLASSES = (
    "sky",
    "building",
    "road",
    "lane marking",
    "pavement",
    "grass",
    "vegetation",
    "fence",
    "pole",
    "traffic light",
    "sign",
    "car",
    "truck",
    "bus",
    "pedestrian",
    "cyclist",
)
BOX_CLASSES = ("car", "truck", "bus", "pedestrian", "cyclist", "traffic light", "sign")

# One RGB colour for each pixel class. Their lightness differs too, so that a mask can be read without colour.
PALETTE = (
    (176, 218, 250),
    (112, 104, 130),
    (62, 62, 64),
    (255, 255, 255),
    (165, 152, 150),
    (150, 220, 90),
    (30, 130, 80),
    (190, 130, 70),
    (215, 228, 205),
    (255, 200, 30),
    (255, 245, 140),
    (40, 75, 200),
    (0, 15, 100),
    (225, 92, 35),
    (130, 0, 45),
    (235, 140, 160),
)


def palette_of(names: tuple[str, ...]) -> np.ndarray:
    """(n, 3) uint8 RGB: a colour for each name, its own where the name is known."""
    import numpy as np

    known = dict(zip(PIXEL_CLASSES, PALETTE, strict=True))
    known |= {"tree": known["vegetation"], "bicyclist": known["cyclist"], "unlabelled": (0, 0, 0)}
    free = iter([colour for colour in PALETTE if colour not in {known.get(name) for name in names}])
    rng = np.random.default_rng(0)
    return np.array([known.get(n) or next(free, None) or rng.integers(0, 256, 3) for n in names], np.uint8)
