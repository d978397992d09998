"""What people do with an amendment, and what an agreed one does to the project."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from governance.act import act, begin, locked
from governance.agreements.services import draw_up, in_force
from governance.amendments.delta import Kind, already, merged, merged_wish, path_of, without
from governance.amendments.lifecycle import OWNERS, PANEL, TRIAGE
from governance.amendments.models import Amendment, AmendmentVote
from governance.catalogue.catalogue import Catalogue
from governance.people.grants import owner_code, roles_on, team_at, worker
from governance.people.models import User, local_day
from governance.people.roles import TEAM_ROLES, Role
from governance.projects.boards import Verdict, outcome, quorums_of, service_quorums, settled, variables_of
from governance.projects.models import Interest, Project
from governance.projects.services import admit, check_offered
from governance.workflow import Refused


@transaction.atomic
def start(project: Project, *, kind: Kind, by: User, at: datetime) -> Amendment:
    """Begin an amendment. Researchers of a project with an agreement in force may; else Refused."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    if Role.RESEARCHER not in roles_on(project, by, at):
        raise Refused("Only researchers of the project amend it.")
    number = (project.amendments.aggregate(most=Max("number"))["most"] or 0) + 1
    amendment = Amendment(project=project, number=number, kind=Kind(kind).value)
    if reason := amendment.why_not_running(at):
        raise Refused(reason)
    return begin(amendment, "start", by=by, at=at, details={"kind": amendment.kind})


def explain(amendment: Amendment, *, reason: str, by: User, at: datetime) -> Amendment:
    """Say why it is needed: every approver reads it."""
    return act(amendment, "edit", by=by, at=at, note="Said why it is needed.", reason=reason.strip())


def name_person(amendment: Amendment, person: User, *, role: Role, by: User, at: datetime) -> Amendment:
    """Whom to add to the team, in which role. Raises Refused for who is on it or belongs to no organisation."""
    if Role(role) not in TEAM_ROLES:
        raise Refused(f"{Role(role).label} is not a role of a team.")
    if person.organisation_id is None:
        raise Refused(f"{person} belongs to no organisation yet, so cannot join a project.")
    if not person.is_active:
        raise Refused(f"{person} has left.")
    if person in team_at(amendment.project, at):
        raise Refused(f"{person} is on the team already.")
    return _change(amendment, Kind.PERSON, {"person": person.pk, "role": Role(role).value}, by=by, at=at)


def name_end(amendment: Amendment, day: date, *, by: User, at: datetime) -> Amendment:
    """Until when to extend the project. Raises Refused for a day that is no later."""
    if day <= local_day(at) or (amendment.project.ends_on and day <= amendment.project.ends_on):
        raise Refused("The new last day must be later than the present one.")
    return _change(amendment, Kind.END, {"ends_on": day.isoformat()}, by=by, at=at)


def reword(amendment: Amendment, *, lay_summary: str, public_benefit: str, by: User, at: datetime) -> Amendment:
    """The new words for what the project does and who gains from it; empty ones stay as they are."""
    words = {"lay_summary": lay_summary.strip(), "public_benefit": public_benefit.strip()}
    return _change(amendment, Kind.PURPOSE, {name: text for name, text in words.items() if text}, by=by, at=at)


@transaction.atomic
def choose_table(
    amendment: Amendment,
    table: str,
    *,
    reason: str,
    variables: Mapping[str, Mapping[str, str]],
    catalogue: Catalogue,
    by: User,
    at: datetime,
) -> Amendment:
    """Ask for variables of one table besides those agreed: name -> {"level", "reason"}; none takes the table out.

    Raises Refused for a name or level that the catalogue does not offer, or that the agreement holds already.
    """
    amendment = locked(amendment)
    scope = in_force(amendment.project, at).scope
    for name, wish in variables.items():
        check_offered(catalogue, table, name, wish["level"])
        if already(scope, table, name, wish["level"]):
            raise Refused(f"{table}.{name} is agreed at that level already.")
    chosen = {name: {"level": one["level"], "reason": one["reason"].strip()} for name, one in sorted(variables.items())}
    added = {name: wish for name, wish in amendment.added.items() if name != table}
    if chosen:
        added[table] = {"reason": reason.strip(), "variables": chosen}
    return _change(amendment, Kind.DATA, {"added": added}, by=by, at=at)


