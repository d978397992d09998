"""What boards do with an application, and what follows. Each change goes through `act` and leaves its reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from governance.act import act
from governance.catalogue import cohort as cohorts
from governance.catalogue.catalogue import Catalogue
from governance.people.grants import owner_code, worker
from governance.people.models import User, local_day
from governance.projects.boards import Verdict, outcome, service_quorums, settled, tables_of, variables_of
from governance.projects.conditions import what_is_wrong
from governance.projects.models import Decision, Interest, Project, Stage, votes_on
from governance.projects.models.project import STAGE_OF
from governance.projects.route import route
from governance.projects.services.application import locked
from governance.workflow import Refused


def _in_round(project: Project, round: int) -> Project:
    """The project, locked, if it is still in the round that the decider looked at. Raises Refused."""
    project = locked(project)
    if project.round != round:
        raise Refused("The application has changed since you opened it: look at it again.")
    return project


@transaction.atomic
def declare_interest(project: Project, *, conflict: bool, details: str, by: User, at: datetime) -> Project:
    """A decider says whether they have a conflict of interest; before it they decide nothing. Twice is once.

    A conflict needs its details and stays: who declared one decides nothing on this application any more.
    """
    if conflict and not details.strip():
        raise Refused("Please say what the conflict of interest is: the trail needs it.")
    note = f"Declared a conflict of interest: {details.strip()}" if conflict else "Declared no conflict of interest."
    project = act(project, "declare", by=by, at=at, note=note)
    Interest.objects.get_or_create(
        project=project, person=by, conflict=conflict, defaults={"details": details.strip(), "declared_at": at}
    )
    return project


@transaction.atomic
def accept(
    project: Project, *, reasons: str, round: int, known_design: bool = False, by: User, at: datetime
) -> Project:
    """Triage finds it complete and feasible: ethical review is next, where the application's route asks for one.

    known_design  whether the design is one that the service knows, which the delegated route asks for
    """
    project = act(_in_round(project, round), "accept", by=by, at=at, note=reasons, known_design=known_design)
    _record(project, Stage.TRIAGE, Verdict.APPROVE, reasons, by, at)
    ethics = project.ethics_route()
    return project if ethics.needs_reviewer else act(project, "waive", by=worker(), at=at, note=ethics.why)


@transaction.atomic
def pass_ethics(
    project: Project, *, reasons: str, round: int, until: date | None = None, by: User, at: datetime
) -> Project:
    """The ethics reviewer finds nothing against it: the owners decide next. After `until`, use stops."""
    project = act(_in_round(project, round), "pass", by=by, at=at, note=reasons, ethics_until=until)
    _record(project, Stage.ETHICS, Verdict.APPROVE, reasons, by, at)
    return project


def renew_ethics(project: Project, *, reasons: str, until: date | None, by: User, at: datetime) -> Project:
    """The ethics reviewer lets the decision on a running project hold until a later day, or without an end."""
    if not reasons.strip():
        raise Refused("Please give reasons: the project and the trail need them.")
    if until is not None and until <= local_day(at):
        raise Refused("The last day of an ethics decision must be in the future.")
    return act(project, "renew ethics", by=by, at=at, note=reasons, ethics_until=until)


@transaction.atomic
def fail_ethics(project: Project, *, reasons: str, round: int, by: User, at: datetime) -> Project:
    """The ethics reviewer refuses: the application ends."""
    project = act(_in_round(project, round), "refuse", by=by, at=at, note=reasons)
    _record(project, Stage.ETHICS, Verdict.REFUSE, reasons, by, at)
    return project


@transaction.atomic
def send_back(
    project: Project,
    *,
    reasons: str,
    round: int,
    questions: Mapping[str, str] | None = None,
    by: User,
    at: datetime,
) -> Project:
    """Return it to the applicants with reasons, in general and for single questions (key -> what to change).

    What was voted in this round ends with it.
    """
    project = _in_round(project, round)
    stage = Stage(STAGE_OF.get(project.state, Stage.TRIAGE))
    project = act(project, "return", by=by, at=at, note=reasons)
    _record(project, stage, Verdict.RETURN, reasons, by, at, questions=dict(questions or {}))
    return project


@transaction.atomic
def vote(
    project: Project,
    *,
    verdict: Verdict,
    reasons: str,
    round: int,
    refused: Collection[str] = (),
    conditions: Sequence[Mapping[str, str]] = (),
    catalogue: Catalogue,
    by: User,
    at: datetime,
) -> Project:
    """One vote for a data owner: its tables are approved, in whole or without some variables, or refused.

    refused     variables ("table.variable") that the approval leaves out
    conditions  what it depends on: [{"kind", "about", "level", "text"}]

    The vote that settles the last owner moves the project on: to the panel; to the applicants, when less is left
    than they asked for; or to its end, when nothing is. Raises Refused for a variable that is not asked of this owner.
    """
    verdict, project = Verdict(verdict), _in_round(project, round)
    asked = variables_of(owner_code(by), project.requested, catalogue)
    project = act(project, "vote", by=by, at=at, note=_in_words(verdict, refused, conditions, reasons))
    _check_vote(project, verdict, refused, conditions, asked, catalogue)
    _record(
        project, Stage.OWNER, verdict, reasons, by, at,
        refused=sorted(refused), conditions=[dict(condition) for condition in conditions],
    )  # fmt: skip
    return _move_on(project, catalogue, at)


def _check_vote(
    project: Project,
    verdict: Verdict,
    refused: Collection[str],
    conditions: Sequence[Mapping[str, str]],
    asked: Collection[str],
    catalogue: Catalogue,
) -> None:
    if verdict is not Verdict.APPROVE and (refused or conditions):
        raise Refused("Only an approval leaves variables out or carries conditions.")
    if strange := set(refused) - set(asked):
        raise Refused(f"{', '.join(sorted(strange))} is not asked of you.")
    if refused and set(refused) == set(asked):
        raise Refused("That leaves nothing of your tables: refuse them instead.")
    for condition in conditions:
        if wrong := what_is_wrong(condition, set(asked) - set(refused), project.requested, catalogue):
            raise Refused(wrong)


def _in_words(
    verdict: Verdict, refused: Collection[str], conditions: Collection[Mapping[str, str]], reasons: str
) -> str:
    """The vote as the trail tells it."""
    without = f" without {', '.join(sorted(refused))}" if refused else ""
    under = f" under {len(conditions)} condition{'' if len(conditions) == 1 else 's'}" if conditions else ""
    return f"{verdict.value.capitalize()}{without}{under}: {reasons}"


def _move_on(project: Project, catalogue: Catalogue, at: datetime) -> Project:
    """Close the owners' stage when the last of them has settled."""
    result = outcome(project.quorums, votes_on(project, Stage.OWNER))
    if not result.complete:
        return project
    if result.all_refused:
        return act(project, "refuse", by=worker(), at=at, note="Every data owner refused.")
    if result.reduced:
        return act(project, "offer", by=worker(), at=at, note="Some of the data were refused: the rest is offered.")
    board, quorum = _panel(project, catalogue, at)
    note = f"Every data owner has approved. {board}"
    return act(project, "refer", by=worker(), at=at, note=note, panel_quorum=quorum)


