"""What waits for a person now, read off the lifecycles in a constant number of queries.

Which actions a person may take is asked of the lifecycles themselves. Their guards ask records about the
person, record by record; `Known` answers those questions from facts that were fetched once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Model, Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst

from extracts.lifecycle import DELIVERED, FAILED, RECALLED, STOPPED
from extracts.lifecycle import delivery as deliveries
from extracts.lifecycle import linkage as runs
from extracts.lifecycle import release as releases
from extracts.models import Delivery, Extract, LinkageRun, Release
from extracts.services import clerical
from governance.agreements.lifecycle import DRAWN_UP, IN_FORCE, OPEN, REPORTED, REVOKED, SIGNED
from governance.agreements.models import Agreement, Condition, Signature
from governance.agreements.models.agreement import Side
from governance.amendments import lifecycle as amending
from governance.amendments.models import VOTES_AS as AMENDMENTS_VOTES_AS
from governance.amendments.models import Amendment, AmendmentVote
from governance.outputs import lifecycle as outputs
from governance.outputs.models import Check, OutputRequest
from governance.people import lifecycle as people
from governance.people.grants import is_about, is_the_services, owner_code, reaching, roles_everywhere, teams_of
from governance.people.models import Accreditation, FactorReset, Invitation, RoleGrant, User
from governance.people.roles import DECIDING, Role
from governance.people.sharing import StoodIn, is_used, people_of
from governance.people.standins import known_of
from governance.permissions import lifecycle as reviews
from governance.permissions.models import RoleReview, TeamReview
from governance.projects import lifecycle as projects
from governance.projects.boards import Verdict, has_settled
from governance.projects.enquiries import lifecycle as enquiries
from governance.projects.models import Decision, Enquiry, Handover, Member, Project, Stage
from governance.projects.models.project import STAGE_OF, VOTES_AS
from governance.workflow import State, why_not

NEWS_STAYS = timedelta(days=30)


@dataclass(frozen=True)
class Turn:
    """While a record is in `state`, whoever may take `action` is the one it waits for.

    news    nothing has to be done: the team (or the author) should know, and is told for thirty days;
            of the service's own records, linkage analysts are told
    author  of an output request's team, its author alone is meant
    """

    model: type[Model]
    state: State
    action: str
    what: str
    author: bool = False

    @property
    def news(self) -> bool:
        return not self.action


TURNS = (
    # record              state                  action         what the person does next
    Turn(Project,         projects.DRAFT,        "edit",        "Complete the application and submit it"),
    Turn(Project,         projects.RETURNED,     "edit",        "Answer the reasons and submit again"),
    Turn(Project,         projects.TRIAGE,       "accept",      "Check that it is complete and feasible"),
    Turn(Project,         projects.ETHICS,       "pass",        "Review the ethics of it"),
    Turn(Project,         projects.OWNERS,       "vote",        "Decide for your organisation's tables"),
    Turn(Project,         projects.OFFERED,      "take",        "Take the reduced project, or change the application"),
    Turn(Project,         projects.PANEL,        "vote",        "Decide on the project as a whole"),
    Turn(Project,         projects.REFUSED,      "",            "Read why the application was refused"),
    Turn(Project,         projects.REVOKED,      "",            "Read why the project was revoked"),
    Turn(Handover,        projects.PROPOSED,     "decline",     "Take over the lead of the project, or decline"),
    Turn(Agreement,       DRAWN_UP,              "sign",        "Read the agreement and sign"),
    Turn(Agreement,       IN_FORCE,              "sign",        "Read the agreement and sign it to have access"),
    Turn(Agreement,       SIGNED,                "countersign", "Sign for the service"),
    Turn(Agreement,       IN_FORCE,              "",            "The agreement is in force: extracts can be built"),
    Turn(Amendment,       amending.DRAFT,        "edit",        "Complete the amendment and submit it"),
    Turn(Amendment,       amending.RETURNED,     "edit",        "Answer the reasons and submit the amendment again"),
    Turn(Amendment,       amending.TRIAGE,       "return",      "Decide on the amendment, or hand it on"),
    Turn(Amendment,       amending.OWNERS,       "vote",        "Decide on what the amendment adds of your data"),
    Turn(Amendment,       amending.PANEL,        "vote",        "Decide on the amendment"),
    Turn(Amendment,       amending.AGREED,       "",            "The amendment is agreed"),
    Turn(Amendment,       amending.REFUSED,      "",            "Read why the amendment was refused"),
    Turn(Condition,       OPEN,                  "report",      "Say how a data owner's condition is met"),
    Turn(Condition,       REPORTED,              "discharge",   "See whether your condition is met"),
    Turn(Agreement,       REVOKED,               "",            "Read why the agreement was revoked"),
    Turn(Extract,         FAILED,                "retry",       "Read why the build failed and try again"),
    Turn(Extract,         DELIVERED,             "",            "The extract is in the project's workspace"),
    Turn(Extract,         STOPPED,               "",            "Read which condition stopped the extract"),
    Turn(Extract,         RECALLED,              "",            "A release was withdrawn: stop using this extract"),
    Turn(Enquiry,         enquiries.ASKED,       "redirect",    "Answer the enquiry"),
    Turn(Accreditation,   people.REQUESTED,      "refuse",      "Decide on the accreditation"),
    Turn(RoleGrant,       people.PROPOSED,       "refuse",      "Confirm or refuse a role of the service"),
    Turn(FactorReset,     people.RESET_ASKED,    "confirm",     "Confirm or refuse the reset of a second factor"),
    Turn(TeamReview,      reviews.OPEN,           "confirm",     "Say who of the team still needs the project"),
    Turn(RoleReview,      reviews.OPEN,           "confirm",     "Say which roles somebody still needs"),
    Turn(LinkageRun,      runs.FAILED,           "retry",       "Read why the linkage failed and try again"),
    Turn(Delivery,        deliveries.REFUSED,    "",            "Tell the provider why the delivery was refused"),
    Turn(Release,         releases.BUILT,        "publish",     "Decide whether the release is published"),
    Turn(Release,         releases.WITHDRAWN,    "",            "A release was withdrawn: read what is wrong with it"),
    Turn(OutputRequest,   outputs.DRAFT,         "edit",        "Complete the output request and submit it", True),
    Turn(OutputRequest,   outputs.RETURNED,      "edit",        "Answer the checkers' reasons and submit again", True),
    Turn(OutputRequest,   outputs.SUBMITTED,     "check",       "Check the output"),
    Turn(OutputRequest,   outputs.CHECKED_ONCE,  "check",       "Check the output: you are the second checker"),
    Turn(OutputRequest,   outputs.CLEARED,       "release",     "Release the files: two checkers cleared them"),
    Turn(OutputRequest,   outputs.CLEARED,       "",            "Two checkers cleared it: it will be released", True),
    Turn(OutputRequest,   outputs.RELEASED,      "",            "Download the signed package", True),
)  # fmt: skip

# What is fetched along with a record, and the long columns that a list has no use for.
FETCHED: Mapping[type[Model], tuple[tuple[str, ...], tuple[str, ...]]] = {
    Project: (("lead__organisation",), ("requested", "answers", "lay_summary", "public_benefit")),
    Handover: (("project__lead",), ()),
    Agreement: (("project__lead",), ("scope_json", "terms")),
    Condition: (("project__lead",), ("text", "how_met")),
    Amendment: (("project__lead",), ("delta", "reason")),
    Extract: (("project__lead",), ("specification", "manifest")),
    OutputRequest: (("project__lead", "author"), ("context",)),
    LinkageRun: ((), ("report", "charts")),
    Delivery: ((), ("counts", "findings")),
    Accreditation: (("person__organisation",), ("evidence",)),
    RoleGrant: (("person__organisation", "stands_in_for"), ()),
    FactorReset: (("person__organisation",), ("because",)),
    TeamReview: (("project__lead",), ()),
    RoleReview: (("person__organisation",), ()),
    Enquiry: (("person__organisation",), ("question", "answer")),
    Release: (("run",), ("difference", "run__report", "run__charts")),
}


@dataclass(frozen=True)
class Item:
    """One row of the list: what to do, with which record, and since when it waits."""

    what: str
    news: bool
    record: Any
    reference: str
    name: str
    state: str
    since: datetime


@dataclass(frozen=True)
class Facts:
    """What the guards may ask about one person, for all records at once.

    team  the projects on whose team the person is, whether or not a role there still counts
    held  the projects on which one does, with the role
    """

    person: User
    everywhere: frozenset[Role]
    team: Collection[int]
    held: Mapping[int, Role]
    voted: Collection[tuple[int, int, str]]
    given: Mapping[tuple[int, int], list[Verdict]]
    amendments_voted: Collection[tuple[int, int, str]]
    amendments_given: Mapping[tuple[int, int], list[Verdict]]
    running: Collection[int]
    conflicts: Collection[int]
    tied: Collection[int]
    signed: Collection[int]
    institution_signed: Collection[int]
    checked: Collection[tuple[int, int]]
    in_force: Mapping[int, Agreement]
    newest_out: Mapping[str, datetime]


class Known:
    """A record that answers guards about one person from `Facts`; anything else it passes on."""

    def __init__(self, record: Any, facts: Facts) -> None:
        self._record, self._facts = record, facts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._record, name)

    @property
    def project(self) -> Known:
        return Known(self._record.project, self._facts)

    def has_member(self, person: User) -> bool:
        return self._record.pk in self._facts.team

    def why_no_agreement(self, at: datetime) -> str | None:
        if self._record.state != outputs.CLEARED:
            reason: str | None = self._record.why_no_agreement(at)  # no turn asks it of these: nothing was fetched
            return reason
        agreement = self._facts.in_force.get(self._record.project_id)
        return agreement.why_not_in_force(at) if agreement else "No agreement of this project is in force."

    def has_newer_out(self) -> bool:
        newest = self._facts.newest_out.get(self._record.code)
        return newest is not None and newest > self._record.created_at

    def has_voted(self, person: User, at: datetime) -> bool:
        if isinstance(self._record, Amendment):
            return (self._record.pk, self._record.round, self._record.state) in self._facts.amendments_voted
        return (self._record.pk, self._record.round, STAGE_OF.get(self._record.state, "")) in self._facts.voted

    def has_settled(self, person: User) -> bool:
        known = self._facts.amendments_given if isinstance(self._record, Amendment) else self._facts.given
        given = known.get((self._record.pk, self._record.round), [])
        return has_settled(owner_code(person), given, self._record.quorums)

    def interest_of(self, person: User) -> bool:
        """Whoever has declared nothing yet is asked first: the turn is theirs all the same."""
        return self._record.pk in self._facts.conflicts

    def tie_of(self, person: User) -> str | None:
        return "You are tied to the team." if self._record.pk in self._facts.tied else None

    def why_not_running(self, at: datetime) -> str | None:
        running = self._record.project.state == projects.APPROVED and self._record.project_id in self._facts.running
        return None if running else "Only an approved project with an agreement in force is amended."

    def signed_by(self, person: User) -> bool:
        return self._record.pk in self._facts.signed

    def institution_signed(self) -> bool:
        return self._record.pk in self._facts.institution_signed

    def checked_by(self, person: User) -> bool:
        return (self._record.pk, self._record.round) in self._facts.checked


def waiting_for(person: User, at: datetime) -> list[Item]:
    """What waits for the person, longest first; then the news of the last thirty days, newest first."""
    facts = facts_about(person, at)
    items = [item for model in FETCHED for item in _items(model, facts, at)]
    items += [*_review(facts), *_invitations(facts)]
    to_do = sorted((item for item in items if not item.news), key=lambda item: item.since)
    news = sorted((item for item in items if item.news), key=lambda item: item.since, reverse=True)
    return to_do + news


def facts_about(person: User, at: datetime) -> Facts:
    """A fixed number of queries, however many records there are. Nothing waits for a person who has left."""
    if not person.is_active:
        return Facts(person, frozenset(), (), {}, (), {}, (), {}, (), (), (), (), (), (), {}, {})
    reviewed = Decision.objects.filter(project__state__in=projects.UNDER_REVIEW)
    amended = AmendmentVote.objects.filter(amendment__state__in=amending.UNDER_REVIEW)
    in_force = Agreement.objects.filter(state=IN_FORCE, project__output_requests__state=outputs.CLEARED).distinct()
    checks = Check.objects.filter(checker=person, request__state__in=outputs.CHECKERS_TURN)
    out = Release.objects.filter(state__in=releases.WAS_PUBLISHED).order_by()
    institution = Signature.objects.filter(side=Side.INSTITUTION, agreement__state=DRAWN_UP)
    team, held = teams_of(person, Project.objects.all(), at)
    everywhere = roles_everywhere(person, at)
    shared = known_of(person) if everywhere & DECIDING else ()
    return Facts(
        person=person,
        everywhere=everywhere,
        team=team,
        held=held,
        voted=_voted(reviewed, "project_id", votes_as=VOTES_AS, known=shared, person=person, at=at),
        given=_given(reviewed.filter(stage=Stage.OWNER, owner=owner_code(person)), "project_id"),
        amendments_voted=_voted(
            amended, "amendment_id", votes_as=AMENDMENTS_VOTES_AS, known=shared, person=person, at=at
        ),
        amendments_given=_given(amended.filter(stage=amending.OWNERS, owner=owner_code(person)), "amendment_id"),
        running=set(
            Agreement.objects.filter(state=IN_FORCE, project__amendments__state__in=amending.OPEN).values_list(
                "project_id", flat=True
            )
        ),
        conflicts=set(person.interests.filter(conflict=True).values_list("project_id", flat=True)),
        tied=_tied(person),
        signed=set(person.signatures.values_list("agreement_id", flat=True)),
        institution_signed=set(institution.values_list("agreement_id", flat=True)),
        checked=set(checks.values_list("request_id", "round")),
        in_force={agreement.project_id: agreement for agreement in in_force.defer("scope_json", "terms")},
        newest_out=dict(out.values_list("code").annotate(newest=Max("created_at"))),
    )


def _voted(
    votes: QuerySet[Any],
    of: str,
    *,
    votes_as: Mapping[str, Role],
    known: Collection[StoodIn],
    person: User,
    at: datetime,
) -> set[tuple[int, int, str]]:
    """Record (its id is in the column `of`), round and stage where the person's vote is used, by whoever shares it."""
    cast: dict[tuple[int, int, str], list[tuple[int, datetime]]] = {}
    shared = votes.filter(person__in=people_of(person.pk, known)).order_by()
    for record, round, stage, voter, when in shared.values_list(of, "round", "stage", "person_id", "decided_at"):
        cast.setdefault((record, round, stage), []).append((voter, when))
    return {
        place
        for place, given in cast.items()
        if place[2] in votes_as and is_used(given, person.pk, votes_as[place[2]].value, known, at)
    }


