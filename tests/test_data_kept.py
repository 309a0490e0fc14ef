"""Pictures that a lesson draws for itself: drawn once, and anew where the drawing or the file has changed."""

from pathlib import Path

import numpy as np
import pytest

from workbook.data import files
from workbook.data.kept import kept


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(files, "kept_folders", lambda kind: [tmp_path / kind])
    return tmp_path / "generated"


@pytest.fixture
def load(tmp_path: Path):
    """A loader of three numbers, and how often it has drawn."""
    code = tmp_path / "lesson.py"
    code.write_text("version = 1\n")
    drawn = []

    def draw(update):
        drawn.append(1)
        update(3)
        return {"X": np.arange(3) + len(drawn)}

    def load(recipe: str = "3s1"):
        arrays = kept("dots", draw, ("X",), 3, recipe, ("camera.py",), code)
        return arrays["X"].tolist()

    load.code, load.drawn = code, drawn
    return load


def test_drawn_once(folder: Path, load, capsys: pytest.CaptureFixture) -> None:
    assert load() == load() == [1, 2, 3]
    assert len(load.drawn) == 1
    (path,) = folder.glob("dots-*.h5")
    first, again = capsys.readouterr().out.splitlines()
    assert first == again and first.startswith("dots: 3 pictures, generated (") and path.name in first


def test_drawn_anew_when_the_recipe_or_the_drawing_code_changes(folder: Path, load) -> None:
    assert load() != load("4s1")
    load.code.write_text("version = 2\n")
    assert load() == [3, 4, 5]


def test_a_damaged_file_is_drawn_anew(folder: Path, load) -> None:
    load()
    (path,) = folder.glob("dots-*.h5")
    path.write_bytes(path.read_bytes()[:-100])
    assert load() == [2, 3, 4] == load()


def test_the_lessons_scenes_and_faces_are_what_is_drawn(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "week3"))
    import facemarks
    import meadow

    monkeypatch.setattr(meadow, "TRAIN", (3, 1))
    monkeypatch.setattr(meadow, "TEST", (2, 2))
    monkeypatch.setattr(facemarks, "TRAIN", (1, 2, 1))
    monkeypatch.setattr(facemarks, "TEST", (1, 1, 2))
    for _ in range(2):  # drawn, then read
        train, test = meadow.load_scenes(quiet=True)
        for scenes, drawn in ((train, meadow.draw_scenes(3, seed=1)), (test, meadow.draw_scenes(2, seed=2))):
            assert all(
                np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(scenes, drawn, strict=True)
            )
        album, test_album = facemarks.load_faces(quiet=True)
        for faces, drawn in (
            (album, facemarks.draw_faces(1, 2, 1)),
            (test_album, facemarks.draw_faces(1, 1, 2)),
        ):
            assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(faces, drawn, strict=True))
    assert len(list(folder.glob("*.h5"))) == 2
