"""Sign-in through an institution's OpenID Connect server: people who are known here already, and nobody else.

The second factor stays ours to ask, whatever the institution says it did.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

from governance.audit import trail
from governance.people.grants import worker
from governance.people.models import User

NOT_KNOWN = (
    "Your institution says who you are, but there is no account here with that verified email address. "
    "Accounts are made by invitation."
)
NO_ANSWER = "Signing in through your institution did not work. Try again, or sign in with your password."


class KnownPeopleOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Connects an institution's word to the one active account that has proved the same e-mail address."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process", "login") != "login":
            raise _back_to_sign_in(request, NO_ANSWER)
        if sociallogin.is_existing:
            return
        person = _known(sociallogin)
        if person is None:
            trail.append(actor=worker(), action="institution's sign-in refused", at=timezone.now())
            raise _back_to_sign_in(request, NOT_KNOWN)
        sociallogin.connect(request, person)
        trail.append(actor=person, action="connect institution", at=timezone.now())

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **told: Any) -> None:
        raise _back_to_sign_in(request, NO_ANSWER)


def _known(sociallogin: SocialLogin) -> User | None:
    """The one person in use whose proved address the institution has verified too; else nobody.

    Servers send odd things in `email_verified`, such as the word "false": only a true `true` counts.
    """
    verified = [address.email for address in sociallogin.email_addresses if address.verified is True]
    if len(verified) != 1:
        return None
    proved = EmailAddress.objects.filter(email__iexact=verified[0], verified=True, user__is_active=True)
    people = {address.user for address in proved.select_related("user")}
    return people.pop() if len(people) == 1 else None


def _back_to_sign_in(request: HttpRequest, why: str) -> ImmediateHttpResponse:
    messages.error(request, why)
    return ImmediateHttpResponse(redirect("account_login"))
