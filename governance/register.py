"""What anyone may read of projects, releases and researchers: a view of the records, not a copy that could drift."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from governance.amendments.lifecycle import AGREED
from governance.amendments.models import Amendment
from governance.closing.lifecycle import ENDS_USE
from governance.closing.models import Closure
from governance.outputs.models import OutputRequest
from governance.people.lifecycle import GRANTED
from governance.people.models import Accreditation
from governance.projects.boards import Verdict, Vote, outcome
from governance.projects.lifecycle import APPROVED
from governance.projects.models import Decision, Project, Stage
from governance.publications.lifecycle import LISTED
from governance.publications.models import Publication


def public_releases() -> QuerySet[OutputRequest]:
    """Released outputs that were cleared for publication, newest first."""
    return OutputRequest.published().order_by("-released_at")


def public_publications() -> QuerySet[Publication]:
    """Publications that stand in the register, newest first, each with the outputs that it rests on."""
    rests_on = Prefetch("outputs", queryset=public_releases(), to_attr="rests_on")
    return Publication.objects.filter(state=LISTED).prefetch_related(rests_on).order_by("-published_on", "-pk")


def public_projects(words: str = "") -> QuerySet[Project]:
    """Approved projects with what they published, newest first; `words` must all occur in the public part."""
    projects = Project.objects.filter(state=APPROVED).select_related("lead__organisation")
    for word in words.split():
        projects = projects.filter(
            Q(title__icontains=word)
            | Q(lay_summary__icontains=word)
            | Q(public_benefit__icontains=word)
            | Q(reference__icontains=word)
        )
    return (
        projects.annotate(conditions_set=Count("conditions", distinct=True))
        .prefetch_related(
            Prefetch("output_requests", queryset=public_releases(), to_attr="published"),
            Prefetch("publications", queryset=public_publications(), to_attr="listed_publications"),
            Prefetch("decisions", queryset=votes_of_owners(), to_attr="votes_of_owners"),
            Prefetch("amendments", queryset=Amendment.objects.filter(state=AGREED), to_attr="agreed"),
            Prefetch("closures", queryset=ended_by(), to_attr="ended_by"),
            "agreements",
        )
        .order_by("-state_since")
    )


def ended_by() -> QuerySet[Closure]:
    """The confirmed closures, of which a project has one at most; with the moment of it alone."""
    confirmed = Closure.objects.filter(state__in=[state.value for state in ENDS_USE])
    return confirmed.only("project", "confirmed_at")


def votes_of_owners() -> QuerySet[Decision]:
    """The data owners' votes in order, without who gave them and why."""
    votes = Decision.objects.filter(stage=Stage.OWNER).order_by("decided_at", "pk")
    return votes.only("project", "round", "owner", "verdict", "refused", "decided_at")


def decided_by(project: Project, votes: Iterable[Decision]) -> dict[str, str]:
    """Owner -> what it decided on the application as approved, in words; without owners that have not settled."""
    given = [
        Vote(vote.owner, Verdict(vote.verdict), frozenset(vote.refused))
        for vote in votes
        if vote.round == project.round
    ]
    if not project.quorums:
        return {}
    found = outcome(project.quorums, given)
    in_part = {vote.board for vote in given if vote.verdict is Verdict.APPROVE and vote.refused}
    said = {owner: "Approved in part" if owner in in_part else "Approved" for owner in found.approved}
    said |= dict.fromkeys(found.refused, "Refused")
    return {owner: said[owner] for owner in project.boards_of_owners if owner in said}


def public_researchers(words: str = "", *, on: date) -> QuerySet[Accreditation]:
    """Accreditations that hold on the day, one a person, of those who agreed to stand in the register, by name.

    Whether a sanction suspends somebody is not public (codelist breach_levels).
    """
    held = Accreditation.objects.filter(
        state=GRANTED, on_the_register=True, accredited_from__lte=on, accredited_until__gte=on, person__is_active=True
    )
    longer = held.filter(person=OuterRef("person")).filter(
        Q(accredited_until__gt=OuterRef("accredited_until"))
        | Q(accredited_until=OuterRef("accredited_until"), pk__gt=OuterRef("pk"))
    )
    found = held.exclude(Exists(longer)).select_related("person__organisation")
    for word in words.split():
        found = found.filter(
            Q(person__name__icontains=word) | Q(person__organisation__name__icontains=word) | Q(number__icontains=word)
        )
    return found.order_by("person__name", "pk")
