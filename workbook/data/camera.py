"""What every drawn photograph shares: blur, soft noise, a lens and a sensor."""

from functools import lru_cache

import numpy as np


def rotation_matrix(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """(3, 3) matrix: turn about the length, nod towards the camera, lean in the picture; degrees."""
    (cy, cp, cr), (sy, sp, sr) = (
        np.cos(np.radians([yaw, pitch, roll])),
        np.sin(np.radians([yaw, pitch, roll])),
    )
    turn = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    nod = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    lean = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return lean @ nod @ turn


@lru_cache(maxsize=256)
def _gaussian_matrix(n: int, sigma: float) -> np.ndarray:
    """(n, n) matrix whose product with a column blurs it; at the border the weights still sum to 1."""
    offset = np.arange(n)[:, None] - np.arange(n)[None, :]
    weight = np.exp(-0.5 * (offset / max(sigma, 1e-3)) ** 2)
    return (weight / weight.sum(axis=1, keepdims=True)).astype(np.float32)


def blur(image: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur of an (n, n) or (n, n, channels) float32 picture, sigma in pixels."""
    if image.ndim == 3:
        return np.stack([blur(image[..., c], sigma) for c in range(image.shape[2])], axis=-1)
    n = image.shape[0]
    matrix = _gaussian_matrix(n, round(float(sigma), 1))
    # Strips of 16 rows are too small for BLAS to spread over threads, which would cost more than it saves.
    strips = matrix.reshape(-1, 16, n) if n % 16 == 0 else matrix[None]
    columns_blurred = (strips @ np.ascontiguousarray(image)).reshape(n, n)
    return (strips @ np.ascontiguousarray(columns_blurred.T)).reshape(n, n).T


def smooth_noise(n: int, cells: int, rng: np.random.Generator) -> np.ndarray:
    """(n, n) float32 noise of about unit variance that changes over n / cells pixels."""
    where = (np.arange(n) + 0.5) / n * cells - 0.5
    weight = np.exp(-2.0 * (where[:, None] - np.arange(-1, cells + 1)) ** 2)
    weight /= np.sqrt((weight**2).sum(axis=1, keepdims=True))
    return (weight @ rng.normal(size=(cells + 2, cells + 2)) @ weight.T).astype(np.float32)


def shifted(image: np.ndarray, right: int, down: int, fill: float) -> np.ndarray:
    """image moved by whole pixels; what comes in from outside is fill."""
    n = image.shape[0]
    moved = np.full_like(image, fill)
    right, down = int(np.clip(right, -n, n)), int(np.clip(down, -n, n))
    moved[max(down, 0) : n + min(down, 0), max(right, 0) : n + min(right, 0)] = image[
        max(-down, 0) : n - max(down, 0), max(-right, 0) : n - max(right, 0)
    ]
    return moved


def photograph(radiance: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """(size, size, 3) uint8 from (n, n, 3) light: lens, sensor, white balance and compression."""
    n = radiance.shape[0]
    step = n // size
    picture = radiance.reshape(size, step, size, step, 3).mean(axis=(1, 3))
    picture = blur(picture, rng.uniform(0.38, 0.6))
    balance = np.exp(rng.normal(0, 0.012, 3) + rng.normal(0, 0.022) * np.array([1, 0.1, -1]))
    picture = picture * balance * np.exp(rng.normal(0, 0.05))
    contrast = rng.normal(1.05, 0.08)
    picture = 0.6 + (picture - 0.6) * contrast
    grey = picture.mean(axis=-1, keepdims=True)
    colour = picture - grey
    colour = 0.4 * colour + 0.6 * blur(colour.astype(np.float32), 0.8)  # colour is stored at half sharpness
    picture = (
        grey + rng.normal(0.87, 0.09) * colour + rng.normal(0, rng.uniform(0.001, 0.007), (size, size, 3))
    )
    return (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)
