"""Identifiers: columns, headings and texts that name people. No value of them is ever printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.columns import WORDS as HEADINGS
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.rules.dates_of_birth import dates_of_birth
from extracts.disclosure.rules.identifier_kinds import ANY, ANY_WITHIN, BY_HEADING, KINDS, Kind
from extracts.disclosure.rules.people_in_text import people_in

CODE, SMALL_AREA = "identifier", "small_area"
CURE = "Leave the column out, and release a table of counts instead of records."

# What a heading says of its column when its values are many: the unit that is numbered, and the words of names.
WORDS = {
    "people":   "person people unit victim defendant suspect offender case subject record pupil individual participant "
                "witness prisoner client patient respondent crime row xjs",
    "numbered": "id ids number no ref reference identifier key hash",
    "names":    "surname forename firstname lastname fullname middlename nickname alias aliases postcode email",
    "places":   "court force area offence region prison ward borough country school type group band count n",
}  # fmt: skip
PEOPLE, NUMBERED, NAMES, OTHERS = (frozenset(text.split()) for text in WORDS.values())
NAME_PAIRS = ({"first", "name"}, {"last", "name"}, {"full", "name"}, {"given", "name"}, {"family", "name"},
              {"middle", "name"}, {"maiden", "name"}, {"birth", "name"}, {"e", "mail"})  # fmt: skip

# Plain numbers of at most nine digits, and short values, are of no kind.
ORDINARY = re.compile(r"[-+£]?[\d,]{0,9}(?:\.\d+)?%?", re.ASCII)
SHORTEST = 5
DIGIT = re.compile(r"\d")
COUNTS = frozenset(HEADINGS["count"].split())
MOSTLY = 0.8

# Areas of a few hundred people: output areas, LSOA and data zones of the ONS, and sectors of postcodes.
SMALL_AREAS = re.compile(r"[EWSN]0[01]\d{6}|[A-Z]{1,2}\d[A-Z\d]? \d", re.ASCII)


@dataclass(frozen=True)
class Hit:
    """An identifier in a text: of which kind, in which line (from 1), and whether it is beyond doubt."""

    kind: str
    line: int
    certain: bool


def identifying(heading: str, values: Sequence[str], policy: Policy) -> str:
    """What certainly identifies people in a column, in words, or "" for nothing.

    One number that passes its own check is enough; of other kinds most values must have the form. Names
    and numbers of people go by their heading when the values bear it out: many, or of the form that is
    promised. A date of birth is a full date, by heading or by how the dates lie.
    """
    filled = [value for value in values if value]
    if not filled:
        return ""
    told = _told(filled)
    for kind in KINDS if told else ():
        matching = {value for value in told if kind.pattern.fullmatch(value)}
        if matching and _enough(kind, matching, filled):
            return kind.name
    return _by_heading(heading, filled, policy) or ("dates of birth" if dates_of_birth(heading, filled) else "")


def suspected(values: Sequence[str]) -> str:
    """What may identify people in a column though only some values look like it, in words, or ""."""
    told = _told(values)
    return next((k.name for k in KINDS if any(k.pattern.fullmatch(v) and k.valid(v) for v in told)), "")


def small_areas(values: Sequence[str]) -> bool:
    """Whether most values are codes of areas of a few hundred people."""
    filled = [value for value in values if value]
    return bool(filled) and sum(SMALL_AREAS.fullmatch(value) is not None for value in filled) >= MOSTLY * len(filled)


def counted(table: Table) -> bool:
    """Whether some column is headed as a count, so that the number in each row is judged for itself."""
    return any(set(words_of(name)) & COUNTS for name in table.columns)


def in_text(text: str) -> Iterator[Hit]:
    """The identifiers in a text, and what it says of single people, each kind once per line, lines from 1."""
    for number, line in enumerate(text.splitlines(), 1):
        for what, certain in people_in(line) if DIGIT.search(line) else ():
            yield Hit(what, number, certain)
        for kind in KINDS if ANY_WITHIN.search(line) else ():
            if kind.in_text and any(kind.valid(found.group()) for found in kind.within.finditer(line)):
                yield Hit(kind.name, number, kind.in_text == "fail")


def findings(file: str, table: Table, policy: Policy) -> Iterator[Finding]:
    """Columns and headings that identify people, or name areas of a few hundred without a count of each."""
    for name in table.columns:
        values, cell = table.column(name), Cell(row=None, column=name, label=name)
        if what := identifying(name, values, policy):
            problem = f"The column {name} seems to hold {what}."
            yield Finding(file, CODE, Verdict.FAIL, problem, "Each row names somebody.", CURE, cell)
        elif what := _said_of_people((name, *values)):
            problem = f"A label of the column {name} seems to hold {what}."
            yield Finding(file, CODE, Verdict.FAIL, problem, "The label names somebody.", "Use names of groups.", cell)
        elif what := suspected(values):
            problem = f"Some values of the column {name} look like {what}."
            cure = "Leave them out, or tell the checker what they are."
            yield Finding(file, CODE, Verdict.REVIEW, problem, "Such a value names somebody.", cure, cell)
        elif small_areas(values) and not counted(table):
            problem = f"The column {name} holds areas of a few hundred people."
            attack = "Few people live in each, so that a category of theirs may be known."
            yield Finding(file, SMALL_AREA, Verdict.REVIEW, problem, attack, "Use local authorities or regions.", cell)
    yield from _headings(file, table.columns)


def _said_of_people(labels: Sequence[str]) -> str:
    """What labels certainly say of single people, in words, or ""."""
    told = (label for label in dict.fromkeys(labels) if len(label) > SHORTEST and DIGIT.search(label))
    return next((what for label in told for what, certain in people_in(label) if certain), "")


def _headings(file: str, columns: Sequence[str]) -> Iterator[Finding]:
    """Headings that are identifiers themselves, as in a table with a column for each person."""
    for place, heading in enumerate(columns, 1):
        kind = next((k for k in KINDS if k.pattern.fullmatch(heading) and k.valid(heading)), None)
        if kind:
            verdict = Verdict.FAIL if kind.in_text == "fail" else Verdict.REVIEW
            problem = f"Heading {place} seems to be one of {kind.name}."
            cure = "Use names of groups as headings."
            yield Finding(file, CODE, verdict, problem, "The column is about one person.", cure)


def _told(values: Sequence[str]) -> set[str]:
    """The different values that could be identifiers at all."""
    return {
        value
        for value in set(values)
        if len(value) >= SHORTEST and not ORDINARY.fullmatch(value) and ANY.fullmatch(value)
    }


def _enough(kind: Kind, matching: set[str], filled: Sequence[str]) -> bool:
    """Whether the values of a form make sure that the column holds that kind."""
    if kind.certain and any(kind.valid(value) for value in matching):
        return True
    years = all(re.fullmatch(r"(?:19|20)\d\d/\d\d[A-Z]?", value) for value in matching)
    return not years and sum(value in matching for value in filled) >= MOSTLY * len(filled)


def _by_heading(heading: str, filled: Sequence[str], policy: Policy) -> str:
    """What a heading promises and the values bear out."""
    words = set(words_of(heading))
    for what, promised, form in BY_HEADING:
        if words & set(promised) and not words & OTHERS:
            pattern = re.compile(form, re.ASCII | re.IGNORECASE)
            if sum(pattern.fullmatch(value) is not None for value in filled) >= MOSTLY * len(filled):
                return what
    if len(set(filled)) < min(policy.threshold, len(filled)):
        return ""
    named = NAMES & words or any(pair <= words for pair in NAME_PAIRS) or (words & PEOPLE and "name" in words)
    if named and not words & OTHERS:
        return "names of single people"
    return "numbers of single people" if _numbered(words_of(heading)) else ""


def _numbered(words: Sequence[str]) -> bool:
    """Whether a heading is that of numbers of people, as `case_no` is and `no_suspect` is not."""
    who = [place for place, word in enumerate(words) if word in PEOPLE]
    return bool(who) and any(
        word in NUMBERED and (place > who[0] or word not in ("no", "number")) for place, word in enumerate(words)
    )
