"""The life of a publication on record: in the register, out of it for a while, or out of it for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.projects import lifecycle as projects
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class PublicationState(State):
    LISTED = "listed"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


LISTED, HIDDEN, WITHDRAWN = PublicationState
LABELS = {LISTED: "In the register", HIDDEN: "Hidden by research support", WITHDRAWN: "Withdrawn"}
NOT_WITHDRAWN: frozenset[State] = frozenset({LISTED, HIDDEN})


def not_approved(publication: Any, person: Any, at: datetime) -> str | None:
    if publication.project.state == projects.APPROVED:
        return None
    return "Only an approved project has an entry in the register, and publications in it."


def own_work(publication: Any, person: Any, at: datetime) -> str | None:
    return projects.own_work(publication.project, person, at)


def own_organisation(publication: Any, person: Any, at: datetime) -> str | None:
    return projects.own_organisation(publication.project, person, at)


OUTSIDE = (own_work, own_organisation)

PUBLICATION = (
    # action        from           to         by               unless
    T("correct",    {LISTED},      LISTED,    Role.RESEARCHER, (not_approved,)),
    T("correct",    {HIDDEN},      HIDDEN,    Role.RESEARCHER, (not_approved,)),
    T("withdraw",   NOT_WITHDRAWN, WITHDRAWN, Role.RESEARCHER),
    T("hide",       {LISTED},      HIDDEN,    Role.SUPPORT,    OUTSIDE),
    T("show again", {HIDDEN},      LISTED,    Role.SUPPORT,    OUTSIDE),
)  # fmt: skip

WAITING = {
    LISTED: Waiting("nobody", "Anyone may read it in the public register."),
    HIDDEN: Waiting(
        "nobody", "The register does not show it. Its team can correct it, research support show it again."
    ),
    WITHDRAWN: Waiting("nobody", "The register does not show it any more. It stays on record."),
}
