"""The drawn set: drawn once, kept whole, drawn again when damaged, usable where nothing can be written."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from data_support import (
    child,
    fingerprint,
    generated,
    isolate,
    leftovers,
    load_signs,
    mounted,
    outcome,
    signs,
    times_drawn,
)

from workbook.data import DataError, course, files, hdf5, progress

M_TRAIN, M_TEST = signs.PICTURES.m_train, signs.PICTURES.m_test  # before isolate() makes the set small
LOAD = "data = load_signs(); print(data.source, fingerprint(data))"


@pytest.fixture
def root(monkeypatch, tmp_path) -> Path:
    return isolate(monkeypatch, tmp_path)


def test_drawn_once_and_read_again(root, capfd, monkeypatch):
    monkeypatch.setattr(signs.PICTURES, "m_train", M_TRAIN)
    monkeypatch.setattr(signs.PICTURES, "m_test", M_TEST)
    first = load_signs()
    line, err = capfd.readouterr()
    again = load_signs()
    assert capfd.readouterr().out == line
    assert line.startswith(
        "signs: 1,440 training and 240 test pictures, generated (datasets/generated/signs-v"
    )
    assert err == ""
    assert times_drawn() == 1
    assert first.source == again.source == "generated"
    assert fingerprint(first) == fingerprint(again)
    assert (first.X_train.shape, first.X_test.shape) == ((1440, 64, 64, 3), (240, 64, 64, 3))
    assert again.X_train.flags.writeable
    assert leftovers(root) == []


def test_the_cache_has_the_course_s_keys_and_is_not_taken_for_own_files(root):
    load_signs()
    with h5py.File(generated(root)[0]) as file:
        assert set(file) == {"train_set_x", "train_set_y", "test_set_x", "test_set_y", "list_classes"}
    with pytest.raises(DataError, match="no own files"):
        load_signs("own")


def test_a_changed_generator_never_reads_a_stale_cache(root, monkeypatch):
    load_signs()
    monkeypatch.setattr(signs.PICTURES, "version", lambda: "2")
    load_signs()
    assert times_drawn() == 2
    assert len(generated(root)) == 2


def test_the_generator_s_version_follows_its_code(monkeypatch, tmp_path):
    monkeypatch.setattr(course, "__file__", str(tmp_path / "course.py"))
    versions = set()
    for text in (b"a = 1\n", b"a = 2\n", b"a = 2\r\n"):  # another line ending is no change
        (tmp_path / "hands.py").write_bytes(text)
        versions.add(signs.PICTURES.version())
    assert len(versions) == 2


def damage_truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def damage_pixel(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file["train_set_x"][7, 8, 9, 1] ^= 1


def damage_label(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file["test_set_y"][0] = 5 - file["test_set_y"][0]


def damage_schema(path: Path) -> None:
    path.unlink()
    with h5py.File(path, "w") as file:
        file["weights"] = np.zeros(3)


def damage_recipe(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file.attrs["recipe"] = np.bytes_("another")


def damage_web_page(path: Path) -> None:
    path.write_text("<html>Sign in</html>")


def damage_empty(path: Path) -> None:
    path.write_bytes(b"")


DAMAGES = {
    damage_truncated: "truncated",
    damage_pixel: "altered",
    damage_label: "altered",
    damage_schema: "lacks 'train_set_x'",
    damage_recipe: "another recipe",
    damage_web_page: "web page",
    damage_empty: "empty",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_named_and_drawn_again(damage, root, capsys):
    good = fingerprint(load_signs(quiet=True))
    damage(path := generated(root)[0])
    with pytest.raises(DataError, match=rf"(?s){path.name}.*{DAMAGES[damage]}.*Delete it"):
        hdf5.read_cache(path, signs.SIGNS.keys, signs.SIGNS.recipe())
    assert fingerprint(load_signs()) == good
    line = capsys.readouterr().out
    assert "not used because datasets/generated/signs-" in line and DAMAGES[damage] in line
    assert line.count("\n") == 1
    assert times_drawn() == 2
    load_signs()
    assert "not used" not in capsys.readouterr().out


def test_no_folder_is_blamed_when_the_computer_cannot_draw(root, monkeypatch):
    def cannot(m, seed, progress=None):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(signs.PICTURES, "draw_set", cannot)
    with pytest.raises(DataError, match="signs cannot be drawn: Cannot allocate memory") as caught:
        load_signs()
    assert "written" not in str(caught.value)
    assert not generated(root)


def test_a_flipped_byte_anywhere_is_found_or_does_no_harm(root):
    path = root / "datasets" / "small-1.h5"
    arrays = {"x": np.arange(600, dtype=np.uint8), "y": np.arange(9)}
    hdf5.write_cache(path, arrays, "1")
    whole = path.read_bytes()
    unharmed = 0
    for position in range(0, len(whole), 17):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        try:
            found = hdf5.read_cache(path, ("x", "y"), "1")
        except DataError:
            continue
        unharmed += 1
        assert all(np.array_equal(found[key], arrays[key]) for key in arrays)
    assert 0 < unharmed < len(whole) // 17


def test_words_keep_their_letters(root):
    path = root / "words-1.h5"
    arrays = {"names": np.array(["null", "eins", "zwölf"])}
    hdf5.write_cache(path, arrays, "1")
    assert hdf5.read_cache(path, ("names",), "1")["names"].tolist() == ["null", "eins", "zwölf"]


def test_a_killed_writer_leaves_nothing_that_harms(root, tmp_path):
    die = "import os, signal; os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
    process = child(die + "load_signs()")
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert generated(root) == [] and len(leftovers(root)) == 1
    assert list((root / "datasets" / "generated").glob(".*.lock"))  # stale, and free since its holder died
    data = load_signs()
    assert times_drawn() == 2
    assert fingerprint(load_signs()) == fingerprint(data)
    assert leftovers(root) == []


def test_leftovers_of_other_sets_are_removed_only_when_old(root):
    folder = root / "datasets" / "generated"
    folder.mkdir()
    for name in (".other-1.h5.abc.part", ".other-1.h5.old.part"):
        (folder / name).write_bytes(b"half")
    os.utime(folder / ".other-1.h5.old.part", (0, 0))
    load_signs()
    assert leftovers(root) == [".other-1.h5.abc.part"]


def test_two_processes_at_once_draw_once(root):
    slow = "draw = drawn.draw_set\ndef slow(*a, **k):\n    import time; time.sleep(1); return draw(*a, **k)\n"
    both = [child(slow + "drawn.draw_set = slow\n" + LOAD) for _ in range(2)]
    said = [outcome(process) for process in both]
    assert said[0] == said[1] != ""
    assert times_drawn() == 1


def test_a_lock_that_is_never_freed(root, monkeypatch, capsys):
    monkeypatch.setattr("workbook.data.sources.LOCK_S", 0.2)
    with files.locked(root / "datasets" / "generated" / signs.SIGNS.cache_name(), 1):
        assert load_signs().source == "generated"
    assert "home/cache/datasets/generated" in capsys.readouterr().out


def test_a_full_disk_leaves_no_half_file(root, tmp_path):
    """Every file beyond 64 KB fails to be written, as on a full disk (EFBIG in place of ENOSPC)."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**16, 2**16))\n"
    said = outcome(child(limit + LOAD))
    line, result = said.splitlines()
    assert line.count("cannot be written: File too large") == 2 and "generated (in memory; " in line
    assert generated(root) == [] and leftovers(tmp_path) == []
    assert result == f"generated {fingerprint(load_signs())}"


