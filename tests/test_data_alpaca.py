"""The alpaca set: photographs in class folders, a downloaded archive, or drawings; split for good."""

import hashlib
import http.server
import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pytest
from data_support import REPOSITORY, generated, isolate, leftovers
from PIL import Image

from workbook.data import (
    AlpacaData,
    DataError,
    alpaca,
    animals,
    describe_all,
    get,
    load_alpaca,
    photographs,
    verify,
)
from workbook.data.alpaca import ARCHIVE, CLASSES

M_TRAIN, M_TEST = alpaca.M_TRAIN, alpaca.M_TEST


@pytest.fixture
def root(monkeypatch, tmp_path) -> Path:
    """An empty workbook, with noise in place of drawings."""
    folder = isolate(monkeypatch, tmp_path)
    drawn = tmp_path / "drawn"

    def draw_set(m, seed, size, progress):
        with open(drawn, "a") as file:
            file.write(f"{seed}\n")
        progress(m, m)
        return np.random.default_rng(seed).integers(0, 256, (m, size, size, 3), dtype=np.uint8), np.arange(
            m
        ) % 2

    monkeypatch.setattr(animals, "draw_set", draw_set)
    for name, value in {"M_TRAIN": 12, "M_TEST": 6, "DRAWN_SIDE": 40}.items():
        monkeypatch.setattr(alpaca, name, value)
    return folder


def times_drawn(tmp_path: Path) -> int:
    path = tmp_path / "drawn"
    return path.read_text().split().count(str(alpaca.SEED_TRAIN)) if path.exists() else 0


def photograph(seed: int, kind: str = "JPEG", mode: str = "RGB", size=(70, 50), **options) -> bytes:
    """The bytes of a file: noise, another one for each seed."""
    noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(file, kind, **options)
    return file.getvalue()


def own(folder: Path, each: int = 10) -> Path:
    """alpaca/alpaca and alpaca/not alpaca in a folder; gives back folder/alpaca."""
    for label, name in enumerate(CLASSES):
        (folder / "alpaca" / name).mkdir(parents=True)
        for i in range(each):
            (folder / "alpaca" / name / f"{i}.jpg").write_bytes(photograph(1000 * label + i))
    return folder / "alpaca"


def pictures(data: AlpacaData) -> set[bytes]:
    return {picture.tobytes() for picture in (*data.X_train, *data.X_test)}


# Own photographs


def test_own_photographs_come_first(root, capfd, tmp_path):
    own(root / "datasets")
    data = load_alpaca(side=48)
    assert isinstance(data, AlpacaData) and data.source == "own" and data.classes == ("not alpaca", "alpaca")
    assert data.X_train.shape == (16, 48, 48, 3) and data.X_test.shape == (4, 48, 48, 3)
    assert data.X_train.dtype == data.X_test.dtype == np.uint8
    assert data.y_train.dtype == data.y_test.dtype == np.int64
    assert np.bincount(data.y_train).tolist() == [8, 8] and np.bincount(data.y_test).tolist() == [2, 2]
    assert capfd.readouterr() == ("alpaca: 16 training and 4 test pictures, own files (datasets)\n", "")
    assert times_drawn(tmp_path) == 0


@pytest.mark.parametrize(
    "where", ["WORKBOOK_DATA", "its own folder in WORKBOOK_DATA", "folder", "its own folder"]
)
def test_where_they_may_lie(where, root, tmp_path, monkeypatch):
    folder = own(tmp_path / "mine")
    if "WORKBOOK_DATA" in where:
        monkeypatch.setenv("WORKBOOK_DATA", str(folder if "own" in where else folder.parent))
        assert load_alpaca(side=32, quiet=True).source == "own"
    else:
        named = folder if "own" in where else folder.parent
        assert load_alpaca(side=32, quiet=True, folder=named).source == "own"
        assert load_alpaca(side=32, quiet=True).source == "generated"