def _change(amendment: Amendment, kind: Kind, delta: Mapping[str, Any], *, by: User, at: datetime) -> Amendment:
    if amendment.kind != kind:
        raise Refused(f"This amendment is another one: {Kind(amendment.kind).label.lower()}.")
    return act(amendment, "edit", by=by, at=at, note="Changed what it asks for.", delta=dict(delta))


@transaction.atomic
def submit(amendment: Amendment, *, catalogue: Catalogue, by: User, at: datetime) -> Amendment:
    """Hand it in. Who must decide is worked out from what it changes; a new round begins.

    Owners whose data are new to the project read it from now on.
    """
    amendment = locked(amendment)
    project = amendment.project
    path = path_of(Kind(amendment.kind), amendment.added, project.owners, catalogue)
    amendment = act(
        amendment,
        "submit",
        by=by,
        at=at,
        round=amendment.round + 1,
        quorums=quorums_of(path.owners, catalogue),
        panel_quorum=service_quorums()["panel"] if path.panel else None,
    )
    if new := [owner for owner in path.owners if owner not in project.owners]:
        note = f"{amendment} asks {', '.join(new)} too."
        act(project, "amend", by=worker(), at=at, note=note, owners=[*project.owners, *new])
    return amendment


def withdraw(amendment: Amendment, *, reasons: str, by: User, at: datetime) -> Amendment:
    """End it; the project goes on as it was."""
    return act(amendment, "withdraw", by=by, at=at, note=reasons)


@transaction.atomic
def declare_interest(amendment: Amendment, *, conflict: bool, details: str, by: User, at: datetime) -> Amendment:
    """A decider says whether they have a conflict of interest in the project; before it they decide nothing."""
    if conflict and not details.strip():
        raise Refused("Please say what the conflict of interest is: the trail needs it.")
    note = f"Declared a conflict of interest: {details.strip()}" if conflict else "Declared no conflict of interest."
    amendment = act(amendment, "declare", by=by, at=at, note=note)
    Interest.objects.get_or_create(
        project=amendment.project, person=by, conflict=conflict,
        defaults={"details": details.strip(), "declared_at": at},
    )  # fmt: skip
    return amendment


@transaction.atomic
def decide_as_support(
    amendment: Amendment, *, verdict: Verdict, reasons: str, round: int, by: User, at: datetime
) -> Amendment:
    """Research support decides on a light amendment, hands another one on to its owners, or returns it."""
    amendment = _in_round(amendment, round)
    if verdict is Verdict.RETURN:
        action = "return"
    elif verdict is Verdict.REFUSE:
        action = "refuse"
    else:
        action = "agree" if amendment.is_light else "hand on"
    amendment = act(amendment, action, by=by, at=at, note=reasons)
    _record(amendment, TRIAGE, verdict, reasons, by, at)
    if action == "agree":
        _apply(amendment, {}, at)
    return amendment


@transaction.atomic
def vote(
    amendment: Amendment,
    *,
    verdict: Verdict,
    reasons: str,
    round: int,
    refused: Collection[str] = (),
    catalogue: Catalogue,
    by: User,
    at: datetime,
) -> Amendment:
    """One vote of a data owner on what is added of its data, and on nothing else.

    The vote that settles the last owner concerned moves it on: to the panel, to its end, or into the project.
    """
    verdict, amendment = Verdict(verdict), _in_round(amendment, round)
    asked = variables_of(owner_code(by), amendment.added, catalogue)
    without_some = f" without {', '.join(sorted(refused))}" if refused else ""
    amendment = act(amendment, "vote", by=by, at=at, note=f"{verdict.value.capitalize()}{without_some}: {reasons}")
    if set(refused) - asked or (refused and (verdict is not Verdict.APPROVE or set(refused) == asked)):
        raise Refused("An approval leaves out some of the variables that are asked of you, and not all of them.")
    _record(amendment, OWNERS, verdict, reasons, by, at, refused=sorted(refused))
    result = outcome(amendment.quorums, amendment.votes_of_owners())
    if not result.complete:
        return amendment
    if result.all_refused or (result.refused and amendment.kind == Kind.PURPOSE):
        return act(amendment, "dismiss", by=worker(), at=at, note="The data owners refused.")
    if amendment.panel_quorum:
        return act(amendment, "refer", by=worker(), at=at, note="The data owners have approved.")
    return _conclude(amendment, catalogue, at)


