"""What a choice of data comes to while it is made: how many people, how identifying, and who decides on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from extracts.figures.cells import Answer
from extracts.figures.risk import Choice, Risk, TableRisk
from extracts.models import Release
from extracts.services import current_release
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.cohort import Cohort, in_words
from governance.people.models import User, local_day
from governance.projects.models import Project
from governance.projects.route import Route, route
from portal import charts, project_page, release_risk

COLOURS = {"low": "green", "medium": "yellow", "high": "red"}
MOST_ADVICE = 8
WHOLE = charts.Axis(0.0, 100.0, 20.0)


@dataclass(frozen=True)
class Line:
    """One chosen variable in the table of the meter."""

    table: str
    label: str
    level: str
    effect: str
    drawn: SafeString
    advice: str


@dataclass(frozen=True)
class Meter:
    """The meter in words. `lines` are the choices that do most first."""

    band: str
    colour: str
    unique: str
    small: str
    drawn: SafeString
    table: str
    lines: tuple[Line, ...]
    advice: tuple[str, ...]
    unmeasured: tuple[str, ...]


@dataclass(frozen=True)
class Choosing:
    cohort: str
    count: Answer | None
    meter: Meter | None
    route: Route
    owners: tuple[str, ...]
    variables: int
    tables: int


def of(project: Project, requested: Mapping[str, Any], cohort: Cohort, catalogue: Catalogue, at: datetime) -> Choosing:
    """What these variables of this cohort come to, saved or not."""
    release = current_release(project.dataset)
    way = route(
        requested,
        catalogue,
        fully_accredited=all_accredited((one.person for one in project_page.team_of(project, local_day(at))), at),
        known_design=project.known_design,
        cohort=cohort,
    )
    return Choosing(
        cohort=in_words(cohort, catalogue.cohort_frame),
        count=release_risk.count_of(release, cohort),
        meter=meter_of(release, requested, cohort, catalogue),
        route=way,
        owners=tuple(catalogue.owner(code).label for code in way.owners),
        variables=sum(len(wish.get("variables", {})) for wish in requested.values()),
        tables=len(requested),
    )


def all_accredited(people: Iterable[User], at: datetime) -> bool:
    """Whether everybody is accredited in full."""
    return all(person.why_not_accredited(at) is None and not person.is_provisional(at) for person in people)


def meter_of(
    release: Release | None, requested: Mapping[str, Any], cohort: Cohort, catalogue: Catalogue
) -> Meter | None:
    """The meter of a choice; None without a release that tells, or without a quasi-identifier."""
    risk = release_risk.risk_in(release, requested, cohort, catalogue)
    if risk is None or risk.worst is None or not any(table.choices for table in risk.tables):
        return None
    pairs = [(table, choice) for table in risk.tables for choice in table.choices]
    pairs.sort(key=lambda pair: -pair[0].effect_of(pair[1]))
    return Meter(
        band=risk.shares.band,
        colour=COLOURS[risk.shares.band],
        unique=percent(risk.shares.unique),
        small=percent(risk.shares.small),
        drawn=charts.bar(WHOLE, 0.0, 100 * risk.shares.unique),
        table=catalogue[risk.worst.table].label,
        lines=tuple(line_of(table, choice, catalogue) for table, choice in pairs),
        advice=tuple(advice_of(risk, catalogue)),
        unmeasured=tuple(catalogue[name].label for name in risk.unmeasured),
    )


def line_of(table: TableRisk, choice: Choice, catalogue: Catalogue) -> Line:
    """Without the variable, the share falls to where its bar begins."""
    effect = table.effect_of(choice)
    before, after = 100 * table.shares.unique, 100 * (table.shares.unique - effect)
    return Line(
        table=catalogue[choice.table].label,
        label=catalogue[choice.table][choice.variable].label,
        level=release_risk.label_of(choice.table, choice.variable, choice.level, catalogue) or "As recorded",
        effect=f"+{points(effect)}" if effect >= 0.005 else "About none",
        drawn=charts.bar(WHOLE, after, before),
        advice=advice_on(table, choice, catalogue) if table.gain_of(choice) >= 0.005 else "",
    )


def advice_of(risk: Risk, catalogue: Catalogue) -> Iterable[str]:
    """What would lower the risk, each a sentence, the greatest gain first."""
    for table, choice in risk.what_helps[:MOST_ADVICE]:
        if table.gain_of(choice) >= 0.005:
            yield f"{catalogue[choice.table].label}: {advice_on(table, choice, catalogue)}"


def advice_on(table: TableRisk, choice: Choice, catalogue: Catalogue) -> str:
    label = catalogue[choice.table][choice.variable].label
    after = percent(max(0.0, table.shares.unique - table.gain_of(choice)))
    if not choice.coarser:
        return f"leaving out {label} gives {after}"
    level = release_risk.label_of(choice.table, choice.variable, choice.coarser, catalogue)
    return f"{label} by {level[:1].lower() + level[1:]} gives {after}"


def percent(share: float) -> str:
    """Whole percents: the estimate is no better than that."""
    if 0 < share < 0.005:
        return "under 1%"
    return f"{100 * share:.0f}%"


def points(share: float) -> str:
    number = round(100 * share)
    return f"{number} point{'' if number == 1 else 's'}"
