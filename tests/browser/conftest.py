"""A real browser on a live server. Each page is watched: a script error or a policy violation fails its test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from aiso.accounts.models import User

WIDTHS = {"desk": (1440, 1000), "laptop": (1280, 800), "tablet": (768, 1000), "phone": (360, 780)}
# Each width and each theme once: colours follow the theme and places the width.
LOOKS = [("laptop", "light"), ("phone", "dark")]
# Wide enough for every column that the register shows unless told.
WIDE = {"width": 1600, "height": 1000}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Milliseconds until a page must show what is asked of it: tests/bench measures what is promised, on a machine that
# does nothing else.
PATIENCE = 30_000
# Reports what the content security policy refused, in words that the fixture looks for.
WATCH = """addEventListener("securitypolicyviolation", (event) => console.error(
    `policy refused ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))"""

type Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def chromium_path() -> str | None:
    return os.environ.get("AISO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None and os.environ.get("CI"):
        pytest.fail("No Chromium here, and in CI that is a failure: install it, or name it in AISO_CHROMIUM.")
    if path is None:
        pytest.skip("No Chromium here: install it, or name it in AISO_CHROMIUM.")
    expect.set_options(timeout=PATIENCE)
    # Playwright's own loop runs in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser: Browser, live_server: Any, transactional_db: None) -> Iterator[Visit]:
    """`visit("/register/", as_=person, on="phone", theme="dark")` gives the page, signed in."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(
        path: str, *, as_: User | None = None, on: str = "desk", theme: str = "light", script: bool = True
    ) -> Page:
        width, height = WIDTHS[on]
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if as_:
            context.add_cookies([session_cookie(as_, live_server.url)])
        page = context.new_page()
        page.add_init_script(WATCH)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda told: _note(complaints, page.url, told.text))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _note(complaints: list[str], url: str, text: str) -> None:
    if "policy refused" in text or "Content Security Policy" in text:
        complaints.append(f"{url}: {text}")


def session_cookie(person: User, url: str) -> Any:
    client = Client()
    client.force_login(person)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}


def axe_findings(page: Page) -> list[str]:
    """What axe calls serious or critical on the page, with the places."""
    return [told for told, impact in _violations(page) if impact in {"serious", "critical"}]


def finer_findings(page: Page) -> list[str]:
    """Landmarks of one name, and targets too small or too close: neither is serious to axe, or looked for unasked."""
    return [told for told, _ in _violations(page, runOnly=["landmark-unique", "target-size"])]


def _violations(page: Page, **options: Any) -> list[tuple[str, str]]:
    """What is wrong and how badly. To tell of what is right as well takes axe three times as long."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [(f"{each['id']} at {[node['target'] for node in each['nodes']]}", each["impact"]) for each in found]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    width: int = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
