"""What the demonstration makes easy is shut outside of it, also on a database that it left behind."""

import pytest

from portal import demo
from tests.cast import person

pytestmark = pytest.mark.django_db


def sign_in(client, username):
    client.post("/sign-in", {"login": username, "password": demo.PASSWORD})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("mode", [True, False])
def test_the_public_password_opens_nothing_outside_of_the_demonstration(client, settings, mode):
    person("pia")
    settings.DEMO = mode
    assert sign_in(client, "pia") is mode


def test_nobody_is_named_on_the_sign_in_page_outside_of_the_demonstration(client, settings):
    person("pia")
    settings.DEMO = False
    page = client.get("/sign-in?person=pia").content.decode()
    assert demo.PASSWORD not in page and "Pia" not in page