def _given(votes: QuerySet[Any], of: str) -> dict[tuple[int, int], list[Verdict]]:
    """Record (its id is in the column `of`) and round -> what the person's organisation voted so far, in order."""
    given: dict[tuple[int, int], list[Verdict]] = {}
    for record, round, verdict in votes.order_by("decided_at", "pk").values_list(of, "round", "verdict"):
        given.setdefault((record, round), []).append(Verdict(verdict))
    return given


def _tied(person: User) -> set[int]:
    """Projects under review, or with an amendment that is, on whose team there is somebody tied to the person.

    The ties are those of `Project.tie_of`.
    """
    granted = Accreditation.objects.filter(state=people.GRANTED)
    above = granted.filter(person=person, supervisor__isnull=False).values("supervisor")
    below = granted.filter(supervisor=person).values("person")
    beside = Member.objects.filter(project__members__person=person).exclude(person=person).values("person")
    tied = Member.objects.filter(Q(person__in=above) | Q(person__in=below) | Q(person__in=beside))
    decided_on = Q(project__state__in=projects.UNDER_REVIEW) | Q(project__amendments__state__in=amending.UNDER_REVIEW)
    return set(tied.filter(decided_on).values_list("project_id", flat=True))


def roles_known(record: Any, facts: Facts) -> frozenset[Role]:
    """What `grants.roles_for` says of the record, without a query; a test holds the two together."""
    if is_the_services(record):
        return facts.everywhere | ({Role.SELF} if is_about(record, facts.person) else set())
    project = record.project
    team = frozenset({facts.held[project.pk]} if project.pk in facts.held else ())
    return reaching(project, team=team, everywhere=facts.everywhere, person=facts.person)


