"""The running portal and a browser, each once for all the journeys."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from portal.starting import chromium
from tests.journeys.browser import FLAGS, HEIGHT, WIDE, is_a_problem
from tests.journeys.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The portal as `make run` starts it, with little data. Stopped, and seen to leave nothing, at the end."""
    with running_stack(tmp_path_factory.mktemp("stack") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.found()
    if path is None:
        pytest.skip(f"No browser test ran: {chromium.why_not()}")
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A fresh, signed-out browser window. The test fails if anything went wrong in its console.

    A breach of the content security policy, a script's exception and a file that did not load all
    come out there.
    """
    context = browser.new_context(base_url=stack.address, viewport={"width": WIDE, "height": HEIGHT})
    window, problems = context.new_page(), []

    def note(message: ConsoleMessage) -> None:
        if is_a_problem(message, window):
            problems.append(f"{window.url}: {message.text}")

    window.on("console", note)
    window.on("pageerror", lambda error: problems.append(f"{window.url}: {error}"))
    yield window
    context.close()
    assert problems == []
