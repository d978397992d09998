"""Work in another thread, while this one tells every half second that it is still waiting."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Generic, TypeVar

BEAT_SECONDS = 0.5
ITEMS_AHEAD = 2

Item = TypeVar("Item")
Act = Callable[[], None]


def wait(work: Callable[[], Item], *, beat: Act, interrupt: Act) -> Item:
    """What `work` returns or raises. `beat` is called while waiting; what it raises stops the work and is raised."""

    def once() -> Iterator[Item]:
        yield work()

    with closing(Ahead(once(), interrupt=interrupt)) as ahead:
        (result,) = ahead.taken(beat)
    return result


class Ahead(Generic[Item]):
    """Items that another thread makes, at most two ahead of who takes them. It begins at once.

    interrupt  stops whatever makes the items; called when they are not all taken

    The other thread has always ended when `close` returns.
    """

    def __init__(self, items: Iterator[Item], *, interrupt: Act) -> None:
        self._ready: queue.Queue[tuple[str, Any]] = queue.Queue(maxsize=ITEMS_AHEAD)
        self._stopped, self._interrupt = threading.Event(), interrupt
        self._maker = threading.Thread(target=_make, args=(items, self._ready, self._stopped), daemon=True)
        self._maker.start()

    def taken(self, beat: Act) -> Iterator[Item]:
        """The items. `beat` is called while waiting, and what it raises is raised here."""
        while True:
            try:
                kind, item = self._ready.get(timeout=BEAT_SECONDS)
            except queue.Empty:
                beat()
                continue
            if kind == "problem":
                raise item
            if kind == "end":
                return self._maker.join()
            yield item

    def close(self) -> None:
        self._stopped.set()
        while self._maker.is_alive():
            self._interrupt()
            self._maker.join(timeout=BEAT_SECONDS)


def _make(items: Iterator[Item], ready: queue.Queue[tuple[str, Any]], stopped: threading.Event) -> None:
    """Put the items, and then an end or a problem, into the queue until nobody wants more."""

    def hand_over(kind: str, item: object) -> None:
        while not stopped.is_set():
            try:
                return ready.put((kind, item), timeout=BEAT_SECONDS)
            except queue.Full:
                continue

    try:
        for item in items:
            hand_over("item", item)
            if stopped.is_set():
                return
        hand_over("end", None)
    except BaseException as problem:
        hand_over("problem", problem)
