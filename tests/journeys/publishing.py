"""What came of a project: Ruth records her article, and research support hides it for a moment."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.journeys.journey import Journey

PAPER = "Crimes without a case: where reports end"


def ruth_records_a_paper(journey: Journey, address: str) -> None:
    """She mistypes the DOI first, and loses nothing of what she typed."""
    page = journey.as_("ruth")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("No publication has been recorded")
    page.get_by_role("link", name="Record a publication").click()
    journey.look("publication-new")
    today = datetime.now(ZoneInfo("Europe/London")).date()
    page.get_by_role("radio", name="Article").check()
    page.locator("[name=title]").fill(PAPER)
    page.locator("[name=authors]").fill("R. Ruth and C. Coral")
    page.locator("[name=appeared_in]").fill("Journal of Criminal Justice Data")
    for part in ("day", "month", "year"):
        page.locator(f"[name=published_on-{part}]").fill(str(getattr(today, part)))
    page.locator("[name=doi]").fill("10.5555")
    page.get_by_role("checkbox", name="Crimes by offence").check()
    page.get_by_role("button", name="Record the publication").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("A DOI is 10")
    expect(page.locator("[name=title]")).to_have_value(PAPER)
    journey.look("publication-new-with-a-mistake")
    page.locator("[name=doi]").fill("https://doi.org/10.5555/cases.2026.7")
    page.get_by_role("button", name="Record the publication").click()
    expect(page.locator(".gh-status")).to_contain_text("In the register")
    journey.look("publication")
    publication = page.url
    for name in ("correct", "withdraw"):
        page.goto(f"{publication}{name}")
        journey.look(f"publication-{name}")
    page.goto(address)
    expect(page.locator("main")).to_contain_text(PAPER)
    journey.look("project-with-a-publication")
    sam_hides_it_and_shows_it_again(journey, publication)


def sam_hides_it_and_shows_it_again(journey: Journey, publication: str) -> None:
    page = journey.as_("sam")
    page.goto(publication)
    page.get_by_role("link", name="Hide it").click()
    journey.look("publication-hide")
    page.locator("[name=reasons]").fill("It seems to belong to another project.")
    page.get_by_role("button", name="Hide it").click()
    expect(page.locator(".gh-status")).to_contain_text("Hidden by research support")
    journey.look("publication-hidden")
    page.get_by_role("button", name="Show it again").click()
    expect(page.locator(".gh-status")).to_contain_text("In the register")
