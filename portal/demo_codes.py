"""The demonstration's second factors: made from its secret key, shown on its pages. Outside of demo mode: nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings

from governance.people.models import User
from portal import demo

PERIOD = 30


def secret_of(username: str) -> str:
    """The secret of a person of the cast, the same as long as the demonstration keeps its key; "" outside of it."""
    if not settings.DEMO or username not in {name for name, _, _ in demo.people()}:
        return ""
    made = hmac.new(settings.SECRET_KEY.encode(), f"second factor of {username}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:20]).decode()


def code_of(username: str) -> str:
    """The person's code of this half-minute, for the demonstration's pages; "" outside of it."""
    secret = secret_of(username)
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD)) if secret else ""


def set_up(person: User) -> None:
    """Give a person of the cast their second factor, unless they have one."""
    has_one = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()
    if (secret := secret_of(person.username)) and not has_one:
        TOTP.activate(person, secret)
