"""Which way an application goes: the owners who decide, and whether the delegated low-risk route is open to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from governance.catalogue.catalogue import Catalogue, Sensitivity, UnknownName, Variable
from governance.catalogue.cohort import EVERYTHING, Cohort
from governance.projects.boards import owners_of, tables_used

SENSITIVE = frozenset({Sensitivity.SC, Sensitivity.SV})
FORCE = "force"  # the level of a ladder of places that is a police force area
NOTHING = "No variable is chosen yet."
MOST_NAMED = 3


@dataclass(frozen=True)
class Test:
    """One condition of the low-risk route; `why` says what it fails on, and is "" when it is passed."""

    name: str
    passed: bool
    why: str = ""


@dataclass(frozen=True)
class Route:
    """`owners` are codes of the data owners who decide, in the catalogue's order."""

    owners: tuple[str, ...]
    tests: tuple[Test, ...]

    @property
    def low_risk(self) -> bool:
        """Whether a delegated decision is possible in the place of the panel's: every test is passed."""
        return all(test.passed for test in self.tests)

    @property
    def failed(self) -> tuple[Test, ...]:
        return tuple(test for test in self.tests if not test.passed)


@dataclass(frozen=True)
class Wanted:
    """A variable that is asked for; None for a name that the catalogue does not hold."""

    name: str
    variable: Variable | None
    level: str


def route(
    requested: Mapping[str, Any],
    catalogue: Catalogue,
    *,
    fully_accredited: bool,
    known_design: bool,
    cohort: Cohort = EVERYTHING,
) -> Route:
    """The way of an application that asks for `requested` (table -> {"variables": {name: {"level"}}}).

    cohort            what its rows are chosen by is data that it uses, too
    fully_accredited  everybody on the team is accredited in full
    known_design      the application follows a design that was approved before

    A table, variable or level that the catalogue does not hold passes no test of the data: what nobody
    knows is not low risk.
    """
    wanted = tuple(_wanted(requested, catalogue))
    if wanted:
        wanted += tuple(_chosen_by(cohort, catalogue))
    tests = (
        _of_data("No special category or context-sensitive variable", wanted, is_sensitive),
        _of_data("Every level of detail is the default or coarser", wanted, lambda one: is_finer(one, catalogue)),
        _of_data("No place below a police force area", wanted, lambda one: is_small_area(one, catalogue)),
        _plain("A known design", known_design, "Research support finds in triage whether it is one."),
        _plain("Everybody on the team is fully accredited", fully_accredited, "Somebody on the team is not."),
    )
    used = tables_used([name for name in requested if name in catalogue], cohort, catalogue)
    return Route(owners_of(used, catalogue), tests)


def is_sensitive(one: Wanted) -> bool:
    """Whether it is of a special category or sensitive by context."""
    return one.variable is None or one.variable.sensitivity in SENSITIVE


def is_finer(one: Wanted, catalogue: Catalogue) -> bool:
    """Whether it shows more than its default level of detail."""
    if one.variable is None:
        return True
    if not one.variable.ladder:
        return bool(one.level)
    ladder = catalogue.ladder(one.variable.ladder)
    return one.level not in ladder or ladder.is_finer(one.level, than=one.variable.default_level)


def is_small_area(one: Wanted, catalogue: Catalogue) -> bool:
    """Whether it places people more closely than a police force area."""
    if one.variable is None or one.name in catalogue.dataset.small_areas:
        return True
    if not one.variable.ladder:
        return False
    ladder = catalogue.ladder(one.variable.ladder)
    if FORCE not in ladder:
        return False
    return one.level not in ladder or ladder.is_finer(one.level, than=FORCE)


def _wanted(requested: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Wanted]:
    for table, wish in requested.items():
        for name, chosen in wish.get("variables", {}).items():
            yield Wanted(f"{table}.{name}", _known(table, name, catalogue), chosen.get("level", ""))


def _chosen_by(cohort: Cohort, catalogue: Catalogue) -> Iterator[Wanted]:
    """The variables that the conditions of a cohort look at."""
    for condition in cohort.conditions:
        dimension = catalogue.cohort_frame.dimension(condition.name) if catalogue.cohort_frame else None
        if dimension is None:
            yield Wanted(condition.name, None, "")
            continue
        for table, name in dimension.columns:
            variable = catalogue[table][name]
            yield Wanted(f"{table}.{name}", variable, dimension.level or variable.default_level)


def _known(table: str, name: str, catalogue: Catalogue) -> Variable | None:
    try:
        return catalogue[table][name]
    except UnknownName:
        return None


def _of_data(name: str, wanted: tuple[Wanted, ...], fails: Callable[[Wanted], bool]) -> Test:
    if not wanted:
        return Test(name, False, NOTHING)
    found = [one.variable.label if one.variable else one.name for one in wanted if fails(one)]
    return Test(name, not found, _listed(found))


def _listed(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    if not names:
        return ""
    shown = list(dict.fromkeys(names))  # tables share labels
    more = len(shown) - MOST_NAMED
    return ", ".join(shown[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "") + "."


def _plain(name: str, passed: bool, why: str) -> Test:
    return Test(name, passed, "" if passed else why)
