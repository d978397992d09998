"""What waits for a person now, read off the lifecycles in a constant number of queries.

Which actions a person may take is asked of the lifecycles themselves; what their guards ask comes from `facts`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst

from extracts.lifecycle import DELIVERED, FAILED, HELD, RECALLED, REFUSED
from extracts.lifecycle import delivery as deliveries
from extracts.lifecycle import linkage as runs
from extracts.lifecycle import release as releases
from extracts.lifecycle.extract import STOPS
from extracts.models import Delivery, Extract, LinkageRun, Release
from extracts.services import clerical
from governance.agreements.lifecycle import DRAWN_UP, IN_FORCE, OPEN, REPORTED, REVOKED, SIGNED
from governance.agreements.models import Agreement, Condition
from governance.amendments import lifecycle as amending
from governance.amendments.models import Amendment
from governance.closing import lifecycle as closing
from governance.closing.models import Closure
from governance.incidents import lifecycle as incidents
from governance.incidents.models import Incident
from governance.ingress import lifecycle as coming_in
from governance.ingress.models import Ingress
from governance.outputs import lifecycle as outputs
from governance.outputs.models import OutputRequest
from governance.people import lifecycle as people
from governance.people.grants import is_the_services
from governance.people.models import Accreditation, FactorReset, Invitation, RoleGrant, User
from governance.people.roles import Role
from governance.permissions import lifecycle as reviews
from governance.permissions.models import RoleReview, TeamReview
from governance.projects import lifecycle as projects
from governance.projects.enquiries import lifecycle as enquiries
from governance.projects.models import Enquiry, Handover, Project
from governance.workflow import State, why_not
from portal.facts import Facts, Known, facts_about, roles_known

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
    Turn(Extract,         HELD,                  "let through", "Read how identifying the extract is, and decide"),
    Turn(Extract,         REFUSED,               "",            "Read why the extract was refused"),
    Turn(Extract,         DELIVERED,             "",            "The extract is in the project's workspace"),
    *(Turn(Extract, state, "", "Read which condition stopped the extract") for state in STOPS),
    Turn(Extract,         RECALLED,              "",            "A release was withdrawn: stop using this extract"),
    Turn(Enquiry,         enquiries.ASKED,       "redirect",    "Answer the enquiry"),
    Turn(Accreditation,   people.REQUESTED,      "refuse",      "Decide on the accreditation"),
    Turn(Incident,        incidents.REPORTED,    "assess",      "Assess an incident that was reported"),
    Turn(Incident,        incidents.ASSESSED,    "contain",     "Contain the incident"),
    Turn(Incident,        incidents.CONTAINED,   "record",      "Record what was learned, and close the incident"),
    Turn(RoleGrant,       people.PROPOSED,       "refuse",      "Confirm or refuse a role of the service"),
    Turn(FactorReset,     people.RESET_ASKED,    "confirm",     "Confirm or refuse the reset of a second factor"),
    Turn(TeamReview,      reviews.OPEN,           "confirm",     "Say who of the team still needs the project"),
    Turn(RoleReview,      reviews.OPEN,           "confirm",     "Say which roles somebody still needs"),
    Turn(LinkageRun,      runs.FAILED,           "retry",       "Read why the linkage failed and try again"),
    Turn(Delivery,        deliveries.REFUSED,    "",            "Tell the provider why the delivery was refused"),
    Turn(Release,         releases.BUILT,        "publish",     "Decide whether the release is published"),
    Turn(Release,         releases.WITHDRAWN,    "",            "A release was withdrawn: read what is wrong with it"),
    Turn(Ingress,         coming_in.DRAFT,       "edit",        "Add the files to bring in, and submit them", True),
    Turn(Ingress,         coming_in.RETURNED,    "edit",        "Answer the checker's reasons and submit again", True),
    Turn(Ingress,         coming_in.SUBMITTED,   "approve",     "Look at the files that are to come in"),
    Turn(Ingress,         coming_in.STOPPED,     "withdraw",    "Read what stopped the files, and try again", True),
    Turn(Ingress,         coming_in.BROUGHT_IN,  "",            "The files are in the project's workspace"),
    Turn(Ingress,         coming_in.REFUSED,     "",            "Read why the files were refused"),
    Turn(Closure,         closing.OPEN,          "answer",      "The project is to be closed: do your part"),
    Turn(Closure,         closing.SUBMITTED,     "confirm",     "Confirm that a project can be closed"),
    Turn(Closure,         closing.DESTROYED,     "",            "The project is closed: keep the certificate"),
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
    Ingress: (("project__lead", "author"), ("purpose", "source", "licence")),
    Closure: (("project__lead",), ("why", "inventory", "certificate")),
    OutputRequest: (("project__lead", "author"), ("context",)),
    LinkageRun: ((), ("report", "charts")),
    Delivery: ((), ("counts", "findings")),
    Accreditation: (("person__organisation",), ("evidence",)),
    Incident: (("person__organisation",), ("text", "about", "because", "actions", "lessons")),
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


def waiting_for(person: User, at: datetime) -> list[Item]:
    """What waits for the person, longest first; then the news of the last thirty days, newest first."""
    facts = facts_about(person, at)
    items = [item for model in FETCHED for item in _items(model, facts, at)]
    items += [*_review(facts), *_invitations(facts)]
    to_do = sorted((item for item in items if not item.news), key=lambda item: item.since)
    news = sorted((item for item in items if item.news), key=lambda item: item.since, reverse=True)
    return to_do + news


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
        Closure: "Closure",
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
    if isinstance(record, Incident):
        return record.reference
    if is_the_services(record):
        return str(record.code if isinstance(record, Release) else record.dataset)
    return str(record.project.reference)
