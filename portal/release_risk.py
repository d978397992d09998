"""Counts of cohorts and the re-identification meter, from the aggregates in the folder of a release."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from extracts.figures.cells import Answer, Cube
from extracts.figures.risk import Risk, Spread, Step, risk_of
from extracts.models import Release
from governance.catalogue.catalogue import Catalogue, Sensitivity, UnknownName
from governance.catalogue.cohort import EVERYTHING, Cohort
from portal.release_figures import content_of

CUBE, PROFILE = "cohort_cube.json", "qi_profile.json"


def count_of(release: Release | None, cohort: Cohort) -> Answer | None:
    """How many people are in a cohort, or None where the release does not tell."""
    cube = _cube(release)
    return cube.count(cohort) if cube and cube.can_count(cohort) else None


def part_in(release: Release | None, cohort: Cohort) -> float:
    """The share of people who are in a cohort, as far as the safe counts tell; 1 where they do not."""
    whole, part = count_of(release, EVERYTHING), count_of(release, cohort)
    if not cohort or whole is None or part is None or not whole.about:
        return 1.0
    return min(1.0, (part.about or part.fewer_than) / whole.about)


def risk_in(release: Release | None, requested: Mapping[str, Any], cohort: Cohort, catalogue: Catalogue) -> Risk | None:
    """What the quasi-identifiers that are asked for single out in the cohort; None where the release does not tell."""
    spreads = _spreads(release)
    if not spreads:
        return None
    chosen = identifying(requested, catalogue)
    return risk_of(chosen, next_levels(chosen, catalogue), spreads, part_in(release, cohort))


def identifying(requested: Mapping[str, Any], catalogue: Catalogue) -> dict[str, list[Step]]:
    """Table -> (variable, level) of the quasi-identifiers that are asked for."""
    found: dict[str, list[Step]] = {}
    for table, wish in requested.items():
        if table in catalogue:
            known = {one.name for one in catalogue[table].variables if one.sensitivity is Sensitivity.QI}
            chosen = wish.get("variables", {})
            found[table] = [(name, chosen[name].get("level", "")) for name in chosen if name in known]
    return found


def next_levels(chosen: Mapping[str, list[Step]], catalogue: Catalogue) -> dict[tuple[str, str, str], str]:
    """(table, variable, level) -> the next coarser level, for those that have one."""
    found = {}
    for table, steps in chosen.items():
        for name, level in steps:
            names = [step.name for step in catalogue.levels(catalogue[table][name])]
            if level in names[:-1]:
                found[table, name, level] = names[names.index(level) + 1]
    return found


def label_of(table: str, variable: str, level: str, catalogue: Catalogue) -> str:
    """What the catalogue calls a level of detail."""
    try:
        return next(step.label for step in catalogue.levels(catalogue[table][variable]) if step.name == level)
    except (StopIteration, UnknownName):
        return level


def _cube(release: Release | None) -> Cube | None:
    return _as_cube(_Once(content_of(release, CUBE)))


def _spreads(release: Release | None) -> Mapping[str, Spread | None]:
    return _as_spreads(_Once(content_of(release, PROFILE)))


class _Once:
    """A file's content as the key of a cache: two are equal when they are the same object, read once."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Once) and self.content is other.content

    def __hash__(self) -> int:
        return id(self.content)


@lru_cache(maxsize=8)
def _as_cube(once: _Once) -> Cube | None:
    try:
        return Cube.from_json(once.content) if once.content else None
    except (KeyError, TypeError, ValueError):
        return None


@lru_cache(maxsize=8)
def _as_spreads(once: _Once) -> Mapping[str, Spread | None]:
    try:
        tables = once.content.get("tables", {})
        return {name: Spread.from_json(table["spread"]) for name, table in tables.items() if "spread" in table}
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}
