"""What stands between an application and its extract: seen before it is submitted, not after a year's agreement."""

from __future__ import annotations

from dataclasses import dataclass

from extracts.models import Release
from extracts.services import current_release, why_no_release
from extracts.specification import missing_from, problems_of
from governance.agreements.services import scope_requested
from governance.catalogue.catalogue import Catalogue, Table
from governance.projects.models import Project


@dataclass(frozen=True)
class Feasibility:
    """Sentences for the applicant: `problems` stop the submission, `warnings` do not."""

    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def of(project: Project, catalogue: Catalogue) -> Feasibility:
    """Of what the application asks for now; nothing to say before it asks for tables and a period."""
    if not project.requested or project.period_from is None or project.period_to is None:
        return Feasibility((), ())
    scope, release = scope_requested(project), current_release(project.dataset)
    missing = missing_from(scope, release.tables, catalogue) if release else []
    problems = tuple(problems_of(scope, catalogue))
    warnings = (without_release(release, missing, catalogue), not_joined(tuple(project.requested), catalogue))
    return Feasibility(problems, tuple(warning for warning in warnings if warning))


def without_release(release: Release | None, missing: list[str], catalogue: Catalogue) -> str:
    """The tables that an extract would need and the current release does not hold, or ""."""
    if release is None:
        return f"{why_no_release(catalogue.dataset.code)} You can apply; extracts need one."
    if not missing:
        return ""
    return f"Not in the current release, so there is no extract yet: {', '.join(labels(missing, catalogue))}."


def not_joined(names: tuple[str, ...], catalogue: Catalogue) -> str:
    """The groups of tables between which no key leads, not even through another chosen table, or ""."""
    groups = joined_groups([catalogue[name] for name in names if name in catalogue])
    if len(groups) < 2:
        return ""
    listed = "; ".join(" with ".join(labels(group, catalogue)) for group in groups)
    return f"These tables share no key, so their rows cannot be joined: {listed}."


def joined_groups(tables: list[Table]) -> list[list[str]]:
    """Names of the tables, those together that kinds of keys join, directly or through other tables of the list."""
    groups: list[tuple[list[str], set[str]]] = []
    for table in tables:
        names, kinds = [table.name], {one.key_domain for one in table.variables if one.selectable and one.pseudonymised}
        for group in [group for group in groups if group[1] & kinds]:
            groups.remove(group)
            names, kinds = group[0] + names, group[1] | kinds
        groups.append((names, kinds))
    return [names for names, _ in groups]


def labels(names: list[str], catalogue: Catalogue) -> list[str]:
    return [catalogue[name].label if name in catalogue else name for name in names]
