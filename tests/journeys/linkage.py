"""What the linkage team does on the way: follows a linkage, reviews pairs, and has the next release published."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.browser import sign_out
from tests.journeys.journey import Journey
from tests.journeys.stack import Stack


def lin_follows_the_linkage(journey: Journey, stack: Stack) -> None:
    """The demonstration's first release is being linked and built while the portal is up already."""
    page = journey.as_("lin")
    page.goto("/linkage/1/")
    journey.look("linkage-under-way")
    stack.await_release()
    page.goto("/linkage/1/")
    expect(page.locator(".gh-status")).to_contain_text("Built a release")
    journey.look("linkage-run")
    sign_out(page)


def three_analysts_review_pairs(journey: Journey) -> None:
    """Two decide on a pair without seeing the other's answer; they differ, and a third settles it."""
    page = journey.as_("lin")
    page.goto("/linkage/review/")
    journey.look("review-queue")
    page.get_by_role("button", name="Start reviewing").click()
    pair = page.url
    journey.look("review-pair")
    page.locator("[name=note]").select_option(index=1)
    page.keyboard.press("s")  # the list has let go of the keys
    expect(page.locator("main")).not_to_contain_text(pair.rsplit("/", 1)[1][:8])
    for who, key in (("lou", "d"), ("lara", "s")):
        page = journey.as_(who)
        page.goto(pair)
        expect(page.locator("main")).to_contain_text("Are these two the same person?")
        page.keyboard.press(key)
        page.wait_for_url(lambda url: url != pair)
    journey.look("review-next-pair")
    page.goto("/linkage/")
    journey.look("linkage")


def the_next_release_is_built_and_published(journey: Journey) -> None:
    """From the page, over the same deliveries and one decision more; then a second person publishes it."""
    page = journey.as_("lin")
    page.goto("/linkage/start")
    for box in page.locator("[name=deliveries]").all():
        box.check()
    page.locator("[name=name]").fill("2026.2")
    journey.look("linkage-start")
    page.get_by_role("button", name="Start the linkage").click()
    run = page.url
    page.goto(f"{run}cancel")
    journey.look("linkage-cancel")
    page.goto(run)
    expect(page.locator(".gh-status")).to_contain_text("Built a release", timeout=240_000)
    page.get_by_role("button", name="See the release").click()
    address = page.url
    page = journey.as_("rae")
    page.goto(address)
    journey.look("release-built")
    page.get_by_role("button", name="Publish").first.click()
    journey.look("release-publish")
    page.locator("[name=reasons]").fill("The links are as good as before, and one pair was settled.")
    page.locator("[name=looked]").check()
    page.get_by_role("button", name="Publish it").click()
    expect(page.locator(".gh-status")).to_contain_text("Published")
    journey.look("release-published")
    page.goto("/releases/")
    expect(page.locator("main")).to_contain_text("Superseded")
    journey.look("releases-of-two-versions")
