"""The roads set and CamVid: drawn once or read from a person's own files, and refused with a reason."""

import os
import tracemalloc
from pathlib import Path

import h5py
import numpy as np
import pytest
from data_support import REPOSITORY, isolate

from workbook.data import (
    DataError,
    RoadsData,
    camvid,
    course,
    describe_all,
    get,
    load_camvid,
    load_roads,
    roads,
    sets,
    verify,
)
from workbook.data.road_classes import BOX_CLASSES, PIXEL_CLASSES

M_TRAIN, M_TEST = roads.M_TRAIN, roads.M_TEST
CALLS: list[int] = []


def quick_draw_set(m, seed, progress=None):
    """Noise in place of scenes; scene k has k % 3 boxes."""
    CALLS.append(seed)
    rng = np.random.default_rng(seed)
    if progress is not None:
        progress(m, m)
    boxes = [np.tile(np.array([[1, 2, 30, 40, k % 7]], np.float32), (k % 3, 1)) for k in range(m)]
    X = rng.integers(0, 256, (m, 96, 128, 3), dtype=np.uint8)
    return X, rng.integers(0, len(PIXEL_CLASSES), (m, 96, 128), dtype=np.uint8), boxes


@pytest.fixture
def root(monkeypatch, tmp_path) -> Path:
    """An empty workbook with a quick, small generator of roads."""
    root = isolate(monkeypatch, tmp_path)
    CALLS.clear()
    monkeypatch.setattr(roads, "draw_set", quick_draw_set)
    monkeypatch.setattr(roads, "M_TRAIN", 10)
    monkeypatch.setattr(roads, "M_TEST", 5)
    return root


def write_split(path: Path, split: str, m: int = 4, **changes) -> Path:
    """A tiny file of a person's own scenes; changes replace arrays, None removes one."""
    rng = np.random.default_rng([m, split == "train"])
    arrays = {
        f"{split}_set_x": rng.integers(0, 256, (m, 96, 128, 3), dtype=np.uint8),
        f"{split}_set_masks": rng.integers(0, 3, (m, 96, 128), dtype=np.uint8),
        f"{split}_set_boxes": np.array([[0, 0, 20, 30, 1], [5, 5, 128, 96, 0], [1.5, 2, 9, 9.5, 1]]),
        f"{split}_set_counts": np.array([2, 0, 1, *[0] * (m - 3)]),
        "pixel_classes": np.array([b"road", b"sky", b"cow"]),
        "box_classes": np.array([b"cow", b"car"]),
    } | changes
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for key, array in arrays.items():
            if array is not None:
                file[key] = array
    return path


def own(folder: Path) -> list[Path]:
    return [
        write_split(folder / name, split) for name, split in zip(roads.FILES, ("train", "test"), strict=True)
    ]


def same(one: RoadsData, other: RoadsData) -> bool:
    return all(
        all(map(np.array_equal, a, b)) if isinstance(a, list) else np.array_equal(a, b)
        for a, b in zip(one, other, strict=True)
    )


# Drawn


def test_drawn_once_and_read_again(root, capfd):
    first, again = load_roads(), load_roads()
    out, err = capfd.readouterr()
    line, other = out.splitlines()
    assert line == other and err == ""
    assert line.startswith(
        "roads: 10 training and 5 test scenes with 13 boxes, generated (datasets/generated/"
    )
    assert CALLS == [roads.SEED_TRAIN, roads.SEED_TEST]
    assert same(first, again) and first.source == "generated"


def test_what_it_gives(root):
    data = load_roads(quiet=True)
    assert isinstance(data, RoadsData)
    assert data.X_train.shape == (10, 96, 128, 3) and data.masks_test.shape == (5, 96, 128)
    assert [len(boxes) for boxes in data.boxes_train] == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    assert len(data.boxes_test) == 5 and data.boxes_test[0].shape == (0, 5)
    assert data.boxes_train[2].dtype == np.float32 and data.boxes_train[2].tolist() == [[1, 2, 30, 40, 2]] * 2
    assert data.pixel_classes == PIXEL_CLASSES and data.box_classes == BOX_CLASSES
    assert data.palette.shape == (len(PIXEL_CLASSES), 3) and data.palette.dtype == np.uint8


