"""Words of criminal justice: children, victims of sexual offences, sensitive facts, offences, courts and times.

Sources: offence groups and codes, Home Office counting rules as in the code lists `offence_groups.csv` and
`offence_codes.csv`; age groups of the Ministry of Justice, `age_bands.csv`; monitoring flags of the CPS,
`cps_flags.csv`; class SV of `sensitivity_classes.csv` (domestic abuse, relationship, child victim, withdrawal,
children in care).
"""

from __future__ import annotations

import re

from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.labels import as_compared

ADULT = 18

CHILDREN = re.compile(
    r"\b(?:child(?:ren)?|juveniles?|youths?|minors?|teenagers?|infants?|toddlers?|bab(?:y|ies)|pupils?|school ?children"
    r"|young (?:people|persons?|offenders?)|boys?|girls?)\b"
)
# "Young adults" are of age, and offences against children may be counted by offenders who are.
OF_AGE = re.compile(r"\byoung adults?\b|\badults?\b")
AGE_HEADINGS = frozenset(["age", "ages", "aged", "ageband", "agegroup"])
BAND = re.compile(
    r"(?:aged? )?(?P<low>\d{1,3})(?: ?(?:-|to|–|/) ?(?P<high>\d{1,3}))?(?:[ -]?(?:years?|yrs?)(?:[ -]olds?)?)?"
)
BELOW = re.compile(
    r"(?:aged? )?(?:under|below|less than|younger than|<|u)[ -]?(?P<high>\d{1,3})(?P<people>s)?"
    r"(?:[ -]?(?:years?|yrs?)(?:[ -]olds?)?)?"
)

SEXUAL = re.compile(
    r"\b(?:sexual(?:ly)?|sex offen[cd]\w*|rapes?|raped|indecen\w+|grooming|voyeurism|incest|sexual exploitation"
    r"|penetration)\b"
)
SEXUAL_CODES = re.compile(r"02(?:\.[12])?|17[ab]|19[a-k]|7[0-3]|20[ab]|2[123][ab]?|88[a-e]|sx\d{5}\w?|rp|ar", re.ASCII)
OFFENCE_HEADINGS = frozenset(["offence", "offences", "crime", "crimes", "charge", "charges", "cjs", "statute", "flag"])

FACTS = {
    "domestic abuse": r"\bdomestic(?:ally)? (?:abuse|violence|abused?)\b|\bda flag\b",
    "the relationship of victim and suspect": r"\b(?:relationship(?! status)|former intimate|intimate partner)\b",
    "reasons of withdrawal": r"\b(?:withdrawal|withdrew|withdrawn) reasons?\b|\breasons? (?:of|for) withdraw\w+",
    "children in care": r"\b(?:children in care|in care|looked after|child protection|care leavers?)\b",
    "child abuse": r"\b(?:child (?:abuse|victims?|sexual|cruelty|abduction)|csa|csae)\b",
    "modern slavery": r"\b(?:modern slavery|trafficking of (?:people|persons|human)|human trafficking)\b",
}
SENSITIVE = tuple((what, re.compile(form)) for what, form in FACTS.items())

VICTIMS = re.compile(r"\b(?:victims?|complainants?|survivors?|witness(?:es)?)\b")
JUSTICE = re.compile(
    r"\b(?:victims?|complainants?|defendants?|suspects?|offenders?|prisoners?|offences?|crimes?|convict\w+|sentence[ds]?|"
    r"custod\w+|arrest\w*|prosecut\w+|court|courts|police|charge[ds]?|reoffen\w+|probation|remand\w*|bail)\b"
)
PLACES = """
    court courts magistrates centre area lsoa msoa ward parish town city village neighbourhood district authority
    borough prison station place location venue postcode
"""
COURT_HEADINGS = frozenset(PLACES.split())
COURTS = re.compile(r"\b(?:crown court|magistrates'?|court)\b")
OFFENCES = re.compile(
    r"\b(?:theft|burglary|robbery|fraud|arson|assault|murder|manslaughter|rape|drugs?|wounding|violence|"
    r"criminal damage|public order|harassment|stalking|weapons?|kidnap\w*|blackmail|perjury|motoring|driving|sexual)\b"
)
# People who are of one case by what they are called.
TOGETHER = re.compile(
    r"\bco[ -]?(?:defendants?|accused|offend\w+|conspirators?)\b|\bjointly charged\b|\bgang members?\b"
)
DATE_HEADINGS = frozenset(["month", "week", "day", "date", "weekday", "fortnight", "yearmonth", "month_year"])
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
YEAR, NAMED = r"(?:19|20)\d\d", rf"(?:{MONTHS})[a-z]*"
DATED = re.compile(
    rf"{YEAR}[-/. ](?:0?[1-9]|1[0-2])(?:[-/. ]\d\d?)?|\d\d?[-/. ]{NAMED}[-/. ]{YEAR}|{NAMED}[-/. '](?:{YEAR}|\d\d)"
    rf"|{YEAR}[-/. ]?(?:m(?:0?[1-9]|1[0-2])|w\d\d?|{NAMED})|\d\d?/\d\d?/{YEAR}"
)


def of_children(heading: str, label: str) -> bool:
    """Whether a label is one of people under 18 alone: `10-17`, `under 18`, `Juvenile`; not `16-24`."""
    text = as_compared(label)
    aged = bool(set(words_of(heading)) & AGE_HEADINGS) or text.startswith("age") or "year" in text
    if aged and (band := BAND.fullmatch(text)):
        return int(band["high"] or band["low"]) < ADULT
    if below := BELOW.fullmatch(text):
        return (aged or bool(below["people"])) and int(below["high"]) <= ADULT
    return CHILDREN.search(text) is not None and not OF_AGE.search(text)


def of_sexual_offence(heading: str, label: str) -> bool:
    """Whether a label is one of sexual offences, by its words, or by its code under a heading of offences."""
    text = as_compared(label)
    coded = bool(set(words_of(heading)) & OFFENCE_HEADINGS) and SEXUAL_CODES.fullmatch(text) is not None
    return coded or SEXUAL.search(text) is not None


def of_one_case(heading: str, label: str) -> bool:
    """Whether a label is one of people who are together in a case."""
    return TOGETHER.search(as_compared(label)) is not None


def is_offence(heading: str, labels: list[str]) -> bool:
    """Whether a dimension is one of offences, by its heading or by most of its labels."""
    return bool(set(words_of(heading)) & OFFENCE_HEADINGS) or _mostly(OFFENCES, labels)


def is_place(heading: str, labels: list[str]) -> bool:
    """Whether a dimension is one of courts or small places, by its heading or by most of its labels."""
    return bool(set(words_of(heading)) & COURT_HEADINGS) or _mostly(COURTS, labels)


def _mostly(form: re.Pattern[str], labels: list[str]) -> bool:
    return bool(labels) and sum(form.search(as_compared(label)) is not None for label in labels) >= 0.6 * len(labels)


def sensitive_fact(text: str) -> str:
    """What a heading or label says that is sensitive by context, in words, or ""."""
    plain = " ".join(words_of(text))
    return next((what for what, form in SENSITIVE if form.search(plain)), "")


def is_dated(heading: str, labels: list[str]) -> bool:
    """Whether a dimension is one of times finer than a quarter, by its heading or by most of its labels."""
    if set(words_of(heading)) & DATE_HEADINGS:
        return True
    matching = sum(DATED.fullmatch(as_compared(label)) is not None for label in labels)
    return bool(labels) and matching >= 0.8 * len(labels)
