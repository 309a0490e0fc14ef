"""Build the reading site: ``python -m workbook.site [LESSON ...] [--source DIR] [--out DIR]``."""

import argparse
import sys
import time
from pathlib import Path

from workbook.lessons import LessonError, all_lessons, find_lesson
from workbook.paths import repository
from workbook.site.building import build, write_source


def main() -> int:
    """Write the source tree, run Sphinx on it, say where the site is; 0 where all went well."""
    parser = argparse.ArgumentParser(
        prog="python -m workbook.site",
        description="Build the reading site from the solved notebooks. Nothing is executed.",
    )
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="only these lessons (default: all)")
    parser.add_argument("--source", type=Path, default=repository() / "build" / "site-source")
    parser.add_argument("--out", type=Path, default=repository() / "build" / "site")
    choice = parser.parse_args()
    began = time.perf_counter()
    try:
        wanted = [find_lesson(name).name for name in choice.lessons]
        lessons = [lesson for lesson in all_lessons() if not wanted or lesson.name in wanted]
        pages = write_source(lessons, choice.source)
        code = build(choice.source, choice.out)
    except LessonError as error:
        print(error, file=sys.stderr)
        return 1
    if code == 0:
        seconds = time.perf_counter() - began
        print(f"{pages} pages in {seconds:.0f} s. Open {choice.out / 'index.html'} in a browser.")
    return code


if __name__ == "__main__":
    sys.exit(main())
