"""The learner's record: nothing is lost, and what is wrong with it never breaks a check."""

import multiprocessing
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from toy_support import function, make_tree

from workbook import cli, progress, session
from workbook.checking import check, hint, show_progress
from workbook.progress import Best
from workbook.progress_page import LessonProgress


@pytest.fixture
def double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    monkeypatch.setenv("WORKBOOK_ROOT", str(make_tree(tmp_path / "tree")))
    monkeypatch.setattr(session, "_lesson", None)
    return function("def double(X): return 2 * X", tmp_path)


def test_the_best_result_counts_and_every_check_is_kept() -> None:
    assert progress.best() == {}
    progress.record("toy", "double", False, 2, 6, "it is squared")
    progress.record("toy", "double", True, 6, 6, None)
    progress.record("toy", "double", False, 0, 6, None)
    progress.record("other", "double", False, 1, 5, None)
    assert progress.best() == {
        ("toy", "double"): Best(score=6, points=6, passed=True, checks=3),
        ("other", "double"): Best(score=1, points=5, passed=False, checks=1),
    }


def test_a_check_is_recorded(double: Callable, home: Path) -> None:
    check(double)
    assert progress.best() == {("toy", "double"): Best(6, 6, True, 1)}
    assert (home / "progress.sqlite").is_file()


def test_hints_are_counted_for_each_exercise() -> None:
    assert [progress.next_hint("toy", "double", 2) for _ in range(4)] == [0, 1, 1, 1]
    assert progress.next_hint("other", "double", 2) == 0
    assert [progress.next_hint("toy", "total", 1) for _ in range(2)] == [0, 0]


def _write(start: object, number: int) -> None:
    start.wait()
    for i in range(20):
        progress.record("toy", f"exercise {number % 2}", False, i, 20, None)


def test_eight_kernels_at_once_lose_nothing() -> None:
    """On a record that is not there yet: making it is the moment at which they meet."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(8)
    kernels = [context.Process(target=_write, args=(start, number)) for number in range(8)]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(60)
    assert [kernel.exitcode for kernel in kernels] == [0] * 8
    assert progress.best() == {("toy", f"exercise {i}"): Best(19, 20, False, 80) for i in (0, 1)}


def test_a_record_that_nobody_lets_go_of_is_an_error_of_the_record(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "WAIT", 0.1)
    with FileLock(home / "progress.lock"), pytest.raises(sqlite3.OperationalError, match="has held it"):
        progress.best()
    assert progress.best() == {}


def test_who_fails_three_times_the_same_way_is_told_of_the_hints(double: Callable, home: Path) -> None:
    def double(X):
        return X**2

    reports = [check(double, "toy") for _ in range(3)]
    offers = [report.closing()[-1] for report in reports]
    assert offers[:2] == ["hint(double) has more."] * 2
    assert "the same mistake for the third time. Run hint(double): there are 2" in offers[2]

    def double(X):
        return X + 1

    assert check(double, "toy").closing()[-1] == "hint(double) has more."

    def double(X):
        return X * 5

    offer = [check(double, "toy") for _ in range(3)][-1].closing()[-1]
    assert offer.startswith("This is the third check in a row that ends with 0 of 6 points. Run hint(")


def test_a_blank_answer_is_no_failure(double: Callable, home: Path) -> None:
    def double(X):
        raise NotImplementedError

    for _ in range(4):
        assert check(double, "toy").repeated == 0
    assert progress.best() == {}, "a blank answer counts as one that was tried"

    def double(X):
        return X + 1

    assert check(double, "toy").repeated == 1


def test_the_last_cell_of_a_lesson(double: Callable, home: Path, capsys: pytest.CaptureFixture) -> None:
    check(double)
    capsys.readouterr()
    show_progress("toy")
    said = capsys.readouterr().out
    assert "Toy: 6 of" in said
    assert re.search(r"double +6 of 6 +passed", said)
    assert "not checked yet" in said
    assert "Next: total" in said
    html = LessonProgress("toy")._repr_html_()
    assert ">double</th>" in html and "6 of 6" in html
    show_progress("no such lesson")
    assert "There is no lesson called" in capsys.readouterr().out


def test_the_page_of_all_lessons(double: Callable, home: Path, tmp_path: Path) -> None:
    check(double)
    with pytest.raises(SystemExit) as end:
        cli.main(["progress", "--html", str(tmp_path / "page.html")])
    assert end.value.code == 0
    page = (tmp_path / "page.html").read_text()
    assert "<caption>Week 1</caption>" in page and "6 of" in page and "<script" not in page


# --- what is wrong with it -----------------------------------------------------------------------------


def _of_noise(path: Path) -> None:
    path.write_bytes(b"this is no database" * 100)


def _cut_short(path: Path) -> None:
    for i in range(200):
        progress.record("toy", f"exercise {i}", False, i, 20, "x" * 100)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 - 100])


def _cut_to_its_header(path: Path) -> None:
    progress.record("toy", "double", False, 0, 6, None)
    path.write_bytes(path.read_bytes()[:512])


def _a_folder(path: Path) -> None:
    path.mkdir()


def _of_another_program(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE checks (lesson TEXT, exercise TEXT, colour TEXT)")
    database.close()


@pytest.mark.parametrize(
    "damage", [_of_noise, _cut_short, _cut_to_its_header, _a_folder, _of_another_program]
)
def test_a_damaged_record_costs_a_note_and_not_the_check(
    double: Callable,
    home: Path,
    capfd: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable,
) -> None:
    monkeypatch.setattr("workbook.checking._shown", {})
    damage(home / "progress.sqlite")
    reports = [check(double), check(double)]
    out, err = capfd.readouterr()
    assert err == ""
    assert [report.passed for report in reports] == [True, True]
    assert "This result could not be recorded" in out
    assert "progress.sqlite" in " ".join(out.split())
    assert "workbook doctor" in " ".join((out).split())
    hint(double)
    assert "hint 1 of 2" in capfd.readouterr().out


def _is_a_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.rmdir()
    home.touch()


def _is_read_only(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root no mode of a file stops a write: the database is opened for reading."""
    progress.record("toy", "double", False, 0, 6, None)
    connect = sqlite3.connect
    path = (home / "progress.sqlite").as_uri() + "?mode=ro"
    monkeypatch.setattr(progress.sqlite3, "connect", lambda *_, **k: connect(path, uri=True))


def _is_locked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress.record("toy", "double", False, 0, 6, None)
    connect = sqlite3.connect
    blocker = connect(home / "progress.sqlite")
    blocker.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(progress.sqlite3, "connect", lambda path, timeout: connect(path, timeout=0.1))
    monkeypatch.setattr(progress, "_blocker", blocker, raising=False)


@pytest.mark.parametrize("trouble", [_is_a_file, _is_read_only, _is_locked])
def test_a_record_that_cannot_be_written_costs_a_note_and_not_the_check(
    double: Callable,
    home: Path,
    capfd: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Callable,
) -> None:
    trouble(home, monkeypatch)
    report = check(double)
    out, err = capfd.readouterr()
    assert err == ""
    assert report.passed
    assert "This result could not be recorded" in out


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_costs_a_note(
    double: Callable, home: Path, capfd: pytest.CaptureFixture
) -> None:
    home.chmod(0o500)
    try:
        assert check(double).passed
    finally:
        home.chmod(0o700)
    assert "This result could not be recorded" in capfd.readouterr().out
