"""What every page knows: the navigation, who is signed in, whether this is the demonstration."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from governance.notices import services
from governance.people.grants import roles_everywhere
from governance.people.models import User
from governance.people.roles import Role
from portal.second_factor import was_given

# text, name of the page, who sees it: everyone, signed-in people, or holders of one of the roles
NAVIGATION: tuple[tuple[str, str, str | frozenset[Role]], ...] = (
    ("Your work", "home", "signed in"),
    ("Projects", "projects", "signed in"),
    ("People", "people", frozenset({Role.SUPPORT, Role.AUDITOR})),
    ("Incidents", "incidents", frozenset({Role.SUPPORT, Role.AUDITOR})),
    ("Output checks", "outputs", frozenset({Role.CHECKER})),
    ("Files coming in", "ingresses", frozenset({Role.CHECKER})),
    ("Linkage", "linkage", frozenset({Role.LINKER, Role.STEWARD, Role.AUDITOR})),
    ("Operations", "operations", frozenset({Role.OPERATOR})),
    ("Audit trail", "trail", frozenset({Role.AUDITOR})),
    ("Catalogue", "catalogue", "everyone"),
    ("Releases", "releases", "everyone"),
    ("Public register", "register", "everyone"),
)

OF_PROJECTS = (
    "/agreements/",
    "/amendments/",
    "/attachments/",
    "/conditions/",
    "/enquiries/",
    "/extracts/",
    "/handovers/",
    "/publications/",
)
OF_PEOPLE = ("/roles/", "/invitations/", "/organisations/", "/accreditations/", "/sanctions/")


def site(request: HttpRequest) -> dict[str, Any]:
    """Variables for the base template."""
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    roles = roles_everywhere(person, timezone.now()) if isinstance(person, User) else frozenset()
    here = _section(request, roles)
    shut = signed_in and not was_given(request)  # before the second factor there is nowhere to go
    shown = [
        {"text": text, "href": reverse(name), "active": name == here}
        for text, name, who in NAVIGATION
        if not shut and (who == "everyone" or (signed_in and (who == "signed in" or _held(who, roles))))
    ]
    return {
        "demo": settings.DEMO,
        "navigation": shown,
        "unread_notices": services.unread(person).count() if isinstance(person, User) else 0,
        "person_roles": ", ".join(role.label for role in sorted(roles, key=list(Role).index)),
    }


def _held(who: str | frozenset[Role], roles: Collection[Role]) -> bool:
    return isinstance(who, frozenset) and not who.isdisjoint(roles)


def _section(request: HttpRequest, roles: frozenset[Role]) -> str:
    """Name of the part of the navigation that this page belongs to, or "".

    The work on a project is found through the project; checkers find output requests in a queue of their own.
    """
    if request.path == "/" or request.path.startswith(reverse("you")):
        return "home"
    if request.path.startswith(reverse("outputs")):
        return "outputs" if Role.CHECKER in roles else "projects"
    if request.path.startswith(reverse("incidents")):
        return "incidents" if roles & {Role.SUPPORT, Role.AUDITOR} else "home"
    if request.path.startswith(reverse("ingresses")):
        return "ingresses" if Role.CHECKER in roles else "projects"
    if request.path.startswith(OF_PROJECTS):
        return "projects"
    if request.path.startswith(OF_PEOPLE):
        return "people"
    return next((name for _, name, _ in NAVIGATION[1:] if request.path.startswith(reverse(name))), "")
