"""A session ends after so long without use, and at the latest after so long. What says so is pure; the rest asks it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

BEGAN, SEEN = "signed_in_at", "seen_at"
LONG_AGO = 0.0  # a session of which nothing is known is over
NOTED_EVERY = 60.0  # seconds between two notes that a session was used: not each request is worth a write


@dataclass(frozen=True)
class Limits:
    """For how long a session lasts, in seconds."""

    idle: float
    longest: float

    @classmethod
    def of_the_settings(cls) -> Limits:
        return cls(settings.GATEHOUSE_IDLE_MINUTES * 60.0, settings.GATEHOUSE_SIGNED_IN_HOURS * 3600.0)

    def why_ended(self, began: float, seen: float, now: float) -> str:
        """Why a session is over, as it is told, or ""."""
        if now - began >= self.longest:
            return f"You were signed out: a session ends after {self.longest / 3600:.0f} hours. Sign in again."
        if now - seen >= self.idle:
            return f"You were signed out after {self.idle / 60:.0f} minutes without use. Sign in again."
        return ""


def begin(request: HttpRequest) -> None:
    """The session of somebody who has just signed in begins now."""
    request.session[BEGAN] = request.session[SEEN] = time.time()


class SessionLimitsMiddleware:
    """Ends a session that is over before anything else is done in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, session = time.time(), request.session
            began, seen = session.get(BEGAN, LONG_AGO), session.get(SEEN, LONG_AGO)
            if why := Limits.of_the_settings().why_ended(began, seen, now):
                logout(request)
                messages.info(request, why)
            elif now - seen >= NOTED_EVERY:
                request.session[SEEN] = now
                UserSession.objects.create_from_request(request)
        return self.get_response(request)