def test_two_seeds_and_the_size_of_the_real_set():
    assert roads.SEED_TRAIN != roads.SEED_TEST
    assert (M_TRAIN, M_TEST) == (1400, 200)
    assert roads.ROADS.drawings == 1600


def test_a_damaged_cache_is_named_and_drawn_again(root, capsys):
    good = load_roads(quiet=True)
    path = next((root / "datasets" / "generated").glob("roads-*.h5"))
    with h5py.File(path, "a") as file:
        file["train_set_boxes"][0, 4] = 6 - file["train_set_boxes"][0, 4]
    assert same(load_roads(), good)
    assert "not used because" in (line := capsys.readouterr().out) and "altered" in line
    assert len(CALLS) == 4


def test_its_version_follows_the_drawing_code(monkeypatch, tmp_path):
    monkeypatch.setattr(course, "__file__", str(tmp_path / "course.py"))
    versions = {roads.recipe()}
    for name in ("road_scene.py", "road_light.py", "road_classes.py"):
        (tmp_path / name).write_text("a = 1\n")
        versions.add(roads.recipe())
    (tmp_path / "roads.py").write_text("a = 1\n")  # reads the set and draws nothing
    assert len(versions) == 4 and roads.recipe() in versions


def test_the_commands_know_it(root):
    assert "roads" in sets()
    found = {each.name: each for each in describe_all()}["roads"]
    assert [source.state for source in found.sources] == ["absent", "absent", "available"]
    assert get("roads", quiet=True).source == "generated"
    own(root / "datasets")
    assert [(each.source, each.ok) for each in verify("roads")] == [("own", True), ("generated", True)]
    with pytest.raises(DataError, match=r"roads cannot be downloaded"):
        load_roads("download")


def test_loading_takes_no_more_memory_than_the_arrays(root):
    """Boxes are views of one array; nothing is kept twice."""
    load_roads(quiet=True)
    tracemalloc.start()
    data = load_roads(quiet=True)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    arrays = sum(a.nbytes for a in (data.X_train, data.masks_train, data.X_test, data.masks_test))
    assert kept < 1.3 * arrays + 200_000
    assert data.boxes_train[1].base is data.boxes_train[2].base


# A person's own files


def test_own_files_come_first(root, capsys):
    own(root / "datasets")
    data = load_roads()
    assert (
        capsys.readouterr().out == "roads: 4 training and 4 test scenes with 6 boxes, own files (datasets)\n"
    )
    assert data.source == "own" and CALLS == []
    assert data.pixel_classes == ("road", "sky", "cow") and data.box_classes == ("cow", "car")
    assert [len(boxes) for boxes in data.boxes_train] == [2, 0, 1, 0]
    assert data.boxes_train[2].tolist() == [[1.5, 2, 9, 9.5, 1]] and data.boxes_train[2].dtype == np.float32
    drawn = load_roads("generated", quiet=True).palette
    assert data.palette[0].tolist() == drawn[PIXEL_CLASSES.index("road")].tolist()


def test_one_of_two_files(root):
    own(root / "datasets")[1].unlink()
    with pytest.raises(DataError, match=r"has train_roads\.h5 but lacks test_roads\.h5"):
        load_roads()


def boxed(**changes):
    """A box in place of the first, with another x1, y1, x2, y2 or kind."""
    box = {"x1": 0.0, "y1": 0.0, "x2": 20.0, "y2": 30.0, "kind": 1.0} | changes
    return {"train_set_boxes": np.array([list(box.values())] * 3)}


