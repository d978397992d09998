"""Drafts: one labelled output before it is written to files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Value = str | int | float | None
Key = dict[str, str]


@dataclass
class Table:
    """A rectangle of text and numbers under headings."""

    headings: list[str]
    rows: list[list[Value]]

    @property
    def lines(self) -> list[list[Value]]:
        """The headings, then the rows."""
        return [[*self.headings], *self.rows]


@dataclass
class File:
    """One file of a case. `stem` is its name without the case's number; `content` a table or finished
    bytes; `layout` its own, where the files of a case differ."""

    stem: str
    content: Table | bytes
    role: str = "output"
    layout: dict[str, Any] = field(default_factory=dict)


@dataclass
class Expect:
    """What is right to say of a case.

    verdict     pass, fail or review
    cells       the cells that must be found, each with the rules that find it
    exhaustive  whether nothing but these cells may be found
    may         other verdicts that an honest reader could defend
    """

    verdict: str
    cells: list[dict[str, Any]] = field(default_factory=list)
    exhaustive: bool = True
    also: list[dict[str, Any]] = field(default_factory=list)
    implied: list[dict[str, Any]] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    may: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The form of the shared examples; what is empty is left out."""
        said: dict[str, Any] = {"verdict": self.verdict}
        if self.exhaustive:
            said["exhaustive"] = True
        said["cells"] = self.cells
        for name in ("also", "implied", "rules", "columns", "may"):
            if value := getattr(self, name):
                said[name] = value
        return said


@dataclass
class Draft:
    """A case whose files have no place yet. Files are named by their stems wherever the context names one.

    ordered    rows must keep their order, as the steps of a curve must
    fixed      the output is written as it is, in no other dress
    ambiguous  why two honest readers could disagree; "" for a certain label
    """

    title: str
    kind: str
    files: list[File]
    expect: Expect
    layout: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=dict)
    ordered: bool = False
    fixed: bool = False
    ambiguous: str = ""


def cell(key: Key, *rules: str) -> dict[str, Any]:
    """A cell that must be found."""
    return {"key": key, "rules": list(rules)}


def judged(cells: Iterable[dict[str, Any]], **more: Any) -> Expect:
    """Fail when there is a cell to be found, pass when there is none."""
    found = list(cells)
    return Expect("fail" if found else "pass", found, **more)
