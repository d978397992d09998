"""What people were told along the way, on their page and by mail, and what an operator does with lost mail."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, expect

from tests.journeys.journey import Journey
from tests.journeys.stack import Stack

PASSED_ON_SECONDS = 60

# One that is unread for sure: the others may be read already, by her visits.
UNREAD = """
from datetime import timedelta
from django.utils import timezone
from extracts.telling import warning
from governance.notices import services
from governance.people.models import User
ruth, now = User.objects.get(username="ruth"), timezone.now()
last = timezone.localdate() + timedelta(days=25)
ruth.trainings.update(valid_until=last)
warning.warn_all(at=now, site="http://localhost:8000")
assert services.unread(ruth).exists()
"""
# A message to an address that no server takes, given up after its last attempt.
GIVEN_UP = """
from django.utils import timezone
from governance.notices import outbox
from governance.notices.models import Message
message = outbox.post(to="nobody@uni.example", subject="Gatehouse", body="Come in.", key="journey", at=timezone.now())
Message.objects.filter(pk=message.pk).update(state="dead", attempts=12, problem="SMTPRecipientsRefused")
"""


def people_are_told(journey: Journey, stack: Stack) -> None:
    the_workers_pass_on(stack)
    stack.run(UNREAD)
    page = journey.as_("ruth")
    until_told(page, "The output was released")
    expect(page.locator("main")).to_contain_text("Your safe researcher training ends on")
    expect(page.locator(".gh-person")).to_contain_text(re.compile(r"Notices \(\d+"))
    journey.look("notices")
    page.get_by_role("button", name=re.compile(r"^Extract \d+ of GH-")).first.click()
    expect(page.locator("h1")).to_contain_text("Extract")
    page.goto("/notices/preferences")
    page.locator("[name=projects][value=digest]").check()
    journey.look("notices-by-email")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Mark all as read").click()
    page.goto("/notices/?show=unread")
    expect(page.locator("main")).to_contain_text("You have read everything")
    journey.look("notices-read")


def until_told(page: Page, words: str) -> None:
    """Open one's notices again and again until the workers have passed this one on."""
    began = time.monotonic()
    page.goto("/notices/")
    while words not in page.locator("main").inner_text():
        assert time.monotonic() - began < PASSED_ON_SECONDS, f"nobody told of: {words}"
        time.sleep(0.5)
        page.reload()


def the_workers_pass_on(stack: Stack) -> None:
    """Wait for mail about the output, and read that it says nothing of it."""
    began, said = time.monotonic(), ""
    while "Subject: Gatehouse: Output 1 of GH-" not in said:
        assert time.monotonic() - began < PASSED_ON_SECONDS, f"no mail yet:\n{stack.logged('worker')}"
        time.sleep(0.5)
        said = "\n".join(path.read_text() for path in (stack.data / "mail").glob("*.log"))
    assert "something changed." in said and "Where cases end" not in said and "Cass" not in said


def otto_sees_to_the_mail(journey: Journey, stack: Stack) -> None:
    stack.run(GIVEN_UP)
    page = journey.as_("otto")
    page.goto("/operations/")
    expect(page.locator("main")).to_contain_text("@uni.example")
    journey.look("operations")
    page.get_by_role("link", name="Discard").click()
    page.locator("[name=reasons]").fill("No server takes mail for this address.")
    journey.look("message-discard")
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("main")).to_contain_text("is discarded")
