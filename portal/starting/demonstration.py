"""The whole portal on one machine with one command: `make run`.

Nothing is started before the data folder and the port are known to be free, and nothing is left
when it ends: no process, no socket, no pid file.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from portal import demo
from portal.starting import broker, descendants, programs, readiness
from portal.starting.folder import CannotStart, check_port, held, socket_folder
from portal.starting.progress import say, step
from portal.starting.supervision import Supervisor, supervised

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
# The supervisor makes its socket under a name with its process id added.
LONGEST_SOCKET_NAME = "supervisor.sock"


class Stopped(BaseException):
    """Somebody asked the demonstration to stop."""


@dataclass(frozen=True)
class Place:
    """Where the demonstration runs, as the environment says."""

    host: str
    port: int
    data: Path

    @classmethod
    def from_environment(cls, environment: dict[str, str]) -> Place:
        port = environment.get("GATEHOUSE_PORT", "8000")
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotStart(f"GATEHOUSE_PORT must be a port number from 1 to 65535, not {port!r}.")
        data = Path(environment.get("GATEHOUSE_DATA", ROOT / "var")).resolve()
        return cls(environment.get("GATEHOUSE_HOST", "127.0.0.1"), int(port), data)

    @property
    def address(self) -> str:
        """What to type into a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"


def main() -> int:
    """Run until asked to stop. Returns the exit status: 0 after a stop, 1 when something failed."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _stop)
    try:
        place = _free_place()
        with held(place.data), ExitStack() as stack:
            return _run_until_failure(place, stack)
    except CannotStart as problem:
        say(f"Gatehouse did not start. {problem}")
        return 1
    except Stopped:
        say("Gatehouse has stopped.")
        return 0
    finally:
        descendants.end_all(os.getpid(), patience=2.0)


def _free_place() -> Place:
    place = Place.from_environment(dict(os.environ))
    check_port(place.host, place.port)
    return place


def _run_until_failure(place: Place, stack: ExitStack) -> int:
    """Say what failed before the rest is stopped, which takes seconds."""
    try:
        _run(place, stack)
    except CannotStart as problem:
        say(f"Gatehouse is not running. {problem}\nStopping what was started.")
    return 1


def _stop(sign: int, frame: FrameType | None) -> None:
    """The first signal starts an orderly stop; more of them must not disturb it."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    say("\nStopping. A job in hand gets a few seconds; a longer one is taken up again at the next start.")
    raise Stopped


def _run(place: Place, stack: ExitStack) -> None:
    say("Starting Gatehouse")
    began, logs = time.monotonic(), place.data / "logs"
    run = stack.enter_context(socket_folder(place.data / "run", LONGEST_SOCKET_NAME))
    wanted = stack.enter_context(_redis(place.data))
    # Names of its own: a Redis that the environment names may serve others too.
    host = f"gatehouse-{os.getpid()}"
    wanted += [
        programs.web(place.host, place.port),
        programs.worker(host),
        programs.scheduler(host, place.data / "celerybeat"),
    ]
    supervisor = stack.enter_context(supervised(wanted, root=ROOT, run=run, logs=logs, environment=dict(os.environ)))
    if wanted[0].name == "redis":
        supervisor.start("redis")
        supervisor.await_ready("redis", lambda: readiness.redis(os.environ["GATEHOUSE_REDIS_URL"]), READY_SECONDS)
    elif not readiness.redis(os.environ["GATEHOUSE_REDIS_URL"]):
        raise CannotStart("The Redis server that GATEHOUSE_REDIS_URL names does not answer.")
    _prepare()
    with step("Starting web, worker and scheduler"):
        _start_and_wait(supervisor, place, host)
    _announce(place, time.monotonic() - began)
    _watch(supervisor, [program.name for program in wanted])


@contextmanager
def _redis(data: Path) -> Iterator[list[programs.Program]]:
    """The embedded Redis, unless the environment names a server. Children find either in the environment."""
    os.environ["GATEHOUSE_DEMO"] = "1"
    os.environ["GATEHOUSE_DATA"] = str(data)
    os.environ["PYTHONUNBUFFERED"] = "1"  # so that a log shows what was printed before a crash
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if os.environ.get("GATEHOUSE_REDIS_URL"):
        say("  Using the Redis server that GATEHOUSE_REDIS_URL names")
        yield []
        return
    with socket_folder(data / "redis", "redis.sock") as folder:
        try:
            binary = broker.binary()
        except broker.NoRedis as problem:
            raise CannotStart(str(problem)) from None
        path = folder / "redis.sock"
        os.environ["GATEHOUSE_REDIS_URL"] = f"unix://{path}"
        try:
            yield [programs.redis(binary, broker.write_configuration(data / "redis", path))]
        finally:
            path.unlink(missing_ok=True)


def _prepare() -> None:
    """Migrate and make the demonstration's data, in a process that ends and gives its memory back."""
    command = [sys.executable, "-m", "portal.starting.prepare"]
    # A session of its own, so that Ctrl-C reaches this process alone, which ends it.
    ended = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=descendants.die_with_parent
    )
    if ended.returncode:
        raise CannotStart("The database or the demonstration's data could not be prepared; see above.")


def _start_and_wait(supervisor: Supervisor, place: Place, host: str) -> None:
    checks = {
        "web": lambda: readiness.web(place.address),
        "worker": lambda: readiness.celery(f"worker@{host}"),
        "scheduler": lambda: readiness.celery(f"celerybeat@{host}"),
    }
    for name in checks:
        supervisor.start(name)
    for name, is_ready in checks.items():
        supervisor.await_ready(name, is_ready, READY_SECONDS)


def _announce(place: Place, seconds: float) -> None:
    rows = demo.people()
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    say(f"\nGatehouse is ready at {place.address} ({seconds:.1f} s). Made-up people, all with one password:")
    for username, name, role in rows:
        say(f"  {username:<{widths[0]}}  {name:<{widths[1]}}  {role}")
    say(f"\n  Password: {demo.PASSWORD}  (the code that is asked next is shown where it is asked)")
    say(f"  Data:     {place.data}  (logs in {place.data / 'logs'})")
    say("  Stop:     Ctrl-C\n")


def _watch(supervisor: Supervisor, names: list[str]) -> None:
    """Say when a program had to be started again. Returns only by an exception."""
    known = {name: supervisor.state(name)[1] for name in names}
    while True:
        time.sleep(1.0)
        for name in names:
            state, pid = supervisor.state(name)
            if state == "RUNNING" and pid != known[name]:
                say(f"The {name} program had ended and was started again.")
                known[name] = pid
            elif state == "FATAL" and known[name]:
                say(f"The {name} program keeps ending and was given up. {supervisor.last_lines(name)}")
                known[name] = 0
