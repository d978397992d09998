"""What the lifecycles' guards may ask about one person, fetched once for all records.

Guards ask each record about the person; `Known` stands before the record and answers from `Facts`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from extracts.lifecycle import release as releases
from extracts.models import Release
from governance.agreements.lifecycle import DRAWN_UP, IN_FORCE
from governance.agreements.models import Agreement, Signature
from governance.agreements.models.agreement import Side
from governance.amendments import lifecycle as amending
from governance.amendments.models import VOTES_AS as AMENDMENTS_VOTES_AS
from governance.amendments.models import Amendment, AmendmentVote
from governance.incidents.models import Incident, IncidentProject
from governance.outputs import lifecycle as outputs
from governance.outputs.models import Check
from governance.people import lifecycle as people
from governance.people.grants import is_about, is_the_services, owner_code, reaching, roles_everywhere, teams_of
from governance.people.models import Accreditation, User
from governance.people.roles import DECIDING, Role
from governance.people.sharing import StoodIn, is_used, people_of
from governance.people.standins import known_of
from governance.projects import lifecycle as projects
from governance.projects.boards import Verdict, has_settled
from governance.projects.models import Decision, Member, Project, Stage
from governance.projects.models.project import STAGE_OF, VOTES_AS


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
    named: Collection[int] = ()
    incidents_of_own: Collection[int] = ()
    suspended: Collection[int] = ()


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
        if self._record.project_id in self._facts.suspended:
            return "The project is suspended."
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

    def names(self, person: User) -> bool:
        return self._record.pk in self._facts.named

    def is_about_project_of(self, person: User) -> bool:
        return self._record.pk in self._facts.incidents_of_own

    def checked_by(self, person: User) -> bool:
        return (self._record.pk, self._record.round) in self._facts.checked


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
    supports = Role.SUPPORT in everywhere
    own = IncidentProject.objects.filter(project__members__person=person)
    stopping = Incident.those_suspending() if Role.CHECKER in everywhere else Incident.objects.none()
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
        named=set(person.incidents.values_list("incident_id", flat=True)) if supports else set(),
        incidents_of_own=set(own.values_list("incident_id", flat=True)) if supports else set(),
        suspended=set(stopping.values_list("projects__project_id", flat=True)),
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
