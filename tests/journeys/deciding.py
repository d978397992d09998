"""The boards' part of the journey: interests first, votes, a reduced project, signatures, the workspace."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.journey import Journey

WITHHELD = "give-crt_case.first_hearing_date"


def the_boards_decide(journey: Journey, address: str, title: str) -> None:
    """Triage, ethics, owners by quorum; one variable is refused, and the reduced project goes to the panel.

    Research support returns it first, with what is to change.
    """
    returned_and_handed_in_again(journey, address, title)
    for who, verdict, reasons, now in (
        ("sam", "Accept", "Complete, feasible, and the question is new.", "In ethical review"),
        ("esme", "Pass it", "The people in the data are well protected.", "With the data owners"),
        ("connie", "Approve", "Outcomes alone, and no date.", "With the data owners"),
        ("petra", "Approve", "It fits our purposes at this level of detail.", "With the data owners"),
        ("percy", "Approve", "I agree.", "With the data owners"),
        ("hugo", "Approve", "Court data by outcome, without hearing dates.", "Reduced project offered"),
    ):
        vote(journey, address, title, who, verdict, reasons, now)
    page = journey.as_("ruth")
    journey.open_waiting(title)
    expect(page.locator("main")).to_contain_text("Left out:")
    expect(page.locator("main")).not_to_contain_text("Hugo")
    journey.look("reduced-project")
    page.get_by_role("button", name="Take the reduced project").click()
    for who, verdict, reasons, now in (
        ("pia", "Approve", "Clear public benefit, privacy well kept.", "With the panel"),
        ("piers", "Approve", "Worth doing without the hearing dates too.", "Approved"),
    ):
        vote(journey, address, title, who, verdict, reasons, now)


def returned_and_handed_in_again(journey: Journey, address: str, title: str) -> None:
    page = journey.as_("sam")
    journey.open_waiting(title)
    page.goto(f"{address}decide")
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_role("button", name="Declare").click()
    page.locator("summary", has_text="If you return it").click()
    page.locator("[name=question-0]").select_option("lay_summary")
    page.locator("[name=change-0]").fill("Say from which year on.")
    journey.decide("Return it for changes", "Nearly complete.")
    page = journey.as_("ruth")
    journey.open_waiting(title)
    expect(page.locator("main")).to_contain_text("Say from which year on.")
    journey.look("project-returned")
    page.goto(f"{address}sections/project")
    page.locator("[name=lay_summary]").fill("We follow crimes recorded from 2023 on to court and ask where they end.")
    page.get_by_role("button", name="Save and go on").click()
    page.goto(f"{address}submit")
    page.locator("[name=declared]").check()
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".gh-status")).to_contain_text("In triage")


def vote(journey: Journey, address: str, title: str, who: str, verdict: str, reasons: str, now: str) -> None:
    page = journey.as_(who)
    journey.look(f"home-of-{who}")
    journey.open_waiting(title)
    journey.look(f"project-for-{who}")
    page.goto(f"{address}decide")
    if page.url.endswith("/interests"):
        page.get_by_role("radio", name="No", exact=True).check()
        journey.look(f"interests-of-{who}")
        page.get_by_role("button", name="Declare").click()
    if who == "hugo":
        page.locator(f"[name='{WITHHELD}']").select_option("leave-out")
    journey.look(f"decide-as-{who}")
    journey.decide(verdict, reasons)
    page.goto(address)
    expect(page.locator(".gh-status")).to_contain_text(now)


def every_side_signs(journey: Journey, address: str) -> None:
    """And then the workspace is open."""
    everybody_signs(journey, address, "Agreement 1")
    journey.look("agreement-in-force")
    page = journey.as_("ruth")
    page.goto(f"{address}workspace")
    expect(page.locator("main")).to_contain_text("Open to you")
    journey.look("workspace-open")


def everybody_signs(journey: Journey, address: str, agreement: str) -> None:
    """Two members and the institution, then the service."""
    for who in ("ruth", "coral", "sian", "sam"):
        page = journey.as_(who)
        page.goto(address)
        page.get_by_role("link", name=agreement).first.click()
        journey.look(f"{agreement.lower().replace(' ', '-')}-for-{who}")
        page.locator("[name=read]").check()
        page.get_by_role("button", name="Sign the agreement").click()
    expect(page.locator(".gh-status")).to_contain_text("In force")
