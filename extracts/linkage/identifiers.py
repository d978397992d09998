"""Identifying numbers in their one canonical form, as DuckDB expressions: whatever was typed, or nothing.

Every function takes the SQL of a text column and gives the SQL of its canonical text: NULL when the text is not of the
form, or when its check letter is wrong (a number that fails its own check is a slip, and would link strangers). Upper
and lower case, spaces, dots and hyphens make no difference.

Sources: PNC and CRO numbers as HMPPS person-record reads them, arrest/summons numbers as Bichard 7 does (both of the
Ministry of Justice, public); National Insurance numbers, HMRC manual NIM39110; postcodes, BS 7666.
"""

from __future__ import annotations

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"

# A year of two digits lies between 1940 and 2039.
FIRST_SHORT_YEAR = 40

# Prefixes of National Insurance numbers that are never given out.
UNUSED_PREFIXES = ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")

# Postcodes that stand for "no fixed abode" or "not known".
NO_ADDRESS = ("NF11NF", "ZZ99")


def canonical_pnc(column: str) -> str:
    """Police National Computer number, `YYYY/NNNNNNNX`; the letter checks the short year followed by the serial.

    Years of two or four digits, and serials without their leading zeros, are completed. Without a slash, ten digits
    or more begin with a year of four.
    """
    text = _cleaned(column)
    parted = _parted(text, f"CASE WHEN length({text}) >= 11 THEN 4 ELSE 2 END")
    year, rest = f"split_part({parted}, '/', 1)", f"split_part({parted}, '/', 2)"
    short, serial = f"right({year}, 2)", f"lpad({_without_last(rest)}, 7, '0')"
    number = f"CASE WHEN length({year}) = 4 THEN {year} ELSE {_long_year(short)} END || '/' || {serial}"
    form = f"regexp_full_match({parted}, '(\\d{{2}}|(19|20)\\d{{2}})/0*[1-9]\\d*[A-Z]') AND length({rest}) <= 8"
    return _checked(form, f"{short} || {serial}", number, f"right({parted}, 1)")


def canonical_cro(column: str) -> str:
    """Criminal Records Office number: `NNNNNN/YYX`, or `SFYY/N...X` of records held without fingerprints.

    The letter checks the year followed by the serial, which only the first form fills up with zeros.
    """
    text = _cleaned(column)
    plain = _parted(text, f"length({text}) - 3")
    serial = f"lpad(split_part({plain}, '/', 1), 6, '0')"
    year = _without_last(f"split_part({plain}, '/', 2)")
    small = _parted(text, "4")
    small_number = f"substr(split_part({small}, '/', 1), 3) || {_without_last(f'split_part({small}, {_SLASH}, 2)')}"
    standard = _checked(
        f"regexp_full_match({plain}, '0*[1-9]\\d*/\\d{{2}}[A-Z]') AND length({plain}) <= 10",
        f"{year} || {serial}", f"{serial} || '/' || {year}", f"right({text}, 1)",
    )  # fmt: skip
    other = _checked(
        f"regexp_full_match({small}, 'SF\\d{{2}}/\\d{{1,6}}[A-Z]')",
        small_number, _without_last(small), f"right({text}, 1)",
    )  # fmt: skip
    return f"CASE WHEN starts_with({text}, 'SF') THEN {other} ELSE {standard} END"


def canonical_asn(column: str) -> str:
    """Arrest/summons number: year 2, force 2, unit 2, system 2, sequence 11, check letter; 20 characters.

    The letter checks force and system (where they are digits) followed by year and sequence. Slashes are left out and
    the sequence is filled up with zeros.
    """
    text = f"replace({_cleaned(column)}, '/', '')"
    sequence = f"lpad({_without_last(f'substr({text}, 9)')}, 11, '0')"
    number = (
        f"{_digits(f'substr({text}, 3, 2)')} || {_digits(f'substr({text}, 7, 2)')} || left({text}, 2) || {sequence}"
    )
    form = f"regexp_full_match({text}, '\\d{{2}}[A-Z0-9]{{6}}\\d{{1,11}}[A-Z]')"
    return _checked(form, number, f"left({text}, 8) || {sequence}", f"right({text}, 1)")


