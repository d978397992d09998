"""What changed between two submissions of one application, question by question and word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from governance.projects.form.entries import Form, Question
from governance.projects.form.values import told


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed ("same"), came ("added") or went ("removed")."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One question whose answer differs."""

    question: Question
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """The new text with what went and what came marked."""
        return pieces(self.before, self.after)


def between(
    form: Form, before: Mapping[str, Any], after: Mapping[str, Any], *, earlier: Form | None = None
) -> list[Change]:
    """The questions whose answers read differently, in the order of the form.

    earlier  the form in which `before` was answered, when it was another one
    """
    old = earlier or form
    changes = []
    for question in form.questions:
        was = old.get(question.key, question)
        texts = told(was, before.get(question.key), old.ethics), told(question, after.get(question.key), form.ethics)
        if texts[0] != texts[1]:
            changes.append(Change(question, *texts))
    return changes


def pieces(before: str, after: str) -> list[Piece]:
    """Word by word; line breaks count as words, so that lines stay lines."""
    old, new = (re.findall(r"\n|[^\s]+[^\S\n]*", text) for text in (before, after))
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(new[c:d])))
            continue
        found += [Piece("removed", "".join(old[a:b]))] if a < b else []
        found += [Piece("added", "".join(new[c:d]))] if c < d else []
    return found
