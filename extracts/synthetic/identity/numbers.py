"""Numbers that services give to people, arrests and cases: of the right form, with the right check letter, unique.

Serial numbers are a keyed permutation of a running number, so that neighbours in any file have nothing in common.
Forms and check letters: PNC and CRO numbers as HMPPS person-record reads them, arrest/summons numbers as Bichard 7
does (both of the Ministry of Justice, public); National Insurance numbers, HMRC manual NIM39110.
"""

from __future__ import annotations

import numpy as np

from extracts.synthetic.chance import Ints
from extracts.synthetic.identity.text import Text, constant, digits, joined, letters

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PNC_SERIALS, CRO_SERIALS, URN_SERIALS = 9_999_999, 999_999, 9_999_999
UNITS_PER_FORCE = 40
UNUSED_PREFIXES = ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")
FIRSTS, SECONDS = "ABCEGHJKLMNOPRSTWXYZ", "ABCEGHJKLMNPRSTWXYZ"
PREFIXES = tuple(a + b for a in FIRSTS for b in SECONDS if a + b not in UNUSED_PREFIXES)


def permuted(numbers: Ints, size: int, key: int) -> Ints:
    """A permutation of 0 .. size - 1, applied to `numbers` (which are below `size`).

    A Feistel network of four rounds over the next even number of bits; a result that is too large goes round again.
    """
    half = max((int(size - 1).bit_length() + 1) // 2, 1)
    mask, result = (1 << half) - 1, numbers.copy()
    again = np.arange(len(numbers))
    while len(again):
        left, right = result[again] >> half, result[again] & mask
        for turn in range(4):
            left, right = right, left ^ (_mixed(right, key + turn) & mask)
        result[again] = (left << half) | right
        again = again[result[again] >= size]
    return result


def _mixed(numbers: Ints, key: int) -> Ints:
    """Well mixed bits of each number and the key (the finaliser of SplitMix64)."""
    bits = numbers.astype(np.uint64) + np.uint64((key * 0x9E3779B97F4A7C15) & (2**64 - 1))
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (bits >> np.uint64(33)).astype(np.int64)


def check_letters(numbers: Ints) -> Text:
    """The check letter of each number."""
    return letters(numbers % 23, CHECK_LETTERS)


def years_apart(years: Ints, numbers: Ints, size: int, population: int) -> Ints:
    """Years moved back a little so that serials, which repeat after `size` people, never repeat within a year."""
    blocks = -(-population // size)
    return years - (years - numbers // size) % blocks


def pnc_numbers(numbers: Ints, years: Ints, *, population: int, key: int) -> Text:
    """YYYY/NNNNNNNX."""
    years = years_apart(years, numbers, PNC_SERIALS, population)
    serials = permuted(numbers % PNC_SERIALS, PNC_SERIALS, key) + 1
    letter = check_letters(years % 100 * 10_000_000 + serials)
    return np.concatenate([digits(years, 4), constant("/", len(years)), digits(serials, 7), letter], axis=1)


def cro_numbers(numbers: Ints, years: Ints, *, population: int, key: int) -> Text:
    """NNNNNN/YYX."""
    years = years_apart(years, numbers, CRO_SERIALS, population) % 100
    serials = permuted(numbers % CRO_SERIALS, CRO_SERIALS, key) + 1
    letter = check_letters(years * 1_000_000 + serials)
    return np.concatenate([digits(serials, 6), constant("/", len(years)), digits(years, 2), letter], axis=1)


def arrest_numbers(numbers: Ints, years: Ints, forces: Ints, *, key: int) -> Text:
    """Arrest/summons numbers: year 2, force 2, unit 2, system 2, sequence 11, check letter. `forces` as two digits."""
    size = 10**11
    serials = permuted(numbers % size, size, key)
    years = years % 100
    letter = check_letters((forces % 100 * 10_000 + 100 + years) % 23 * (size % 23) + serials)
    units = _units(forces * 100 + serials % UNITS_PER_FORCE, key)
    return np.concatenate(
        [digits(years, 2), digits(forces, 2), units, constant("01", len(years)), digits(serials, 11), letter], axis=1
    )


def case_references(numbers: Ints, years: Ints, forces: Ints, *, key: int) -> Text:
    """Unique reference numbers of cases: force 2, unit 2, serial 7, year 2."""
    serials = permuted(numbers % URN_SERIALS, URN_SERIALS, key) + 1
    units = _units(forces * 100 + (serials + numbers // URN_SERIALS) % UNITS_PER_FORCE, key)
    return np.concatenate([digits(forces, 2), units, digits(serials, 7), digits(years, 2)], axis=1)


def crown_numbers(numbers: Ints, years: Ints, *, key: int) -> Text:
    """The Crown Court's own numbers, TYYYYNNNN: each court counts for itself, so they repeat in the country."""
    return np.concatenate([constant("T", len(years)), digits(years, 4), digits(_mixed(numbers, key), 4)], axis=1)


def _units(numbers: Ints, key: int) -> Text:
    drawn = _mixed(numbers, key) % 676
    return np.concatenate([letters(drawn // 26, ALPHABET), letters(drawn % 26, ALPHABET)], axis=1)


def prison_numbers(numbers: Ints, *, key: int) -> Text:
    """A9999AA."""
    size = 26**3 * 10_000
    serial = permuted(numbers % size, size, key)
    group, rest = serial // 10_000, digits(serial % 10_000, 4)
    first, second, third = (letters(group // 26**place % 26, ALPHABET) for place in (2, 1, 0))
    return np.concatenate([first, rest, second, third], axis=1)


def probation_numbers(numbers: Ints, *, key: int) -> Text:
    """Case reference numbers of probation, A999999."""
    size = 26 * 1_000_000
    serial = permuted(numbers % size, size, key)
    return np.concatenate([letters(serial // 1_000_000, ALPHABET), digits(serial % 1_000_000, 6)], axis=1)


def pupil_numbers(numbers: Ints, *, key: int) -> Text:
    """Unique pupil numbers: a letter and twelve digits."""
    size = 10**12
    serial = permuted(numbers % size, size, key)
    return np.concatenate([check_letters(serial), digits(serial, 12)], axis=1)


def insurance_numbers(numbers: Ints, *, key: int) -> Text:
    """National Insurance numbers: a prefix in use, six digits and a letter from A to D."""
    size = len(PREFIXES) * 1_000_000
    serial = permuted(numbers % size, size, key)
    prefix = np.frombuffer("".join(PREFIXES).encode(), dtype=np.uint8).reshape(-1, 2)[serial // 1_000_000]
    return joined(prefix, digits(serial % 1_000_000, 6), letters(_mixed(numbers, key) % 4, "ABCD"))
