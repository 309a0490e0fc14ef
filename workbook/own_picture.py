"""Reading a picture of the learner's own, so that a network of the lesson can look at it."""

from pathlib import Path

import numpy as np


def load_picture(path: str | Path, size: int = 64) -> np.ndarray:
    """Your own picture, upright, its middle square: (1, size, size, 3) uint8, RGB.

    Raises FileNotFoundError where there is no such file, ValueError where the file is no picture.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file {path}. Files here: see the folder {path.resolve().parent}."
        )
    try:
        with Image.open(path) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path.name} is not a picture that can be read: save it as JPEG or PNG.") from error
    square = ImageOps.fit(upright, (size, size), Image.Resampling.LANCZOS)
    return np.asarray(square, np.uint8)[np.newaxis]
