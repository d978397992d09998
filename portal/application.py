"""What a project asks for or was granted, in the words of the catalogue, as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from governance.agreements.scope import Scope
from governance.catalogue.catalogue import Catalogue, Sensitivity, Variable, search
from governance.projects.form import progress

COLOURS = {
    Sensitivity.DI:  "red",
    Sensitivity.KEY: "grey",
    Sensitivity.QI:  "blue",
    Sensitivity.SC:  "magenta",
    Sensitivity.CO:  "orange",
    Sensitivity.SV:  "yellow",
    Sensitivity.OR:  "green",
}  # fmt: skip


MOST_MATCHES = 50


@dataclass(frozen=True)
class AskedVariable:
    """One variable with the level of detail that is asked for; `finer` when that is finer than the default."""

    name: str
    label: str
    level: str
    finer: bool
    sensitivity: Sensitivity | None
    reason: str = ""

    @property
    def colour(self) -> str:
        return COLOURS[self.sensitivity] if self.sensitivity else "grey"


@dataclass(frozen=True)
class AskedTable:
    name: str
    label: str
    owner: str
    owner_label: str
    unit: str
    reason: str
    variables: tuple[AskedVariable, ...]


def asked(requested: Mapping[str, Any], catalogue: Catalogue) -> tuple[AskedTable, ...]:
    """The tables of an application in the catalogue's order; names that it no longer holds come last, as they are."""
    known = [table.name for table in catalogue.tables]
    names = sorted(requested, key=lambda name: known.index(name) if name in known else len(known))
    return tuple(_table(name, requested[name], catalogue) for name in names)


def granted(scope: Scope, catalogue: Catalogue) -> tuple[AskedTable, ...]:
    """The tables of an agreement, in the same form; a scope holds no reasons."""
    wishes = {
        table.name: {"variables": {one.name: {"level": one.level} for one in table.variables}} for table in scope.tables
    }
    return asked(wishes, catalogue)


def found(words: str, catalogue: Catalogue) -> dict[str, Any]:
    """The variables that hold all the words and can be asked for, best first, of every table."""
    matches = [match for match in search(catalogue, words) if match.table.requestable]
    shown = [
        {"table": match.table, "variable": match.variable, "colour": COLOURS[match.variable.sensitivity]}
        for match in matches
        if match.variable is not None and choosable(match.variable)
    ]
    return {"words": words.strip(), "matches": shown[:MOST_MATCHES], "more_matches": max(0, len(shown) - MOST_MATCHES)}


def own_first(tables: tuple[AskedTable, ...], owner: str) -> tuple[AskedTable, ...]:
    """The same tables with those of one owner in front."""
    return tuple(sorted(tables, key=lambda table: table.owner != owner))


def _table(name: str, wish: Mapping[str, Any], catalogue: Catalogue) -> AskedTable:
    wanted, reason = wish.get("variables", {}), wish.get("reason", "")
    if name not in catalogue:
        bare = tuple(
            AskedVariable(variable, variable, chosen["level"], False, None, chosen.get("reason", ""))
            for variable, chosen in wanted.items()
        )
        return AskedTable(name, name, "", "", "", reason, bare)
    table = catalogue[name]
    inside = tuple(_variable(one, wanted[one.name], catalogue) for one in table.variables if one.name in wanted)
    owner = catalogue.owner(table.owner)
    return AskedTable(name, table.label, owner.code, owner.label, table.unit_of_observation, reason, inside)


def _variable(variable: Variable, chosen: Mapping[str, str], catalogue: Catalogue) -> AskedVariable:
    level = chosen["level"]
    label = next((step.label for step in catalogue.levels(variable) if step.name == level), level)
    return AskedVariable(
        name=variable.name,
        label=variable.label,
        level=label or "As recorded",
        finer=is_finer(variable, level, catalogue),
        sensitivity=variable.sensitivity,
        reason=chosen.get("reason", ""),
    )


def is_finer(variable: Variable, level: str, catalogue: Catalogue) -> bool:
    """Whether this level shows more than the variable's default one."""
    if not variable.ladder:
        return False
    ladder = catalogue.ladder(variable.ladder)
    return level in ladder and ladder.is_finer(level, variable.default_level)


def choosable(variable: Variable) -> bool:
    """Whether a project can tick it: not a direct identifier, and not a key that comes by itself as a pseudonym."""
    return variable.selectable and not variable.pseudonymised


@dataclass(frozen=True)
class Gap:
    """Something that an application still lacks, and the address of the page where it belongs."""

    text: str
    address: str


def gaps(project: Any) -> list[Gap]:
    """What is missing, each with the page where it is put right."""
    return [Gap(gap.text, _address(project, gap)) for gap in project.gaps()]


def _address(project: Any, gap: progress.Gap) -> str:
    if gap.table:
        return reverse("project_choose", args=[project.pk, gap.table])
    if gap.question.stored_in == "requested":
        return reverse("project_data", args=[project.pk])
    return f"{reverse('project_section', args=[project.pk, gap.question.section])}#answer-{gap.question.key}"
