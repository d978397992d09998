"""People in text: a number or a name of somebody, a date of birth, and above all both beside each other.

An ordinary date, the reference of a table and the name of an organisation are none of these, and neither are
the days between which a whole cohort was born.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

UNITS = (
    "person|victim|defendant|suspect|offender|prisoner|participant|witness|individual|patient|pupil|respondent|subject"
    "|client|claimant|complainant|child"
)
MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
YEAR = r"(?:18|19|20)\d\d"
DATE = (
    rf"(?:{YEAR}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:{YEAR}|\d\d)"
    rf"|\d\d?(?:st|nd|rd|th)?[ -]{MONTHS}\.?,?[ -]{YEAR}|{MONTHS}\.? \d\d?(?:st|nd|rd|th)?,? {YEAR})(?![\w-])"
)
# A date on which somebody named without more is likelier to have been born than to have written a report.
LONG_AGO = r"(?:19\d\d|200\d)"
OLD_DATE = (
    rf"(?:{LONG_AGO}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]{LONG_AGO}"
    rf"|\d\d?(?:st|nd|rd|th)?[ -]{MONTHS}\.?,?[ -]{LONG_AGO})(?![\w-])"
)

BORN = re.compile(
    rf"(?i)\b(?:born|d\.?o\.?b\b\.?|date[ _]of[ _]birth|birth[ _]?(?:date|day))(?![A-Za-z]).{{0,40}}?(?<!\w){DATE}"
)
# Words of a rule about many: "children born on or after 1 September 2012".
MANY = re.compile(
    r"(?i)\b(?:after|before|between|since|until|from|to|later|earlier|cohorts?|children|people|persons|those|everyone"
    r"|anyone|all|pupils|babies|births|adults|individuals|offenders|defendants|victims|prisoners|whose|if|e\.g|format)\b"
)
TOLD = re.compile(
    rf"(?i)(?<!per )(?<!each )(?<!every )\b(?:{UNITS})[ _]?"
    r"(?:(?:id|no\.?|number|ref(?:erence)?|key)(?![a-z]))?[\s:#=('\"]{1,4}"
    r"(?!(?:19|20)\d\d\b)(?:[A-Z]{1,4}[-_]?\d{3,12}|\d{5,12})\b"
)
# Letters and a number, as people are numbered; codes of areas of the ONS are written so too.
NUMBERED = re.compile(r"(?<![\w.-])(?![EWSNKJLM]\d{8}\b)[A-Z]{1,3}[-_]?\d{5,12}(?![\w.-])", re.ASCII)
IN_QUOTES = re.compile(rf"[\"']({NUMBERED.pattern})[\"']", re.ASCII)
FEWEST_LISTED = 3

FIRST_NAMES_TEXT = """
    aaron abdul abigail adam adrian ahmed aisha alan albert alex alexander alice alison amanda amelia amy
    andrea andrew angela ann anna anne anthony antony arthur ashley barbara barry ben benjamin bernard beth
    brenda brian bruce callum carl carol caroline catherine charles charlie charlotte cheryl chloe chris
    christian christina christine christopher claire clare colin connor craig daniel danielle darren david
    dawn dean deborah debra denise dennis derek diana diane donald donna dorothy douglas dylan edward eileen
    elaine eleanor elizabeth ella ellen emily emma eric evelyn faith fatima fiona florence frances francis
    frank gareth garry gary gavin geoffrey george georgia gerald gillian glen gordon graham grace hannah
    harold harriet harry hassan hazel heather helen henry holly howard hugh ian imran irene isaac isabel
    isabella isla ivan jack jacob jacqueline jake james jamie jane janet janice jason jean jeffrey jennifer
    jeremy jessica jill joan joanna joanne joe john jonathan jordan joseph joshua joyce judith julia julian
    julie june karen karl kate katherine kathleen katie keith kelly kenneth kerry kevin kieran kim kimberley
    kirsty kyle laura lauren lawrence leah lee leonard leslie lewis liam linda lindsay lisa lorraine louis
    louise lucy luke lynn lynne malcolm marc margaret maria marie marion mark martin martyn mary matthew
    maureen megan melanie michael michelle mike mohamed mohammad mohammed molly muhammad natalie natasha
    nathan neil nicholas nicola nigel noah norman oliver olivia omar oscar owen pamela patricia patrick paul
    pauline peter philip phillip rachel ralph raymond rebecca rhys richard robert roger ronald rosemary ross
    roy russell ruth ryan sally sam samantha samuel sandra sara sarah scott sean shannon sharon sheila shirley
    simon sophia sophie stacey stanley stephanie stephen steven stewart stuart susan suzanne sylvia tara
    teresa terence terry thomas timothy toby tom tony tracey tracy trevor valerie vanessa victoria vincent
    wayne wendy william yasmin yvonne zoe
"""
FIRST_NAMES = frozenset(FIRST_NAMES_TEXT.split())
WORD = r"[A-Z][a-z]{1,20}(?:['-][A-Z]?[a-z]{1,20})?"
NAME = rf"(?<![\w-])(?P<first>{WORD})(?: (?:{WORD}|[A-Z]\.?)){{1,3}}"
NAME_BESIDE_DATE = re.compile(rf"{NAME}[\s,;:(|–-]{{1,5}}(?i:{OLD_DATE})")
NAME_THEN_BORN = re.compile(rf"{NAME}[\s,;:(|–-]{{1,5}}(?i:was born|born|dob|d\.o\.b\.?|date of birth)\b")

WITH_NUMBER = "the number of a person with a date of birth"
WITH_NAME = "the name of a person with a date of birth"
NUMBER, DATE_ALONE, LIST = (
    "the number of a person",
    "the date of birth of a person",
    "a list of numbers of single people",
)


def people_in(line: str) -> Iterator[tuple[str, bool]]:
    """What a line says of single people, in words, and whether it is beyond doubt."""
    told, born = TOLD.search(line), BORN.search(line)
    if born and (told or NUMBERED.search(line)):
        yield WITH_NUMBER, True
    elif _named(line, born is not None):
        yield WITH_NAME, True
    elif told:
        yield NUMBER, False
    elif born and not MANY.search(line):
        yield DATE_ALONE, False
    if len(set(IN_QUOTES.findall(line))) >= FEWEST_LISTED:
        yield LIST, False


def _named(line: str, born: bool) -> bool:
    """Whether a name stands beside a date of birth: any, where birth is spoken of, else one that is plainly a name."""
    if born and (found := NAME_THEN_BORN.search(line)):
        return not MANY.search(found.group())
    return any(found["first"].lower() in FIRST_NAMES for found in NAME_BESIDE_DATE.finditer(line))
