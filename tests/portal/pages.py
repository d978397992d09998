"""Pages as one of the cast reads and sends them: by the page's name, with the status that is expected."""

from __future__ import annotations

import html
import re

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

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