@transaction.atomic
def vote_on_panel(
    amendment: Amendment,
    *,
    verdict: Verdict,
    reasons: str,
    round: int,
    catalogue: Catalogue,
    by: User,
    at: datetime,
) -> Amendment:
    """One panel member's vote; the one that makes the quorum concludes."""
    verdict, amendment = Verdict(verdict), _in_round(amendment, round)
    amendment = act(amendment, "vote", by=by, at=at, note=f"{verdict.value.capitalize()}: {reasons}")
    _record(amendment, PANEL, verdict, reasons, by, at)
    given = amendment.votes.filter(round=amendment.round, stage=PANEL).order_by("decided_at", "pk")
    end = settled([Verdict(one) for one in given.values_list("verdict", flat=True)], amendment.panel_quorum or 0)
    if end is None:
        return amendment
    if end is Verdict.REFUSE:
        return act(amendment, "dismiss", by=worker(), at=at, note="The panel refused.")
    return _conclude(amendment, catalogue, at)


@transaction.atomic
def send_back(amendment: Amendment, *, reasons: str, round: int, by: User, at: datetime) -> Amendment:
    """Return it with reasons; what was voted in this round ends with it."""
    amendment = _in_round(amendment, round)
    stage = amendment.state
    amendment = act(amendment, "return", by=by, at=at, note=reasons)
    _record(amendment, stage, Verdict.RETURN, reasons, by, at)
    return amendment


def _conclude(amendment: Amendment, catalogue: Catalogue, at: datetime) -> Amendment:
    """Agreed: what the owners left of it becomes part of the project."""
    result = outcome(amendment.quorums, amendment.votes_of_owners())
    left = without(amendment.added, result.withheld, result.refused, catalogue)
    amendment = act(amendment, "conclude", by=worker(), at=at, note="Every approver concerned has approved.")
    _apply(amendment, left, at)
    return amendment


def _apply(amendment: Amendment, added: Mapping[str, Any], at: datetime) -> None:
    """Change the project, and draw up its next agreement where what was signed changes.

    A person who joins signs the agreement that is in force before using anything. An extension may come after the
    last day: it is what somebody is told to ask for then.
    """
    project, note = Project.objects.select_for_update().get(pk=amendment.project_id), f"By {amendment}."
    kind, delta = Kind(amendment.kind), amendment.delta
    if kind is not Kind.END:
        in_force(project, at)
    if kind is Kind.PERSON:
        project = act(project, "amend", by=worker(), at=at, note=note)
        person = User.objects.get(pk=delta["person"])
        if person not in team_at(project, at):
            admit(project, person, Role(delta["role"]), because=note, by=worker(), at=at)
        return
    if kind is Kind.END:
        project = act(project, "amend", by=worker(), at=at, note=note, ends_on=amendment.new_end)
    elif kind is Kind.PURPOSE:
        project = act(project, "amend", by=worker(), at=at, note=note, **delta)
    else:
        wish = merged_wish(project.requested, added)
        project = act(project, "amend", by=worker(), at=at, note=note, requested=wish)
    for waiting in project.agreements.filter(state__in=("drawn_up", "signed")):
        act(waiting, "supersede", by=worker(), at=at, note=f"{amendment} was agreed before everybody had signed.")
    newest = project.agreements.exclude(state="revoked").latest("version")
    draw_up(project, merged(newest.scope, added), (), at=at)


def _in_round(amendment: Amendment, round: int) -> Amendment:
    amendment = locked(amendment)
    if amendment.round != round:
        raise Refused("The amendment has changed since you opened it: look at it again.")
    return amendment


def _record(
    amendment: Amendment, stage: str, verdict: Verdict, reasons: str, by: User, at: datetime, **more: Any
) -> None:
    if not reasons.strip():
        raise Refused("Please give reasons: the applicant and the trail need them.")
    AmendmentVote.objects.create(
        amendment=amendment,
        round=amendment.round,
        stage=str(stage),
        owner=owner_code(by) if stage == OWNERS else "",
        person=by,
        verdict=verdict.value,
        reasons=reasons.strip(),
        decided_at=at,
        **more,
    )
