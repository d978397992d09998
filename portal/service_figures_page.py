"""The public figures in words: rows for the page and for the files, the same text in both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from governance.audit import trail
from governance.catalogue.catalogue import available, find
from governance.incidents.breach_levels import breach_levels
from governance.people.models import local_day
from governance.people.models.standing import Level
from governance.projects.clocks import STAGES, Side
from governance.safe_figures import FEW, Shown, Spread
from governance.service_figures import Figures, Times, service_figures
from governance.targets import days_for

COLUMNS = ("figure", "of", "target_working_days", "measure", "last_12_months", "all_time")
MEDIAN, CENTILE, COUNT = "median working days", "90th centile of working days", "count"
NOTHING = Times(Spread(FEW, FEW), Spread(FEW, FEW))
STAGES_SHOWN = ("triage", "ethics", "owners", "panel")
APPLICATIONS = {
    "submitted": "Submitted",
    "approved": "Approved, and on the register",
    "refused": "Refused",
    "withdrawn": "Withdrawn after submission",
    "returned": "Returned for changes",
}
AFTERWARDS = {
    "submitted amendments": "Amendments submitted",
    "agreed amendments": "Amendments agreed",
    "refused amendments": "Amendments refused",
    "revocations": "Projects revoked",
    "accreditations": "Accreditations granted",
}
SANCTIONS = {f"sanctions:{level.value}": f"Level {level.value}. {level.label}" for level in Level}


INCIDENTS = {
    f"incidents:{one.level}": f"Level {one.level}. {one.label}"
    for one in breach_levels().values()
    if one.is_counted_in_public
}


@dataclass(frozen=True)
class TimeRow:
    name: str
    target: int | None
    times: Times


@dataclass(frozen=True)
class CountRow:
    name: str
    shown: Shown


@dataclass(frozen=True)
class Page:
    """The tables of the page."""

    stages: list[TimeRow]
    owners: list[TimeRow]
    whole: list[TimeRow]
    applications: list[CountRow]
    afterwards: list[CountRow]
    sanctions: list[CountRow]
    incidents: list[CountRow]


def page_at(at: datetime) -> Page:
    """The figures as they stand. They are worked out again as soon as the trail has grown, or a day has passed."""
    key = f"service-figures-{trail.head().digest}-{local_day(at)}"
    figures: Figures | None = cache.get(key)
    if figures is None:
        figures = service_figures(at=at)
        cache.set(key, figures)
    return _page(figures)


def _page(figures: Figures) -> Page:
    def row(name: str, kind: str, target: int | None = None) -> TimeRow:
        return TimeRow(name, target, figures.times.get(kind, NOTHING))

    stages = [row(STAGES[stage], stage, days_for("Project", stage)) for stage in STAGES_SHOWN]
    return Page(
        stages=[
            *stages,
            row("Signing for the service", "agreement", days_for("Agreement", "signed")),
            row("Provision of the first extract", "provision", days_for("Extract", "requested")),
        ],
        owners=[row(label, f"owner:{code}", days_for("Project", "owners")) for code, label in _owners().items()],
        whole=[row("With the service", Side.SERVICE), row("With the applicants", Side.APPLICANTS)],
        applications=_counts(figures, APPLICATIONS),
        afterwards=_counts(figures, AFTERWARDS),
        sanctions=_counts(figures, SANCTIONS),
        incidents=_counts(figures, INCIDENTS),
    )


def _counts(figures: Figures, named: dict[str, str]) -> list[CountRow]:
    return [CountRow(label, figures.counts[kind]) for kind, label in named.items()]


def _owners() -> dict[str, str]:
    """The owners of all datasets that the service describes, whether they have decided anything yet or not."""
    folders = settings.GATEHOUSE_CATALOGUES
    return {owner.code: owner.label for dataset in available(folders) for owner in find(dataset.code, folders).owners}


def rows_of(page: Page) -> Iterator[tuple[str, ...]]:
    """Everything that the page shows, in the order of COLUMNS."""
    for figure, lines in (("stage", page.stages), ("data owner", page.owners), ("submission to decision", page.whole)):
        for line in lines:
            target, year, ever = str(line.target or ""), line.times.year, line.times.ever
            yield figure, line.name, target, MEDIAN, year.median, ever.median
            yield figure, line.name, target, CENTILE, year.centile, ever.centile
    for figure, counts in (("applications", page.applications), ("afterwards", page.afterwards),
                           ("sanctions", page.sanctions), ("incidents", page.incidents)):  # fmt: skip
        for one in counts:
            yield figure, one.name, "", COUNT, one.shown.year, one.shown.ever
