"""The reading site: every lesson is there, its terms and mistakes too, and no link leads nowhere."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from site_support import need_builder, whole_site

from workbook.lessons import Lesson, LessonError, all_lessons, find_lesson
from workbook.releasing import BEGIN, END
from workbook.site import glossary, mistakes_pages
from workbook.site.__main__ import main
from workbook.site.building import front_page, week_page, write_source
from workbook.site.figures import alternatives
from workbook.site.lesson_pages import exercise_label, labels, lesson_page, read_solved
from workbook.site.markdown import hours, plain, sentence

SOLVED = [lesson for lesson in all_lessons() if read_solved(lesson) is not None]
FETCHED = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src"}
"""What a page fetches by itself, by tag and attribute: none of it may come from elsewhere."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site; Sphinx fails on any warning of its own."""
    return whole_site(tmp_path_factory)


@pytest.fixture
def toy() -> Lesson:
    return find_lesson("residual_networks")


@pytest.mark.parametrize("lesson", SOLVED, ids=lambda lesson: lesson.name)
def test_the_key_terms_of_a_lesson_are_read(lesson: Lesson) -> None:
    terms = glossary.key_terms(read_solved(lesson))
    assert len(terms) >= 5
    assert len({english.casefold() for english, _ in terms}) == len(terms)
    for english, chinese in terms:
        assert re.search(r"[a-zA-Z]", english) and not re.search(r"[\u4e00-\u9fff]", english)
        assert re.search(r"[\u4e00-\u9fff]", chinese)


def test_a_term_of_several_lessons_stands_in_the_glossary_once() -> None:
    entries = glossary.collect([(lesson, read_solved(lesson)) for lesson in SOLVED])
    names = [entry.english.casefold() for entry in entries]
    assert names == sorted(set(names))
    shared = next(entry for entry in entries if entry.english == "global average pooling")
    assert {lesson.name for lesson in shared.lessons} >= {"convolution_step_by_step", "inception"}
    assert "；" not in glossary.page([entry for entry in entries if entry.english == "dropout"])


@pytest.mark.parametrize("lesson", SOLVED, ids=lambda lesson: lesson.name)
def test_a_lesson_page_folds_its_answers_and_names_its_figures(lesson: Lesson) -> None:
    solved = read_solved(lesson)
    page = lesson_page(lesson, solved)
    assert labels(page) == {exercise_label(lesson, exercise.name) for exercise in lesson.exercises}
    folded = [cell for cell in page.cells if "hide-input" in cell.metadata.get("tags", [])]
    assert len(folded) == sum(BEGIN in cell.source for cell in solved.cells)
    assert not any(mark in cell.source for cell in page.cells for mark in (BEGIN, END))
    assert not any("show_progress" in cell.source for cell in page.cells), "whose progress would it be?"
    figures = [cell for cell in page.cells if _has_figure(cell)]
    assert figures and all(len(cell.metadata.mystnb["image"]["alt"]) > 5 for cell in figures)
    assert len({cell.id for cell in page.cells}) == len(page.cells)


def _has_figure(cell) -> bool:
    return any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


def test_the_words_for_a_figure_are_those_of_the_function_that_drew_it(toy: Lesson) -> None:
    words = alternatives(read_solved(toy), toy.notebook.parent).values()
    assert "Training loss by epoch, plain networks on the left and residual ones on the right." in words
    assert not [each for each in words if "errors:" in each], "what a caller needs is no part of it"


@pytest.mark.parametrize("lesson", SOLVED, ids=lambda lesson: lesson.name)
def test_mistakes_are_told_and_answers_are_not(lesson: Lesson) -> None:
    page = lesson_page(lesson, read_solved(lesson))
    written = [line for line in _answer_lines(lesson) if len(line) > 30]
    assert written
    for exercise in lesson.exercises:
        text = mistakes_pages.exercise_page(lesson, exercise, labels(page))
        for mistake in exercise.mistakes:
            assert plain(mistake.words) in text
        bare = text.replace("\\", "")
        assert not [line for line in written if line in bare]
        assert len(set(mistakes_pages.mistake_labels(lesson, exercise))) == len(
            {mistake.words for mistake in exercise.mistakes}
        )


