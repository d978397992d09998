"""Which questions of an application each role may read. Pages, PDF and CSV all ask here."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from governance.people.roles import TEAM_ROLES, Role
from governance.projects.form.entries import READERS, Question

# What of `visible_to` each role reads. The team reads what it wrote, research support what it has to find complete,
# auditors everything. A role that does not stand here reads what is public.
READS: dict[Role, frozenset[str]] = {
    Role.RESEARCHER:  READERS,
    Role.COORDINATOR: READERS,
    Role.SUPPORT:     READERS,
    Role.AUDITOR:     READERS,
    Role.ETHICS:      frozenset({"public", "all", "panel"}),
    Role.OWNER:       frozenset({"public", "all", "owner"}),
    Role.PANEL:       frozenset({"public", "all", "panel"}),
    Role.CHECKER:     frozenset({"public", "all", "checker"}),
}  # fmt: skip
ANYBODY = frozenset({"public"})


def readable_by(question: Question, roles: Collection[StrEnum]) -> bool:
    """Whether somebody with these roles on the project may read the answer."""
    reads = ANYBODY.union(*(READS.get(Role(role), ANYBODY) for role in roles))
    return bool(question.visible_to & reads)


# Audiences of comments: who may choose each, and who reads it. Whoever is on the team counts as nothing else.
STAFF_ROLES = frozenset({Role.SUPPORT, Role.ETHICS, Role.OWNER, Role.PANEL})
READ_COMMENTS = {
    "team":      TEAM_ROLES,
    "everybody": TEAM_ROLES | STAFF_ROLES | {Role.AUDITOR},
    "staff":     STAFF_ROLES,
}  # fmt: skip
WRITE_COMMENTS = {"team": TEAM_ROLES, "everybody": TEAM_ROLES | STAFF_ROLES, "staff": STAFF_ROLES}


def reads_comments_to(audience: str, roles: Collection[StrEnum]) -> bool:
    return bool(_as_commenter(roles) & READ_COMMENTS.get(audience, frozenset()))


def audiences_of(roles: Collection[StrEnum]) -> list[str]:
    """The audiences that somebody with these roles on the project may write to."""
    return [audience for audience, writers in WRITE_COMMENTS.items() if _as_commenter(roles) & writers]


def _as_commenter(roles: Collection[StrEnum]) -> frozenset[StrEnum]:
    held = frozenset(roles)
    return held & TEAM_ROLES or held
