"""Grading a class: a folder of notebooks in, results out. Each notebook runs in a sandbox of its own."""

from workbook.grading.batch import Grader, close_all, grade_batch
from workbook.grading.bounds import Bounds
from workbook.grading.folder import grade_folder, write_grades
from workbook.grading.results import GRADED, NOT_GRADED, STOPPED, UNREADABLE, Result
from workbook.grading.sandbox import NoSandbox

__all__ = [
    "GRADED",
    "NOT_GRADED",
    "STOPPED",
    "UNREADABLE",
    "Bounds",
    "Grader",
    "NoSandbox",
    "Result",
    "close_all",
    "grade_batch",
    "grade_folder",
    "write_grades",
]
