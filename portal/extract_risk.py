"""The risk report of an extract as its page shows it: sentences first, figures with bars, what would help.

For the project's team, research support and the owners of its tables, and nobody else. The web is no safe setting:
counts under ten are told as such, and the others to the nearest ten, although the team gets the rows themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.utils.safestring import SafeString

from extracts.models import Extract, RiskAssessment
from extracts.risk import Remedy, RiskReport, Step, TableReport
from extracts.risk.report import BANDS
from governance.catalogue.catalogue import Catalogue, UnknownName
from governance.people.grants import owner_code
from governance.people.models import User
from governance.people.roles import TEAM_ROLES, Role
from portal.charts import Axis, bar
from portal.records import reads_names
from portal.release_risk import label_of

LEAST = 10
WHOLE = Axis(0.0, 1.0, 0.25)


@dataclass(frozen=True)
class Line:
    """One figure with its bar. `drawn` is empty for what is under ten."""

    label: str
    text: str
    drawn: SafeString | str = ""


@dataclass(frozen=True)
class Learnt:
    """What is learnt of one sensitive variable."""

    label: str
    one_value: str
    least: str
    distances: str


@dataclass(frozen=True)
class TablePart:
    """One table. `above` says that it is above the ceiling."""

    name: str
    label: str
    above: bool
    sentences: tuple[str, ...]
    quasi: tuple[str, ...]
    bands: tuple[Line, ...]
    parts: tuple[Line, ...]
    learnt: tuple[Learnt, ...]
    remedies: tuple[str, ...]


@dataclass(frozen=True)
class RiskPage:
    """The whole section. `officer` is who decided, by name or, to the team, by role."""

    assessment: RiskAssessment
    officer: str
    sentences: tuple[str, ...]
    tables: tuple[TablePart, ...]


def may_read(extract: Extract, person: User, roles: Collection[Role], catalogue: Catalogue) -> bool:
    """Whether a person with these roles on the extract's project reads the report."""
    if set(roles) & (TEAM_ROLES | {Role.SUPPORT}):
        return True
    owners = {catalogue[table["name"]].owner for table in extract.specification["tables"] if table["name"] in catalogue}
    return Role.OWNER in roles and owner_code(person) in owners


def page_of(extract: Extract, person: User, roles: Collection[Role], catalogue: Catalogue) -> RiskPage | None:
    """The report of an extract; None where there is none yet, or where it is not this person's to read."""
    if not may_read(extract, person, roles, catalogue):
        return None
    assessment = RiskAssessment.objects.select_related("decided_by").filter(extract=extract).first()
    if assessment is None:
        return None
    report, remedies = assessment.report, assessment.remedies
    tables = tuple(_part(table, report, remedies, catalogue) for table in report.tables)
    officer = str(assessment.decided_by) if reads_names(roles) else "A research support officer"
    return RiskPage(assessment, officer if assessment.decided_by_id else "", tuple(_in_short(report)), tables)


def _in_short(report: RiskReport) -> Iterator[str]:
    worst = max((t for t in report.tables if t.quasi), key=lambda t: (t.unique_share, t.under_share), default=None)
    if worst is None:
        yield "No table holds a variable by which somebody could be found."
        return
    yield (
        f"{_of_100(worst.unique_share)} of {worst.table} stand alone: no other row has the same values of what an "
        f"intruder could know. {_of_100(worst.under_share)} share them with fewer than {report.threshold - 1} others."
    )
    if report.ceiling is None:
        yield "This dataset has no ceiling: the report is for your information."
        return
    limits = (
        f"The dataset allows {_of_100(report.ceiling.unique).lower()} to stand alone, and "
        f"{_of_100(report.ceiling.under).lower()} to be among fewer than {report.threshold}."
    )
    above = ", ".join(table.table for table in report.above)
    yield f"{limits} {f'Above it: {above}.' if above else 'Every table is within that.'}"


def _part(table: TableReport, report: RiskReport, remedies: list[Remedy], catalogue: Catalogue) -> TablePart:
    return TablePart(
        table.table,
        catalogue[table.table].label,
        table.is_above(report.ceiling),
        tuple(_sentences(table, report, catalogue)),
        tuple(_named(table.table, name, level, catalogue) for name, level in table.quasi),
        tuple(_bands(table)),
        tuple(_parts(table, catalogue)),
        tuple(_learnt(table, catalogue)),
        tuple(_in_words(way, catalogue) for way in remedies if way.table == table.table),
    )


