"""What the tests of the data layer share: a workbook of their own, tiny files, a quick generator."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

from workbook.data import load_signs, signs

REPOSITORY = Path(__file__).resolve().parent.parent


def isolate(monkeypatch, tmp_path: Path) -> Path:
    """An empty workbook under tmp_path with its own caches and a quick, small generator; returns its root."""
    root = tmp_path / "work book"
    (root / "datasets").mkdir(parents=True)
    for name in ("WORKBOOK_DATA", "WORKBOOK_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORKBOOK_ROOT", str(root))
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("DRAWN", str(tmp_path / "drawn"))
    monkeypatch.setattr(signs, "draw_set", quick_draw_set)
    monkeypatch.setattr(signs, "M_TRAIN", 60)
    monkeypatch.setattr(signs, "M_TEST", 24)
    return root


def quick_draw_set(m: int, seed: int, progress=None) -> tuple[np.ndarray, np.ndarray]:
    """Noise in place of hands; writes down that it was called."""
    with open(os.environ["DRAWN"], "a") as file:
        file.write(f"{seed}\n")
    rng = np.random.default_rng(seed)
    if progress is not None:
        progress(m, m)
    return rng.integers(0, 256, (m, 64, 64, 3), dtype=np.uint8), np.arange(m) % 6


def times_drawn() -> int:
    """How often the training pictures were drawn since isolate(), in any process."""
    path = Path(os.environ["DRAWN"])
    return path.read_text().split().count(str(signs.SEED_TRAIN)) if path.exists() else 0


def write_split(path: Path, split: str, m: int, seed: int = 0, **changes) -> Path:
    """A tiny file of the course's schema; changes replace arrays, None removes one."""
    rng = np.random.default_rng([seed, m])
    arrays = {
        f"{split}_set_x": rng.integers(0, 256, (m, 64, 64, 3), dtype=np.uint8),
        f"{split}_set_y": np.arange(m) % 6,
        "list_classes": np.arange(6),
    } | changes
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for key, array in arrays.items():
            if array is not None:
                file[key] = array
    return path


def write_pair(folder: Path, m_train: int = 12, m_test: int = 6) -> list[Path]:
    """A tiny train_signs.h5 and test_signs.h5."""
    return [
        write_split(folder / "train_signs.h5", "train", m_train),
        write_split(folder / "test_signs.h5", "test", m_test),
    ]


def register(root: Path, files: list[Path], urls: tuple[str, ...] = ()) -> None:
    """Write a registry of these files."""
    entries = {
        path.name: {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size,
            "licence": "made for a test",
            "origin": "a test",
            "url": path.name,
            "urls": [f"{url}/{path.name}" for url in urls],
        }
        for path in files
    }
    (root / "datasets" / "registry.json").write_text(json.dumps({"files": entries}))


def fingerprint(data: signs.SignsData) -> str:
    """A hash over all arrays."""
    return hashlib.sha256(b"".join(array.tobytes() for array in data[:5])).hexdigest()


def generated(root: Path) -> list[Path]:
    """The drawn sets in the workbook's own folder."""
    return sorted((root / "datasets" / "generated").glob("*.h5"))


def leftovers(tmp_path: Path) -> list[str]:
    """Files under tmp_path that a writer should have removed."""
    return [
        path.name for path in tmp_path.rglob("*") if path.suffix == ".part" or path.name.startswith("tmp")
    ]


def child(code: str, wrapper: list[str] | None = None) -> subprocess.Popen:
    """Start Python with the quick generator in place, perhaps inside a wrapper command."""
    sizes = f"signs.M_TRAIN, signs.M_TEST = {signs.M_TRAIN}, {signs.M_TEST}"
    whole = f"from data_support import *\nsigns.draw_set = quick_draw_set\n{sizes}\n{code}"
    return subprocess.Popen(
        [*(wrapper or []), sys.executable, "-c", whole],
        env=os.environ | {"PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome(process: subprocess.Popen, timeout_s: float = 30) -> str:
    """What a child printed; it must end well and say nothing to stderr."""
    out, err = process.communicate(timeout=timeout_s)
    assert process.returncode == 0, err
    assert err == ""
    return out


def mounted(mount: str, folder: Path) -> list[str] | None:
    """A wrapper command that mounts something on a folder for one child; None where not allowed."""
    script = f'{mount} && shift && exec "$@"'
    wrapper = ["unshare", "--mount", "sh", "-c", script, "sh", str(folder)]
    try:
        able = subprocess.run([*wrapper, "true"], capture_output=True, timeout=10).returncode == 0
    except OSError:
        return None
    return wrapper if able else None


__all__ = ["fingerprint", "load_signs", "quick_draw_set", "signs"]  # what a child needs
