"""The programs that make up a running Gatehouse, and the supervisor's configuration for them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

QUEUES = "default,extracts,disclosure,linkage,releases,mail"
WEB_PROCESSES, WEB_THREADS = 2, 4
WORKER_PROCESSES = 2


@dataclass(frozen=True)
class Program:
    """One supervised program. `patience` is how many seconds it gets to finish when told to stop.

    `stops_together`: whether its child processes are told to stop at the same moment. A Celery
    worker must not be: its children would drop the job in hand, where the parent lets it finish.
    """

    name: str
    command: tuple[str, ...]
    patience: int = 5
    stops_together: bool = True


def redis(binary: str, configuration: Path) -> Program:
    return Program("redis", (binary, str(configuration)))


def web(host: str, port: int) -> Program:
    """The site: few processes with several threads, so that one slow page does not hold up the rest."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = f"--worker-class gthread --workers {WEB_PROCESSES} --threads {WEB_THREADS} --preload"
    options += " --no-control-socket --graceful-timeout 4 --timeout 60"
    return Program("web", (*_python("gunicorn"), *options.split(), "--bind", address, "portal.wsgi:application"))


def worker(host: str) -> Program:
    options = f"worker --queues {QUEUES} --concurrency {WORKER_PROCESSES} --loglevel INFO"
    options += f" --without-gossip --without-mingle --hostname worker@{host}"
    return Program("worker", (*_python("celery", "-A", "portal"), *options.split()), patience=8, stops_together=False)


def scheduler(host: str, schedule: Path) -> Program:
    options = ("beat", "--loglevel", "INFO", "--pidfile=", "--schedule", str(schedule))
    # So that it answers when asked whether it still keeps time.
    asked = ("--enable-remote-control", "--hostname", f"celerybeat@{host}")
    return Program("scheduler", (*_python("celery", "-A", "portal"), *options, *asked))


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


def configuration(programs: Iterable[Program], *, root: Path, run: Path, logs: Path) -> str:
    """The supervisor's configuration: nothing starts by itself, everything that ends is started again."""
    sections = [_section("unix_http_server", {"file": run / "supervisor.sock", "chmod": "0700"})]
    daemon = {"nodaemon": "true", "silent": "true", "logfile": logs / "supervisor.log", "pidfile": run / "pid"}
    # The stricter of the two usual masks: nothing that a program writes is for other accounts of the machine.
    daemon |= {"logfile_maxbytes": "1MB", "logfile_backups": 2, "umask": "077", "directory": root}
    sections.append(_section("supervisord", daemon))
    sections.append(
        _section(
            "rpcinterface:supervisor",
            {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        )
    )
    sections += [_section(f"program:{program.name}", _settings(program, logs)) for program in programs]
    return "\n".join(sections)


def _settings(program: Program, logs: Path) -> dict[str, object]:
    return {
        "command": shlex.join(program.command),
        "autostart": "false",
        "autorestart": "true",
        "startsecs": 1,
        "startretries": 10,
        "stopwaitsecs": program.patience,
        "stopasgroup": str(program.stops_together).lower(),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": logs / f"{program.name}.log",
        "stdout_logfile_maxbytes": "5MB",
        "stdout_logfile_backups": 3,
    }


def _section(name: str, values: dict[str, object]) -> str:
    """Percent signs start an expansion in these files, so a folder's are doubled."""
    lines = [f"{key} = {str(value).replace('%', '%%')}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])