WRONG = {
    "another schema": ({"train_set_x": None}, r"lacks 'train_set_x'"),
    "no boxes": ({"train_set_boxes": None}, r"lacks 'train_set_boxes'"),
    "another size": ({"train_set_x": np.zeros((4, 64, 64, 3), np.uint8)}, r"\(m, 96, 128, 3\) and have"),
    "floats": ({"train_set_x": np.zeros((4, 96, 128, 3), np.float32)}, "uint8, 0 to 255, and are float32"),
    "fewer masks": ({"train_set_masks": np.zeros((3, 96, 128), np.uint8)}, "the masks must be"),
    "masks of int64": ({"train_set_masks": np.zeros((4, 96, 128), np.int64)}, "the masks must be"),
    "a class too high": (
        {"train_set_masks": np.full((4, 96, 128), 3, np.uint8)},
        "lie in 0 to 2 and reach 3",
    ),
    "too few counts": ({"train_set_counts": np.array([2, 1])}, "for each of the 4 pictures"),
    "counts below 0": ({"train_set_counts": np.array([4, -1, 0, 0])}, "for each of the 4 pictures"),
    "counts of floats": ({"train_set_counts": np.array([1.0, 2, 0, 0])}, "for each of the 4 pictures"),
    "counts that do not add up": (
        {"train_set_counts": np.array([1, 1, 0, 0])},
        "adds up to 2 but there are 3",
    ),
    "boxes without a class": ({"train_set_boxes": np.zeros((3, 4))}, r"must be \(n, 5\) numbers"),
    "boxes as words": ({"train_set_boxes": np.array([[b"a"] * 5] * 3)}, r"must be \(n, 5\) numbers"),
    "width in place of x2": (boxed(x1=100.0), "3 boxes are empty or reach out"),
    "shares in place of pixels": (boxed(x2=0.0), "are empty or reach out"),
    "out of the picture": (boxed(y2=97.0), "are empty or reach out"),
    "not a number": (boxed(y2=np.nan), "are empty or reach out"),
    "half a class": (boxed(kind=0.5), "whole numbers from 0 to 1"),
    "an unknown class": (boxed(kind=2.0), "whole numbers from 0 to 1"),
    "classes that are numbers": ({"pixel_classes": np.arange(3)}, "must hold 1 to 23 names"),
    "too many classes": ({"box_classes": np.array([b"c"] * 24)}, "must hold 1 to 23 names"),
    "classes that differ": ({"box_classes": np.array([b"car", b"cow"])}, "do not belong together: their box"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_contents(kind, root):
    changes, words = WRONG[kind]
    own(root / "datasets")
    write_split(root / "datasets" / "train_roads.h5", "train", **changes)
    with pytest.raises(DataError, match=words) as caught:
        load_roads()
    assert "datasets/train_roads.h5" in str(caught.value) and "both roads files" in caught.value.remedy
    assert CALLS == []


def test_a_truncated_file(root):
    path = own(root / "datasets")[0]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"train_roads\.h5 cannot be read: it is truncated"):
        load_roads()


# CamVid


def write_camvid(folder: Path, **changes) -> Path:
    """A tiny camvid.h5; changes replace arrays, None removes one."""
    rng = np.random.default_rng(0)
    arrays = {"class_names": np.array([b"sky", b"tree", b"bicyclist", b"unlabelled"])}
    for split, m in (("train", 3), ("test", 2)):
        arrays[f"{split}_images"] = rng.integers(0, 256, (m, 120, 160, 3), dtype=np.uint8)
        arrays[f"{split}_masks"] = rng.integers(0, 4, (m, 120, 160), dtype=np.uint8)
    path = folder / "camvid.h5"
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for key, array in (arrays | changes).items():
            if array is not None:
                file[key] = array
    return path


def test_camvid_that_is_not_there(root):
    with pytest.raises(DataError, match=r"no camvid\.h5 in datasets\. .*WORKBOOK_DATA"):
        load_camvid()


def test_camvid_is_found_and_resized(root, capsys, monkeypatch, tmp_path):
    write_camvid(tmp_path / "mine")
    assert len(load_camvid(folder=tmp_path / "mine", quiet=True).X_train) == 3
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("WORKBOOK_DATA", str(tmp_path / "mine"))
    data = load_camvid()
    assert capsys.readouterr().out == "CamVid: 3 training and 2 test scenes, own files (../mine)\n"
    assert data.X_train.shape == (3, 96, 128, 3) and data.X_test.dtype == np.uint8
    assert data.masks_train.shape == (3, 96, 128) and data.masks_test.max() == 3
    assert data.pixel_classes == ("sky", "tree", "bicyclist", "unlabelled")
    assert data.palette.shape == (4, 3) and data.source == "own"


def test_camvid_keeps_pictures_and_masks_in_step(root):
    """A corner that is bright in the picture and of another class in the mask stays one corner."""
    X, masks = np.zeros((1, 120, 160, 3), np.uint8), np.zeros((1, 120, 160), np.uint8)
    X[:, :60, 100:] = 255
    masks[:, :60, 100:] = 1
    write_camvid(root / "datasets", train_images=X, train_masks=masks)
    data = load_camvid(quiet=True)
    assert np.array_equal(data.X_train[0, :, :, 0] > 127, data.masks_train[0] == 1)
    assert data.masks_train[0, :48, 80:].all() and data.masks_train.sum() == 48 * 48


WRONG_CAMVID = {
    "another schema": ({"train_images": None}, r"lacks 'train_images'"),
    "grey pictures": ({"test_images": np.zeros((2, 120, 160), np.uint8)}, "test_images must be"),
    "floats": ({"train_images": np.zeros((3, 120, 160, 3))}, "train_images must be"),
    "fewer masks": (
        {"train_masks": np.zeros((2, 120, 160), np.uint8)},
        r"train_masks must be \(3, 120, 160\)",
    ),
    "a class too high": ({"test_masks": np.full((2, 120, 160), 4, np.uint8)}, "lie in 0 to 3 and reach 4"),
}


@pytest.mark.parametrize("kind", WRONG_CAMVID)
def test_a_wrong_camvid(kind, root):
    changes, words = WRONG_CAMVID[kind]
    write_camvid(root / "datasets", **changes)
    with pytest.raises(DataError, match=words) as caught:
        load_camvid()
    assert "datasets/camvid.h5" in str(caught.value) and "no lesson needs it" in caught.value.remedy


def test_a_broken_camvid(root):
    path = write_camvid(root / "datasets")
    whole = path.read_bytes()
    for content, words in ((whole[:-9], "truncated"), (b"<html>", "web page"), (b"", "empty")):
        path.write_bytes(content)
        with pytest.raises(DataError, match=rf"camvid\.h5 cannot be read: it is .*{words}"):
            load_camvid()
    path.unlink()
    os.symlink("gone", path)
    with pytest.raises(DataError, match=r"camvid\.h5 is not there"):
        load_camvid()


REAL = Path(os.environ.get("WORKBOOK_REAL_DATA") or REPOSITORY / "../shared/data").resolve()


@pytest.mark.real
def test_the_real_camvid(root):
    if not (REAL / camvid.FILE).is_file():
        pytest.skip(f"CamVid is not in {REAL} (WORKBOOK_REAL_DATA names another place)")
    data = load_camvid(folder=REAL, quiet=True)
    assert data.X_train.shape == (293, 96, 128, 3) and data.X_test.shape == (74, 96, 128, 3)
    assert data.pixel_classes[-1] == "unlabelled" and data.masks_train.max() == 11
    share = np.bincount(data.masks_train.ravel(), minlength=12) / data.masks_train.size
    assert 0.25 < share[data.pixel_classes.index("road")] < 0.4
