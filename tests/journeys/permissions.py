"""How a role of the service is given by two people and taken back, and how an auditor looks at a draft."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.journey import Journey


def olu_joins_the_panel_for_a_while(journey: Journey) -> None:
    page = journey.as_("sam")
    page.goto("/permissions")
    journey.look("permission-matrix")
    page.goto("/roles/")
    journey.look("roles")
    page.get_by_role("button", name="Propose a role").click()
    page.locator("[name=person]").fill("olu")
    page.get_by_role("radio", name="Accreditation panel member").check()
    page.locator("[name=because]").fill("The panel is short of one until the summer.")
    journey.look("role-propose")
    page.get_by_role("button", name="Propose it").click()
    role = page.url
    journey.look("role-proposed")

    page = journey.as_("ada")
    page.goto(f"{role}decide")
    page.get_by_role("radio", name="Confirm it").check()
    page.locator("[name=reasons]").fill("The chair asked for it in writing.")
    journey.look("role-decide")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".gh-status")).to_contain_text("in force")
    page.goto(f"{role}end")
    page.locator("[name=reasons]").fill("The chair found somebody else.")
    journey.look("role-end")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".gh-status")).to_contain_text("taken back")


def sam_names_a_stand_in_who_declines(journey: Journey) -> None:
    """Cass is Sam's colleague, and ends it before the auditor has looked at it."""
    page = journey.as_("sam")
    page.goto("/you/stand-ins/")
    journey.look("stand-ins")
    page.get_by_role("button", name="Name a stand-in").click()
    today = timezone.localdate()
    page.get_by_role("radio", name="Research support officer").check()
    page.locator("[name=person]").fill("cass")
    page.locator("[name=because]").fill("On leave for a week.")
    for name, day in (("begins_on", today), ("ends_on", today + timedelta(days=6))):
        for part in ("day", "month", "year"):
            page.locator(f"[name={name}-{part}]").fill(str(getattr(day, part)))
    journey.look("stand-in-name")
    page.get_by_role("button", name="Name them").click()
    role = page.url
    journey.look("stand-in-proposed")

    page = journey.as_("cass")
    page.goto(f"{role}end")
    page.locator("[name=reasons]").fill("Away that week too.")
    journey.look("stand-in-end")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".gh-status")).to_contain_text("withdrawn")


def ada_looks_at_a_draft(journey: Journey, address: str) -> None:
    """The reason comes first; then the page shows what the team has written so far."""
    page = journey.as_("ruth")
    page.goto(address)
    (reference,) = set(re.findall(r"GH-\d{4}-\d{4}", page.locator("main").inner_text()))
    page = journey.as_("ada")
    page.goto("/trail/look")
    journey.look("look-at-draft")
    page.locator("[name=reference]").fill(reference)
    page.locator("[name=reason]").fill("A complaint about this application has to be looked into.")
    page.get_by_role("button", name="Put it on the trail and look").click()
    expect(page.locator("main")).to_contain_text(reference)
    journey.look("look-at-draft-shown")
