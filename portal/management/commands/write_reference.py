"""manage.py write_reference: docs/reference, written from the tables that the code reads."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from extracts.disclosure.policy import PRESETS
from extracts.disclosure.rulebook import FOR_A_PERSON, RULES
from governance.catalogue.catalogue import available, find
from governance.people.roles import SERVICE_ROLES, TEAM_ROLES, Role
from portal import matrix

FOLDER = settings.BASE_DIR / "docs" / "reference"
NOTE = "Written by `manage.py write_reference`; a test fails when it is out of date.\n"


class Command(BaseCommand):
    help = "Write docs/reference from the lifecycles, roles, catalogues and disclosure rules in the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail when a page is out of date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            if stale := out_of_date(FOLDER):
                raise CommandError(f"Out of date: {', '.join(stale)}. Run manage.py write_reference.")
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in pages().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"docs/reference/{name}")


def out_of_date(folder: Path) -> list[str]:
    """The reference pages whose stored text is not what the code says today."""
    return [
        name
        for name, text in pages().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def pages() -> dict[str, str]:
    """File name -> Markdown."""
    return {
        "lifecycles.md": lifecycles(),
        "roles.md": roles(),
        "catalogue.md": catalogue(),
        "disclosure-rules.md": disclosure_rules(),
    }


def lifecycles() -> str:
    parts = ["# Lifecycles\n", NOTE]
    for table in matrix.tables():
        rows = [[row.state, *row.cells, f"{row.holder}: {row.next}"] for row in table.rows]
        parts.append(f"## {table.name}\n")
        parts.append(as_table(["state", *(role.label for role in table.roles), "who has it: what next"], rows))
    return "\n".join(parts)


def roles() -> str:
    rows = [
        [role.label, held(role),
         ", ".join(sorted(f"{move.action} ({model._meta.verbose_name})" for model in matrix.RECORDS
                          for move in {m.action: m for m in model.LIFECYCLE if m.by == role}.values())),
         ", ".join(model._meta.verbose_name for model in matrix.RECORDS if role in model.VISIBLE_TO)]
        for role in Role
    ]  # fmt: skip
    return "\n".join(["# Roles\n", NOTE, as_table(["role", "held", "may", "sees"], rows)])


def held(role: Role) -> str:
    if role in SERVICE_ROLES:
        return "everywhere"
    if role in TEAM_ROLES:
        return "project by project"
    return "on records about oneself" if role == Role.SELF else "on records of one's organisation"


def catalogue() -> str:
    parts = ["# Catalogue\n", NOTE]
    for dataset in available(settings.GATEHOUSE_CATALOGUES[:1]):
        known = find(dataset.code, settings.GATEHOUSE_CATALOGUES)
        parts.append(f"## {dataset.title} ({dataset.code} {dataset.version})\n\n{dataset.source}\n")
        rows = [
            [f"`{table.name}`", table.label, known.owner(table.owner).label, str(len(table.variables)),
             "yes" if table.requestable else "no", table.description]
            for table in known.tables
        ]  # fmt: skip
        parts.append(as_table(["table", "label", "owner", "variables", "offered to projects", "description"], rows))
    return "\n".join(parts)


def disclosure_rules() -> str:
    rules = [[f"`{rule.code}`", rule.title] for rule in RULES]
    people = [[kind, needed] for kind, needed in FOR_A_PERSON.items()]
    policies = [
        [f"`{policy.name}` {policy.version}", str(policy.threshold), str(policy.sensitive_threshold),
         ", ".join(f"n={rule.n}, k={rule.k:.0%}" for rule in policy.nk), f"{policy.p_percent:g}%",
         str(policy.residual_dof), "all" if policy.group_share == 1 else f"{policy.group_share:.0%}"]
        for policy in PRESETS.values()
    ]  # fmt: skip
    heads = [
        "policy",
        "threshold",
        "sensitive threshold",
        "dominance",
        "p",
        "residual degrees of freedom",
        "group in one category",
    ]
    return "\n".join(
        [
            "# Disclosure rules\n", NOTE, as_table(["rule", "what it finds"], rules),
            "## Policies\n", as_table(heads, policies),
            "## Kinds that only people can judge today\n", as_table(["kind", "what the checkers need"], people),
        ]
    )  # fmt: skip


def as_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
