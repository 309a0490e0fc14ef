"""The doctor: finds what is wrong, says what to do, and looks on where one look fails."""

import json
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from workbook import doctor, progress
from workbook.cli import main


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A workbook with a lesson without exercises, and requirements that are met."""
    folder = tmp_path / "work book"
    (folder / "week1" / "exercises").mkdir(parents=True)
    (folder / "week1" / "exercises" / "toy.py").write_text("")
    (folder / "datasets").mkdir()
    require(folder, "rich")
    monkeypatch.setenv("WORKBOOK_ROOT", str(folder))
    monkeypatch.delenv("WORKBOOK_DATA", raising=False)
    monkeypatch.delenv("WORKBOOK_MIRROR", raising=False)
    return folder


def require(root: Path, *names: str, more: str = "") -> None:
    from importlib.metadata import version

    text = "".join(f"{name}=={version(name)}\n" for name in names)
    (root / "requirements.txt").write_text("# pinned\n\n--only-binary :all:\n" + text + more)


def look() -> dict[str, doctor.Finding]:
    return {each.name: each for each in doctor.examine(quick=True)}


def wrong() -> dict[str, doctor.Finding]:
    return {name: each for name, each in look().items() if not each.ok}


def test_nothing_is_wrong(root, capfd):
    assert wrong() == {}
    found = look()
    assert {"Python", "tensorflow", "memory", "disk", "Jupyter kernel", "lessons", "progress"} <= set(found)
    assert found["data: signs"].detail.startswith("generated")
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--quick", "--json"])
    out, err = capfd.readouterr()
    assert end.value.code == 0 and err == ""
    content = json.loads(out)
    assert content["ok"] and set(content["findings"][0]) == {"name", "ok", "detail", "remedy"}
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--quick"])
    assert end.value.code == 0 and "Nothing is wrong." in capfd.readouterr().out


def test_pins_are_read_as_pip_reads_them(root):
    text = 'a==1.0\nB_b==2 ; python_version < "3"\nc_d==3.1 --hash=sha256:00\n'
    text += "e>=4\nf==5 # why\n-r more.txt\n???\n"
    (root / "requirements.txt").write_text(text)
    assert doctor.pins(root) == {"a": "1.0", "c-d": "3.1", "f": "5"}


def test_packages(root, capfd):
    require(root, "rich", more="numpy==1.0\nno-such-package==3\n")
    found = wrong()
    assert found["numpy"].detail.endswith("needs 1.0") and "requirements.txt" in found["numpy"].remedy
    assert found["other packages"].detail == "no-such-package not installed, needs 3"
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--quick"])
    out = capfd.readouterr().out
    assert end.value.code == 1 and "WRONG  numpy" in out and "2 things are wrong." in out
    (root / "requirements.txt").unlink()
    assert "git checkout" in wrong()["packages"].remedy


def test_python(root, monkeypatch):
    monkeypatch.setattr(doctor, "NEWEST", (3, 10))
    assert "3.11, 3.12 or 3.13" in wrong()["Python"].remedy


def test_memory_and_disk(root, monkeypatch):
    import psutil

    Memory, Disk = namedtuple("Memory", "total available"), namedtuple("Disk", "free")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory(8e9, 5e8))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Disk(1e6))
    found = wrong()
    assert (
        "0.5 GB free of 8.0 GB" in found["memory"].detail and "Close other programs" in found["memory"].remedy
    )
    assert "Make room" in found["disk"].remedy
    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory(2e9, 1e9))
    assert "4 GB" in wrong()["memory"].remedy


def test_folders_that_cannot_be_written(root, monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "a file" / "below"))
    found = wrong()
    assert "is a file" in found["record folder"].detail and "WORKBOOK_HOME" in found["cache folder"].remedy

    def refuse(dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    assert "Permission denied" in wrong()["datasets folder"].detail


def test_kernel(root, monkeypatch, tmp_path):
    kernel = tmp_path / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {"argv": ["/usr/bin/another-python", "-m", "ipykernel_launcher"], "display_name": "Python 3"}
    (kernel / "kernel.json").write_text(json.dumps(spec | {"language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    found = wrong()["Jupyter kernel"]
    assert "another-python" in found.detail and sys.executable in found.remedy


def test_lessons(root, monkeypatch):
    (root / "week1" / "exercises" / "toy.py").unlink()
    (root / "week1" / "exercises" / "bad.py").write_text("import not_installed_anywhere\n")
    assert "not_installed_anywhere" in wrong()["lesson bad"].detail
    monkeypatch.setenv("WORKBOOK_ROOT", str(root / "week1"))
    assert "WORKBOOK_ROOT" in wrong()["lessons"].remedy


def test_data_and_weights(root):
    (root / "datasets" / "train_signs.h5").write_bytes(b"")
    (root / "datasets" / "weights").mkdir()
    (root / "datasets" / "weights" / "small.h5").write_bytes(b"")
    found = wrong()
    assert "lacks test_signs.h5" in found["data: signs, own"].detail
    assert "workbook data verify signs" in found["data: signs, own"].remedy
    assert "is empty" in found["weights"].detail
    (root / "datasets" / "weights" / "small.h5").write_bytes(b"x" * 100_000)
    assert "small.h5 (0.1 MB)" in look()["weights"].detail


def test_progress(root, home):
    assert "nothing recorded yet" in look()["progress"].detail
    progress.record("toy", "double", True, 5, 5, None)
    assert "1 checks recorded" in look()["progress"].detail
    for extra in home.glob("progress.sqlite-*"):
        extra.unlink()
    (home / "progress.sqlite").write_bytes(b"no database" * 500)
    assert "Rename progress.sqlite" in wrong()["progress"].remedy


def test_a_look_that_fails_hides_no_other(root, monkeypatch):
    monkeypatch.setattr(doctor, "_python", lambda: 1 / 0)
    found = look()
    assert "ZeroDivisionError" in found["Python"].detail and found["rich"].ok


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [(0, "", "yes"), (-4, "", "signal 4"), (1, "a line\nImportError: libx", "ImportError: libx")],
)
def test_tensorflow_in_a_process_of_its_own(monkeypatch, code, error, words):
    done = namedtuple("Done", "returncode stderr")(code, error)
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: done)
    (found,) = doctor._tensorflow()
    assert found.ok == (code == 0) and words in found.detail and bool(found.remedy) == (code != 0)


def test_a_folder_that_is_not_there_is_told_once(root, monkeypatch):
    monkeypatch.setenv("WORKBOOK_DATA", str(root / "nowhere"))
    found = wrong()
    assert list(found) == ["data"] and "WORKBOOK_DATA" in found["data"].detail + found["data"].remedy


def test_pretrained_weights(root, tmp_path, monkeypatch):
    import shutil

    from workbook.weights import MOBILENET_V2

    shipped = Path(__file__).resolve().parent.parent / "datasets" / "weights" / MOBILENET_V2.shipped
    (root / "README.md").touch()
    folder = root / "datasets" / "weights"
    folder.mkdir()
    (folder / "README.md").write_text("how they were made")
    assert "git checkout datasets/weights" in wrong()["weights: MobileNetV2, shipped"].remedy
    shutil.copy(shipped, folder)
    found = look()
    assert found["weights: MobileNetV2, shipped"].detail.startswith("alpha 0.35, 1.1 MB (datasets/weights/")
    assert "weights" not in found
    own = folder / MOBILENET_V2.file_name(0.35, 96)
    own.write_bytes(shipped.read_bytes()[:5000])
    assert "it is truncated" in wrong()[f"weights: {own.name}"].detail
    shutil.copy(shipped, own)
    assert look()["weights: MobileNetV2, own"].ok and wrong() == {}
