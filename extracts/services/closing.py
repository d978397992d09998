"""What the closure of a project asks of its extracts and of all else that is under way, and what it does to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from extracts.lifecycle.extract import DELIVERED, DESTROYED, LAPSED, OPEN, RECALLED, REPLACED, stop_action
from extracts.models import Extract
from extracts.services import jobs
from governance.act import act
from governance.ingress import lifecycle as ingress
from governance.ingress import services as ingresses
from governance.outputs import lifecycle as outputs
from governance.people.grants import worker
from governance.projects.models import Project

ENDED = "The project is closed: nothing more is built for it."
LEFT = frozenset({DELIVERED, REPLACED, RECALLED})  # a folder may lie in the workspace


def look(project: Project) -> Mapping[str, str]:
    """What Gatehouse finds in a project at this moment: key of the checklist -> what is open, or ""."""
    done = [outputs.RELEASED, outputs.WITHDRAWN]
    on_the_way = [ingress.SUBMITTED, ingress.APPROVED, ingress.REMOVING]
    return {
        "outputs": _told(project.output_requests.exclude(state__in=done).count(), "Output requests that are open"),
        "extracts": _told(project.extracts.filter(state__in=OPEN).count(), "Extracts that are being built or held"),
        "ingress": _told(
            project.ingresses.filter(state__in=on_the_way).count(), "Sets of files on their way into the workspace"
        ),
    }


def _told(number: int, what: str) -> str:
    return f"{what}: {number}." if number else ""


def stop_unfinished(project: Project, *, at: datetime) -> None:
    """End whatever is still under way for the project. Safe to repeat."""
    for extract in project.extracts.filter(state__in=OPEN):
        jobs.end(extract, stop_action(LAPSED), reason=ENDED, at=at)
    for coming in project.ingresses.filter(state=ingress.APPROVED):
        ingresses.stop(coming, reason=ENDED, at=at)


def destroy_delivered(project: Project, *, remove: Callable[[str], object], at: datetime) -> None:
    """Remove each delivered folder and say so on its record, one after the other. Safe to repeat.

    remove  takes the folder of this name out of the workspace; called again for one whose removal was not recorded
    """
    for extract in project.extracts.filter(state__in=LEFT).select_related("project").order_by("pk"):
        remove(extract.folder)
        act(extract, "destroy", by=worker(), at=at, note=f"{extract.folder} was removed: the project is closed.")
    for one in project.ingresses.filter(state__in=[ingress.BROUGHT_IN, ingress.REMOVING]).order_by("pk"):
        remove(one.folder)
        ingresses.record_removed(one, at=at)


def delivered_once(project: Project) -> list[Extract]:
    """The extracts that were ever delivered, oldest first."""
    return list(project.extracts.filter(state__in=[*LEFT, DESTROYED]).order_by("pk"))
