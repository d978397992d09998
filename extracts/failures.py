"""Why a build could not be done, in a sentence for its page. Kinds of errors only: the texts of others hold values."""

from __future__ import annotations

import errno

import duckdb
import pyarrow as pa

DISK_FULL = "The disk is full. An operator has to make room; then try again."
NO_MEMORY = "The machine ran out of memory. Try again; an operator can give the worker more."
UNREADABLE = "A table of the release cannot be read. The linkage team has to look at the release; then try again."
APART = (
    "What was built lies on another file system or mount than workspaces, so it cannot be moved there whole. "
    "An operator has to put both on one; then try again."
)
NO_ENGINE = "What extracts are set to run on is not there. An operator has to install it; then try again."
UNREADABLE_KINDS = (duckdb.InvalidInputException, duckdb.SerializationException, pa.ArrowInvalid)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# What the engine says when spilled rows or results find no room. Its words are looked for and never passed on.
WORDS_OF_A_FULL_DISK = ("no space left", "disk quota", "max_temp_directory_size")


class EngineMissing(RuntimeError):
    """The engine that extracts are set to run on cannot be had on this machine. The message is for operators."""


class Explained(ValueError):
    """An error whose text is made to be read by whoever asked: what is wrong and what to do, and no value."""


def sentence(problem: BaseException) -> str:
    """What to tell of an error that ended a build: what happened, and who can help."""
    if isinstance(problem, Explained):
        return str(problem)
    if _is_full(problem):
        return DISK_FULL
    if isinstance(problem, (duckdb.OutOfMemoryException, MemoryError, pa.ArrowMemoryError)):
        return NO_MEMORY
    if isinstance(problem, UNREADABLE_KINDS) or type(problem) is duckdb.Error:  # bytes that it makes no sense of
        return UNREADABLE
    if isinstance(problem, OSError) and problem.errno == errno.EXDEV:
        return APART
    if isinstance(problem, EngineMissing):
        return NO_ENGINE
    return f"The build failed ({type(problem).__name__})."


def _is_full(problem: BaseException) -> bool:
    if isinstance(problem, OSError) and problem.errno in FULL:
        return True
    said = str(problem).lower() if isinstance(problem, (duckdb.Error, OSError, pa.ArrowException)) else ""
    return any(words in said for words in WORDS_OF_A_FULL_DISK)
