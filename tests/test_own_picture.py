"""A learner's own picture: any size and kind becomes a square, and what is no picture is told."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbook.own_picture import load_picture

WIDE = np.zeros((40, 100, 3), np.uint8)
WIDE[:, 30:70] = (200, 100, 50)  # the middle square
WIDE[:, :30] = (0, 0, 255)


@pytest.mark.parametrize("name", ["hand.png", "hand.jpg"])
def test_the_middle_square_in_the_size_asked_for(tmp_path: Path, name: str) -> None:
    Image.fromarray(WIDE).save(tmp_path / name, quality=100)
    found = load_picture(tmp_path / name, size=20)
    assert found.shape == (1, 20, 20, 3) and found.dtype == np.uint8
    assert np.abs(found[0, 5:15, 5:15].astype(int) - (200, 100, 50)).max() < 8


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "LA", "1"])
def test_any_kind_of_picture_becomes_colour(tmp_path: Path, mode: str) -> None:
    Image.fromarray(WIDE).convert(mode).save(tmp_path / "hand.png")
    assert load_picture(str(tmp_path / "hand.png")).shape == (1, 64, 64, 3)


def test_a_photograph_taken_sideways_is_turned_upright(tmp_path: Path) -> None:
    picture = Image.fromarray(np.repeat(np.arange(64, dtype=np.uint8)[:, None] * 4, 64, axis=1))
    turned = picture.getexif()
    turned[0x0112] = 6  # turn by a quarter to the right
    picture.save(tmp_path / "phone.png", exif=turned)
    found = load_picture(tmp_path / "phone.png").astype(int)[0, :, :, 0]
    assert found[30, 60] < found[30, 3]  # what was dark at the top is dark on the right


def test_no_file_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no file .*hand\.jpg"):
        load_picture(tmp_path / "hand.jpg")


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x89PNG\r\n\x1a\n half of it"])
def test_what_is_no_picture_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hand.png").write_bytes(content)
    with pytest.raises(ValueError, match=r"hand\.png is not a picture .*JPEG or PNG"):
        load_picture(tmp_path / "hand.png")
