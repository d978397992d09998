"""Around a delivered extract: a newer one, keys, files that come in, incidents, and the end of a project."""

from __future__ import annotations

from collections.abc import Iterable

from playwright.sync_api import expect

from tests.journeys.browser import sign_out
from tests.journeys.journey import Journey
from tests.journeys.stack import Stack

# Files that wait at three steps, and projects that end: a scanner is nothing that the demonstration has.
FILES = """
from governance.projects.models import Project
from tests.builders import _an_agreement, a_closure, an_ingress
project = Project.objects.get(title="{title}")
for state in ("draft", "submitted", "approved"):
    an_ingress(state, project=project)
for state in ("open", "answered", "submitted"):
    a_closure(state, project=_an_agreement().project)
"""
# Incidents at three steps, of which the second suspends the project.
INCIDENTS = """
from governance.incidents import services as incidents
from governance.projects.models import Project
from tests.builders import an_incident, now, person
project = Project.objects.get(title="{title}")
an_incident("reported")
assessed = an_incident("assessed", level=2, regulator="needed")
incidents.link_person(assessed, person("olu"), part="Printed it.", by=person("sam"), at=now())
incidents.link_project(assessed, project, by=person("sam"), at=now())
an_incident("closed")
"""


def the_data_are_looked_after(journey: Journey, project: str, title: str, stack: Stack) -> None:
    stack.run(FILES.replace("{title}", title))
    _look(journey, "ruth", (
        ("/extracts/1/refresh", "extract-refresh"),
        (f"{project}ingress/new", "ingress-new"),
        ("/ingress/1/", "ingress-draft"),
        ("/ingress/1/edit", "ingress-edit"),
        ("/ingress/1/files/add", "ingress-add-file"),
        ("/ingress/1/files/1/", "ingress-file"),
        ("/ingress/1/submit", "ingress-submit"),
        ("/ingress/1/withdraw", "ingress-withdraw"),
    ))  # fmt: skip
    journey.page.goto("/ingress/3/")
    expect(journey.page.locator(".gh-status")).to_contain_text("In the workspace", timeout=60_000)
    _look(journey, "ruth", [("/ingress/3/remove", "ingress-remove")])
    _look(journey, "cass", [("/ingress/", "ingresses"), ("/ingress/2/decide", "ingress-decide")])
    stack.run(INCIDENTS.replace("{title}", title))
    _look(journey, "ruth", (
        ("/incidents/report", "incident-report"),
        (f"{project}incidents/2/", "incident-of-a-project"),
        (f"{project}workspace", "workspace-suspended"),
    ))  # fmt: skip
    expect(journey.page.locator("main")).to_contain_text("The project is suspended")
    _look(journey, "sam", (
        (f"{project}keys", "keys"),
        (f"{project}keys/rotate", "key-rotate"),
        ("/incidents/", "incidents"),
        ("/incidents/2/", "incident"),
        ("/incidents/1/assess", "incident-assess"),
        ("/incidents/2/follow-up", "incident-follow-up"),
        ("/incidents/2/projects/add", "incident-add-project"),
        ("/incidents/2/people/add", "incident-add-person"),
        ("/incidents/2/regulator", "incident-regulator"),
        ("/incidents/2/contain", "incident-contain"),
        ("/incidents/3/reopen", "incident-reopen"),
    ))  # fmt: skip
    _a_project_ends(journey, project)
    sign_out(journey.page)
    journey.page.goto("/catalogue/cjs_linked/pol_victim/sex")
    journey.look("catalogue-variable")


def _a_project_ends(journey: Journey, project: str) -> None:
    """Of three projects that end, research support confirms one, and the worker destroys its workspace and keys."""
    _look(journey, "ruth", (
        (f"{project}close", "closure-start"),
        ("/closures/1/", "closure-open"),
        ("/closures/2/submit", "closure-submit"),
    ))  # fmt: skip
    journey.page.goto("/closures/1/")
    journey.page.locator("a[href*='/answer/']").first.click()
    journey.look("closure-answer")
    page = journey.as_("sam")
    page.goto("/closures/1/")
    page.locator("a[href*='/excuse/']").first.click()
    journey.look("closure-excuse")
    _look(journey, "sam", (
        ("/closures/3/return", "closure-return"),
        ("/closures/3/withdraw", "closure-withdraw"),
        ("/closures/3/confirm", "closure-confirm"),
    ))  # fmt: skip
    page.get_by_role("checkbox").check()
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".gh-status").first).to_contain_text("destroyed", timeout=60_000)
    journey.look("closure-destroyed")


def _look(journey: Journey, who: str, pages: Iterable[tuple[str, str]]) -> None:
    page = journey.as_(who)
    for address, name in pages:
        page.goto(address)
        journey.look(name)
