"""Makes `.venv` from the hash-locked lists, with the standard library only.

Run as `python3 portal/starting/environment.py run|test|spark`. A list is installed again only
when its content, or the Python, has changed since it was last installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

if __package__:
    from portal.starting.progress import say, step
else:  # as a script: the portal package itself needs Celery, which is not installed yet
    from progress import say, step  # type: ignore[import-not-found, no-redef, unused-ignore]

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "gatehouse-installed"
INSTALLER = Path(__file__).with_name("installer.lock")
# What each purpose needs. Longer lists are resolved together with the shorter ones.
LISTS = {
    "run": ("requirements.lock",),
    "test": ("requirements.lock", "requirements-dev.lock"),
    "spark": ("requirements.lock", "requirements-dev.lock", "requirements-spark.lock"),
}


class CannotInstall(Exception):
    """The environment cannot be made; the message says why and what to do."""


def ready(purpose: str) -> Path:
    """The Python of an environment that holds everything `purpose` needs, made if it has to be."""
    if not _works():
        _make()
    wanted = [_digest(name) for name in LISTS[purpose]]
    installed = STAMP.read_text().splitlines() if STAMP.exists() else []
    if not set(wanted) <= set(installed):
        _install(LISTS[purpose])
        STAMP.write_text("\n".join(sorted({*wanted, *_still_true(installed)})) + "\n")
    return PYTHON


def _digest(name: str) -> str:
    content = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
    return f"{name} {content} {sys.version_info.major}.{sys.version_info.minor}"


def _still_true(lines: list[str]) -> set[str]:
    known = {name for names in LISTS.values() for name in names}
    return set(lines) & {_digest(name) for name in known if (ROOT / name).exists()}


def _works() -> bool:
    """Whether `.venv` has a Python that starts and is the kind that runs this."""
    test = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", test], capture_output=True).returncode == 0


def _make() -> None:
    """An empty environment, by whichever way this Python allows."""
    if VENV.exists():
        shutil.rmtree(VENV)
    with step(f"Making .venv with Python {sys.version.split()[0]}"):
        for way in (_plain_venv, _borrowed_pip, _own_uv, _from_debian):
            if way():
                return
            shutil.rmtree(VENV, ignore_errors=True)
    raise CannotInstall("This Python cannot make environments. Install its venv package: apt install python3-venv")


def _plain_venv() -> bool:
    return _runs([sys.executable, "-m", "venv", VENV])


def _borrowed_pip() -> bool:
    """Debian keeps ensurepip in a package of its own; a pip beside this Python can stand in for it."""
    if not _runs([sys.executable, "-m", "pip", "--version"]):
        return False
    without = _runs([sys.executable, "-m", "venv", "--without-pip", VENV])
    return without and _runs([sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip"])


def _own_uv() -> bool:
    uv = shutil.which("uv")
    return uv is not None and _runs([uv, "venv", "--seed", "--python", sys.executable, VENV])


def _from_debian() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    _runs(["apt-get", "update"])
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return _runs(["apt-get", "install", "-y", package], environment=quietly) and _plain_venv()


def _install(names: tuple[str, ...]) -> None:
    lists = ["--require-hashes", *(argument for name in names for argument in ("-r", str(ROOT / name)))]
    with step(f"Installing {' and '.join(names)} into .venv"):
        by_uv = [_uv(), "pip", "install", "--python", str(PYTHON), *lists]
        by_pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-compile", *lists]
        if not (by_uv[0] and _runs(by_uv, environment=_as_pip_is_set_up())):
            _must_run(by_pip, "The packages could not be installed")
        # Once and on all cores; else each program of the first start would compile them for itself.
        # What some packages ship for other Pythons cannot be compiled, which is no fault.
        _runs([PYTHON, "-m", "compileall", "-q", "-j", "0", VENV / "lib"])


def _uv() -> str:
    """uv: the one in `.venv`, else the one on PATH, else installed by pip from a hash-locked list; empty if neither."""
    own = VENV / "bin" / "uv"
    if own.exists():
        return str(own)
    if found := shutil.which("uv"):
        return found
    _runs([PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", INSTALLER])
    return str(own) if own.exists() else ""


def _as_pip_is_set_up() -> dict[str, str]:
    """The environment for uv, which does not read pip's settings: index and certificates are carried over."""
    environment = {"UV_SYSTEM_CERTS": "true", **os.environ}
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    settings = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
    for setting, variable in {
        "global.index-url": "UV_DEFAULT_INDEX",
        "global.extra-index-url": "UV_INDEX",
        "global.cert": "SSL_CERT_FILE",
    }.items():
        if value := settings.get(setting, "").strip("'"):
            environment.setdefault(variable, value)
    return environment


def _runs(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> bool:
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode == 0


def _must_run(command: Sequence[str | Path], failure: str) -> None:
    with tempfile.TemporaryFile("w+") as output:
        if subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT).returncode:
            output.seek(0)
            last = "".join(output.readlines()[-15:])
            raise CannotInstall(f"{failure}. The last lines of the installer were:\n{last}")


def main() -> int:
    try:
        ready(sys.argv[1])
    except CannotInstall as problem:
        say(f"Gatehouse was not set up. {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
