"""Numbers are of the right form, unique, with the right check letter, and say nothing about their neighbours."""

import re

import numpy as np
import pytest

from extracts.synthetic.identity import numbers
from extracts.synthetic.identity.text import packed

COUNT = 20_000
EVERY = np.arange(COUNT)
YEARS = 1990 + EVERY % 30
FORCES = EVERY % 63 + 1
LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"

NUMBERS = {
    "pnc": (numbers.pnc_numbers(EVERY, YEARS, population=COUNT, key=7), r"^(19|20)\d\d/\d{7}[A-Z]$"),
    "cro": (numbers.cro_numbers(EVERY, YEARS, population=COUNT, key=7), r"^\d{6}/\d\d[A-Z]$"),
    "asn": (numbers.arrest_numbers(EVERY, YEARS, FORCES, key=7), r"^\d{4}[A-Z]{2}01\d{11}[A-Z]$"),
    "urn": (numbers.case_references(EVERY, YEARS, FORCES, key=7), r"^\d\d[A-Z]{2}\d{9}$"),
    "prison": (numbers.prison_numbers(EVERY, key=7), r"^[A-Z]\d{4}[A-Z]{2}$"),
    "probation": (numbers.probation_numbers(EVERY, key=7), r"^[A-Z]\d{6}$"),
    "pupil": (numbers.pupil_numbers(EVERY, key=7), r"^[A-Z]\d{12}$"),
    "insurance": (numbers.insurance_numbers(EVERY, key=7), r"^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$"),
}


def letter(number: str) -> str:
    """The check letter of a number, worked out naively."""
    return LETTERS[int(number) % 23]


# What the letter checks, by kind of number.
CHECKED = {
    "pnc": lambda text: text[2:4] + text[5:12],
    "cro": lambda text: text[7:9] + text[:6],
    "asn": lambda text: text[2:4] + text[6:8] + text[:2] + text[8:19],
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_are_unique_and_of_their_form(kind):
    matrix, form = NUMBERS[kind]
    values = packed(matrix).astype(str)

    assert len(np.unique(values)) == COUNT
    assert all(re.match(form, value) for value in values)


@pytest.mark.parametrize("kind", CHECKED)
def test_check_letters_are_right(kind):
    values = packed(NUMBERS[kind][0]).astype(str)

    assert all(value[-1] == letter(CHECKED[kind](value)) for value in values[:3000])


@pytest.mark.parametrize("size", [1, 2, 10, 999, 1024, 50_000])
def test_a_permutation_reaches_every_number_once(size):
    assert sorted(numbers.permuted(np.arange(size), size, 3)) == list(range(size))


def test_another_key_gives_another_permutation():
    assert (numbers.permuted(EVERY, COUNT, 1) != numbers.permuted(EVERY, COUNT, 2)).mean() > 0.99


def test_neighbours_have_nothing_in_common():
    serials = numbers.permuted(EVERY, 10_000_000, 7)

    assert abs(np.corrcoef(serials[:-1], serials[1:])[0, 1]) < 0.03
    assert len(np.unique(np.diff(serials))) > 0.9 * COUNT


def test_serials_that_repeat_are_of_different_years():
    size, people = 999_999, 4_000_000
    same_serial = np.arange(4) * size + 5
    for year in (1980, 1981, 1982, 1983):
        years = numbers.years_apart(np.full(4, year), same_serial, size, people)
        assert len(set(years.tolist())) == 4
        assert ((years <= year) & (years > year - 5)).all()
