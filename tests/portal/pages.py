"""Pages as one of the cast reads and sends them: by the page's name, with the status that is expected."""

from __future__ import annotations

import html
import re

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance.projects.models import Project
from tests.cast import let_in, person

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def signed_in(username: str) -> Client:
    """A browser of its own, signed in."""
    client = Client()
    let_in(client, person(username))
    return client


def read(client: Client, name: str, *args: object, status: int = 200) -> str:
    """What the page says, entities resolved."""
    response = client.get(reverse(name, args=args))
    assert response.status_code == status
    return text_of(response)


def send(client: Client, name: str, *args: object, status: int = 302, **data: object) -> str:
    """What the answer to the form says; "" where it leads to another page."""
    response = client.post(reverse(name, args=args), data)
    assert response.status_code == status
    return text_of(response)


def text_of(response: HttpResponse) -> str:
    """The page without its random tokens, in which any short word occurs sooner or later."""
    return html.unescape(TOKEN.sub("", response.content.decode()))


def decide(username: str, project: Project, given: str, reasons: str = "It fits our purpose.", **more: object) -> str:
    """One of the cast declares no conflict of interest, where that is still to do, and sends a board's form."""
    client, status = signed_in(username), more.pop("status", 302)
    if project.interest_of(person(username)) is None:
        send(client, "project_interests", project.pk, conflict="no")
    return send(client, "project_decide", project.pk, status=status, **verdict(project, given, reasons), **more)


def verdict(project: Project, given: str, reasons: str = "It fits our purpose.") -> dict[str, object]:
    """What a board's form sends, opened now."""
    project.refresh_from_db()
    return {"verdict": given, "reasons": reasons, "board": project.state, "round": project.round}