def _panel(project: Project, catalogue: Catalogue, at: datetime) -> tuple[str, int]:
    """Who of the panel decides: one of its members by delegation where every test of the low-risk route passes."""
    way = route(
        project.requested,
        catalogue,
        fully_accredited=project.is_fully_accredited(at),
        known_design=project.known_design,
        cohort=project.chosen_cohort,
    )
    quorums = service_quorums()
    if way.low_risk:
        said = "One member of the panel decides, by delegation: every test of low risk passes."
        return said, quorums["panel_delegated"]
    failed = "; ".join(test.name.lower() for test in way.failed)
    return f"The panel decides. Tests of low risk that fail: {failed}.", quorums["panel"]


@transaction.atomic
def take(project: Project, *, catalogue: Catalogue, by: User, at: datetime) -> Project:
    """The applicants go on with the reduced project: the panel decides next.

    Refused where the cohort is chosen by data whose owner refused: without that condition the project would be
    given more than anybody approved.
    """
    project = locked(project)
    refused = outcome(project.quorums, votes_on(project, Stage.OWNER)).refused
    used = cohorts.tables_of(project.chosen_cohort, catalogue.cohort_frame)
    if gone := sorted(table for table in used if catalogue[table].owner in refused):
        raise Refused(f"The cohort is chosen by {', '.join(gone)}, which its owner refused: change the application.")
    if not set(project.requested) - tables_of(refused, project.requested, catalogue):
        raise Refused("No table is left that an owner approved: change the application.")
    board, quorum = _panel(project, catalogue, at)
    return act(project, "take", by=by, at=at, note=f"Goes on with the reduced project. {board}", panel_quorum=quorum)


def revise(project: Project, *, by: User, at: datetime) -> Project:
    """The applicants would rather change the application than take the reduced project: every board decides anew."""
    return act(project, "revise", by=by, at=at, note="Changes the application instead of taking the reduced project.")


@transaction.atomic
def vote_on_panel(project: Project, *, verdict: Verdict, reasons: str, round: int, by: User, at: datetime) -> Project:
    """One panel member's vote. The vote that makes the quorum approves or refuses the project.

    Raises Refused like every other door. Whoever approves a project draws its agreement up in the same step:
    that is `agreements.services.conclude`, through which pages go.
    """
    verdict, project = Verdict(verdict), _in_round(project, round)
    project = act(project, "vote", by=by, at=at, note=f"{verdict.value.capitalize()}: {reasons}")
    _record(project, Stage.PANEL, verdict, reasons, by, at)
    end = settled([vote.verdict for vote in votes_on(project, Stage.PANEL)], project.panel_quorum or 0)
    if end is None:
        return project
    action, word = ("approve", "approved") if end is Verdict.APPROVE else ("refuse", "refused")
    return act(project, action, by=worker(), at=at, note=f"The panel {word} the project.")


def pause(project: Project, *, reasons: str, by: User, at: datetime) -> Project:
    """Stop the clocks of an application that can't go on for a reason that is nobody's to mend today."""
    if not reasons.strip():
        raise Refused("Please give reasons: the project and the trail need them.")
    return act(project, "pause", by=by, at=at, note=reasons, paused_at=at)


def take_up(project: Project, *, by: User, at: datetime) -> Project:
    """The clocks of a paused application go on."""
    return act(project, "take up", by=by, at=at, paused_at=None, taken_up_at=at)


def _record(
    project: Project, stage: Stage, verdict: Verdict, reasons: str, by: User, at: datetime, **more: Any
) -> None:
    if not reasons.strip():
        raise Refused("Please give reasons: the applicant and the trail need them.")
    Decision.objects.create(
        project=project,
        round=project.round,
        stage=stage,
        owner=owner_code(by) if stage == Stage.OWNER else "",
        person=by,
        verdict=verdict.value,
        reasons=reasons.strip(),
        decided_at=at,
        **more,
    )
