"""How the demonstration asks each program whether it works: by using it, from outside."""

from __future__ import annotations

import urllib.request
from urllib.error import URLError

REDIS_SECONDS = 2.0
ANSWER_SECONDS = 5.0


def redis(address: str) -> bool:
    """Whether the Redis server at this address answers."""
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(address, socket_connect_timeout=REDIS_SECONDS) as client:
            return bool(client.ping())
    except RedisError:
        return False


def web(address: str) -> bool:
    """Whether the site answers, with its database and Redis in order."""
    try:
        # Not through a proxy that the environment may name: the site is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{address}readyz", timeout=ANSWER_SECONDS) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def celery(node: str) -> bool:
    """Whether the worker or scheduler of this name reads its messages from the broker."""
    # Imported late: only now are the settings' variables all in the environment.
    from kombu.exceptions import OperationalError

    from portal.celery import app

    try:
        return bool(app.control.ping(destination=[node], timeout=0.5))
    except OperationalError:
        return False
