"""Noise and blur for pictures that need not be square."""

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter


def patchwork(
    shape: tuple[int, int], cells: float, rng: np.random.Generator, stretch: float = 1.0
) -> np.ndarray:
    """(h, w) float32 noise of about unit variance that changes over cells pixels, stretch times that down."""
    h, w = shape
    coarse = (max(int(h / (cells * stretch)) + 2, 2), max(int(w / cells) + 2, 2))
    grid = Image.fromarray(rng.normal(size=coarse).astype(np.float32))
    box = (0.5, 0.5, min(0.5 + w / cells, coarse[1] - 0.5), min(0.5 + h / (cells * stretch), coarse[0] - 0.5))
    return np.asarray(grid.resize((w, h), Image.Resampling.BICUBIC, box=box)) * 1.35


def soft(image: np.ndarray, sigma: float) -> np.ndarray:
    """A float32 picture (h, w) or (h, w, channels), blurred by sigma pixels: much on a smaller copy."""
    if image.ndim == 3:
        return np.stack([soft(image[..., c], sigma) for c in range(image.shape[2])], axis=-1)
    step = int(sigma / 1.6)
    if step < 2 or min(image.shape) < 4 * step:
        return gaussian_filter(image, sigma, truncate=2.5)
    h, w = image.shape
    small = Image.fromarray(image).resize((-(-w // step), -(-h // step)), Image.Resampling.BOX)
    blurred = gaussian_filter(np.asarray(small), np.sqrt(sigma**2 - step**2 / 6) / step, truncate=2.5)
    return np.asarray(Image.fromarray(blurred).resize((w, h), Image.Resampling.BICUBIC))
