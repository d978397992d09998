"""Runs programs under supervisord, in the foreground of this process, and talks to it over its socket."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from portal.starting import descendants, programs
from portal.starting.folder import CannotStart

ENDED = {"BACKOFF", "EXITED", "FATAL", "STOPPED", "UNKNOWN"}
STOP_SECONDS = 15.0


class SupervisorSilent(CannotStart):
    """supervisord does not answer on its socket: not yet, or no longer."""


class Supervisor:
    """A running supervisord and the programs it knows. Made by `supervised`."""

    def __init__(self, process: subprocess.Popen[bytes], run: Path, logs: Path) -> None:
        self.process = process
        self.logs = logs
        self._socket = run / "supervisor.sock"

    def start(self, name: str) -> None:
        self._ask("startProcess", name, False)

    def state(self, name: str) -> tuple[str, int]:
        """The state of a program in supervisord's words, and its process id (0 when it has none)."""
        answer = self._ask("getProcessInfo", name)
        return str(answer["statename"]), int(answer["pid"])

    def answers(self) -> bool:
        with contextlib.suppress(SupervisorSilent):
            return bool(self._ask("getState"))
        return False

    def _ask(self, question: str, *arguments: object) -> Any:
        """One call on a connection of its own: the library's transport cannot be used again after a failure."""
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        try:
            with ServerProxy("http://127.0.0.1", transport=transport) as proxy:
                return getattr(proxy.supervisor, question)(*arguments)
        except (OSError, HTTPException):
            raise SupervisorSilent("The supervisor itself ended, and everything was stopped.") from None

    def await_ready(self, name: str, is_ready: Callable[[], bool], seconds: float) -> None:
        """Wait until a started program works. Raises CannotStart with the end of its log when it does not."""
        deadline, first = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            state, pid = self.state(name)
            first = first or pid
            if state in ENDED or (pid and pid != first):
                raise CannotStart(f"The {name} program ended while it was starting.\n{self.last_lines(name)}")
            if is_ready():
                return
            time.sleep(0.1)
        raise CannotStart(f"The {name} program was not ready within {seconds:.0f} seconds.\n{self.last_lines(name)}")

    def last_lines(self, name: str, count: int = 15) -> str:
        path = self.logs / f"{name}.log"
        lines = path.read_text(errors="replace").splitlines()[-count:] if path.exists() else []
        return "\n".join([f"The end of {path}:", *(f"  {line}" for line in lines or ["(empty)"])])


@contextmanager
def supervised(
    wanted: Iterable[programs.Program], *, root: Path, run: Path, logs: Path, environment: dict[str, str]
) -> Iterator[Supervisor]:
    """supervisord with these programs known and none started. At the end nothing that it started is left."""
    logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = run / "supervisord.conf"
    path.write_text(programs.configuration(wanted, root=root, run=run, logs=logs))
    others = descendants.below(os.getpid())
    descendants.adopt_orphans()
    process = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(path)],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # A session of its own: Ctrl-C reaches only this process, which then stops the rest in order.
        start_new_session=True,
        preexec_fn=descendants.die_with_parent,
    )
    try:
        supervisor = Supervisor(process, run, logs)
        _await_answer(supervisor)
        path.unlink()
        yield supervisor
    finally:
        _stop(process, others)
        for left in (path, run / "supervisor.sock", run / "pid"):
            left.unlink(missing_ok=True)


def _await_answer(supervisor: Supervisor, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if supervisor.process.poll() is not None:
            said = supervisor.process.stderr.read().decode(errors="replace") if supervisor.process.stderr else ""
            raise CannotStart(f"The supervisor did not start. {said.strip()}")
        if supervisor.answers():
            return
        time.sleep(0.05)
    raise CannotStart(f"The supervisor did not answer within {seconds:.0f} seconds.")


def _stop(process: subprocess.Popen[bytes], others: set[int]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    descendants.end_all(os.getpid(), patience=2.0, spare=others)
    if process.stderr:
        process.stderr.close()
