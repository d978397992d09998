"""A journey through the portal: one browser window, handed from person to person, that looks at every page."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.journeys.browser import shot, sign_in, sign_out

STAYS = 200.0  # seconds, well within those after which a person is asked again who they are


class Journey:
    """A browser window that passes from hand to hand, and counts its pictures."""

    def __init__(self, page: Page) -> None:
        self.page, self.pictures = page, 0
        self.seen: set[str] = set()
        self.kept: dict[str, tuple[float, Any]] = {}

    def as_(self, who: str) -> Page:
        """The window as this person has it: where they signed in a few minutes ago, they still are."""
        sign_out(self.page)
        at, cookies = self.kept.get(who, (0.0, None))
        if time.monotonic() - at < STAYS and cookies:
            self.page.context.add_cookies(cookies)
            self.page.goto("/")
        else:
            sign_in(self.page, who)
            self.kept[who] = time.monotonic(), self.page.context.cookies()
        return self.page

    def look(self, name: str) -> None:
        """Keep the page as a picture, wide and narrow, and put it to axe-core: narrow, and wide the first time."""
        self.pictures += 1
        kinds = ("narrow",) if name_of(self.page) in self.seen else ("narrow", "wide")
        self.seen.add(name_of(self.page))
        shot(self.page, f"{self.pictures:02d}-{name}", accessible_when=kinds)

    def open_waiting(self, words: str) -> None:
        """From the list of what waits for this person, open the record."""
        self.page.goto("/")
        self.page.locator(".govuk-task-list__item", has_text=words).get_by_role("link").first.click()

    def decide(self, verdict: str, reasons: str) -> None:
        self.page.get_by_role("radio", name=verdict).first.check()
        self.page.locator("textarea[name=reasons]").fill(reasons)
        self.page.locator("main form button[type=submit]").last.click()


def name_of(page: Page) -> str:
    """The name in `portal/urls.py` of the page that is shown."""
    try:
        return resolve(urlsplit(page.url).path).url_name or ""
    except Resolver404:
        return "not found"
