"""What the browser tests do with a page: sign in, look at it wide and narrow, ask axe about it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import ConsoleMessage, Page

from portal import demo

SCREENSHOTS = Path(__file__).resolve().parents[2] / "test-results" / "screenshots"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE, NARROW, HEIGHT = 1440, 360, 900


def sign_in(page: Page, username: str) -> None:
    """Sign in as one of the demo people, through the forms, with the code that the page shows.

    A code opens once: who signs in twice within half a minute waits for the next one, as people do.
    """
    give_password(page, username, demo.PASSWORD)
    for _ in range(3):
        code = page.locator("[data-demo-code]").inner_text()
        page.fill("[name=code]", code)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()
        if "/sign-in" not in page.url:
            return
        while page.locator("[data-demo-code]").inner_text() == code:
            page.wait_for_timeout(1000)
            page.goto("/sign-in/code")
    raise AssertionError(f"{username} did not get in: {page.locator('main').inner_text()}")


def give_password(page: Page, username: str, password: str, at: str = "") -> None:
    """The first step of signing in: it leads to where the code is asked. `at` is another address of the portal."""
    page.goto(f"{at}/sign-in")
    page.fill("[name=login]", username)
    page.fill("[name=password]", password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/sign-in/code")


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def shot(page: Page, name: str, accessible_when: Collection[str] = ()) -> None:
    """Keep the whole page as a picture, narrow and wide; it must fit the narrow one without scrolling sideways.

    accessible_when  where axe-core looks at it too
    """
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for kind, width in (("narrow", NARROW), ("wide", WIDE)):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.screenshot(path=SCREENSHOTS / f"{name}-{kind}.png", full_page=True)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, f"{page.url} is {beyond} pixels too broad for a {kind} screen"
        if kind in accessible_when:
            accessible(page)


def accessible(page: Page) -> None:
    """Nothing on the page breaks a rule of axe-core, which a page is given once. It answers what is broken alone."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    broken = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => ({violations: found.violations}))")
    results = AxeResults(broken)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


def is_a_problem(message: ConsoleMessage, page: Page) -> bool:
    """Whether a console message means a fault. Chromium also reports a page's own 403, 404 or 422 there.

    A refused page is often what a test asks for, and such a report is of the page's own address;
    a broken script, style sheet or content security policy is not.
    """
    if message.type != "error":
        return False
    own = message.location.get("url", "").split("#")[0] == page.url.split("#")[0]
    return not (own and message.text.startswith("Failed to load resource"))
