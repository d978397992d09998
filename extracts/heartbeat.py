"""Work in another thread, while this one tells every half second that it is still waiting."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any, TypeVar

BEAT_SECONDS = 0.5
ITEMS_AHEAD = 2

Item = TypeVar("Item")
Act = Callable[[], None]


def wait(work: Callable[[], Item], *, beat: Act, interrupt: Act) -> Item:
    """What `work` returns or raises; see `stream`."""

    def once() -> Iterator[Item]:
        yield work()

    (result,) = stream(once(), beat=beat, interrupt=interrupt)
    return result


def stream(items: Iterator[Item], *, beat: Act, interrupt: Act) -> Generator[Item, None, None]:
    """The same items, made in another thread at most two ahead of the reader.

    beat       called while waiting; what it raises ends the stream
    interrupt  stops whatever makes the items; called when the stream ends early

    The other thread has always ended when this one has. Close the generator when
    leaving it early.
    """
    ready: queue.Queue[tuple[str, Any]] = queue.Queue(maxsize=ITEMS_AHEAD)
    stopped = threading.Event()
    maker = threading.Thread(target=_make, args=(items, ready, stopped), daemon=True)
    maker.start()
    try:
        while True:
            try:
                kind, item = ready.get(timeout=BEAT_SECONDS)
            except queue.Empty:
                beat()
                continue
            if kind == "problem":
                raise item
            if kind == "end":
                maker.join()
                return
            yield item
    finally:
        stopped.set()
        while maker.is_alive():
            interrupt()
            maker.join(timeout=BEAT_SECONDS)


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
