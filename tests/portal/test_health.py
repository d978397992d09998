"""The two questions of a load balancer."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.starting import servers


@pytest.fixture
def redis_server(tmp_path, settings):
    with servers.redis(tmp_path) as address:
        settings.REDIS_URL = address
        yield address


@pytest.fixture
def no_redis(tmp_path, settings):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"


def test_the_process_answers_without_a_database(client, no_redis):
    """The fixtures give this test no database: a query would fail it."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_it_is_ready_with_a_database_and_redis(client, redis_server):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")
    call_command("check_ready")


@pytest.mark.django_db
def test_it_is_not_ready_without_redis_and_does_not_say_why(client, no_redis):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready\n")
    with pytest.raises(CommandError, match=r"^Redis does not answer\.$"):
        call_command("check_ready")


@pytest.mark.django_db
def test_it_is_not_ready_while_a_migration_waits(client, redis_server):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert client.get("/readyz").status_code == 503
    with pytest.raises(CommandError, match=r"^Migrations are waiting to be applied\.$"):
        call_command("check_ready")


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_neither_can_be_posted_to_or_kept(client, db, no_redis, address):
    assert client.post(address).status_code == 405
    assert "no-store" in client.get(address)["Cache-Control"]
