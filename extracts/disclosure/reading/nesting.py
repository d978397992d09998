"""Files within files: read like any other, to a depth and a size, and told apart by where they stand."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import replace

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Concealed, Contents, Part
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

DEEPEST = 3
MOST_TIMES = 8  # all files within one file, as a multiple of the largest file allowed

_depth: ContextVar[int] = ContextVar("depth", default=0)
_read: ContextVar[int] = ContextVar("read", default=0)


def read_within(
    content: bytes, name: str, place: str, limits: Policy
) -> tuple[tuple[Part, ...], tuple[Concealed, ...]]:
    """Parts and what is concealed of a file that stands at `place` of another one; all their places begin with it.

    One that cannot be read, or is nested too deeply, is given as concealed: a person must look.
    """
    try:
        contents = _one_level_down(content, name, limits)
    except CannotRead as error:
        problem = f"A file within the file cannot be read: {error.problem}"
        return (), (Concealed("hidden_content", Verdict.REVIEW, problem, error.cure, place),)
    parts = tuple(replace(part, place=_under(place, part.place)) for part in contents.parts)
    return parts, tuple(replace(one, place=_under(place, one.place)) for one in contents.concealed)


def _under(place: str, inner: str) -> str:
    return f"{place}, {inner}" if inner else place


def _one_level_down(content: bytes, name: str, limits: Policy) -> Contents:
    """Raises CannotRead beyond DEEPEST levels, or when all files within hold more than MOST_TIMES the limit."""
    from extracts.disclosure.reading.formats import read

    outermost = _depth.get() == 0
    so_far = (0 if outermost else _read.get()) + len(content)
    if _depth.get() >= DEEPEST:
        raise CannotRead(f"Files are nested more than {DEEPEST} deep.", "Supply the inner files by themselves.")
    _read.set(so_far)
    if so_far > MOST_TIMES * limits.max_bytes:
        raise CannotRead("The files within the file are far more than it is.", "Supply them by themselves.")
    token = _depth.set(_depth.get() + 1)
    try:
        return read(content, name, limits)
    finally:
        _depth.reset(token)
