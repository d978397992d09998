"""Fixtures of the tests of pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import let_in, person


@pytest.fixture
def as_(client: Client) -> Callable[[str], Client]:
    """Sign in as one of the cast; gives the test's one client, so whoever was signed in before is no longer."""

    def sign_in(username: str) -> Client:
        let_in(client, person(username))
        return client

    return sign_in
