"""The pictures for style transfer: bundled, drawn, or the learner's own."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "week4"))

import style_pictures


@pytest.mark.parametrize("name", style_pictures.CORNERS)
def test_photographs_come_with_the_package(name):
    picture = style_pictures.photograph(name, 48)
    assert picture.shape == (48, 48, 3) and picture.dtype == np.float32
    assert 0 <= picture.min() < picture.max() <= 1 and picture.std() > 0.1


@pytest.mark.parametrize("name", style_pictures.PAINTINGS)
def test_paintings_are_the_same_each_time_and_full_of_contrast(name):
    picture = style_pictures.painting(name, 64)
    style_pictures.PAINTINGS[name].cache_clear()
    assert np.array_equal(picture, style_pictures.painting(name, 64))
    assert picture.shape == (64, 64, 3) and picture.min() >= 0 and picture.max() <= 1
    assert picture.std() > 0.12 and picture.std(axis=-1).mean() > 0.02


def test_an_own_picture(tmp_path):
    path = tmp_path / "mine.png"
    Image.new("RGB", (90, 60), (255, 0, 51)).save(path)
    assert np.allclose(style_pictures.own(path, 32), (1, 0, 0.2))
    with pytest.raises(FileNotFoundError):
        style_pictures.own(tmp_path / "other.png")
    path.write_text("no picture")
    with pytest.raises(ValueError, match="mine"):
        style_pictures.own(path)


def test_unknown_names():
    for load in (style_pictures.photograph, style_pictures.painting):
        with pytest.raises(KeyError):
            load("nothing")