def _answer_lines(lesson: Lesson) -> list[str]:
    """The lines between the marks of a lesson's answers."""
    text = lesson.source.read_text(encoding="utf-8")
    regions = re.findall(f"{BEGIN}\n(.*?){END}", text, re.DOTALL)
    return [line.strip() for region in regions for line in region.splitlines()]


def test_the_first_page_lists_the_lessons_in_their_order() -> None:
    page = front_page(SOLVED)
    places = [page.index(f"/{lesson.week}/{lesson.name})") for lesson in SOLVED]
    assert places == sorted(places)


def test_a_week_keeps_the_links_to_what_is_there(toy: Lesson) -> None:
    page = week_page(toy.week, [toy])
    assert f"({toy.name}.ipynb)" in page
    assert page.count(".ipynb)") == 1 and "solutions/" not in page


def test_what_is_not_there_any_more_leaves_the_source_tree(toy: Lesson, tmp_path: Path) -> None:
    need_builder()
    write_source([toy], tmp_path)
    (tmp_path / "week9").mkdir()
    (tmp_path / "week9" / "old.md").write_text("# Old\n")
    before = (tmp_path / toy.week / f"{toy.name}.ipynb").stat().st_mtime_ns
    write_source([toy], tmp_path)
    assert not (tmp_path / "week9").exists()
    assert (tmp_path / toy.week / f"{toy.name}.ipynb").stat().st_mtime_ns == before


def test_a_folder_with_other_files_is_left_alone(toy: Lesson, tmp_path: Path) -> None:
    need_builder()
    (tmp_path / "thesis.txt").write_text("three years")
    with pytest.raises(LessonError, match="holds files that are not the site's"):
        write_source([toy], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_lesson_that_is_not_there_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("sys.argv", ["site", "residual_network"])
    assert main() == 1
    assert "Did you mean residual_networks?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [("the sum is taken", "The sum is taken"), ("n_H is squared", "n_H is squared"), ("A^T A", "A^T A")],
)
def test_a_title_begins_with_a_large_letter_unless_with_a_name(words: str, expected: str) -> None:
    assert sentence(words) == expected


def test_minutes_are_told_in_hours() -> None:
    assert [hours(45), hours(120), hours(150)] == ["45 minutes", "2 h", "2 h 30 min"]


class _Page(HTMLParser):
    """The addresses on a page and the places in it that an address can name."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.without_words = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given.get("id"):
            self.ids.add(given["id"])
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag in FETCHED and given.get(FETCHED[tag]):
            self.fetched.append(given[FETCHED[tag]])
        self.without_words += tag == "img" and not given.get("alt")


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    pages = {path: _Page(path) for path in site.rglob("*.html")}
    assert len(pages) > 2 * len(SOLVED)
    broken = [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in page.links + page.fetched
        if not re.match(r"(https?|mailto|data):", link) and not _resolves(link, path, pages)
    ]
    assert broken == []


def _resolves(link: str, path: Path, pages: dict[Path, _Page]) -> bool:
    address, place = urldefrag(link)
    target = (path.parent / unquote(address.split("?")[0])).resolve() if address else path
    if target in pages:
        return not place or unquote(place) in pages[target].ids
    return target.is_file()


def test_nothing_is_fetched_from_elsewhere_and_every_figure_has_words(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = _Page(path)
        assert not [link for link in page.fetched if re.match(r"(https?:)?//", link)], path
        assert page.without_words == 0, path
    styles = "".join(path.read_text(encoding="utf-8") for path in (site / "_static").rglob("*.css"))
    assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", styles)
    assert (site / "_static" / "mathjax" / "tex-chtml.js").is_file()
