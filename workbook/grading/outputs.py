"""What a grading leaves beside its tables: pages, and nbgrader's gradebook."""

from pathlib import Path

from workbook.grading.folder import write_whole
from workbook.grading.pages import feedback_page, page_name, summary_page
from workbook.grading.results import Result
from workbook.lessons import Lesson


def write_all(results: list[Result], lesson: Lesson, out: Path, nbgrader: bool = False) -> list[Path]:
    """Write the learners' pages, the teacher's summary and, if wanted, gradebook.db; the paths written."""
    written = []
    for result in results:
        path = out / "feedback" / page_name(result.submission)
        write_whole(path, feedback_page(result, lesson))
        written.append(path)
    write_whole(out / "summary.html", summary_page(results, lesson))
    written.append(out / "summary.html")
    if nbgrader:
        from workbook.grading.gradebook import write_gradebook

        written.append(write_gradebook(results, lesson, out))
    return written