def test_the_split_hangs_on_the_files_bytes_alone(root, tmp_path):
    first = own(tmp_path / "one", 15)
    (tmp_path / "two" / "alpaca").mkdir(parents=True)
    for name in CLASSES:
        folder = tmp_path / "two" / "alpaca" / name
        folder.mkdir()
        for i, path in enumerate(sorted((first / name).iterdir(), reverse=True)):
            (folder / f"{i:03}.JPEG").write_bytes(path.read_bytes())
    one, two = (load_alpaca(32, quiet=True, folder=tmp_path / name) for name in ("one", "two"))
    for a, b in zip(one[:4], two[:4], strict=True):
        assert np.array_equal(a, b)


def test_equal_files_stay_on_one_side(root):
    folder = own(root / "datasets", 20)
    for name in CLASSES:
        for i in range(20):
            (folder / name / f"copy {i}.jpg").write_bytes((folder / name / f"{i}.jpg").read_bytes())
    for i in range(5):  # and in the other class too
        (folder / CLASSES[0] / f"wrong {i}.jpg").write_bytes((folder / CLASSES[1] / f"{i}.jpg").read_bytes())
    data = load_alpaca(32, quiet=True)
    assert len(data.X_train) + len(data.X_test) == 85
    assert not {p.tobytes() for p in data.X_train} & {p.tobytes() for p in data.X_test}
    assert 0.15 < len(data.X_test) / 85 < 0.3


def test_two_photographs_of_a_class_are_enough(root):
    own(root / "datasets", 2)
    data = load_alpaca(32, quiet=True)
    assert sorted(data.y_train) == sorted(data.y_test) == [0, 1]


def test_the_middle_square_upright_and_small(root):
    folder = own(root / "datasets", 2)
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, 30:70], wide[:, :30], wide[:20, 30:70] = (200, 100, 50), (0, 0, 255), (0, 255, 0)
    Image.fromarray(wide).save(folder / "alpaca" / "wide.png")
    turned = Image.fromarray(np.rot90(wide))
    exif = turned.getexif()
    exif[0x0112] = 6  # its top is at the right
    Image.fromarray(np.rot90(wide)).save(folder / "alpaca" / "turned.png", exif=exif)
    data = load_alpaca(40, quiet=True)
    everything = np.concatenate([data.X_train, data.X_test])
    square = wide[:, 30:70]
    assert sum(np.array_equal(picture, square) for picture in everything) == 2


def test_large_jpeg_files_are_read_at_a_smaller_size(root):
    folder = own(root / "datasets", 2)
    (folder / "alpaca" / "large.jpg").write_bytes(photograph(5, size=(1600, 1200)))
    assert load_alpaca(32, quiet=True).X_train.shape[1:] == (32, 32, 3)


