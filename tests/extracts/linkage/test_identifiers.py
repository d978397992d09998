"""Canonical forms of identifying numbers: tables of what is typed and what it comes to."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow as pa
import pytest

from extracts.linkage import identifiers

# The check letters below are worked by hand: the remainder of the number by 23, counted from Z = 0.
#   790123456 = 23 * 34353193 + 17      -> T         240000017 = 23 * 10434783 + 8   -> H
#   8123456   = 23 * 353193 + 17        -> T         39123     = 23 * 1701 + 0       -> Z
#   1011100000448754 = 23 * 43960869584728 + 10 -> K (force 01, system 01, year 11, sequence 448754)
CASES = {
    identifiers.canonical_pnc: {
        "1979/0123456T": "1979/0123456T",
        "79/123456T": "1979/0123456T",
        " 79 / 123456 t": "1979/0123456T",
        "790123456T": "1979/0123456T",
        "19790123456T": "1979/0123456T",
        "24/17H": "2024/0000017H",
        "1979/0123465T": None,
        "1979/0123456A": None,
        "1879/0123456T": None,
        "1979/00123456T": None,
        "2000/0000000Z": None,
        "1979/0123456": None,
        "not known": None,
        "": None,
    },
    identifiers.canonical_cro: {
        "123456/08T": "123456/08T",
        "123456/08A": None,
        "12345608t": "123456/08T",
        "1234/08T": "001234/08T",
        "0000000/08T": None,
        "SF39/123Z": "SF39/123Z",
        "sf39 123z": "SF39/123Z",
        "SF39/0123W": "SF39/0123W",
        "SF39/123A": None,
        "": None,
    },
    identifiers.canonical_asn: {
        "1101ZD0100000448754K": "1101ZD0100000448754K",
        "11/01ZD/01/448754K": "1101ZD0100000448754K",
        "11/01/zd/01/00000448754k": "1101ZD0100000448754K",
        "1101ZD0100000448745K": None,
        "1101ZD0100000448754": None,
        "": None,
    },
    identifiers.canonical_national_insurance: {
        "ab 12 34 56 c": "AB123456",
        "AB123456": "AB123456",
        "GB123456A": None,
        "DA123456A": None,
        "AB12345": None,
    },
    identifiers.canonical_prison_number: {"a1234bc": "A1234BC", "A 1234 BC": "A1234BC", "AL9692": None},
    identifiers.canonical_postcode: {
        "sw1a 1aa": "SW1A1AA",
        "M1 1AE": "M11AE",
        "ZZ99 3VZ": None,
        "NF1 1NF": None,
        "SW1A": None,
        "SW1A 1AC": None,
    },
    identifiers.canonical_case_reference: {
        "01AB000123424": "01AB000123424",
        "01/AB/1234/24": "01AB000123424",
        "T20240017": "T20240017",
        "t2024 0017": "T20240017",
        "T24/17": "T20240017",
        "24.00.123456": "2400123456",
        "see file": None,
        "": None,
    },
}


@pytest.mark.parametrize("canonical", CASES, ids=lambda function: function.__name__)
def test_what_is_typed_comes_to(canonical: Callable[[str], str]) -> None:
    given = CASES[canonical]
    assert dict(zip(given, run(canonical, list(given)), strict=True)) == given


@pytest.mark.parametrize("canonical", CASES, ids=lambda function: function.__name__)
def test_canonical_text_stays_as_it_is_and_nothing_stays_nothing(canonical: Callable[[str], str]) -> None:
    known = [value for value in CASES[canonical].values() if value]
    assert run(canonical, [*known, None]) == [*known, None]


def test_letters_agree_with_a_second_reckoning() -> None:
    """Numbers all over the range, against long division done digit by digit in Python."""
    drawn = [(1950 + place % 75, 1 + 7919 * place % 9_999_998) for place in range(500)]
    pnc = [f"{y}/{s:07d}{letter(f'{y % 100:02d}{s:07d}')}" for y, s in drawn]
    cro = [f"{s % 10**6:06d}/{y % 100:02d}{letter(f'{y % 100:02d}{s % 10**6:06d}')}" for y, s in drawn]
    asn = [f"{y % 100:02d}44AB02{s:011d}{letter(f'4402{y % 100:02d}{s:011d}')}" for y, s in drawn]
    assert run(identifiers.canonical_pnc, pnc) == pnc
    assert run(identifiers.canonical_cro, cro) == cro
    assert run(identifiers.canonical_asn, asn) == asn


def test_a_wrong_digit_or_two_swapped_never_pass() -> None:
    """23 is prime, and neither a digit nor a swap of neighbours changes a number by a multiple of it."""
    right = "1979/0123456T"
    digits = [place for place, character in enumerate(right) if character.isdigit() and place > 1]
    wrong = {right[:p] + str((int(right[p]) + 1) % 10) + right[p + 1 :] for p in digits}
    swapped = {right[:p] + right[p + 1] + right[p] + right[p + 2 :] for p in digits if right[p + 1].isdigit()}
    assert run(identifiers.canonical_pnc, sorted(wrong | swapped - {right})) == [None] * len(wrong | swapped - {right})


def letter(digits: str) -> str:
    remainder = 0
    for digit in digits:
        remainder = (remainder * 10 + int(digit)) % 23
    return "ZABCDEFGHJKLMNPQRTUVWXY"[remainder]


def run(canonical: Callable[[str], str], values: list[str | None]) -> list[str | None]:
    typed = pa.table({"place": range(len(values)), "typed": pa.array(values, pa.string())})
    with duckdb.connect() as connection:
        connection.register("given", typed)
        rows = connection.execute(f"SELECT {canonical('typed')} FROM given ORDER BY place").fetchall()
    return [row[0] for row in rows]
