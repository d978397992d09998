"""`make test`: quick tests on all cores, slow and long ones, then those that start the portal and drive a browser.

`make quick` stops after the first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from portal.starting import chromium
from portal.starting.progress import say

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ("slow", "long", "browser", "stack", "spark", "many")
QUICK = ("-n", "2", "--durations", "10", "-m", " and ".join(f"not {mark}" for mark in OTHERS))
LONG = ("-n", "2", "-m", "slow or long")
REAL = ("-p", "no:xdist", "-m", "stack or browser")
# What importing the portal named: tests have their own. And what would have each process compile the checkout anew.
NOT_FOR_TESTS = {"DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"}


def main(quick: bool = False) -> int:
    """Run all parts, or the first alone. Returns the exit status: 0 only when every test that ran has passed."""
    if quick:
        return _pytest("Quick tests", QUICK, None)
    browser = chromium.found() or chromium.installed()
    parts = {"Quick tests": QUICK, "Slow and long tests": LONG, "Tests of the running portal and its pages": REAL}
    outcomes = {name: _pytest(name, arguments, browser) for name, arguments in parts.items()}
    say()
    for name, status in outcomes.items():
        say(f"{name}: {'passed' if status == 0 else f'FAILED (pytest ended with {status})'}")
    if browser is None:
        say(f"Browser tests: SKIPPED, {chromium.why_not()}")
    return max(outcomes.values())


def _pytest(name: str, arguments: tuple[str, ...], browser: str | None) -> int:
    say(f"\n{name}")
    environment = without_settings() | ({"GATEHOUSE_CHROMIUM": browser} if browser else {})
    command = [sys.executable, "-m", "pytest", "-q", "-rfEs", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def without_settings() -> dict[str, str]:
    """The environment, less what tests have of their own and what would slow them down."""
    return {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}


if __name__ == "__main__":
    sys.exit(main(quick="quick" in sys.argv[1:]))
