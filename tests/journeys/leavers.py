"""How somebody leaves, and how the lead of a project passes: proposed, then accepted."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.journey import Journey


def ruth_hands_a_draft_over(journey: Journey, draft: str) -> None:
    page = journey.as_("ruth")
    page.goto(f"{draft}team")
    page.locator("[name=who]").fill("olu")
    page.get_by_role("radio", name="Researcher").check()
    page.get_by_role("button", name="Add to the team").click()
    page.goto(f"{draft}team")
    page.get_by_role("link", name="Hand the lead over").click()
    page.get_by_role("radio", name="Olu").check()
    journey.look("handover-propose")
    page.get_by_role("button", name="Propose").click()
    expect(page.locator(".gh-status")).to_contain_text("Proposed")
    page = journey.as_("olu")
    journey.open_waiting("Take over the lead")
    journey.look("handover")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("main")).to_contain_text("You lead the project now")


def coral_leaves_and_comes_back(journey: Journey) -> None:
    page = journey.as_("sam")
    page.goto("/people/")
    page.get_by_role("link", name="Coral", exact=True).click()
    page.get_by_role("button", name="Record that they have left").click()
    page.locator("[name=reasons]").fill("Her contract has ended.")
    journey.look("person-leave")
    page.get_by_role("button", name="Close the account").click()
    expect(page.locator("main")).to_contain_text("This person has left")
    page.get_by_role("button", name="Open the account again").click()
    journey.look("person-back")
    page.get_by_role("button", name="Open it again").click()
    expect(page.locator("main")).not_to_contain_text("This person has left")
