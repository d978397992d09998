"""A change of a running project, decided as a delta; and use that ends with a training and comes back with it."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from tests.journeys.deciding import everybody_signs
from tests.journeys.journey import Journey
from tests.journeys.people import fill_date, record_training
from tests.journeys.stack import Stack

LAPSED = """
from datetime import timedelta
from django.utils import timezone
from governance.people.models import User
User.objects.get(username="ruth").trainings.update(valid_until=timezone.localdate() - timedelta(days=1))
"""


def a_variable_is_added(journey: Journey, address: str) -> None:
    """Of an owner who was not asked before: she decides on that variable and sees nothing else to decide."""
    page = journey.as_("ruth")
    page.goto(f"{address}amend")
    page.get_by_role("radio", name="Add variables or tables").check()
    page.locator("[name=reason]").fill("The first results ask what became of those who were sentenced.")
    journey.look("amendment-new")
    page.get_by_role("button", name="Continue").click()
    amendment = page.url
    page.get_by_role("link", name="Probation event").click()
    page.locator("[name=reason]").fill("What follows a sentence.")
    page.locator("[name=reason_for_all]").fill("The kind of order is the outcome.")
    page.locator("[name='pick-event_type']").check()
    journey.look("amendment-choose")
    page.get_by_role("button", name="Save variables").click()
    journey.look("amendment-draft")
    page.get_by_role("button", name="Submit the amendment").click()
    decide(journey, "sam", amendment, "Hand it on", "It belongs to the question.")
    page = journey.as_("hetty")
    journey.open_waiting("Amendment 1")
    page.get_by_role("button", name="Read and decide").click()
    page.get_by_role("radio", name="No", exact=True).check()
    journey.look("amendment-interests")
    page.get_by_role("button", name="Declare").click()
    expect(page.locator("main")).not_to_contain_text("Police recorded crime")
    journey.look("amendment-decide")
    journey.decide("Approve what is added", "One variable at its default level.")
    expect(page.locator(".gh-status")).to_contain_text("Agreed")
    journey.look("amendment-agreed")
    everybody_signs(journey, address, "Agreement 2")
    expect(journey.page.locator("main")).to_contain_text("Probation event")


def decide(journey: Journey, who: str, amendment: str, verdict: str, reasons: str) -> None:
    page = journey.as_(who)
    page.goto(f"{amendment}decide")
    journey.decide(verdict, reasons)


def an_extension_is_thought_better_of(journey: Journey, address: str) -> None:
    page = journey.as_("ruth")
    page.goto(f"{address}amend")
    page.get_by_role("radio", name="Extend the project").check()
    page.locator("[name=reason]").fill("A second article.")
    page.get_by_role("button", name="Continue").click()
    fill_date(page, "ends_on", date(date.today().year + 6, 1, 1))
    journey.look("amendment-edit")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Withdraw the amendment").click()
    page.locator("[name=reasons]").fill("One article is enough.")
    journey.look("amendment-withdraw")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator(".gh-status")).to_contain_text("Withdrawn")


def a_training_lapses_and_is_renewed(journey: Journey, address: str, stack: Stack) -> None:
    stack.run(LAPSED)
    page = journey.as_("ruth")
    page.goto(f"{address}workspace")
    expect(page.locator("main")).to_contain_text("The workspace is closed to you")
    expect(page.locator("main")).to_contain_text("Your safe researcher training ended on")
    expect(page.locator("main")).to_contain_text("ask research support to record it")
    journey.look("workspace-closed")
    page = journey.as_("sam")
    page.goto("/people/?q=ruth")
    page.locator("main").get_by_role("link", name="Ruth", exact=True).first.click()
    record_training(journey, page.url)
    page = journey.as_("ruth")
    page.goto(f"{address}workspace")
    expect(page.locator("main")).to_contain_text("Open to you")
    journey.look("workspace-open-again")
