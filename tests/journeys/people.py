"""How somebody becomes a researcher, loses it, and has it back: declaration, request, training, renewal, sanction."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page, expect

from tests.journeys.browser import sign_out
from tests.journeys.journey import Journey


def coral_becomes_a_researcher(journey: Journey) -> None:
    page = journey.as_("coral")
    page.goto("/you/")
    journey.look("standing-of-somebody-new")
    page.goto("/you/declaration")
    journey.look("declaration")
    page.get_by_role("button", name="Sign the declaration").click()
    page.get_by_role("button", name="Ask for accreditation").click()
    page.get_by_role("radio", name="Neither").check()
    page.locator("[name=supervisor]").fill("ruth")
    page.locator("[name=evidence]").fill("I begin a doctorate in criminology this autumn.")
    page.locator("[name=on_the_register]").check()
    journey.look("accreditation-ask")
    page.get_by_role("button", name="Send the request").click()
    request = page.url
    page.goto(f"{request}withdraw")
    journey.look("accreditation-withdraw")

    page = journey.as_("sam")
    page.goto("/people/")
    journey.look("people")
    page.goto(request)
    expect(page.locator("main")).to_contain_text("no safe researcher training that holds is on record")
    journey.look("accreditation-not-yet")
    page.get_by_role("link", name="Coral", exact=True).click()
    person = page.url
    record_training(journey, person)
    page.goto(f"{request}decide")
    page.get_by_role("radio", name="Grant it").check()
    page.locator("[name=reasons]").fill("Supervised by Ruth, training passed.")
    journey.look("accreditation-decide")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".gh-status")).to_contain_text("Granted")
    page.goto(f"{request}revoke")
    journey.look("accreditation-revoke")
    a_breach_stops_her(journey, person)


def record_training(journey: Journey, person: str) -> None:
    page, today = journey.page, date.today()
    page.goto(f"{person}training")
    page.locator("[name=certificate]").fill("SRT-2026-117")
    fill_date(page, "passed_on", today)
    fill_date(page, "valid_until", today.replace(year=today.year + 3, day=1))
    journey.look("person-training")
    page.get_by_role("button", name="Record it").click()


def fill_date(page: Page, field: str, day: date) -> None:
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f"[name={field}-{part}]").fill(str(value))


def a_breach_stops_her(journey: Journey, person: str) -> None:
    """And an appeal gives her access back."""
    page = journey.page
    page.goto(f"{person}sanction")
    page.get_by_role("radio", name="Serious").check()
    page.locator("[name=months]").fill("6")
    page.locator("[name=reasons]").fill("Her account was used by somebody else.")
    journey.look("person-sanction")
    page.get_by_role("button", name="Impose it").click()
    journey.look("person-under-sanction")
    page.get_by_role("link", name="Serious").click()
    sanction = page.url
    journey.look("sanction")
    page = journey.as_("coral")
    page.goto("/you/")
    expect(page.locator("main")).to_contain_text("Your access is suspended since")
    journey.look("standing-under-sanction")
    page = journey.as_("sam")
    page.goto(sanction)
    page.locator("[name=reasons]").fill("The account had been stolen; it was reported at once.")
    page.get_by_role("button", name="Lift the sanction").click()
    page = journey.as_("coral")
    page.goto("/you/")
    expect(page.locator("main")).to_contain_text("Every condition holds")
    journey.look("standing-good")
    sign_out(page)