def _sentences(table: TableReport, report: RiskReport, catalogue: Catalogue) -> Iterator[str]:
    if not table.rows:
        yield "It has no rows."
        return
    if not table.quasi:
        yield f"Nobody can be found by what it holds: all {about(table.rows)} rows are alike to an intruder."
        return
    yield (
        f"{_of_100(table.unique_share)} stand alone, {_of_100(table.under_share).lower()} are in classes of fewer "
        f"than {report.threshold}. The smallest class has {about(table.smallest)} rows."
    )
    one, two, three = table.special.rows
    if one or two or three:
        yield (
            f"Three variables or fewer are enough to single out a row: one for {about(one)} rows, two for "
            f"{about(two)}, three for {about(three)}."
        )
    if table.special.passed:
        yield f"{table.special.passed:,} sets of three variables were too large to be looked at: there may be more."
    if table.together and table.together.cases:
        yield (
            f"Of {about(table.together.cases)} cases with several people, {about(table.together.alone)} are the only "
            "one with their combination of people."
        )
    for rare in table.rare:
        names = ", ".join(catalogue[table.table][name].label for name in rare.variables)
        yield f"{about(rare.rows)} rows share these with fewer than {report.threshold - 1} others: {names}."


def _bands(table: TableReport) -> Iterator[Line]:
    spans = [(low, high - 1) for low, high in pairwise(BANDS)][1:]
    labels = ["Alone", *(f"{low} to {end}" if end > low else str(low) for low, end in spans), f"{BANDS[-1]} and more"]
    for label, rows in zip(labels, table.bands, strict=True):
        yield _line(label, rows, table.rows)


def _parts(table: TableReport, catalogue: Catalogue) -> Iterator[Line]:
    """How much each variable takes part in the special uniques, most first."""
    parts = sorted(table.special.parts, key=lambda part: -part[1])
    whole = sum(table.special.rows)
    if whole >= LEAST:
        for name, number in parts:
            share = table.special.share_of(name)
            drawn = bar(WHOLE, 0.0, share) if number >= LEAST else ""
            yield Line(catalogue[table.table][name].label, _percent(share) if drawn else "Under 10 sets", drawn)


def _learnt(table: TableReport, catalogue: Catalogue) -> Iterator[Learnt]:
    for one in table.diversity:
        yield Learnt(
            catalogue[table.table][one.variable].label,
            _rows(one.one_value, table.rows),
            about(one.least),
            f"{one.distance_max:.2f}; {one.distance_95:.2f}",
        )


def _line(label: str, rows: int, whole: int) -> Line:
    drawn = bar(WHOLE, 0.0, rows / whole) if rows >= LEAST else ""
    return Line(label, _rows(rows, whole), drawn)


def _rows(rows: int, whole: int) -> str:
    return f"{about(rows)} ({_percent(rows / whole)})" if rows >= LEAST else about(rows)


def about(number: int) -> str:
    """A count as pages show it: nothing exact, and nothing of fewer than ten but that there is none."""
    if number == 0:
        return "0"
    return "under 10" if number < LEAST else f"{round(number, -1):,}"


def _percent(share: float) -> str:
    return "under 1%" if 0 < share < 0.005 else f"{100 * share:.0f}%"


def _of_100(share: float) -> str:
    """ "3 of 100 rows" """
    if 0 < share < 0.005:
        return "Fewer than 1 of 100 rows"
    return f"{round(100 * share)} of 100 rows" if share else "No rows"


def _in_words(way: Remedy, catalogue: Catalogue) -> str:
    steps = "; ".join(_step(way.table, step, catalogue) for step in way.steps)
    then = f"then {_of_100(way.unique_share).lower()} stand alone and {_of_100(way.under_share).lower()} are among few"
    enough = "" if way.enough else ", which is still above what the dataset allows"
    return f"{steps[:1].upper()}{steps[1:]}: {then}{enough}."


def _step(table: str, step: Step, catalogue: Catalogue) -> str:
    label = catalogue[table][step.variable].label
    return f"{label} by {label_of(table, step.variable, step.level, catalogue)}" if step.level else f"leave out {label}"


def _named(table: str, name: str, level: str, catalogue: Catalogue) -> str:
    try:
        label = catalogue[table][name].label
    except UnknownName:
        return name
    return f"{label} ({label_of(table, name, level, catalogue)})" if level else label
