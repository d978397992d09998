"""Unit names: headings of columns in which each number or pseudonym stands for a person, or for somebody's case."""

from __future__ import annotations

from extracts.disclosure.reading.columns import words_of

PERSON = frozenset(
    ["person", "unit", "individual", "defendant", "victim", "offender", "subject", "participant", "people"]
)
# Others who are numbered, in other studies and in short.
OTHERS = """
    persons pers def pupil patient prisoner respondent client learner student employee household family study record
    case
"""
SOMEBODY = PERSON | frozenset(OTHERS.split())
# Keys of people, as extracts and agencies call them.
KEYS = frozenset(["pid", "urn", "crn", "pncid", "pnc", "nhs", "nomis", "noms", "cro"])
# Words for a number or a pseudonym: with who it is of, and some by themselves.
NUMBER = frozenset(["id", "no", "number", "ref", "key"])
ALONE = frozenset(["id", "uid", "guid", "ref", "reference", "key", "hash", "pseudo", "pseudonym", "identifier"])


def names_people(heading: str) -> bool:
    """Whether a heading is plainly that of a number or pseudonym for each person."""
    words = set(words_of(heading))
    return bool(PERSON & words and NUMBER & words) or bool(words & KEYS) or words == {"id"}


def may_number_units(heading: str) -> bool:
    """Whether a heading may be that of a number for each person, case or record, and not of how many, as `no of` is."""
    words = set(words_of(heading))
    if not words or "of" in words:
        return False
    numbered = bool(words & SOMEBODY) and bool(words & (NUMBER | ALONE))
    return names_people(heading) or numbered or words <= ALONE | {"hashed", "code"} or words <= SOMEBODY - {"unit"}
