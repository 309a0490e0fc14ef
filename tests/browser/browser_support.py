"""A real browser for tests: Chromium without a window, what its console said, and pictures of its pages."""

import functools
import http.server
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"


def find_chromium() -> tuple[str, str]:
    """The programs chromium and chromedriver; skips the test where one is missing."""
    pytest.importorskip(
        "selenium", reason="selenium is not installed: pip install -r workbook/site/requirements.txt"
    )
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip("Chromium and its driver are not installed: apt-get install chromium chromium-driver")
    return browser, driver


@contextmanager
def open_browser(width: int, height: int, phone: bool = False) -> Iterator[Any]:
    """A browser whose window has this size in pixels; as a phone it says that it is one."""
    browser, driver = find_chromium()
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = browser
    arguments = ["--headless=new", "--disable-dev-shm-usage", f"--window-size={width},{height}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's own sandbox does not start for root
    for argument in arguments:
        options.add_argument(argument)
    if phone:
        metrics = {"width": width, "height": height, "pixelRatio": 2.0, "touch": True}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    page = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        page.set_script_timeout(120)
        yield page
    finally:
        page.quit()


def console_errors(page: Any) -> list[str]:
    """The errors in the page's console since the last call. None is known to be harmless so far."""
    return [entry["message"] for entry in page.get_log("browser") if entry["level"] == "SEVERE"]


def picture(page: Any, name: str) -> Path:
    """Keep a picture of what the browser shows: build/screenshots/<name>.png."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.save_screenshot(str(path))
    return path


def wait_for(what: str, ready: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The first true answer of ``ready``; fails with what was waited for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := ready():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder served on a free port of this machine; gives its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: Any) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
