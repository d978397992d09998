"""Counts said in words beside the numbers: in headings, labels, lines between rows and the names of sheets.

`Women (n=3)` is a count of 3 whatever its column holds. Certain are those that say that they count; a number behind a
word for people, or alone in brackets, may be a count and is for a person. `Table 3`, `age 16-17` and `Year 3` are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.figures import is_figure
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.rules import identifiers
from extracts.disclosure.rules.small_counts import IN_BRACKETS, IS_N, OTHERS, UNITS, small_counts_in

CODE = "threshold"
SECTION = "section"  # heading of the lines between rows, as `headers` makes it
CURE = "Leave it out, or merge groups."
MANY = r"victims|defendants|suspects|offenders|prisoners|children|witnesses|complainants|deaths|pupils"
PEOPLE = r"people|persons|individuals|participants|respondents|women|men|girls|boys|females|males|cases"

DIGIT = re.compile(r"\d", re.ASCII)
# Women 3; defendants: 3; Court A, 3 defendants.
BEHIND_PEOPLE = re.compile(rf"(?i)\b(?:{MANY}|{PEOPLE})\s?[,:–-]?\s?(?P<number>\d{{1,3}})\s?$", re.ASCII)
BEHIND_A_NAME = re.compile(rf"(?i)\w\s?[,:;–]\s?(?P<number>\d{{1,3}})\s(?:{UNITS}|{OTHERS})\s?$", re.ASCII)
ALONE = re.compile(r"\S\s?\((?P<number>\d{1,2})\)$", re.ASCII)
# Places of parts as readers name them; what is left is the name that somebody gave.
OF_A_READER = re.compile(r"(?:, )?(?:rows \d+-\d+, columns [A-Z]+-[A-Z]+|(?:page|table|slide|script|cell|output) \d+)")


@dataclass(frozen=True)
class Said:
    """A count that a text says, and whether it is certain to be one."""

    number: int
    certain: bool


def findings(file: str, parts: Sequence[Part], policy: Policy) -> Iterator[Finding]:
    """Counts below the threshold, and identifiers, in what names the numbers of a file. None is printed.

    Values of cells are read as numbers elsewhere; here are the texts around them.
    """
    notes = "\n".join(part.text for part in parts if part.kind is PartKind.TEXT)
    for part in parts:
        if part.table is not None:
            yield from _of_headings(file, part.table, part.place, notes, policy)
            yield from _of_labels(file, part.table, part.place, notes, policy)
    yield from _of_names(file, list(dict.fromkeys(OF_A_READER.sub("", part.place) for part in parts)), policy)


def _of_names(file: str, places: Sequence[str], policy: Policy) -> Iterator[Finding]:
    """The name of the file, and those of its sheets and members. Names that only differ by a number are numbered."""
    if any(said.certain and 0 < said.number < policy.threshold for said in _said(PurePath(file).stem)):
        yield _found(file, Cell(None, "", "the name of the file"), True, policy)
    kinds = Counter(DIGIT.sub("", place) for place in places)
    for place in places:
        small = [said for said in _said(place) if 0 < said.number < policy.threshold]
        certain = any(said.certain for said in small)
        words = any(small_counts_in(_apart(place), threshold=policy.threshold))
        if certain or ((small or words) and kinds[DIGIT.sub("", place)] == 1):
            yield _found(file, Cell(None, "", "a name within the file", place=place), certain, policy)


def _of_headings(file: str, table: Table, place: str, notes: str, policy: Policy) -> Iterator[Finding]:
    apart = tuple(dict.fromkeys(line for heading in table.columns for line in heading.split(" / ")))
    for number, heading in enumerate(table.columns, 1):
        cell = Cell(1, "", f"the heading of column {number}", place=place)
        lines = heading.split(" / ")
        certain = [said.certain for line in lines for said in _said(line) if 0 < said.number < policy.threshold]
        if certain or any(_alone(line, apart, notes, policy) for line in lines):
            yield _found(file, cell, any(certain), policy)
        for hit in identifiers.in_text(heading):
            problem, cure = f"A heading seems to hold {hit.kind}.", "Leave out what names people."
            verdict = Verdict.FAIL if hit.certain else Verdict.REVIEW
            yield Finding(file, identifiers.CODE, verdict, problem, cure=cure, cell=cell)


def _of_labels(file: str, table: Table, place: str, notes: str, policy: Policy) -> Iterator[Finding]:
    """Labels of rows. Those in which the number is all that differs are of a classification by number."""
    for heading in table.columns:
        column = table.column(heading)
        rows = dict(zip(reversed(column), reversed(table.row_numbers), strict=True))  # the first row of each label
        told = [text for text in dict.fromkeys(column) if DIGIT.search(text) and not is_figure(text)]
        small = {text: [said for said in _said(text) if 0 < said.number < policy.threshold] for text in told}
        kinds = Counter(DIGIT.sub("", text) for text, said in small.items() if said)
        for text, said in small.items():
            between_rows = heading == SECTION and _alone(text, tuple(rows), notes, policy)
            if said or between_rows:
                alike = kinds[DIGIT.sub("", text)] > 1 and not IS_N.search(text)
                certain = any(one.certain for one in said) and not alike
                yield _found(
                    file, Cell(rows[text], heading, f"the label in row {rows[text]}", place=place), certain, policy
                )


def _said(text: str) -> Iterator[Said]:
    """The counts that a heading or label says."""
    plain = _apart(text)
    for form, certain in ((IS_N, True), (IN_BRACKETS, True), (BEHIND_PEOPLE, False), (BEHIND_A_NAME, False)):
        for found in form.finditer(plain):
            yield Said(int(found["number"]), certain)


def _alone(heading: str, all_: Sequence[str], notes: str, policy: Policy) -> bool:
    """Whether one heading of all ends in a number in brackets that marks no note and tells no headings apart."""
    found = ALONE.search(heading)
    if not found or not 0 < int(found["number"]) < policy.threshold:
        return False
    before = heading[: found.start("number") - 1].rstrip()
    numbered = [one for one in all_ if ALONE.search(one)]
    note = re.compile(rf"(?m)^\W{{0,2}}(?:notes?\W{{1,2}})?{found['number']}\b|\({found['number']}\)", re.IGNORECASE)
    return before not in all_ and len(numbered) == 1 and not note.search(notes)


def _apart(text: str) -> str:
    """A name with spaces between its words."""
    return text.replace("_", " ")


def _found(file: str, cell: Cell, certain: bool, policy: Policy) -> Finding:
    verdict = Verdict.FAIL if certain else Verdict.REVIEW
    said = "gives" if certain else "may give"
    problem = f"{cell.label[0].upper()}{cell.label[1:]} {said} a count below {policy.threshold}."
    return Finding(file, CODE, verdict, problem, cure=CURE, cell=cell)
