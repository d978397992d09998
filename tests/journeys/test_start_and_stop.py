"""`make run` in full: it starts, it refuses what it must, it survives a killed worker, it leaves nothing."""

import signal
import time

import pytest

from portal import demo
from tests.journeys.stack import free_port, start, started

pytestmark = pytest.mark.stack


def test_it_starts_is_not_started_twice_stops_and_starts_again(tmp_path):
    data = tmp_path / "data"
    first = started(data)
    try:
        for username, name, role in demo.people():
            assert username in first.said() and name in first.said() and role in first.said()
        assert demo.PASSWORD in first.said()
        assert first.address in first.said()

        taken = start(tmp_path / "other", GATEHOUSE_PORT=first.address.rsplit(":", 1)[1].strip("/"))
        assert taken.process.wait(20) == 1
        assert "is taken" in taken.said()
        assert not taken.data.exists()

        same = start(data, GATEHOUSE_PORT=str(free_port()))
        assert same.process.wait(20) == 1
        assert "already running on" in same.said()
    finally:
        # Ctrl-C on a terminal is this signal.
        first.stop(signal.SIGINT)
    assert "Gatehouse has stopped." in first.said()

    second = started(data)
    everything = second.processes()
    second.process.kill()
    second.process.wait()
    # Nobody is left to stop the rest in order, and still nothing outlives the program that was killed.
    deadline = time.monotonic() + 30
    while second.left_behind(everything) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert second.left_behind(everything) == []


def test_a_killed_worker_is_started_again(stack):
    before = stack.workers()
    assert before == stack.kill_worker()

    deadline = time.monotonic() + 60
    while "The worker program had ended and was started again." not in stack.said():
        assert time.monotonic() < deadline, stack.said()
        time.sleep(0.1)
    assert stack.workers() and not set(stack.workers()) & set(before)


def test_a_redis_that_does_not_answer_is_said_before_anything_is_prepared(tmp_path):
    running = start(tmp_path / "data", GATEHOUSE_REDIS_URL=f"unix://{tmp_path}/nobody.sock")
    assert running.process.wait(60) == 1
    assert "GATEHOUSE_REDIS_URL names does not answer" in running.said()
    assert running.left_behind(set()) == []
    assert not (running.data / "gatehouse.sqlite3").exists()
