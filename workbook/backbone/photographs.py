"""Crops of the real photographs that scikit-image brings along; each part of a photograph is a class.

To tell such parts apart under changes of crop, colour and light is instance discrimination (Dosovitskiy et
al., 2014, arXiv:1406.6909): it needs no labels, and teaches what real lenses and sensors do to light.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

PARTS = {  # file: how many parts across and down; only files inside the package, so that no network is used
    "astronaut.png": (3, 3),
    "chelsea.png": (3, 2),
    "coffee.png": (2, 2),
    "motorcycle_left.png": (3, 2),
    "rocket.jpg": (2, 2),
    "hubble_deep_field.jpg": (1, 1),
    "retina.jpg": (1, 1),
    "ihc.png": (1, 1),
    "brick.png": (1, 1),
    "grass.png": (1, 1),
    "gravel.png": (1, 1),
    "camera.png": (2, 2),
    "coins.png": (1, 1),
    "cell.png": (1, 1),
    "moon.png": (1, 1),
    "page.png": (1, 1),
}
LARGEST = 640  # pixels of the longer side that are kept


def names() -> list[str]:
    """One name for each class, such as photo-chelsea-0-1."""
    return [
        f"photo-{Path(file).stem}-{i}-{j}"
        for file, (w, h) in PARTS.items()
        for i in range(w)
        for j in range(h)
    ]


@lru_cache(maxsize=32)
def _photograph(stem: str) -> Image.Image:
    """A photograph as RGB. Raises FileNotFoundError where scikit-image no longer brings it."""
    import skimage

    file = next(name for name in PARTS if Path(name).stem == stem)
    image = Image.open(Path(skimage.__file__).parent / "data" / file).convert("RGB")
    image.thumbnail((LARGEST, LARGEST))
    return image


def crop(name: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """(n, n, 3) uint8 from the named part: a window whose middle lies in that part."""
    _, stem, i, j = name.split("-")
    image, (w, h) = _photograph(stem), next(v for k, v in PARTS.items() if Path(k).stem == stem)
    side = min(image.size) / max(min(w, h), 1) * rng.uniform(0.35, 0.95)
    middle = (
        (int(i) + rng.uniform(0.3, 0.7)) / w * image.width,
        (int(j) + rng.uniform(0.3, 0.7)) / h * image.height,
    )
    left = float(np.clip(middle[0] - side / 2, 0, image.width - side))
    top = float(np.clip(middle[1] - side / 2, 0, image.height - side))
    window = image.resize((n, n), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
    return np.asarray(window)
