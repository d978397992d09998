"""Sign-in by allauth, in GOV.UK fields; nobody signs up by themselves, and every sign-in is on the trail."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import LoginForm, ReauthenticateForm
from django import forms
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from governance.audit import trail
from governance.people.grants import worker
from governance.people.models import User
from portal import demo, demo_codes, session_limits
from portal.govuk_forms import GovukFields

WRONG = "The user name or password is not correct. Check both and try again."
TOO_MANY = "There were too many attempts to sign in. Wait five minutes and try again."
WAYS = {
    "reauthenticate": "Enter your password",
    "mfa_reauthenticate": "Enter a code of your authenticator app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use your passkey",
}


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made by invitation of the service only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for all: nobody learns which accounts exist.
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "incorrect_password": "The password is not correct",
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether too long has passed since the person last gave a password, a code or a passkey. Signing in counts."""
        given = get_authentication_records(self.request, self.request.user)
        return not given or time.time() - given[-1]["at"] >= app_settings.REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to confirm who one is, in the portal's words."""
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": WAYS.get(way["id"], way["description"])} for way in ways]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt. One too many is refused before the password is looked at, and goes on the trail.

        The demonstration's password is public, so outside of demo mode it opens nothing, not even an account
        that was made in demo mode and left in the database.
        """
        if not settings.DEMO and credentials.get("password") == demo.PASSWORD:
            raise forms.ValidationError(WRONG)
        try:
            super().pre_authenticate(request, **credentials)
        except forms.ValidationError:
            trail.append(actor=worker(), action="sign-in held back", details=named(credentials), at=timezone.now())
            raise


class SignInForm(GovukFields, LoginForm):  # type: ignore[misc]  # the same
    """User name or e-mail address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label, password.help_text = "User name or email address", "Password", ""
        login.widget.attrs.update(autocomplete="username", autocapitalize="none", spellcheck="false")
        login.error_messages["required"] = "Enter your user name or email address"
        password.error_messages["required"] = "Enter your password"
        if settings.DEMO and not self.is_bound:
            self._fill_in()

    def demo_people(self) -> list[tuple[str, str, str, str]]:
        """In the demonstration, whom one may sign in as, each with their code of this half-minute; otherwise nobody."""
        people = demo.people() if settings.DEMO else []
        return [(username, name, what, demo_codes.code_of(username)) for username, name, what in people]

    def institution(self) -> str:
        """What the institution is called through which one may sign in; "" when there is none."""
        apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
        return apps[0]["name"] if apps else ""

    def demo_password(self) -> str:
        return demo.PASSWORD if settings.DEMO else ""

    def _fill_in(self) -> None:
        """`?person=ruth` fills the form in for one of the demonstration's people, whose password is public."""
        chosen = self.request.GET.get("person", "") if self.request else ""
        if chosen in {username for username, _, _ in demo.people()}:
            self.initial.update(login=chosen, password=demo.PASSWORD)
            widget: Any = self.fields["password"].widget
            widget.render_value = True


class PasswordAgainForm(GovukFields, ReauthenticateForm):  # type: ignore[misc]
    """The password, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        password.label, password.help_text = "Password", ""
        password.error_messages["required"] = "Enter your password"
        if demo_codes.secret_of(self.user.username) and not self.is_bound:
            self.fields["password"].initial = demo.PASSWORD
            widget: Any = password.widget
            widget.render_value = True


def named(credentials: dict[str, Any]) -> dict[str, str]:
    """The account meant, if there is one. What was typed is not copied: people type passwords into the wrong field."""
    username, email = credentials.get("username") or "", credentials.get("email") or ""
    meant = Q(username=username) | (Q(email__iexact=email) if email else Q())
    known = User.objects.filter(meant).first()
    return {"account": known.username} if known else {}


@receiver(user_logged_in)
def signed_in(sender: type, request: HttpRequest, user: User, **kwargs: Any) -> None:
    session_limits.begin(request)
    trail.append(actor=user, action="sign in", at=timezone.now())


@receiver(user_logged_out)
def signed_out(sender: type, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        trail.append(actor=user, action="sign out", at=timezone.now())


@receiver(user_login_failed)
def sign_in_failed(sender: type, credentials: dict[str, Any], **kwargs: Any) -> None:
    trail.append(actor=worker(), action="sign-in failed", details=named(credentials), at=timezone.now())
