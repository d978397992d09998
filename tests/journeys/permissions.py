"""How a role of the service is given by two people and taken back, and how an auditor looks at a draft."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.journey import Journey
from tests.journeys.stack import Stack


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
    expect(page.locator(".gh-status")).to_contain_text("In force")
    page.goto(f"{role}end")
    page.locator("[name=reasons]").fill("The chair found somebody else.")
    journey.look("role-end")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".gh-status")).to_contain_text("Taken back")


OLD_GRANTS = """
from datetime import timedelta
from django.utils import timezone
from extracts import notice_tasks
from governance.people.models import RoleGrant
from governance.projects.models import ProjectUserObjectPermission
began = timezone.now() - timedelta(days=200)
ProjectUserObjectPermission.objects.filter(content_object__title="{title}").update(granted_at=began)
RoleGrant.objects.filter(person__username="pia").update(begins_on=began.date())
notice_tasks.open_reviews()
"""


def access_is_reviewed(journey: Journey, stack: Stack, title: str) -> None:
    """Half a year later: the lead says who still needs the project, the auditor which roles are needed."""
    stack.run(OLD_GRANTS.replace("{title}", title))
    for who, turn, name in (
        ("ruth", "who of the team still needs", "team-review"),
        ("ada", "which roles somebody still needs", "role-review"),
    ):
        page = journey.as_(who)
        journey.open_waiting(turn)
        journey.look(name)
        for radio in page.get_by_role("radio", name="Still needed").all():
            radio.check()
        page.get_by_role("button", name="Confirm the review").click()
        expect(page.locator(".gh-status")).to_contain_text("Confirmed")


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
    expect(page.locator(".gh-status")).to_contain_text("Withdrawn")


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