@dataclass(frozen=True)
class ReviewQueue:
    """Where pairs are reviewed: one line of the list for all of them."""

    def get_absolute_url(self) -> str:
        return reverse("review")


def _review(facts: Facts) -> Iterator[Item]:
    """The pairs that wait for a linkage analyst, as one line with their number."""
    if Role.LINKER not in facts.everywhere:
        return
    waiting = clerical.waiting_for(facts.person)
    first = waiting.order_by("created_at").values_list("created_at", "run__dataset").first()
    if first:
        since, dataset = first
        number = waiting.count()
        name = f"{number:,} pair{'' if number == 1 else 's'}"
        yield Item("Review pairs of records", False, ReviewQueue(), dataset, name, "Waiting for review", since)


def _invitations(facts: Facts) -> Iterator[Item]:
    """The invitations that wait for the person as the contact of their organisation."""
    waiting = Invitation.objects.filter(state=people.UNCONFIRMED, organisation__contact=facts.person)
    for one in waiting.select_related("organisation") if facts.person.is_active else ():
        what, since = "Confirm an invitation in your organisation's name", one.state_since
        yield Item(what, False, one, str(one.organisation), one.email, people.UNCONFIRMED.label, since)


def _items(model: type[Model], facts: Facts, at: datetime) -> Iterator[Item]:
    turns = [turn for turn in TURNS if turn.model is model]
    for record in _candidates(model, turns, facts, at):
        for turn in turns:
            if turn.state == record.state and _is_meant(turn, record, facts, at):
                yield _item(turn, record)


