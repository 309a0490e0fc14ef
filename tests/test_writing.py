"""A file is there whole or not at all, and with the mode that people expect."""

import os
from pathlib import Path

import pytest

from workbook.writing import atomic_write

posix = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


@posix
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_mode_of_new_files(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        atomic_write(tmp_path / "new", b"whole")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == mode


@posix
@pytest.mark.parametrize("durably", [True, False])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path, durably: bool) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"before")
    path.chmod(0o640)
    atomic_write(path, b"after", durably)
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o640


def test_an_interruption_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "old"
    path.write_bytes(b"before")
    monkeypatch.setattr("workbook.writing.os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        atomic_write(path, b"after")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("old", b"before")]
