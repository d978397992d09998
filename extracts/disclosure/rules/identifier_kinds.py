"""Kinds of direct identifiers: how each is written, how its check digit is tested, and how sure one of them is.

Deliberately narrow: a code of an area, offence or court, a year, a rank or a coefficient must not match.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from extracts.disclosure.rules import check_digits

# Areas of UK postcodes (Royal Mail, Postcode Address File), without those of the Crown dependencies and the forces.
POSTCODE_AREAS = """
    AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL
    GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH
    PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV
    YO ZE
"""
AREA = "(?:" + "|".join(sorted(POSTCODE_AREAS.split(), key=len, reverse=True)) + ")"
STREETS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Close|Drive|Way|Crescent|Terrace|Gardens|Grove|Row|Mews|Walk|Court|Place"
)


# Where one may begin and end in a text. Forms are bounded, so that no long line takes long.
BEFORE, AFTER = r"(?<![\w/.@-])", r"(?![\w@]|[-/.]\w)"


def always(text: str) -> bool:
    """For numbers without a check digit: the form is all there is."""
    return True


@dataclass(frozen=True)
class Kind:
    """One kind of identifier.

    name      in the plural, for a sentence
    form      pattern of one, as people write it
    valid     whether one of that form passes its own check
    certain   whether a single valid one in a column is enough. Otherwise most values must be of the
              form, and fewer are for a person
    in_text   whether text is searched for it, and a valid one there is certain: "fail", "review" or ""
    """

    name: str
    form: str
    valid: Callable[[str], bool] = always
    certain: bool = False
    in_text: str = "review"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The form, for a whole value."""
        return re.compile(self.form, re.ASCII | re.IGNORECASE)

    @cached_property
    def within(self) -> re.Pattern[str]:
        """The form inside of a longer text, where it may not be part of a longer word or number. Case matters here."""
        return re.compile(rf"{BEFORE}(?:{self.form}){AFTER}", re.ASCII)


def _not_years(text: str) -> bool:
    """Whether a number with a slash is no financial or academic year such as 2019/20."""
    return not re.fullmatch(r"(?:19|20)\d\d/(?:\d\d|(?:19|20)\d\d)[A-Z]?", text.strip(), re.IGNORECASE)


def _pnc(text: str) -> bool:
    return _not_years(text) and check_digits.pnc(text)


KINDS = (
    Kind("e-mail addresses", r"[\w.+'%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}", certain=True, in_text="fail"),
    Kind("NHS numbers", r"\d{3}[ -]\d{3}[ -]\d{4}", check_digits.nhs_number, certain=True, in_text="fail"),
    Kind("National Insurance numbers", r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d\d ?){3}[A-D]",
         check_digits.national_insurance, certain=True, in_text="fail"),
    Kind("PNC numbers", r"(?:19|20)?\d{2}/\d{1,7}[A-Z]", _pnc, certain=True, in_text="fail"),
    Kind("CRO numbers", r"\d{4,6}/\d{2}[A-Z]", check_digits.cro, certain=True, in_text="fail"),
    Kind("arrest/summons numbers", r"\d{2}[ /]?[A-Z\d]{4}[ /]?[A-Z\d]{2}[ /]?\d{11}[A-Z]",
         check_digits.arrest_summons, certain=True, in_text="fail"),
    Kind("case references", r"\d{2}[A-Z][A-Z\d]\d{7,9}|\d{2}/[A-Z][A-Z\d]/\d{1,7}/\d{2}|[TSA](?:19|20)\d{6}"),
    Kind("prison numbers", r"[A-Z]\d{4}[A-Z]{2}"),
    Kind("full postcodes", rf"{AREA}(?:\d|[1-9]\d|\d[A-Z]) ?\d[ABD-HJLNP-UW-Z]{{2}}", in_text="fail"),
    Kind("telephone numbers", r"(?:\+44 ?\(?0?\)?|\(?0)(?:\d[ -]?\)?[ -]?){8,9}\d"),
    Kind("bank account numbers", r"[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?",
         check_digits.iban, certain=True, in_text="fail"),
    Kind("payment card numbers", r"\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}", check_digits.luhn, certain=True, in_text="fail"),
    Kind("driving licence numbers", r"[A-Z]{1,5}9{0,4}\d{6}[A-Z9]{2}\d[A-Z]{2}", certain=True, in_text="fail"),
    Kind("vehicle registrations", r"[A-HJ-PR-Y][A-HJ-PR-Y](?:[0-2]\d|[5-7]\d) ?[A-HJ-PR-Z]{3}"),
    Kind("names of people", r"(?:Mr|Mrs|Miss|Ms|Mx)\.? [A-Z][a-z'-]{1,30}(?: [A-Z][a-z'-]{1,30}){0,3}"),
    Kind("addresses", rf"\d{{1,4}}[A-Za-z]?,? (?:[A-Z][a-z']{{1,30}} ){{1,3}}(?:{STREETS})(?:,? [\w ,]{{0,60}})?"),
)  # fmt: skip

# All forms at once: what is of none of them need not be compared with each.
_FORMS = "|".join(f"(?:{kind.form})" for kind in KINDS)
ANY = re.compile(_FORMS, re.ASCII | re.IGNORECASE)
_IN_TEXT = "|".join(f"(?:{kind.form})" for kind in KINDS if kind.in_text)
ANY_WITHIN = re.compile(BEFORE + f"(?:{_IN_TEXT})", re.ASCII)

# Words of a heading (all of a group) that promise an identifier, and what its values must look like to bear it out.
BY_HEADING = (
    ("NHS numbers", ("nhs",), r"\d{3}[ -]?\d{3}[ -]?\d{4}"),
    ("telephone numbers", ("telephone", "phone", "mobile"), r"[+\d][\d ()-]{8,}"),
    ("case references", ("urn", "asn"), r"[A-Z\d/ ]{8,24}"),
    ("PNC numbers", ("pnc", "pncid"), r"[A-Z\d/ ]{8,16}"),
    ("CRO numbers", ("cro",), r"[A-Z\d/ ]{6,12}"),
    ("National Insurance numbers", ("nino",), r"[A-Z]{2}[\d ]{6,9}[A-D]?"),
    ("passport numbers", ("passport",), r"[A-Z\d]{7,10}"),
    ("prison numbers", ("nomis", "noms"), r"[A-Z\d]{5,8}"),
    ("card numbers", ("card",), r"[\d -]{13,23}"),
    ("addresses", ("address", "addresses"), r"(?=.*\d)(?=.*[A-Za-z]).{6,}"),
)  # fmt: skip
