"""Steps that say what they do, that they are still at it, and how long they took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS = 2.0
REMINDER_SECONDS = 10.0


def say(text: str = "") -> None:
    print(text, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Name a step, show that it is alive while it runs, and give its time when it is done.

    On a terminal the seconds are counted in place. Elsewhere a line comes every ten seconds,
    so that a log shows progress without filling up.
    """
    started, over = time.monotonic(), threading.Event()
    print(f"  {text} ...", end="" if sys.stdout.isatty() else "\n", flush=True)
    ticker = threading.Thread(target=_tick, args=(text, started, over), daemon=True)
    ticker.start()
    done = False
    try:
        yield
        done = True
    finally:
        over.set()
        ticker.join()
        _close(text, time.monotonic() - started, done)


def _tick(text: str, started: float, over: threading.Event) -> None:
    terminal = sys.stdout.isatty()
    if over.wait(QUIET_SECONDS if terminal else REMINDER_SECONDS):
        return
    while True:
        seconds = time.monotonic() - started
        line = f"\r  {text} ... {seconds:.0f} s" if terminal else f"  {text}: {seconds:.0f} s so far\n"
        print(line, end="", flush=True)
        if over.wait(1.0 if terminal else REMINDER_SECONDS):
            return


def _close(text: str, seconds: float, done: bool) -> None:
    ending = f"{text} ... {'done in' if done else 'stopped after'} {seconds:.1f} s"
    if sys.stdout.isatty():
        print(f"\r  {ending}", flush=True)
    elif seconds >= QUIET_SECONDS or not done:
        print(f"  {ending}", flush=True)
