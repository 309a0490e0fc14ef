"""The reading site in a real browser, on a desk and on a phone: it reads well, and its console is silent."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from browser_support import console_errors, find_chromium, open_browser, picture, served, wait_for
from site_support import whole_site

from workbook.lessons import all_lessons
from workbook.site.lesson_pages import read_solved

PAGES = {
    "front": "index.html",
    "week": "week2/index.html",
    "lesson": "week2/residual_networks.html",
    "mistakes": "mistakes/residual_networks/identity_block.html",
    "glossary": "glossary.html",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site, served on this machine."""
    find_chromium()
    with served(whole_site(tmp_path_factory)) as address:
        yield address


@pytest.fixture(params=["desk", "phone"], scope="module")
def view(request: pytest.FixtureRequest, address: str) -> Iterator[tuple[str, Any]]:
    width, height = (1400, 1000) if request.param == "desk" else (390, 844)
    with open_browser(width, height, phone=request.param == "phone") as page:
        yield request.param, page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_its_console_is_silent(view: tuple[str, Any], address: str, name: str) -> None:
    kind, page = view
    _read(page, f"{address}/{PAGES[name]}")
    picture(page, f"site-{kind}-{name}")


def test_every_lesson_reads_well_on_a_phone(address: str) -> None:
    with open_browser(390, 844, phone=True) as page:
        for lesson in all_lessons():
            if read_solved(lesson) is not None:
                _read(page, f"{address}/{lesson.week}/{lesson.name}.html")


def _read(page: Any, address: str) -> None:
    """Open a page, wait for its formulas, and look for what a reader would stumble on."""
    page.get(address)
    wait_for(f"the formulas of {address}", lambda: page.execute_script(_TYPESET))
    assert page.execute_script(_TOO_WIDE) == 0, f"{address} is wider than its window"
    assert page.execute_script("return document.querySelectorAll('mjx-merror').length;") == 0
    assert page.execute_script(_LOADED), "a figure did not load"
    assert console_errors(page) == []


def test_an_answer_unfolds(view: tuple[str, Any], address: str) -> None:
    kind, page = view
    page.get(f"{address}/{PAGES['lesson']}#exercise-residual-networks-identity-block")
    fold = page.execute_script("return document.querySelector('details.hide');")
    assert "Show an answer" in fold.text and "Add()" not in fold.text
    page.execute_script("arguments[0].querySelector('summary').click();", fold)
    wait_for("the answer", lambda: "return Activation" in fold.text)
    page.execute_script("arguments[0].scrollIntoView({behavior: 'instant'});", fold)
    picture(page, f"site-{kind}-answer")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("added after the last ReLU", "identity_block: known mistakes"),
        ("bottleneck", "bottleneck"),
        ("残差块", "Glossary"),
    ],
)
def test_search_finds_mistakes_and_terms(view: tuple[str, Any], address: str, query: str, found: str) -> None:
    kind, page = view
    page.get(f"{address}/search.html?q={quote(query)}")
    wait_for("the search", lambda: "found" in page.find_element("id", "search-results").text)
    assert found in page.find_element("id", "search-results").text
    picture(page, f"site-{kind}-search")
    assert console_errors(page) == []


_TYPESET = """
return document.readyState === "complete" &&
  Array.from(document.querySelectorAll(".math")).every(each => each.querySelector("mjx-container"));
"""
_TOO_WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth;"
_LOADED = """
return Array.from(document.images).every(each => each.loading === "lazy" || each.naturalWidth > 0);
"""
