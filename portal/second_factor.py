"""The second factor: asked of everybody, and set up before anything else can be reached."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from governance.audit import trail
from governance.people.models import User
from portal import demo_codes
from portal.govuk_forms import GovukFields

Type = Authenticator.Type
FACTORS = (Type.TOTP, Type.WEBAUTHN)  # recovery codes only stand in for one of these
# All that can be reached without one, and all that can be until one of one's own was given.
SETTING_UP = frozenset({"mfa_index", "mfa_activate_totp", "mfa_totp_picture", "mfa_add_webauthn",
                        "account_reauthenticate", "account_logout"})  # fmt: skip
GIVING_IT = frozenset({"mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout"})
WRONG_CODE = "The code is not correct, or was used before. Wait for the next one and enter it"


class SecondFactorMiddleware:
    """Whoever has signed in reaches nothing before this very session has given a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if not isinstance(request.user, User):
            return None
        page = request.resolver_match.url_name if request.resolver_match else None
        factors = factors_of(request.user)
        if not factors:
            return None if page in SETTING_UP else redirect("mfa_index")
        if page in GIVING_IT or was_given(request):
            return None
        asking = "mfa_reauthenticate" if Type.TOTP in factors else "mfa_reauthenticate_webauthn"
        return redirect(f"{reverse(asking)}?{urlencode({'next': request.get_full_path()})}")


def factors_of(person: User) -> set[str]:
    """The kinds of second factor that the person has set up."""
    return set(Authenticator.objects.filter(user=person, type__in=FACTORS).values_list("type", flat=True))


def was_given(request: HttpRequest) -> bool:
    """Whether a second factor of the person's was given in this session."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets are encrypted in the database, under the key of the portal."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: User) -> str:
        return user.username

    def generate_authenticator_name(self, user: User, type: str) -> str:
        held = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {held + 1}"


def _box() -> MultiFernet:
    """Encrypts under the key in use; reads what was encrypted under an earlier one too."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=32, person=b"second factor").digest()


class _Code(GovukFields):
    """A code of the authenticator app, or a recovery code. Each opens once."""

    user: User
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self.fields["code"])
        if code := self.demo_code():
            self.fields["code"].initial = code

    def demo_code(self) -> str:
        """In the demonstration, the present code of one of its people; otherwise nothing."""
        return demo_codes.code_of(self.user.username)

    def clean_code(self) -> str:
        """A code is good for a minute and a half (its own half-minute and those beside it): it is kept used as long."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Type.TOTP:
            used = f"totp-used:{self.user.pk}:{normalize_user_code(code)}"
            if not cache.add(used, True, timeout=90):
                raise forms.ValidationError(WRONG_CODE)
        return code


def _describe(code: forms.Field) -> None:
    code.label = "Code"
    code.widget.attrs.update(inputmode="numeric", autocomplete="one-time-code", spellcheck="false")
    code.widget.attrs.pop("placeholder", None)
    code.error_messages["required"] = "Enter the code"


class CodeForm(_Code, AuthenticateForm):  # type: ignore[misc]
    """The code, at signing in."""


class CodeAgainForm(_Code, ReauthenticateForm):  # type: ignore[misc]
    """The code, before something that matters."""


class FirstCodeForm(GovukFields, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self.fields["code"])

    def spaced(self) -> str:
        """The secret as people copy it: in groups of four."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


class AddPasskeyForm(GovukFields, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey. Its name may be left as it is."""

    says_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name of the passkey"


class RenamePasskeyForm(GovukFields, EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name of the passkey"


TOLD = {Type.TOTP: "authenticator app", Type.WEBAUTHN: "passkey", Type.RECOVERY_CODES: "recovery codes"}


def take_away(person: User) -> dict[str, Any]:
    """Remove every factor and recovery code of the person, and sign them out everywhere; what went, for the trail."""
    held, sessions = Authenticator.objects.filter(user=person), UserSession.objects.filter(user=person)
    gone = {"removed": sorted({TOLD[one.type] for one in held}), "sessions": len(sessions)}
    held.delete()
    for session in sessions:
        session.end()
    return gone


def _note(user: User, action: str, authenticator: Authenticator) -> None:
    trail.append(actor=user, action=action, details={"kind": TOLD[authenticator.type]}, at=timezone.now())


@receiver(signals.authenticator_added)
def added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Whoever has just set one up has shown that it is theirs."""
    if authenticator.type in FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    _note(user, "add second factor", authenticator)


@receiver(signals.authenticator_removed)
def removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _note(user, "remove second factor", authenticator)


@receiver(signals.authenticator_reset)
def made_anew(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _note(user, "make new recovery codes", authenticator)


@receiver(signals.authenticator_used)
def used(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """A recovery code is worth an entry; the app and passkeys come with each sign-in."""
    if authenticator.type == Type.RECOVERY_CODES:
        _note(user, "use recovery code", authenticator)


@receiver(signals.authentication_failed)
def failed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _note(user, "second factor failed", authenticator)
