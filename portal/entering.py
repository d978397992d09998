"""What a page of a form begins with: may this person be here, and was the form sent?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, QueryDict

from governance.people.grants import roles_on
from governance.people.models import User
from governance.workflow import resolve


def refuse_unless_allowed(record: Any, action: str, person: User, at: datetime) -> None:
    """Raises Refused, with the reason, unless the record's lifecycle lets this person take the action now."""
    resolve(type(record).LIFECYCLE, action, record, person, roles_on(record.project, person), at)


def sent(request: HttpRequest) -> QueryDict | None:
    """What was posted, be it nothing, or None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def status_of(form: BaseForm) -> int:
    """422 for a page that shows what is wrong with a form, else 200."""
    return 422 if form.errors else 200