KINDS = {
    "grey": photograph(1, mode="L"),
    "CMYK": photograph(2, mode="CMYK"),
    "palette": photograph(3, "PNG", "P"),
    "see-through": photograph(4, "PNG", "RGBA"),
    "grey and see-through": photograph(5, "PNG", "LA"),
    "black or white": photograph(6, "PNG", "1"),
    "progressive": photograph(8, progressive=True),
    "1 pixel": photograph(9, "PNG", size=(1, 1)),
    "damaged notes on the camera": photograph(11, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff"),
    "a thin strip": photograph(10, size=(900, 3)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_becomes_colour(kind, root, capfd):
    folder = own(root / "datasets", 2)
    (folder / "not alpaca" / "other").write_bytes(KINDS[kind])  # its name does not matter
    data = load_alpaca(32, quiet=True)
    assert len(data.X_train) + len(data.X_test) == 5 and data.X_train.shape[1:] == (32, 32, 3)
    assert capfd.readouterr() == ("", "")


def test_16_bits_keep_their_light_and_see_through_is_on_white(root):
    folder = own(root / "datasets", 2)
    deep = Image.fromarray(np.full((40, 40), 128 * 256, np.uint16))
    deep.save(folder / "alpaca" / "deep.png")
    Image.new("RGBA", (40, 40), (10, 20, 30, 0)).save(folder / "alpaca" / "clear.png")
    means = {
        round(float(np.frombuffer(each, np.uint8).mean())) for each in pictures(load_alpaca(32, quiet=True))
    }
    assert {128, 255} <= means


def test_what_systems_leave_is_passed_over(root):
    folder = own(root / "datasets", 5)
    for name in (
        ".DS_Store",
        "alpaca/.DS_Store",
        "alpaca/._0.jpg",
        "not alpaca/Thumbs.db",
        "alpaca/desktop.ini",
    ):
        (folder / name).write_bytes(b"\0\1")
    (folder / "README.md").write_text("where they are from")
    (folder / "alpaca" / ".hidden").mkdir()
    assert len(pictures(load_alpaca(32, quiet=True))) == 10


BROKEN = {
    "truncated": (photograph(1, size=(300, 300))[:20_000], "truncated|damaged"),
    "a header alone": (photograph(1)[:100], "truncated|damaged|neither"),
    "a truncated PNG": (photograph(1, "PNG")[:3000], "truncated|damaged"),
    "noise": (bytes(range(256)), "neither a JPEG nor a PNG picture"),
    "text": (b"hello", "neither a JPEG nor a PNG picture"),
    "empty": (b"", "it is empty"),
    "a web page": (b"<!DOCTYPE html>", "web page"),
    "a Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
    "a GIF": (photograph(1, "GIF"), "neither a JPEG nor a PNG picture"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_picture_is_named(kind, root, capfd):
    content, words = BROKEN[kind]
    (own(root / "datasets") / "not alpaca" / "3.jpg").write_bytes(content)
    with pytest.raises(
        DataError, match=rf"datasets/alpaca/not alpaca/3\.jpg cannot be read: .*({words})"
    ) as caught:
        load_alpaca()
    assert "move the folder alpaca away" in caught.value.remedy
    assert capfd.readouterr() == ("", "")


def test_a_picture_that_claims_a_huge_size(root, monkeypatch):
    folder = own(root / "datasets")
    monkeypatch.setattr(photographs, "MOST_PIXELS", 3000)
    with pytest.raises(DataError, match=r"alpaca/not alpaca/0\.jpg cannot be read: it has 70 x 50 pixels"):
        load_alpaca()
    monkeypatch.setattr(photographs, "LARGEST_FILE", 100)
    with pytest.raises(DataError, match=r"0\.jpg is larger than"):
        load_alpaca()
    monkeypatch.setattr(photographs, "MOST_FILES", 3)
    with pytest.raises(DataError, match=r"20 photographs are too many"):
        load_alpaca(folder=folder)


def test_a_folder_or_a_dead_link_in_place_of_a_picture(root):
    folder = own(root / "datasets") / "alpaca"
    (folder / "more").mkdir()
    with pytest.raises(DataError, match=r"alpaca/alpaca/more cannot be read: it is a folder"):
        load_alpaca()
    (folder / "more").rmdir()
    os.symlink("gone.jpg", folder / "link.jpg")
    with pytest.raises(DataError, match=r"alpaca/alpaca/link\.jpg cannot be read"):
        load_alpaca()


def test_a_class_that_is_missing_or_empty(root):
    folder = own(root / "datasets")
    for path in (folder / "not alpaca").iterdir():
        path.unlink()
    (folder / "not alpaca" / ".DS_Store").write_bytes(b"")
    with pytest.raises(DataError, match=r"datasets/alpaca/not alpaca is empty"):
        load_alpaca()
    (folder / "not alpaca" / "one.jpg").write_bytes(photograph(1))
    with pytest.raises(DataError, match=r"'not alpaca' holds only one photograph"):
        load_alpaca()
    (folder / "not alpaca").rename(folder / "sheep")
    with pytest.raises(DataError, match=r"datasets/alpaca lacks the folder 'not alpaca'") as caught:
        load_alpaca()
    assert "alpaca/alpaca and alpaca/not alpaca" in caught.value.remedy
    assert load_alpaca(source="generated", quiet=True).source == "generated"


def test_no_own_photographs_though_asked_for(root):
    with pytest.raises(
        DataError, match=r"no own files of alpaca: alpaca is not in datasets\..*WORKBOOK_DATA"
    ):
        load_alpaca(source="own")


# Drawings


def test_drawn_once_and_read_again_in_any_size(root, capfd, tmp_path):
    first, again, larger = load_alpaca(40), load_alpaca(40), load_alpaca(96)
    lines, err = capfd.readouterr()
    assert len(set(lines.splitlines())) == 1 and err == ""
    assert lines.startswith("alpaca: 12 training and 6 test pictures, generated (datasets/generated/alpaca-v")
    assert times_drawn(tmp_path) == 1 and leftovers(root) == []
    assert first.source == "generated" and first.X_train.shape == (12, 40, 40, 3)
    assert np.array_equal(first.X_train, again.X_train) and np.array_equal(first.y_test, again.y_test)
    assert larger.X_train.shape == (12, 96, 96, 3) and larger.X_test.dtype == np.uint8
    assert np.array_equal(larger.y_train, first.y_train)


def test_the_cache_keeps_the_pictures_at_one_size(root):
    load_alpaca(64, quiet=True)
    with h5py.File(next(path for path in generated(root) if path.name.startswith("alpaca"))) as file:
        assert file["train_set_x"].shape == (12, 40, 40, 3)
        assert file["list_classes"].asstr()[()].tolist() == list(CLASSES)


def test_a_damaged_cache_is_drawn_again(root, tmp_path, capsys):
    load_alpaca(quiet=True)
    path = generated(root)[0]
    path.write_bytes(path.read_bytes()[:-50])
    assert load_alpaca().source == "generated"
    assert "not used because datasets/generated/alpaca-" in capsys.readouterr().out
    assert times_drawn(tmp_path) == 2


def test_the_recipe_follows_code_and_numbers(root, monkeypatch, tmp_path):
    recipes = {alpaca.recipe()}
    monkeypatch.setattr(alpaca, "M_TEST", 8)
    recipes.add(alpaca.recipe())
    monkeypatch.setattr(alpaca.course, "__file__", str(tmp_path / "course.py"))
    for name in ("animals.py", "animal_body.py", "camera.py"):
        (tmp_path / name).write_text("a = 1\n")
        recipes.add(alpaca.recipe())
    (tmp_path / "hands.py").write_text("a = 1\n")  # draws another set
    recipes.add(alpaca.recipe())
    assert len(recipes) == 5


def test_the_set_as_it_is_drawn():
    assert (M_TRAIN, M_TEST) == (400, 120)


@pytest.mark.parametrize("side", [31, 225, 0, -96, 96.5, "96", None, True])
def test_a_side_out_of_range(side, root):
    with pytest.raises(ValueError, match="side must be a whole number of pixels from 32 to 224"):
        load_alpaca(side)


# Download


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def served(root, tmp_path, monkeypatch):
    """A folder that this machine serves, named as the mirror."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("WORKBOOK_MIRROR", f"http://127.0.0.1:{server.server_port}")
    yield folder
    server.shutdown()
    server.server_close()
    thread.join(5)


def register(root: Path, content: bytes) -> None:
    entry = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "licence": "made for a test",
        "origin": "a test",
    }
    (root / "datasets" / "registry.json").write_text(json.dumps({"files": {ARCHIVE: entry}}))


def archive(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def members(prefix: str = "alpaca/") -> dict[str, bytes]:
    """The files of own() as an archive's members."""
    found = {f"{prefix}README.md": b"where they are from", f"__MACOSX/{prefix}alpaca/._0.jpg": b"\0"}
    for label, name in enumerate(CLASSES):
        found |= {f"{prefix}{name}/{i}.jpg": photograph(1000 * label + i) for i in range(10)}
    return found | {f"{prefix}alpaca/.DS_Store": b"\0"}


def serve(root: Path, served: Path, content: bytes) -> None:
    (served / ARCHIVE).write_bytes(content)
    register(root, content)


@pytest.mark.parametrize("prefix", ["alpaca/", ""])
def test_a_registered_archive_is_downloaded_when_asked_for(prefix, root, served, tmp_path, capfd):
    serve(root, served, archive(members(prefix)))
    assert load_alpaca(32, quiet=True).source == "generated"  # nobody asked
    data = load_alpaca(32, "download")
    out, err = capfd.readouterr()
    assert out == "alpaca: 16 training and 4 test pictures, downloaded (datasets/downloads)\n" and err == ""
    assert [path.name for path in (root / "datasets" / "downloads").iterdir() if path.suffix != ".lock"] == [
        ARCHIVE
    ]
    own(tmp_path / "mine")
    same = load_alpaca(32, quiet=True, folder=tmp_path / "mine")
    assert all(np.array_equal(a, b) for a, b in zip(data[:4], same[:4], strict=True))
    (served / ARCHIVE).unlink()
    assert load_alpaca(48, quiet=True).source == "download"  # and is used from then on


def test_an_archive_that_was_altered(root, served):
    serve(root, served, archive(members()))
    (served / ARCHIVE).write_bytes((served / ARCHIVE).read_bytes()[:-1] + b"?")
    with pytest.raises(DataError, match=r"alpaca\.zip could not be downloaded.*another file"):
        load_alpaca(source="download")
    assert leftovers(root) == [] and not list(root.rglob("*.zip"))
    serve(root, served, archive(members()))
    load_alpaca(source="download", quiet=True)
    path = root / "datasets" / "downloads" / ARCHIVE
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(DataError, match=r"downloads/alpaca\.zip is not the registered file.*Delete it"):
        load_alpaca()
    assert [finding.ok for finding in verify("alpaca")] == [False]


BAD_ARCHIVES = {
    "no archive": (b"hello", "cannot be read as a zip archive"),
    "a truncated one": (archive(members())[:-40], "cannot be read as a zip archive"),
    "a way out": (archive(members() | {"../../evil.jpg": b"x"}), "names a place outside"),
    "an absolute path": (archive(members() | {"/etc/evil.jpg": b"x"}), "names a place outside"),
    "a class missing": (
        archive({name: content for name, content in members().items() if "not alpaca" not in name}),
        "does not hold the folders 'not alpaca' and 'alpaca'",
    ),
    "other folders": (archive({"cats/1.jpg": photograph(1)}), "does not hold the folders"),
    "a file that is no picture": (
        archive(members() | {"alpaca/alpaca/notes.txt": b"hello"}),
        r"alpaca\.zip: alpaca/alpaca/notes\.txt cannot be read: it is neither",
    ),
}


@pytest.mark.parametrize("kind", BAD_ARCHIVES)
def test_an_archive_that_is_not_what_it_should_be(kind, root, served, tmp_path):
    content, words = BAD_ARCHIVES[kind]
    serve(root, served, content)
    with pytest.raises(DataError, match=words):
        load_alpaca(source="download", quiet=True)
    assert not list(tmp_path.rglob("*evil*"))


def test_a_member_that_swells(root, served, monkeypatch):
    serve(root, served, archive(members() | {"alpaca/alpaca/bomb.jpg": bytes(10**7)}))
    monkeypatch.setattr(photographs, "LARGEST_FILE", 10**6)
    with pytest.raises(DataError, match=r"alpaca/alpaca/bomb\.jpg is larger than 1 MB"):
        load_alpaca(source="download", quiet=True)


def test_no_archive_is_registered(root):
    with pytest.raises(DataError, match=r"alpaca cannot be downloaded: alpaca\.zip not registered"):
        load_alpaca(source="download")


# tf.data


@pytest.fixture
def data(root) -> AlpacaData:
    own(root / "datasets", 10)
    return load_alpaca(32, quiet=True)


def epoch(dataset) -> tuple[np.ndarray, np.ndarray]:
    X, y = zip(*dataset.as_numpy_iterator(), strict=True)
    return np.concatenate(X), np.concatenate(y)


def test_batches_are_floats_of_the_right_shape(data):
    import tensorflow as tf

    for dataset, m in ((data.train(batch_size=5), 16), (data.test(batch_size=5), 4)):
        assert isinstance(dataset, tf.data.Dataset) and len(dataset) == -(-m // 5)
        X, y = next(iter(dataset))
        assert X.dtype == y.dtype == tf.float32 and X.shape[1:] == (32, 32, 3) and y.shape.rank == 1
    assert [len(y) for _, y in data.train(batch_size=5)] == [5, 5, 5, 1]
    X, y = epoch(data.test(3))
    assert np.array_equal(X, data.X_test) and np.array_equal(y, data.y_test) and X.max() > 200


def test_training_is_shuffled_anew_in_each_epoch_and_alike_for_a_seed(data):
    import tensorflow as tf

    dataset = data.train(batch_size=4, seed=7)
    first, second = epoch(dataset), epoch(dataset)
    assert not np.array_equal(first[0], data.X_train) and not np.array_equal(first[0], second[0])
    assert sorted(p.tobytes() for p in first[0]) == sorted(
        p.tobytes() for p in data.X_train.astype(np.float32)
    )
    label = {p.tobytes(): y for p, y in zip(data.X_train.astype(np.float32), data.y_train, strict=True)}
    assert [label[p.tobytes()] for p in first[0]] == first[1].tolist()
    tf.random.set_seed(99)  # what else is random changes nothing
    again = data.train(batch_size=4, seed=7)
    assert np.array_equal(epoch(again)[0], first[0]) and np.array_equal(epoch(again)[0], second[0])
    assert not np.array_equal(epoch(data.train(batch_size=4, seed=8))[0], first[0])


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, None])
def test_a_batch_size_that_is_none(batch_size, data):
    with pytest.raises(ValueError, match="batch_size must be a whole number above 0"):
        data.train(batch_size)


def test_keras_trains_on_it(data):
    import keras

    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    training = model.fit(data.train(4), validation_data=data.test(4), epochs=2, shuffle=False, verbose=0)
    assert len(training.history["val_accuracy"]) == 2


def test_loading_leaves_tensorflow_alone(root):
    own(root / "datasets")
    code = "import sys, workbook.data as d; d.load_alpaca(32); print('tensorflow' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=REPOSITORY
    )
    assert done.stdout.splitlines()[-1] == "False" and done.stderr == ""


# The commands


def test_the_commands_know_it(root):
    found = {each.name: each for each in describe_all()}["alpaca"]
    assert found.used == "generated"
    assert [source.state for source in found.sources] == ["absent", "absent", "available"]
    assert get("alpaca", quiet=True).source == "generated"
    folder = own(root / "datasets")
    assert [(each.source, each.ok) for each in verify("alpaca")] == [("own", True), ("generated", True)]
    (folder / "alpaca" / "0.jpg").write_bytes(b"")
    assert {each.source: each.ok for each in verify("alpaca")} == {"own": False, "generated": True}


@pytest.mark.real
def test_real_photographs(root, real_data):
    data = load_alpaca(96, quiet=True, folder=real_data)
    assert data.source == "own"
    assert (len(data.X_train), len(data.X_test)) == (262, 65)
    assert (int(data.y_train.sum()), int(data.y_test.sum())) == (114, 28)
