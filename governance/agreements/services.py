"""Draw an agreement up when the panel approves; sign, countersign, revoke; keep track of conditions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from governance.act import act, begin, locked
from governance.agreements.lifecycle import IN_FORCE, AgreementState
from governance.agreements.models import Agreement, Condition
from governance.agreements.models.agreement import Side
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.agreements.terms import Party, sha256_of, terms_of
from governance.catalogue import cohort as cohorts
from governance.catalogue.catalogue import Catalogue
from governance.people import declarations
from governance.people.grants import team_at, worker
from governance.people.models import User, local_day
from governance.people.roles import Role
from governance.projects import services as projects
from governance.projects.boards import Verdict, outcome, tables_of
from governance.projects.conditions import levels_set
from governance.projects.lifecycle import APPROVED
from governance.projects.models import Project, Stage, votes_on
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


def scope_approved(project: Project, catalogue: Catalogue) -> Scope:
    """What the owners' votes of this round leave of the wish: less tables, less variables, coarser levels."""
    result = outcome(project.quorums, votes_on(project, Stage.OWNER))
    scope = scope_requested(project).without_tables(tables_of(result.refused, project.requested, catalogue))
    coarser = levels_set([one for _, one in conditions_set(project)])
    return scope.without_variables(result.withheld).at_levels(_coarsest(coarser, catalogue))


def _coarsest(levels: Mapping[str, Collection[str]], catalogue: Catalogue) -> dict[str, str]:
    """Variable -> the coarsest of the levels that its owner's votes set."""
    found = {}
    for name, wanted in levels.items():
        table, variable = name.split(".", 1)
        order = [step.name for step in catalogue.levels(catalogue[table][variable])]
        found[name] = max(wanted, key=order.index)
    return found


def conditions_set(project: Project) -> list[tuple[str, dict[str, str]]]:
    """Owner and condition, for each that an approving vote of this round set; the same condition once."""
    approving = project.decisions.filter(round=project.round, stage=Stage.OWNER, verdict=Verdict.APPROVE.value)
    refused = outcome(project.quorums, votes_on(project, Stage.OWNER)).refused
    found: list[tuple[str, dict[str, str]]] = []
    for owner, conditions in approving.values_list("owner", "conditions"):
        found += [(owner, one) for one in conditions if owner not in refused and (owner, one) not in found]
    return found


@transaction.atomic
def conclude(
    project: Project,
    *,
    verdict: Verdict,
    reasons: str,
    round: int,
    catalogue: Catalogue,
    by: User,
    at: datetime,
) -> Project:
    """One panel member's vote; where it is the one that approves, the agreement is drawn up in the same step."""
    project = projects.vote_on_panel(project, verdict=verdict, reasons=reasons, round=round, by=by, at=at)
    if project.state == APPROVED:
        scope = scope_approved(project, catalogue)
        refused = outcome(project.quorums, votes_on(project, Stage.OWNER)).refused
        if reason := why_not_agreed(scope, refused, catalogue):
            raise Refused(reason)
        draw_up(project, scope, conditions_set(project), at=at)
    return project


def why_not_agreed(scope: Scope, refused: Collection[str], catalogue: Catalogue) -> str | None:
    """Why no agreement can be drawn up on what the owners left of an application, or None.

    A cohort that is chosen by a table whose owner refused would, without that condition, give the project more than
    anybody approved.
    """
    chosen_by = tables_of(refused, cohorts.tables_of(scope.cohort, catalogue.cohort_frame), catalogue)
    if chosen_by:
        return (
            f"The cohort is chosen by {', '.join(sorted(chosen_by))}, which the owner refused: return the application, "
            "so that the cohort is chosen in another way."
        )
    return None if scope.tables else "No table is left that an owner approved: refuse or return the application."


def draw_up(
    project: Project, scope: Scope, conditions: Collection[tuple[str, Mapping[str, str]]], *, at: datetime
) -> Agreement:
    """The next agreement of a project: its terms hold all that is signed. Raises Refused without a last day."""
    if project.ends_on is None:
        raise Refused("The last day of the project is not set yet.")
    standing = [one.to_json() for one in project.conditions.all()]
    added = [{"owner": owner, **{"about": "", "level": "", "text": ""}, **one} for owner, one in conditions]
    version = project.agreements.count() + 1
    terms = terms_of(
        reference=project.reference,
        title=project.title,
        version=version,
        parties=parties(project, at),
        scope=scope.to_json(),
        conditions=[*standing, *added],
        ends_on=project.ends_on,
        declaration=declarations.in_force(local_day(at)).version,
    )
    agreement = Agreement(
        project=project,
        version=version,
        scope_json=scope.to_json(),
        ends_on=project.ends_on,
        terms=terms,
        sha256=sha256_of(terms),
    )
    agreement = begin(agreement, "draw up", by=worker(), at=at, details={"sha256": agreement.sha256})
    for one in added:
        begin(Condition(project=project, agreement=agreement, **one), "set", by=worker(), at=at)
    return agreement