def test_a_full_disk_by_its_own_errno(root, tmp_path, monkeypatch, capsys):
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert load_signs().source == "generated"
    assert "in memory; datasets/generated cannot be written: No space left" in capsys.readouterr().out
    assert leftovers(tmp_path) == [] and times_drawn() == 1


def test_a_full_small_disk_falls_back_to_the_user_s_cache(root, tmp_path):
    wrapper = mounted('mount -t tmpfs -o size=64k none "$1"', root / "datasets")
    if wrapper is None:
        pytest.skip("mounting a small disk needs root and unshare")
    look = "\nimport os; print([n for _, _, names in os.walk(os.environ['WORKBOOK_ROOT']) for n in names])"
    line, result, left = outcome(child(LOAD + look, wrapper)).splitlines()
    assert "(../home/cache/datasets/generated/signs-" in line
    assert "datasets/generated cannot be written: No space left on device" in line
    assert ".part" not in left and "signs-" not in left.replace(".signs-", "")  # only the lock file
    assert result.startswith("generated ")


def test_a_read_only_folder_falls_back_to_the_user_s_cache(root, tmp_path):
    datasets = root / "datasets"
    if os.geteuid() == 0:  # whom no permission stops
        wrapper = mounted('mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"', datasets)
        if wrapper is None:
            pytest.skip("root can write everywhere and unshare is not there to mount a folder read-only")
    else:
        datasets.chmod(0o555)
        wrapper = []
    try:
        line = outcome(child(LOAD, wrapper)).splitlines()[0]
    finally:
        datasets.chmod(0o755)
    assert "(../home/cache/datasets/generated/signs-" in line
    assert "datasets/generated cannot be written: " in line
    assert list(datasets.iterdir()) == []
    assert load_signs().source == "generated" and times_drawn() == 1  # read from the user's cache


def test_no_folder_at_all_works_in_memory(root, tmp_path, monkeypatch, capsys):
    (root / "datasets").rmdir()
    (root / "datasets").write_text("a file where the folder should be")
    (tmp_path / "home").write_text("another one")
    assert load_signs().source == "generated"
    line = capsys.readouterr().out
    assert line.count("\n") == 1 and "generated (in memory; datasets/generated cannot be written" in line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_long_work_shows_a_bar_in_a_terminal_and_nothing_in_a_pipe(monkeypatch, capfd):
    monkeypatch.setattr(progress, "PATIENCE_S", 0)
    for stdout in (terminal := Terminal(), pipe := io.StringIO()):
        monkeypatch.setattr("sys.stdout", stdout)
        monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
        with progress.meter("drawing", 4) as update:
            for done in range(4):
                update(done + 1)
    assert "drawing" in terminal.getvalue()
    assert pipe.getvalue() == ""
    assert capfd.readouterr().err == ""


def test_importing_is_quick_and_light():
    heavy = "{'numpy', 'h5py', 'pooch', 'requests', 'tensorflow'}"
    code = f"import sys, workbook.data; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("set()\n", "")
