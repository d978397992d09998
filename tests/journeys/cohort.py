"""How a cohort is picked in an application: a count that follows the choice, and the way that it leads to."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.journey import Journey

# Three owners, twelve variables: what the application asks for besides.
TABLES = {
    "pol_crime": ("force_code", "offence_subgroup", "recorded_date", "outcome_type", "knife_flag", "online_flag"),
    "cps_prosecution": ("court_tier", "outcome_code", "days_charge_to_completion"),
    "crt_case": ("case_outcome", "sex", "first_hearing_date"),
}


def ruth_picks_a_cohort(journey: Journey, address: str) -> None:
    """On the way between questions and data; the page looks ahead without a click."""
    page = journey.page
    page.goto(f"{address}cohort")
    journey.look("cohort-of-everybody")
    page.locator("[name=role][value=victim]").check()
    page.locator("[name=role][value=defendant]").check()
    expect(page.locator("#choosing")).to_contain_text("people whose role is Defendant or Victim")
    page.get_by_role("button", name="Work out the count").click()
    expect(page.locator("main")).to_contain_text("It is not saved yet")
    journey.look("cohort-looked-at")
    page.get_by_role("button", name="Save the cohort").click()
    expect(page.locator("main")).to_contain_text("Only people whose role is Defendant or Victim.")
    page.goto(f"{address}data?q=force")
    journey.look("data-searched")


def ruth_looks_ahead(journey: Journey, address: str) -> None:
    """A finer level closes the low-risk route and says so at once; nothing is saved by looking."""
    page = journey.page
    page.goto(f"{address}data/pol_crime")
    page.locator("[name=level-recorded_date]").select_option("day")
    expect(page.locator("#choosing")).to_contain_text("the default or coarser. Date recorded.")
    page.get_by_role("button", name="Work out the risk").click()
    expect(page.locator("main")).to_contain_text("Nothing is saved yet")
    journey.look("choose-with-the-risk")