def _candidates(model: Any, turns: list[Turn], facts: Facts, at: datetime) -> QuerySet[Any]:
    """Records that could wait for the person: their team's, and those where a role held everywhere acts next."""
    if is_the_services(model):
        return _of_the_service(model, turns, facts, at)
    mine = Q(**{"pk__in" if model is Project else "project__in": list(facts.held)})
    fresh = Q(state__in=[turn.state for turn in turns if turn.news], state_since__gte=at - NEWS_STAYS)
    open_ones = Q(state__in=[turn.state for turn in turns if not turn.news])
    served = Q(state__in=[turn.state for turn in turns if _acts_next(turn, facts.everywhere)])
    along, unread = FETCHED[model]
    found: QuerySet[Any] = model.objects.filter(mine & (fresh | open_ones) | served)
    team = "members" if model is Project else "project__members"
    return found.select_related(*along).prefetch_related(team).defer(*unread)


def _of_the_service(model: Any, turns: list[Turn], facts: Facts, at: datetime) -> QuerySet[Any]:
    """Records of no project where a role of the person acts next, or that are news to it."""
    served = Q(state__in=[turn.state for turn in turns if not turn.news and _acts_next(turn, facts.everywhere)])
    told = [turn.state for turn in turns if turn.news] if Role.LINKER in facts.everywhere else []
    along, unread = FETCHED[model]
    found: QuerySet[Any] = model.objects.filter(served | Q(state__in=told, state_since__gte=at - NEWS_STAYS))
    return found.select_related(*along).defer(*unread)


