"""The people set: folders of own pictures, or drawings; nobody on both sides, and no thumbnail that tells."""

import numpy as np
import pytest
from data_support import isolate
from PIL import Image

from workbook.data import DataError, PeopleData, get, load_people, people, sets, verify
from workbook.data.catalog import describe


@pytest.fixture
def root(monkeypatch, tmp_path):
    """An empty workbook with a small set: 6 people train, 2 test."""
    folder = isolate(monkeypatch, tmp_path)
    for name, value in {"N_TRAIN": 6, "N_TEST": 2, "EACH": 3}.items():
        monkeypatch.setattr(people, name, value)
    return folder


def own(folder, called="people", persons=8, each=3, kind="pgm"):
    for i in range(persons):
        (folder / called / f"s{i + 1}").mkdir(parents=True)
        for j in range(each):
            noise = np.random.default_rng([i, j]).integers(0, 256, (60, 50), dtype=np.uint8)
            Image.fromarray(noise).save(folder / called / f"s{i + 1}" / f"{j}.{kind}")
    return folder / called


def test_drawn_once_and_nobody_is_on_both_sides(root, capfd):
    first, again = load_people(), load_people()
    lines = [line for line in capfd.readouterr().out.splitlines() if "seconds more" not in line]
    assert lines[0] == lines[1]
    assert lines[0].startswith(
        "people: 18 pictures of 6 people to train and 6 of 2 others to test, generated"
    )
    assert isinstance(first, PeopleData) and first.source == "generated"
    assert first.X_train.shape == (18, 48, 48, 3) and first.X_train.dtype == np.uint8
    assert all(np.array_equal(a, b) for a, b in zip(first[:4], again[:4], strict=True))
    assert not set(first.y_train) & set(first.y_test) and len(first.names) == 8
    assert "people" in sets() and get("people", quiet=True).source == "generated"


def test_no_two_pictures_alike(root):
    data = load_people(quiet=True)
    assert len({x.tobytes() for x in (*data.X_train, *data.X_test)}) == 24


@pytest.mark.parametrize("called", ["people", "orl_faces"])
@pytest.mark.parametrize("kind", ["pgm", "png", "jpg"])
def test_own_folders(root, called, kind):
    own(root / "datasets", called, kind=kind)
    data = load_people(quiet=True)
    assert data.source == "own" and data.names == tuple(f"s{i + 1}" for i in range(8))
    assert set(data.y_train) == set(range(6)) and set(data.y_test) == {6, 7}


@pytest.mark.parametrize("called", ["people", "orl_faces"])
def test_own_folders_are_known_to_the_list_and_verified(root, called):
    folder = own(root / "datasets", called)
    state = describe(people.PEOPLE)
    assert state.used == "own" and state.sources[0].detail == f"{called} found"
    assert verify("people")[0].ok
    (folder / "s3" / "0.pgm").write_bytes(b"no picture")
    assert "s3" in verify("people")[0].what


def test_names_with_numbers_are_in_order(root):
    own(root / "datasets", persons=12)
    assert load_people(quiet=True).names[8:] == ("s9", "s10", "s11", "s12")


def test_what_is_wrong_is_named(root):
    folder = own(root / "datasets")
    (folder / "s3" / "0.pgm").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"s3.*neither a JPEG nor a PNG nor a PGM picture"):
        load_people()
    for path in sorted((folder / "s3").iterdir())[:2]:
        path.unlink()
    with pytest.raises(DataError, match=r"s3 holds one picture"):
        load_people()
    (folder / "s3" / "2.pgm").unlink()
    with pytest.raises(DataError, match=r"s3 is empty"):
        load_people()


def test_three_people_are_too_few(root):
    own(root / "datasets", persons=3)
    with pytest.raises(DataError, match="3 folders of people: at least 4"):
        load_people()


def test_a_thumbnail_hardly_tells_who_it_is():
    """The nearest neighbour among 8x8 thumbnails; the lesson's network knows people far better."""
    X = people.draw_people(20, 4, people.SEED_TEST, lambda done: None)
    small = X.reshape(80, 8, 6, 8, 6, 3).mean(axis=(2, 4)).reshape(80, -1)
    distances = ((small[:, None] - small) ** 2).sum(axis=-1)
    np.fill_diagonal(distances, np.inf)
    who = np.repeat(np.arange(20), 4)
    assert (who[distances.argmin(axis=1)] == who).mean() < 0.6


@pytest.mark.real
def test_the_real_faces(real_data):
    data = load_people(folder=real_data, quiet=True)
    assert (len(data.X_train), len(data.X_test), len(data.names)) == (300, 100, 40)
