"""The learner's record: what was checked, with which result. SQLite in the user's data folder.

Safe under several kernels at once: each access is short, and waits for its turn at a file lock. SQLite's own
locks are not enough: who finds a new record being made, or its log being put away, may be refused at once.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from workbook.paths import user_data

WAIT = 10  # seconds for those before

_SCHEMA = """
CREATE TABLE IF NOT EXISTS checks (
    lesson TEXT NOT NULL, exercise TEXT NOT NULL, time TEXT NOT NULL,
    passed INTEGER NOT NULL, score INTEGER NOT NULL, points INTEGER NOT NULL, diagnosis TEXT
);
CREATE INDEX IF NOT EXISTS checks_by_exercise ON checks (lesson, exercise);
CREATE TABLE IF NOT EXISTS hints (
    lesson TEXT NOT NULL, exercise TEXT NOT NULL, shown INTEGER NOT NULL,
    PRIMARY KEY (lesson, exercise)
);
"""


@dataclass(frozen=True)
class Best:
    """The best result of an exercise so far, and how often it was checked."""

    score: int
    points: int
    passed: bool
    checks: int


def path() -> Path:
    """The file of the record."""
    return user_data() / "progress.sqlite"


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """One at a time. Raises sqlite3.OperationalError where nobody lets go of the record."""
    from filelock import FileLock, Timeout

    lock = FileLock(path().with_suffix(".lock"), timeout=WAIT)
    try:
        lock.acquire()
    except Timeout:
        raise sqlite3.OperationalError(f"another program has held it for {WAIT} seconds") from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    path().parent.mkdir(parents=True, exist_ok=True)
    with _turn():
        connection = sqlite3.connect(path(), timeout=WAIT)
        try:
            with connection:
                connection.executescript("PRAGMA journal_mode=WAL;" + _SCHEMA)
            with connection:
                yield connection
        finally:
            connection.close()


def record(lesson: str, exercise: str, passed: bool, score: int, points: int, diagnosis: str | None) -> None:
    """Add the result of one check. Raises sqlite3.Error or OSError where it cannot be kept."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with _database() as database:
        database.execute(
            "INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?)",
            (lesson, exercise, now, int(passed), score, points, diagnosis),
        )


def best() -> dict[tuple[str, str], Best]:
    """The best result for each (lesson, exercise) that was ever checked."""
    query = """SELECT lesson, exercise, MAX(score), MAX(points), MAX(passed), COUNT(*)
               FROM checks GROUP BY lesson, exercise"""
    with _database() as database:
        rows = database.execute(query).fetchall()
    return {
        (lesson, exercise): Best(score, points, bool(passed), checks)
        for lesson, exercise, score, points, passed, checks in rows
    }


def same_failures(lesson: str, exercise: str) -> int:
    """How often the last checks of an exercise have failed in the same way, one after the other."""
    query = """SELECT passed, score, diagnosis FROM checks WHERE lesson = ? AND exercise = ?
               ORDER BY rowid DESC LIMIT 20"""
    with _database() as database:
        rows = database.execute(query, (lesson, exercise)).fetchall()
    same = list(takewhile(lambda row: not row[0] and row == rows[0], rows))
    return len(same)


def next_hint(lesson: str, exercise: str, available: int) -> int:
    """Which hint comes next, from 0: one further at each call, and the last one again after that."""
    with _database() as database:
        database.execute(
            """INSERT INTO hints VALUES (?, ?, 1)
               ON CONFLICT (lesson, exercise) DO UPDATE SET shown = MIN(shown + 1, ?)""",
            (lesson, exercise, available),
        )
        row = database.execute(
            "SELECT shown FROM hints WHERE lesson = ? AND exercise = ?", (lesson, exercise)
        ).fetchone()
    return min(row[0], available) - 1
