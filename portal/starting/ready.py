"""Whether the portal can do its work: the database answers, its tables are current, Redis answers."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError

REDIS_SECONDS = 2.0


def what_is_missing() -> list[str]:
    """What stands in the way of working, one short sentence each; empty when ready.

    The sentences name parts, never addresses or reasons, so that they can be logged anywhere.
    """
    checks = {
        "The database does not answer.": database_answers,
        "Migrations are waiting to be applied.": migrations_applied,
        "Redis does not answer.": redis_answers,
    }
    return [sentence for sentence, holds in checks.items() if not holds()]


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def migrations_applied() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InconsistentMigrationHistory):
        return False


def redis_answers() -> bool:
    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()
