"""What a grading leaves beside its tables: pages, and nbgrader's gradebook."""

import contextlib
from pathlib import Path

from workbook.grading.folder import write_whole
from workbook.grading.pages import MARK, feedback_page, page_name, summary_page
from workbook.grading.results import Result
from workbook.lessons import Lesson


class Unwritten(Exception):
    """Pages that could not be written; the text says which, why, and where the marks are."""


def write_all(results: list[Result], lesson: Lesson, out: Path, nbgrader: bool = False) -> list[Path]:
    """Write the teacher's summary, the learners' pages and, if wanted, gradebook.db; the paths written.

    Pages of learners who have no submission any more are removed. Raises Unwritten where a page cannot be
    written: after all others, and the gradebook, are.
    """
    pages = {out / "summary.html": summary_page(results, lesson)}
    pages |= {out / "feedback" / page_name(each.submission): feedback_page(each, lesson) for each in results}
    written, failed = [], []
    for path, text in pages.items():
        try:
            write_whole(path, text)
            written.append(path)
        except OSError as error:
            failed.append(f"{path}: {error.strerror or error}")
    _remove_old(out / "feedback", {path.name for path in pages})
    if nbgrader:
        from workbook.grading.gradebook import write_gradebook

        written.append(write_gradebook(results, lesson, out))
    if failed:
        more = f", nor could {len(failed) - 1} other pages" if len(failed) > 1 else ""
        raise Unwritten(
            f"This page could not be written: {failed[0]}{more}. The marks are complete, in "
            f"{out / 'grades.csv'}. Mend that and run the same command again."
        )
    return written


def _remove_old(folder: Path, kept: set[str]) -> None:
    """Remove the pages of earlier gradings that are not kept, and no other file."""
    for path in folder.glob("*.html"):
        with contextlib.suppress(OSError):
            if path.name not in kept and not path.is_symlink() and MARK in path.read_bytes():
                path.unlink()