def parties(project: Project, at: datetime) -> list[Party]:
    """Who signs: the lead and everybody else on the team, the lead's institution, and the service."""
    team = team_at(project, at)
    team.setdefault(project.lead, Role.RESEARCHER)  # whatever became of the lead's grant
    return [
        *(Party(str(one), str(one.organisation), role.label) for one, role in team.items()),
        Party("Its signatory", str(project.lead.organisation), Role.SIGNATORY.label),
        Party("Research support", "The service", Role.SUPPORT.label),
    ]


@transaction.atomic
def sign(agreement: Agreement, *, sha256: str, by: User, at: datetime) -> Agreement:
    """A member signs for themselves, a signatory for the institution; the last of them hands it to the service.

    sha256  of the terms that were read: Refused when these are not the ones
    """
    agreement = act(agreement, "sign", by=by, at=at)
    _same_terms(agreement, sha256)
    side = Side.PROJECT if agreement.project.has_member(by) else Side.INSTITUTION
    agreement.signatures.create(person=by, side=side, sha256=agreement.sha256, signed_at=at)
    return complete(agreement, at=at)


def complete(agreement: Agreement, *, at: datetime) -> Agreement:
    """Hand it to the service where nobody on the project's side has still to sign. Safe to repeat."""
    if agreement.state != AgreementState.DRAWN_UP or agreement.unsigned(at):
        return agreement
    note = "Everybody on the project's side has signed."
    if left := agreement.left_unsigned(at):
        note += f" Left the team before signing: {', '.join(left)}."
    return act(agreement, "complete", by=worker(), at=at, note=note)


def complete_all(*, at: datetime) -> int:
    """Hand on every agreement that waited only for people who have left since; how many. Safe to repeat."""
    waiting = list(Agreement.objects.filter(state=AgreementState.DRAWN_UP).order_by("pk"))
    return sum(_complete_one(agreement, at) for agreement in waiting)


@transaction.atomic
def _complete_one(agreement: Agreement, at: datetime) -> bool:
    return complete(locked(agreement), at=at).state == AgreementState.SIGNED


def _same_terms(agreement: Agreement, sha256: str) -> None:
    if sha256 != agreement.sha256 or sha256_of(agreement.terms) != agreement.sha256:
        raise Refused("These are not the terms that you read: open the agreement again before you sign.")


@transaction.atomic
def countersign(agreement: Agreement, *, sha256: str, by: User, at: datetime) -> Agreement:
    """Research support signs for the service: the agreement is in force, in place of an earlier one."""
    for earlier in agreement.project.agreements.filter(state=IN_FORCE).exclude(pk=agreement.pk):
        act(earlier, "supersede", by=worker(), at=at, note=f"Agreement {agreement.version} takes its place.")
    agreement = act(agreement, "countersign", by=by, at=at)
    _same_terms(agreement, sha256)
    agreement.signatures.create(person=by, side=Side.SERVICE, sha256=agreement.sha256, signed_at=at)
    return agreement


def revoke(agreement: Agreement, *, reasons: str, by: User, at: datetime) -> Agreement:
    """End an agreement at once, for everybody on the project."""
    if not reasons.strip():
        raise Refused("Please give reasons: the project and the trail need them.")
    return act(agreement, "revoke", by=by, at=at, note=reasons)


@transaction.atomic
def revoke_project(project: Project, *, reasons: str, by: User, at: datetime) -> Project:
    """End a project at once, in whatever stage it is: its agreements with it, for all members."""
    if not reasons.strip():
        raise Refused("Please give reasons: the project and the trail need them.")
    project = act(project, "revoke", by=by, at=at, note=reasons)
    for agreement in project.agreements.filter(state__in=OPEN_STATES):
        act(agreement, "revoke", by=by, at=at, note=reasons)
    return project


OPEN_STATES = (AgreementState.DRAWN_UP, AgreementState.SIGNED, AgreementState.IN_FORCE)


def report(condition: Condition, *, how: str, by: User, at: datetime) -> Condition:
    """A researcher says how a condition is met; its owner looks next."""
    if not how.strip():
        raise Refused("Please say how the condition is met.")
    return act(condition, "report", by=by, at=at, note=how.strip(), how_met=how.strip())


def discharge(condition: Condition, *, reasons: str, by: User, at: datetime) -> Condition:
    """The owner who set a condition finds it met."""
    return act(condition, "discharge", by=by, at=at, note=reasons)


def reopen(condition: Condition, *, reasons: str, by: User, at: datetime) -> Condition:
    """The owner who set a condition finds it not met, or not any more."""
    if not reasons.strip():
        raise Refused("Please give reasons: the project and the trail need them.")
    return act(condition, "reopen", by=by, at=at, note=reasons)


def in_force(project: Project, at: datetime) -> Agreement:
    """The agreement under which the project may act at this moment. Raises Refused with the failing condition."""
    agreement = project.agreements.filter(state=AgreementState.IN_FORCE).first()
    if agreement is None:
        raise Refused("No agreement of this project is in force: every side must sign it.")
    if reason := agreement.why_not_in_force(at):
        raise Refused(reason)
    return agreement
