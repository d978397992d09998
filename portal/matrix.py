"""The permission matrix as a page shows it, worked out from the lifecycles that the code decides by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from extracts.models import ClericalPair, Delivery, Extract, LinkageRun, ProjectKey, Release
from governance.agreements.models import Agreement, Condition
from governance.amendments.models import Amendment
from governance.closing.models import Closure
from governance.incidents.models import Incident
from governance.ingress.models import Ingress
from governance.outputs.models import OutputRequest
from governance.people.models import Accreditation, FactorReset, Invitation, RoleGrant, Sanction
from governance.people.roles import Role
from governance.permissions.models import RoleReview, TeamReview
from governance.projects.models import Enquiry, Handover, Project
from governance.publications.models import Publication
from governance.workflow import grid

# Their LIFECYCLE, STATES and WAITING are alike in form, each in states of its own.
RECORDS: tuple[Any, ...] = (
    Invitation, FactorReset, Accreditation, Sanction, Incident, RoleGrant, RoleReview, Enquiry, Project, Handover,
    TeamReview, Agreement, Condition, Amendment, Extract, ProjectKey, Ingress, OutputRequest, Publication, Closure,
    Delivery, LinkageRun, ClericalPair, Release,
)  # fmt: skip


@dataclass(frozen=True)
class StateRow:
    """One state: the actions of each acting role, in the order of the table's roles, and what comes next."""

    state: str
    cells: tuple[str, ...]
    holder: str
    next: str


@dataclass(frozen=True)
class RecordTable:
    """The whole grid of one kind of record. `seen_by` are the roles that may read such a record."""

    name: str
    roles: tuple[Role, ...]
    rows: tuple[StateRow, ...]
    seen_by: tuple[Role, ...]

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")

    @property
    def head(self) -> str:
        return "|".join(["State", *(role.label for role in self.roles), "Who has it"])


def tables() -> list[RecordTable]:
    return [table_of(model) for model in RECORDS]


def table_of(model: Any) -> RecordTable:
    cells = grid(model.LIFECYCLE)
    acting = tuple(role for role in Role if any(role.value in row for row in cells.values()))
    rows = []
    for state, row in cells.items():
        waiting = model.WAITING[model.STATES(state)]
        actions = tuple(", ".join(row.get(role.value, [])) for role in acting)
        rows.append(StateRow(capfirst(model.STATES(state).label), actions, waiting.holder, waiting.next))
    seen_by = tuple(role for role in Role if role in model.VISIBLE_TO)
    return RecordTable(model._meta.verbose_name.capitalize(), acting, tuple(rows), seen_by)