def _acts_next(turn: Turn, roles: Collection[Role]) -> bool:
    moves: Any = turn.model.LIFECYCLE  # type: ignore[attr-defined]
    return any(move.action == turn.action and turn.state in move.sources and move.by in roles for move in moves)


def _is_meant(turn: Turn, record: Any, facts: Facts, at: datetime) -> bool:
    if turn.author and record.author_id != facts.person.pk:
        return False
    if turn.news:
        in_time = record.state_since >= at - NEWS_STAYS
        if is_the_services(record):
            return in_time and Role.LINKER in facts.everywhere
        return in_time and facts.held.get(record.project.pk) in record.VISIBLE_TO
    known, roles = Known(record, facts), roles_known(record, facts)
    return not why_not(record.LIFECYCLE, turn.action, known, facts.person, roles, at)


def _item(turn: Turn, record: Any) -> Item:
    names = {
        Accreditation: "{0.person}",
        RoleGrant: "{0}",
        TeamReview: "Review of access",
        RoleReview: "{0.person}",
        FactorReset: "{0.person}",
        Agreement: "Agreement {0.version}",
        Condition: "{0.described.label}",
        Amendment: "Amendment {0.number}: {0.project.title}",
        Extract: "Extract {0.pk}",
        Release: "Release {0.version}",
        Handover: "Lead of the project",
    }
    return Item(
        what=turn.what,
        news=turn.news,
        record=record,
        reference=_reference(record),
        name=names.get(turn.model, "{0.title}").format(record),
        state=capfirst(turn.state.label),
        since=record.state_since,
    )


def _reference(record: Any) -> str:
    """The project's reference, or the dataset or organisation that a record of the service is about."""
    if isinstance(record, Accreditation | FactorReset | RoleGrant | RoleReview):
        return str(record.person.organisation)
    if is_the_services(record):
        return str(record.code if isinstance(record, Release) else record.dataset)
    return str(record.project.reference)
