"""Same variable: whether two names, written by two hands, are of one variable: `ethnicity` and `Ethnic group`."""

from __future__ import annotations

from collections.abc import Iterable

from extracts.disclosure.reading.columns import words_of

# Words that say what form a variable has, and not what it is about.
WORDS = """
    group groups grouped grp category categories cat code codes coded status type types band bands banded background
    name label id desc description recorded self defined reported stated level var variable of the by no
"""
FORM = frozenset(WORDS.split())
# Endings by which a noun and its adjective, or one and several, differ behind what they have in common.
ENDINGS = frozenset(["", "s", "es", "y", "ies", "ity", "ities", "ility", "ilities", "led", "n", "ns", "us"])
SHORTEST = 3


def is_named(name: str, among: Iterable[str]) -> bool:
    """Whether a name is of a variable of the list, whatever the spelling and the words around it."""
    ours = _telling(name)
    return any(all(any(_alike(word, other) for other in ours) for word in _telling(said)) for said in among if said)


def _telling(name: str) -> list[str]:
    """The words of a name without those of its form; all of them where no other is left."""
    words = words_of(name)
    return [word for word in words if word not in FORM] or words


def _alike(word: str, other: str) -> bool:
    shortest = min(len(word), len(other))
    shared = next((place for place in range(shortest) if word[place] != other[place]), shortest)
    return word == other or (shared >= SHORTEST and {word[shared:], other[shared:]} <= ENDINGS)
