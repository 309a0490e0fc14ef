"""The list of data sets that the command line and the doctor read from."""

import json
import os
import re
from pathlib import Path

import pytest
from data_support import REPOSITORY, generated, isolate, register, times_drawn, write_pair, write_split

from workbook.data import DataError, catalog, describe_all, files, get, sets, verify
from workbook.data.registry import registry


@pytest.fixture
def root(monkeypatch, tmp_path) -> Path:
    return isolate(monkeypatch, tmp_path)


def states() -> dict[str, str]:
    return {source.source: source.state for source in describe_all()[0].sources}


def test_signs_is_known():
    assert "signs" in sets()


def test_an_unknown_set(root):
    for function in (get, verify):
        with pytest.raises(DataError, match=r"no data set 'sings'.*signs"):
            function("sings")


def test_states_follow_what_is_there(root, monkeypatch):
    assert states() == {"own": "absent", "download": "absent", "generated": "available"}
    assert describe_all()[0].used == "generated"
    register(root, write_pair(root / "served"))
    monkeypatch.setenv("WORKBOOK_MIRROR", "http://school.example/data")
    assert states()["download"] == "available"
    get("signs", quiet=True)
    assert states()["generated"] == "ready"
    write_pair(root / "datasets")
    assert states()["own"] == "ready" and describe_all()[0].used == "own"
    (root / "datasets" / "test_signs.h5").unlink()
    assert states()["own"] == "broken" and describe_all()[0].used == ""
    assert times_drawn() == 1


def test_a_broken_registry_does_not_stop_the_list(root):
    (root / "datasets" / "registry.json").write_text("{")
    assert states()["download"] == "absent"
    assert describe_all()[0].used == "generated"


def test_get_says_which_source_it_used(root, capsys):
    loaded = get("signs")
    assert loaded.source == "generated" and loaded.line + "\n" == capsys.readouterr().out
    assert len(repr(loaded)) < 400


def test_verify_finds_nothing_in_an_empty_workbook(root):
    assert verify() == []


def test_verify_reads_everything(root):
    write_pair(root / "datasets")
    get("signs", "generated", quiet=True)
    found = verify("signs")
    assert [(finding.source, finding.ok) for finding in found] == [("own", True), ("generated", True)]
    assert "12 training and 6 test pictures" in found[0].what


def test_verify_names_each_problem_with_its_remedy(root):
    register(root, write_pair(root / "served"))
    write_pair(root / "datasets")
    (root / "datasets" / "test_signs.h5").write_bytes(b"<html>")
    write_pair(root / "datasets" / "downloads", 6, 6)
    get("signs", "generated", quiet=True)
    path = generated(root)[0]
    path.write_bytes(path.read_bytes()[:-1] + b"?" * 2)
    (path.parent / "signs-v0-old.h5").write_bytes(b"")
    (leftover := path.parent / ".signs-v0-old.h5.x.part").write_bytes(b"")
    os.utime(leftover, (0, 0))
    (path.parent / ".signs-v0-new.h5.y.part").write_bytes(b"")  # somebody may be writing it
    found = verify()
    assert all(finding.remedy for finding in found if not finding.ok)
    sources = [finding.source for finding in found if not finding.ok]
    assert sources[:2] == ["own", "download"]
    notes = [finding.what for finding in found if finding.ok]
    assert any("older generator" in note for note in notes)
    assert [finding.where for finding in found if "harmless" in finding.what] == [files.shown(leftover)]


def test_verify_counts_test_pictures_that_were_trained_on(root):
    write_split(root / "datasets" / "train_signs.h5", "train", 6, seed=1)
    write_split(root / "datasets" / "test_signs.h5", "test", 6, seed=1)
    assert "6 test pictures are also training pictures" in catalog.verify()[1].what


def test_the_shipped_registry_is_sound(monkeypatch):
    monkeypatch.setenv("WORKBOOK_ROOT", str(REPOSITORY))
    known = registry()
    for name in sets()["signs"].own:
        assert known[name].licence and known[name].origin
    raw = json.loads((REPOSITORY / "datasets" / "registry.json").read_text())
    assert set(raw) == {"about", "files"}


def test_the_shipped_registry_matches_the_real_files(monkeypatch):
    folder = REPOSITORY.parent / "shared" / "data"
    if not (folder / "SHA256SUMS").is_file():
        pytest.skip(f"the real data sets are not in {folder}")
    monkeypatch.setenv("WORKBOOK_ROOT", str(REPOSITORY))
    sums = dict(re.findall(r"^(\w{64})  \./(.+)$", (folder / "SHA256SUMS").read_text(), re.M)[::1])
    sums = {name: digest for digest, name in sums.items()}
    for name, entry in registry().items():
        assert (sums[name], (folder / name).stat().st_size) == (entry.sha256, entry.size)
