"""Check digits and letters of numbers that identify people: whether a number that looks like one can be one.

Every function takes the text of one number as people write it and is False for anything else.
"""

from __future__ import annotations

import re

# Sources of the letters: PNC, CRO and arrest/summons numbers as HMPPS person-record and Bichard 7 read them.
CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"

# Prefixes of National Insurance numbers that are never given out: HMRC manual NIM39110.
UNUSED_PREFIXES = frozenset(["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"])

PNC = re.compile(r"(?P<year>(?:19|20)?\d{2})/?(?P<serial>\d{1,7})(?P<letter>[A-Z])")
CRO = re.compile(r"(?P<serial>\d{1,6})/(?P<year>\d{2})(?P<letter>[A-Z])")
ASN = re.compile(
    r"(?P<year>\d{2})(?P<force>[A-Z\d]{2})[A-Z\d]{2}(?P<system>[A-Z\d]{2})(?P<serial>\d{11})(?P<letter>[A-Z])"
)


def nhs_number(text: str) -> bool:
    """Ten digits whose last is 11 minus the weighted sum (10 to 2) modulo 11. Source: NHS Data Dictionary."""
    digits = _digits(text)
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return check != 10 and check % 11 == digits[9]


def national_insurance(text: str) -> bool:
    """Two letters that are given out, six digits and a letter from A to D. Source: HMRC manual NIM39110."""
    plain = "".join(text.split()).upper()
    form = re.fullmatch(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", plain, re.ASCII)
    return form is not None and plain[:2] not in UNUSED_PREFIXES


def pnc(text: str) -> bool:
    """Police National Computer number: the letter checks the two-digit year followed by the serial, modulo 23."""
    found = PNC.fullmatch(text.strip().upper())
    if not found or not int(found["serial"]):
        return False
    return _letter(int(found["year"][-2:] + found["serial"].zfill(7))) == found["letter"]


def cro(text: str) -> bool:
    """Criminal Records Office number, `NNNNNN/YYX`: the letter checks the year followed by the serial."""
    found = CRO.fullmatch(text.strip().upper())
    if not found or not int(found["serial"]):
        return False
    return _letter(int(found["year"] + found["serial"].zfill(6))) == found["letter"]


def arrest_summons(text: str) -> bool:
    """Arrest/summons number of 20 characters: the letter checks force and system, then year and sequence."""
    found = ASN.fullmatch(re.sub(r"[\s/]", "", text).upper())
    if not found:
        return False
    parts = (_only_digits(found["force"]), _only_digits(found["system"]), found["year"], found["serial"])
    return _letter(int("".join(parts))) == found["letter"]


def luhn(text: str) -> bool:
    """13 to 19 digits of a payment card, whose weighted sum ends in 0. Source: ISO/IEC 7812-1, annex B."""
    digits = _digits(text)
    if not 13 <= len(digits) <= 19 or digits[0] not in (2, 3, 4, 5, 6) or len(set(digits)) == 1:
        return False
    doubled = [digit * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def iban(text: str) -> bool:
    """International bank account number: rearranged, it leaves 1 modulo 97. Source: ISO 13616."""
    plain = "".join(text.split()).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z\d]{11,30}", plain, re.ASCII):
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _letter(number: int) -> str:
    return CHECK_LETTERS[number % 23]


def _digits(text: str) -> list[int]:
    """The digits of a number written with spaces or hyphens; none when it holds anything else."""
    plain = re.sub(r"[ \-]", "", text.strip())
    return [int(letter) for letter in plain] if plain.isascii() and plain.isdigit() else []


def _only_digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
