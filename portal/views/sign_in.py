"""Pages of signing in that are our own: the picture of a secret, where one is signed in, the way to an institution."""

from __future__ import annotations

import requests
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import get_totp_secret
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.audit import trail
from governance.people.models import User
from portal.access import SignedIn
from portal.institutions import NO_ANSWER


@require_safe
def picture(request: SignedIn) -> HttpResponse:
    """The secret that is being set up, as a QR code: a picture of its own, for the content security policy."""
    adapter = get_adapter()
    secret = adapter.build_totp_url(request.user, get_totp_secret())
    return HttpResponse(adapter.build_totp_svg(secret), content_type="image/svg+xml")


def sessions(request: SignedIn) -> HttpResponse:
    """Where one is signed in, and signing out there: of one place, or everywhere."""
    live = _live_sessions(request.user)
    if request.method != "POST":
        listed = [(one, one.session_key == request.session.session_key) for one in live]
        limits = {"idle_minutes": settings.GATEHOUSE_IDLE_MINUTES, "longest_hours": settings.GATEHOUSE_SIGNED_IN_HOURS}
        return render(request, "account/sessions.html", {"listed": listed, **limits})
    which = request.POST.get("which", "")
    ended = list(live) if which == "everywhere" else [get_object_or_404(live, pk=which if which.isdecimal() else 0)]
    own = any(one.session_key == request.session.session_key for one in ended)
    trail.append(actor=request.user, action="end sessions", details={"count": len(ended)}, at=timezone.now())
    for one in ended:
        one.end()
    if own:
        logout(request)
    messages.success(
        request, "You are signed out everywhere." if which == "everywhere" else "You are signed out there."
    )
    return redirect("home" if own else "sessions")


def _live_sessions(person: User) -> QuerySet[UserSession]:
    """The person's sessions that are there still, the newest first: what has run out is not told of."""
    there = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    sessions: QuerySet[UserSession] = UserSession.objects.filter(user=person, session_key__in=there)
    return sessions.order_by("-last_seen_at", "-pk")


@login_not_required
@require_safe
def to_institution(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the institution's own sign-in page; back with a sentence while it does not answer."""
    try:
        answer: HttpResponse = openid_connect.login(request, provider_id)
    except requests.RequestException:
        messages.error(request, NO_ANSWER)
        return redirect("account_login")
    return answer
