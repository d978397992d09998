"""What every page knows: the navigation, who is signed in, whether this is the demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from governance.people.grants import roles_everywhere
from governance.people.models import User
from governance.people.roles import Role

# text, name of the page, who sees it: everyone, signed-in people, or holders of a role
NAVIGATION = (
    ("Your work", "home", "signed in"),
    ("Projects", "projects", "signed in"),
    ("Output checks", "outputs", Role.CHECKER),
    ("Audit trail", "trail", Role.AUDITOR),
    ("Catalogue", "catalogue", "everyone"),
    ("Public register", "register", "everyone"),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """Variables for the base template."""
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    roles = roles_everywhere(person) if isinstance(person, User) else frozenset()
    shown = [
        {"text": text, "href": reverse(name), "active": _is_here(request, reverse(name))}
        for text, name, who in NAVIGATION
        if who == "everyone" or (signed_in and (who == "signed in" or who in roles))
    ]
    return {
        "demo": settings.DEMO,
        "navigation": shown,
        "person_roles": ", ".join(role.label for role in sorted(roles, key=list(Role).index)),
    }


def _is_here(request: HttpRequest, address: str) -> bool:
    return request.path == address if address == "/" else request.path.startswith(address)
