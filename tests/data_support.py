"""What the tests of the data layer share: a workbook of their own, tiny files, a quick generator."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

from workbook.data import load_signs, load_smiles, signs, smiles

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
    for pictures, draw_set in ((signs.PICTURES, quick_draw_set), (smiles.PICTURES, quick_draw_smiles)):
        monkeypatch.setattr(pictures, "draw_set", draw_set)
        monkeypatch.setattr(pictures, "m_train", 60)
        monkeypatch.setattr(pictures, "m_test", 24)
    return root


def quick_draw_set(m: int, seed: int, progress=None) -> tuple[np.ndarray, np.ndarray]:
    """Noise in place of hands; writes down that it was called."""
    with open(os.environ["DRAWN"], "a") as file:
        file.write(f"{seed}\n")
    rng = np.random.default_rng(seed)
    if progress is not None:
        progress(m, m)
    return rng.integers(0, 256, (m, 64, 64, 3), dtype=np.uint8), np.arange(m) % 6


def quick_draw_smiles(m: int, seed: int, progress=None) -> tuple[np.ndarray, np.ndarray]:
    """Noise in place of faces; writes down that it was called."""
    X, y = quick_draw_set(m, seed, progress)
    return X, y % 2


def times_drawn(pictures=signs.PICTURES) -> int:
    """How often the training pictures of a set were drawn since isolate(), in any process."""
    path = Path(os.environ["DRAWN"])
    return path.read_text().split().count(str(pictures.seed_train)) if path.exists() else 0


def write_split(path: Path, split: str, m: int, seed: int = 0, n_classes: int = 6, **changes) -> Path:
    """A tiny file of the course's schema; changes replace arrays, None removes one."""
    rng = np.random.default_rng([seed, m])
    arrays = {
        f"{split}_set_x": rng.integers(0, 256, (m, 64, 64, 3), dtype=np.uint8),
        f"{split}_set_y": np.arange(m) % n_classes,
        "list_classes": np.arange(n_classes),
    } | changes
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for key, array in arrays.items():
            if array is not None:
                file[key] = array
    return path


def write_pair(folder: Path, m_train: int = 12, m_test: int = 6, pictures=signs.PICTURES) -> list[Path]:
    """A tiny train_signs.h5 and test_signs.h5, or those of another set."""
    sizes = zip(pictures.files, ("train", "test"), (m_train, m_test), strict=True)
    return [write_split(folder / name, split, m, n_classes=pictures.n_classes) for name, split, m in sizes]


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


def fingerprint(data: signs.SignsData | smiles.SmilesData) -> str:
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
    drawn = signs.PICTURES
    quick = f"drawn = signs.PICTURES\ndrawn.m_train, drawn.m_test = {drawn.m_train}, {drawn.m_test}"
    whole = f"from data_support import *\n{quick}\ndrawn.draw_set = quick_draw_set\n{code}"
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


__all__ = [
    "fingerprint",
    "load_signs",
    "load_smiles",
    "quick_draw_set",
    "signs",
    "smiles",
]  # what a child needs
