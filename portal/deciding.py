"""The boards as pages show them: who decides where, what they may choose, and who is named to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.agreements import services as agreements
from governance.catalogue.catalogue import Catalogue, UnknownName
from governance.people.models import User
from governance.people.roles import Role
from governance.projects import services
from governance.projects.boards import Verdict
from governance.projects.conditions import kinds
from governance.projects.lifecycle import ETHICS, OWNERS, PANEL, TRIAGE
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
        Choice(Verdict.APPROVE, "Accept: it is complete and feasible", "Ethical review is next.",
               "You accepted the application. Ethical review is next."),
        Choice(Verdict.RETURN, "Return it for changes", MEND, "You returned the application."),
    )),
    Board(ETHICS, Role.ETHICS, "pass", "Ethics reviewer", (
        Choice(Verdict.APPROVE, "Pass it", "The data owners decide next.",
               "You passed the application. The data owners decide next."),
        Choice(Verdict.REFUSE, "Refuse it on ethical grounds", "The application ends.", "You refused the application."),
        Choice(Verdict.RETURN, "Return it for changes",
               MEND + " Ask here too for the approval of their institution's committee.",
               "You returned the application."),
    )),
    Board(OWNERS, Role.OWNER, "vote", "Data owner", (
        Choice(Verdict.APPROVE, "Approve your tables",
               "As you chose for each variable, under the conditions that you set.",
               "You voted to approve your tables."),
        Choice(Verdict.REFUSE, "Refuse your tables", "Your tables leave the application. The rest of it goes on.",
               "You voted to refuse your tables."),
        Choice(Verdict.RETURN, "Return it for changes", MEND + " Every board then decides anew.",
               "You returned the application."),
    )),
    Board(PANEL, Role.PANEL, "vote", "Accreditation panel", (
        Choice(Verdict.APPROVE, "Approve the project",
               "With the vote that makes the quorum, the agreement is drawn up from what the owners approved.",
               "You voted to approve the project."),
        Choice(Verdict.REFUSE, "Refuse the project", "With the vote that makes the quorum, the application ends.",
               "You voted to refuse the project."),
        Choice(Verdict.RETURN, "Return it for changes", MEND + " Every board then decides anew.",
               "You returned the application."),
    )),
)  # fmt: skip
STAGES = {Stage.TRIAGE: TRIAGE, Stage.ETHICS: ETHICS, Stage.OWNER: OWNERS, Stage.PANEL: PANEL}
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
    questions: Mapping[str, str],
    more: Mapping[str, Any],
    catalogue: Catalogue,
    by: User,
    at: datetime,
) -> None:
    """Hand a vote on one round to the service that it belongs to. Raises Refused.

    questions  what a return asks to change
    more       what this board's vote takes besides: refused variables and conditions, or a last day
    """
    said: dict[str, Any] = {"reasons": reasons, "round": round, "by": by, "at": at}
    if choice.verdict is Verdict.RETURN:
        services.send_back(project, questions=questions, **said)
    elif board.state == TRIAGE:
        services.accept(project, **more, **said)
    elif board.state == ETHICS and choice.verdict is Verdict.APPROVE:
        services.pass_ethics(project, **more, **said)
    elif board.state == ETHICS:
        services.fail_ethics(project, **said)
    elif board.state == OWNERS:
        services.vote(project, verdict=choice.verdict, catalogue=catalogue, **more, **said)
    else:
        agreements.conclude(project, verdict=choice.verdict, catalogue=catalogue, **said)


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
    left_out: tuple[str, ...]
    conditions: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]


def shown(decisions: Iterable[Decision], catalogue: Catalogue, *, named: bool) -> list[ShownDecision]:
    """Decisions newest first, with names only for those who may know them."""
    return [_shown(decision, catalogue, named) for decision in reversed(list(decisions))]


def _shown(decision: Decision, catalogue: Catalogue, named: bool) -> ShownDecision:
    verdict, colour = GIVEN[Verdict(decision.verdict)]
    if decision.verdict == Verdict.APPROVE:
        verdict = {Stage.TRIAGE: "Accepted", Stage.ETHICS: "Passed"}.get(Stage(decision.stage), verdict)
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
        left_out=tuple(label_of(name, catalogue) for name in decision.refused),
        conditions=tuple(condition_in_words(one, catalogue) for one in decision.conditions),
        questions=tuple((question_label(decision.project, key), change) for key, change in decision.questions.items()),
    )


def board_name(stage: str, owner: str, catalogue: Catalogue) -> str:
    """The board in words: "Research support", "Data owner, CPS", "Accreditation panel"."""
    title = next(board.title for board in BOARDS if board.state == STAGES[Stage(stage)])
    try:
        return f"{title}, {catalogue.owner(owner).label}" if owner else title
    except UnknownName:
        return f"{title}, {owner}"


def label_of(name: str, catalogue: Catalogue) -> str:
    """A variable ("table.variable") or a table in the catalogue's words; the name where it holds it no longer."""
    table, _, variable = name.partition(".")
    try:
        described = catalogue[table]
        return f"{described[variable].label} ({described.label})" if variable else described.label
    except UnknownName:
        return name


def condition_in_words(condition: Mapping[str, str], catalogue: Catalogue) -> str:
    """A condition as one line: what it is about, which kind, and what is meant."""
    kind, about, level = kinds()[condition["kind"]], condition.get("about", ""), condition.get("level", "")
    if kind.of_a_variable:
        table, _, variable = about.partition(".")
        try:
            steps = {step.name: step.label for step in catalogue.levels(catalogue[table][variable])}
        except UnknownName:
            steps = {}
        return f"{label_of(about, catalogue)}: no finer than {steps.get(level, level).lower()}"
    where = f"{label_of(about, catalogue)}: " if about else ""
    return f"{where}{kind.label}. {condition.get('text', '')}".strip()


def question_label(project: Project, key: str) -> str:
    """A question of the application's form by its label; the key where the form asks it no longer."""
    return project.form[key].label if key in project.form else key
