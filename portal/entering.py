"""What a page of a form begins with: may this person be here, and was the form sent?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from governance.people.grants import roles_for
from governance.people.models import User
from governance.workflow import resolve, why_not
from portal.access import SignedIn


def refuse_unless_allowed(record: Any, action: str, person: User, at: datetime) -> None:
    """Raises Refused, with the reason, unless the record's lifecycle lets this person take the action now."""
    resolve(type(record).LIFECYCLE, action, record, person, roles_for(record, person, at), at)


def turned_away(
    request: SignedIn, record: Any, action: str, *, guards: bool = True, keeps: bool = False
) -> HttpResponse | None:
    """Back to the record with the reason, for who opens or sends a page of something that they cannot do now.

    It comes before anything typed is looked at, so that an answer cannot tell what the record does not.
    keeps  for long texts, which tell of nobody: who has the role keeps what was typed, and the service
           says why it is refused, when the record has moved on since the page was opened
    """
    person, at = request.user, timezone.now()
    roles = roles_for(record, person, at)
    posted = request.method == "POST"
    if keeps and posted and any(move.action == action and move.by in roles for move in record.LIFECYCLE):
        return None
    moves = tuple(move if guards else replace(move, unless=()) for move in record.LIFECYCLE)
    reason = why_not(moves, action, record, person, roles, at)
    if not reason:
        return None
    messages.error(request, reason)
    return redirect(record)


def sent(request: HttpRequest) -> QueryDict | None:
    """What was posted, be it nothing, or None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def status_of(form: BaseForm) -> int:
    """422 for a page that shows what is wrong with a form, else 200."""
    return 422 if form.errors else 200
