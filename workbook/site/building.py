"""From lessons to a site: a source tree for Sphinx, then Sphinx itself."""

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from workbook.lessons import Lesson, LessonError
from workbook.paths import repository
from workbook.site import glossary, mistakes_pages
from workbook.site.lesson_pages import labels, lesson_page, read_solved
from workbook.site.markdown import hours, plain

_MATHJAX = "sphinx-mathjax-offline"
_NEEDED = ("sphinx", "myst_nb", "furo", _MATHJAX)
_HERE = Path(__file__).resolve().parent
_LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<target>[^)]+)\)")
_SOLVED_LINE = re.compile(r"\s*Solved, with all outputs: \[solutions/\]\(solutions/\)\.")

Pages = list[tuple[Lesson, NotebookNode]]


def write_source(lessons: Iterable[Lesson], folder: Path) -> int:
    """Write what Sphinx reads into a folder; how many pages it has.

    A lesson without a solved notebook is left out. Files that did not change keep their time, so that
    Sphinx does not read them again. Raises LessonError where nothing is left.
    """
    solved = [(lesson, notebook) for lesson in lessons if (notebook := read_solved(lesson)) is not None]
    if not solved:
        raise LessonError("There is no solved notebook yet: make release writes them.")
    chosen = [lesson for lesson, _ in solved]
    texts = {"index.md": front_page(chosen), "mistakes/index.md": mistakes_pages.index_page(chosen)}
    texts["glossary.md"] = glossary.page(glossary.collect(solved))
    for week in sorted({lesson.week for lesson in chosen}):
        texts[f"{week}/index.md"] = week_page(week, chosen)
    for lesson, notebook in solved:
        page = lesson_page(lesson, notebook)
        texts[f"{lesson.week}/{lesson.name}.ipynb"] = nbformat.writes(page) + "\n"
        texts[f"mistakes/{lesson.name}/index.md"] = mistakes_pages.lesson_index(lesson)
        for exercise in lesson.exercises:
            name = f"mistakes/{lesson.name}/{exercise.name}.md"
            texts[name] = mistakes_pages.exercise_page(lesson, exercise, labels(page))
    files = {name: text.encode() for name, text in texts.items()}
    files["conf.py"] = (_HERE / "sphinx" / "conf.py").read_bytes()
    for name in ("site.css", "kernel.svg"):
        files[f"_static/{name}"] = (_HERE / "sphinx" / name).read_bytes()
    _write_all(files | mathjax(), folder)
    return len(texts)


def mathjax() -> dict[str, bytes]:
    """MathJax and its fonts, out of the package that holds them, so that formulas need no network."""
    _need(_MATHJAX)
    spec = importlib.util.find_spec(_MATHJAX)
    folder = Path(spec.origin).parent / "static" / "mathjax"
    paths = [folder / "tex-chtml.js", *(folder / "output" / "chtml" / "fonts" / "woff-v2").glob("*.woff")]
    return {f"_static/mathjax/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in paths}


def build(source: Path, out: Path) -> int:
    """Run Sphinx; its exit code. A warning, such as a link that leads nowhere, makes it fail.

    A site that Sphinx has built there before is removed first, so that no old page stays. Raises
    LessonError where a package is missing.
    """
    _need(*_NEEDED)
    if (out / ".buildinfo").is_file():
        shutil.rmtree(out)
    doctrees = source.with_name(source.name + "-doctrees")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "auto", "-a"]
    done = subprocess.run([*command, "-b", "html", "-d", str(doctrees), str(source), str(out)], check=False)
    return done.returncode


def _need(*packages: str) -> None:
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        words = ", ".join(missing)
        raise LessonError(f"The site needs {words}: pip install -r workbook/site/requirements.txt")


def front_page(lessons: list[Lesson]) -> str:
    """The first page: what this is, the table of lessons, and the table of contents for the side bar."""
    lines = [
        "# Convolutional networks, by hand and by heart",
        "",
        "The solved lessons of the workbook, to read: every text, figure and result. In the workbook itself "
        "you write the networks, and every answer is checked on the spot. Answers are folded away here: try "
        "first, then look.",
        "",
    ]
    trees = []
    for week in sorted({lesson.week for lesson in lessons}):
        here = [lesson for lesson in lessons if lesson.week == week]
        lines += [f"## {week_title(week)}", "", "| lesson | exercises | points | your time |"]
        lines += ["|:--|--:|--:|--:|"]
        lines += [_row(lesson) for lesson in here] + ["", f"[The week at a glance](/{week}/index)", ""]
        names = [f"At a glance <{week}/index>", *(f"{each.title} <{week}/{each.name}>" for each in here)]
        trees.append(_toctree(week_title(week), names))
    mistakes = sum(len(mistakes_pages.told(exercise)) for lesson in lessons for exercise in lesson.exercises)
    lines += [
        "## To look things up",
        "",
        "- [Glossary](/glossary): the key terms, English and Chinese.",
        f"- [Known mistakes](/mistakes/index): {mistakes:,} of them, by lesson and exercise. "
        'Look there when a check says "Your results are the ones you get when ...".',
        "",
    ]
    trees.append(_toctree("To look things up", ["glossary", "mistakes/index"]))
    return "\n".join(lines + trees)


def _row(lesson: Lesson) -> str:
    link = f"[{plain(lesson.title)}](/{lesson.week}/{lesson.name})"
    time = hours(lesson.header.get("minutes", 0))
    return f"| {link} | {len(lesson.exercises)} | {lesson.points} | {time} |"


def _toctree(caption: str, names: list[str]) -> str:
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *names, "```", ""])


def week_title(week: str) -> str:
    """The first heading of a week's README, or the week's name."""
    path = repository() / week / "README.md"
    found = re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE) if path.is_file() else None
    return found[1] if found else f"Week {week.removeprefix('week')}"


def week_page(week: str, lessons: list[Lesson]) -> str:
    """A week's README as a page: links to lessons stay, links to files that the site lacks become words."""
    path = repository() / week / "README.md"
    if not path.is_file():
        return f"# {week_title(week)}\n"
    there = {f"{lesson.name}.ipynb" for lesson in lessons if lesson.week == week}

    def kept(match: re.Match) -> str:
        target = match["target"]
        return match[0] if target in there or target.startswith("http") else match["words"]

    return _LINK.sub(kept, _SOLVED_LINE.sub("", path.read_text(encoding="utf-8")))


def _write_all(files: dict[str, bytes], folder: Path) -> None:
    """Make a folder hold these files and no others; files that are right already are left alone.

    Raises LessonError for a folder with files of somebody else's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written_before = (folder / "conf.py").is_file() and (folder / "mistakes" / "index.md").is_file()
    if any(folder.iterdir()) and not written_before:
        raise LessonError(f"{folder} holds files that are not the site's: name an empty folder.")
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    marks = {name: files[name] for name in ("conf.py", "mistakes/index.md") if name in files}
    for name, content in (marks | files).items():  # first what says that the folder is the site's
        path = folder / name
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
