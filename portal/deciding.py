"""The boards as pages show them: who decides where, what they may choose, and who is named to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from governance.agreements import services as agreements
from governance.catalogue.catalogue import Catalogue, UnknownName
from governance.people.models import User
from governance.people.roles import Role
from governance.projects import services
from governance.projects.boards import Verdict
from governance.projects.lifecycle import OWNERS, PANEL, TRIAGE
from governance.projects.models import Decision, Project, Stage


@dataclass(frozen=True)
class Choice:
    """One verdict of a board: what is stored, what it says, and what follows."""

    verdict: Verdict
    label: str
    hint: str
    done: str


@dataclass(frozen=True)
class Board:
    """Where the application stands when this board decides (a state), the role it takes, and its verdicts.

    action  the lifecycle's action that anyone on the board can take
    """

    state: str
    role: Role
    action: str
    title: str
    choices: tuple[Choice, ...]


MEND = "The applicants read your reasons, change the application and submit it again."
BOARDS = (
    Board(TRIAGE, Role.SUPPORT, "accept", "Research support", (
        Choice(Verdict.APPROVE, "Accept: it is complete and feasible", "The data owners decide next.",
               "You accepted the application. The data owners decide next."),
        Choice(Verdict.RETURN, "Return it for changes", MEND, "You returned the application."),
    )),
    Board(OWNERS, Role.OWNER, "decide", "Data owner", (
        Choice(Verdict.APPROVE, "Approve your tables", "Everything that is asked of your tables, as listed.",
               "You approved your tables."),
        Choice(Verdict.REFUSE, "Refuse your tables", "Your tables leave the application. The rest of it goes on.",
               "You refused your tables."),
        Choice(Verdict.RETURN, "Return it for changes", MEND + " Every owner then decides anew.",
               "You returned the application."),
    )),
    Board(PANEL, Role.PANEL, "approve", "Accreditation panel", (
        Choice(Verdict.APPROVE, "Approve the project",
               "The agreement is drawn up at once, without the tables that their owner refused.",
               "You approved the project, and the agreement was drawn up."),
        Choice(Verdict.REFUSE, "Refuse the project", "The application ends.", "You refused the project."),
        Choice(Verdict.RETURN, "Return it for changes", MEND + " Every owner then decides anew.",
               "You returned the application."),
    )),
)  # fmt: skip
STAGES = {Stage.TRIAGE: TRIAGE, Stage.OWNER: OWNERS, Stage.PANEL: PANEL}
GIVEN = {Verdict.APPROVE: ("Approved", "green"), Verdict.REFUSE: ("Refused", "red"),
         Verdict.RETURN: ("Returned for changes", "yellow")}  # fmt: skip


def board_of(state: str, roles: Collection[Role]) -> Board | None:
    """The board that decides in this state, when one of these roles sits on it."""
    return next((board for board in BOARDS if board.state == state and board.role in roles), None)


def record(
    project: Project,
    board: Board,
    choice: Choice,
    *,
    reasons: str,
    round: int,
    catalogue: Catalogue,
    by: User,
    at: datetime,
) -> None:
    """Hand a board's verdict on one round to the service that it belongs to. Raises Refused."""
    if choice.verdict is Verdict.RETURN:
        services.send_back(project, reasons=reasons, round=round, by=by, at=at)
    elif board.state == TRIAGE:
        services.accept(project, reasons=reasons, round=round, by=by, at=at)
    elif board.state == OWNERS:
        services.decide(project, verdict=choice.verdict, reasons=reasons, round=round, by=by, at=at)
    elif choice.verdict is Verdict.APPROVE:
        agreements.conclude(project, reasons=reasons, round=round, catalogue=catalogue, by=by, at=at)
    else:
        services.refuse(project, reasons=reasons, round=round, by=by, at=at)


@dataclass(frozen=True)
class ShownDecision:
    """A decision as one reader may see it: `person` is "" where the board speaks without a name."""

    board: str
    person: str
    verdict: str
    colour: str
    reasons: str
    decided_at: datetime
    round: int
    owner: str
    returns: bool


def shown(decisions: Iterable[Decision], catalogue: Catalogue, *, named: bool) -> list[ShownDecision]:
    """Decisions newest first, with names only for those who may know them."""
    return [_shown(decision, catalogue, named) for decision in reversed(list(decisions))]


def _shown(decision: Decision, catalogue: Catalogue, named: bool) -> ShownDecision:
    verdict, colour = GIVEN[Verdict(decision.verdict)]
    if decision.stage == Stage.TRIAGE and decision.verdict == Verdict.APPROVE:
        verdict = "Accepted"
    return ShownDecision(
        board=board_name(decision.stage, decision.owner, catalogue),
        person=str(decision.person) if named else "",
        verdict=verdict,
        colour=colour,
        reasons=decision.reasons,
        decided_at=decision.decided_at,
        round=decision.round,
        owner=decision.owner,
        returns=decision.verdict == Verdict.RETURN,
    )


def board_name(stage: str, owner: str, catalogue: Catalogue) -> str:
    """The board in words: "Research support", "Data owner, CPS", "Accreditation panel"."""
    title = next(board.title for board in BOARDS if board.state == STAGES[Stage(stage)])
    try:
        return f"{title}, {catalogue.owner(owner).label}" if owner else title
    except UnknownName:
        return f"{title}, {owner}"
