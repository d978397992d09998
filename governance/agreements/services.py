"""Draw an agreement up when the panel approves; sign, countersign, revoke."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from governance.act import act, begin
from governance.agreements.lifecycle import AgreementState
from governance.agreements.models import Agreement
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue import cohort as cohorts
from governance.catalogue.catalogue import Catalogue
from governance.people.grants import worker
from governance.people.models import User
from governance.projects import services as projects
from governance.projects.boards import outcome, tables_of
from governance.projects.models import Project, verdicts
from governance.workflow import Refused


def scope_requested(project: Project) -> Scope:
    """What the application asks for, as a scope. Raises Refused while its period is not set."""
    if project.period_from is None or project.period_to is None:
        raise Refused("The period of the data is not set yet.")
    tables = tuple(
        GrantedTable(table, tuple(GrantedVariable(name, wish["level"]) for name, wish in chosen["variables"].items()))
        for table, chosen in project.requested.items()
    )
    return Scope(project.dataset, tables, project.period_from, project.period_to, project.chosen_cohort)


@transaction.atomic
def conclude(project: Project, *, reasons: str, round: int, catalogue: Catalogue, by: User, at: datetime) -> Agreement:
    """The panel approves, and the agreement is drawn up in the same step.

    Its scope is what was asked for, less the tables whose owners refused. Refused when the cohort is chosen by
    such a table: without that condition the project would be given more than anybody approved.
    """
    project = projects.approve(project, reasons=reasons, round=round, by=by, at=at)
    if project.ends_on is None:
        raise Refused("The last day of the project is not set yet.")
    refused = outcome(project.owners, verdicts(project)).refused
    scope = scope_requested(project).without_tables(tables_of(refused, project.requested, catalogue))
    if reason := why_not_agreed(scope, refused, catalogue):
        raise Refused(reason)
    agreement = Agreement(
        project=project, version=project.agreements.count() + 1, scope_json=scope.to_json(), ends_on=project.ends_on
    )
    return begin(agreement, "draw up", by=worker(), at=at, details={"scope": agreement.scope_json})


def why_not_agreed(scope: Scope, refused: Collection[str], catalogue: Catalogue) -> str | None:
    """Why no agreement can be drawn up on what the owners left of an application, or None."""
    chosen_by = tables_of(refused, cohorts.tables_of(scope.cohort, catalogue.cohort_frame), catalogue)
    if chosen_by:
        return (
            f"The cohort is chosen by {', '.join(sorted(chosen_by))}, which the owner refused: return the application, "
            "so that the cohort is chosen in another way."
        )
    return None if scope.tables else "No table is left that an owner approved: refuse or return the application."


@transaction.atomic
def sign(agreement: Agreement, *, by: User, at: datetime) -> Agreement:
    """The lead researcher signs for the project."""
    agreement = act(agreement, "sign", by=by, at=at)
    agreement.signatures.create(person=by, side="project", signed_at=at)
    return agreement


@transaction.atomic
def countersign(agreement: Agreement, *, by: User, at: datetime) -> Agreement:
    """Research support signs for the service: the agreement is in force."""
    agreement = act(agreement, "countersign", by=by, at=at)
    agreement.signatures.create(person=by, side="service", signed_at=at)
    return agreement


def revoke(agreement: Agreement, *, reasons: str, by: User, at: datetime) -> Agreement:
    """End an agreement at once, for everybody on the project."""
    if not reasons.strip():
        raise Refused("Please give reasons: the project and the trail need them.")
    return act(agreement, "revoke", by=by, at=at, note=reasons)


def in_force(project: Project, at: datetime) -> Agreement:
    """The agreement under which the project may act at this moment. Raises Refused with the failing condition."""
    agreement = project.agreements.filter(state=AgreementState.IN_FORCE).first()
    if agreement is None:
        raise Refused("No agreement of this project is in force: it must be signed by both sides.")
    if reason := agreement.why_not_in_force(at):
        raise Refused(reason)
    return agreement
