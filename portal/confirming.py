"""Before what matters, a person is asked again who they are: see in portal/urls.py which pages are wrapped.

Whoever signed in, or was asked, a few minutes ago is not. What was sent from a page that had been open for too
long is kept while the person is asked, and done afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse

View = Callable[..., HttpResponse]


def asked_again(view: View) -> View:
    """Asks when the page is opened, so before anything is typed, and when it is sent."""
    return _marked(reauthentication_required(view))


def asked_when_sent(view: View) -> View:
    """Asks only when something is sent: for forms on a page that many read."""
    return _marked(reauthentication_required(allow_get=True)(view))


def _marked(view: Any) -> View:
    view.asks_again = True
    marked: View = view
    return marked