def canonical_national_insurance(column: str) -> str:
    """National Insurance number, two letters and six digits: the closing letter adds nothing and is often missing."""
    text = _cleaned(column)
    form = f"regexp_full_match({text}, '[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\\d{{6}}[A-D]?')"
    return f"CASE WHEN {form} AND left({text}, 2) NOT IN {UNUSED_PREFIXES} THEN left({text}, 8) END"


def canonical_prison_number(column: str) -> str:
    """Prison number of the national system, `A1234AA`."""
    text = _cleaned(column)
    return f"CASE WHEN regexp_full_match({text}, '[A-Z]\\d{{4}}[A-Z]{{2}}') THEN {text} END"


def canonical_postcode(column: str) -> str:
    """UK postcode without its space, so that the last three characters are the inward code."""
    text = _cleaned(column)
    form = f"regexp_full_match({text}, '[A-Z]{{1,2}}\\d[A-Z\\d]?\\d[ABD-HJLNP-UW-Z]{{2}}')"
    real = " AND ".join(f"NOT starts_with({text}, '{start}')" for start in NO_ADDRESS)
    return f"CASE WHEN {form} AND {real} THEN {text} END"


def canonical_case_reference(column: str) -> str:
    """Reference of a case without separators: a URN (force 2, unit 2, serial 7, year 2), a Crown Court number (T, S or
    A, year 4, serial 4) or another number of a court.

    The parts of a URN or Crown Court number that are written with slashes are completed: `01/AB/1234/24` is
    `01AB000123424` and `T24/17` is `T20240017`. What has less than four digits is no reference.
    """
    text = _cleaned(column)
    parts = [f"split_part({text}, '/', {place})" for place in (1, 2, 3, 4)]
    year = f"substr({parts[0]}, 2)"
    crown = f"left({text}, 1) || CASE WHEN length({year}) = 4 THEN {year} ELSE {_long_year(year)} END"
    bare = f"replace({text}, '/', '')"
    return f"""CASE
        WHEN regexp_full_match({text}, '\\d{{2}}/[A-Z0-9]{{2}}/\\d{{1,7}}/\\d{{2}}')
            THEN {parts[0]} || {parts[1]} || lpad({parts[2]}, 7, '0') || {parts[3]}
        WHEN regexp_full_match({text}, '[TSA](\\d{{2}}|\\d{{4}})/\\d{{1,4}}')
            THEN {crown} || lpad({parts[1]}, 4, '0')
        WHEN regexp_full_match({bare}, '[A-Z0-9]{{6,20}}') AND length(regexp_replace({bare}, '[A-Z]', '', 'g')) >= 4
            THEN {bare}
        END"""


_SLASH = "'/'"


def _cleaned(column: str) -> str:
    return f"regexp_replace(upper({column}), '[\\s.-]+', '', 'g')"


def _parted(text: str, place: str) -> str:
    """The text with a slash after so many characters, unless it has one."""
    parted = f"left({text}, {place}) || '/' || substr({text}, {place} + 1)"
    return f"CASE WHEN contains({text}, '/') THEN {text} ELSE {parted} END"


def _without_last(text: str) -> str:
    return f"left({text}, length({text}) - 1)"


def _digits(text: str) -> str:
    """The text where it is a number, else nothing."""
    return f"CASE WHEN regexp_full_match({text}, '\\d+') THEN {text} ELSE '' END"


def _long_year(short: str) -> str:
    return f"CASE WHEN {short} < '{FIRST_SHORT_YEAR}' THEN '20' ELSE '19' END || {short}"


def _checked(form: str, number: str, canonical: str, letter: str) -> str:
    """The canonical text and its letter, where the form is right and the letter is the one of the number."""
    right_letter = f"substr('{CHECK_LETTERS}', (TRY_CAST({number} AS BIGINT) % 23)::INTEGER + 1, 1)"
    return f"CASE WHEN {form} AND {letter} = {right_letter} THEN {canonical} || {letter} END"
