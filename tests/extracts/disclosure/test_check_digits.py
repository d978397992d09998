"""Check digits: each agrees with the rule written out by hand, and one slip of the pen is found."""

import random
import string

from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.rules import check_digits

LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
NINES = st.integers(0, 999_999_999).map(lambda n: f"{n:09}")


def naive_nhs(text: str) -> bool:
    """The rule of the NHS Data Dictionary, step by step."""
    total = 0
    for place in range(9):
        total += int(text[place]) * (10 - place)
    check = 11 - total % 11
    if check == 11:
        check = 0
    return check != 10 and check == int(text[9]) and len(set(text)) > 1


@given(NINES, st.integers(0, 9))
def test_nhs_numbers(nine: str, last: int) -> None:
    text = f"{nine}{last}"
    assert check_digits.nhs_number(text) == naive_nhs(text)
    assert check_digits.nhs_number(f"{text[:3]} {text[3:6]} {text[6:]}") == naive_nhs(text)


def test_numbers_that_are_published_as_examples() -> None:
    assert check_digits.nhs_number("943 476 5919")
    assert check_digits.iban("GB82 WEST 1234 5698 7654 32")
    assert check_digits.luhn("4111 1111 1111 1111")
    assert check_digits.pnc("2012/52M") is check_digits.pnc("12/0000052M")
    assert check_digits.national_insurance("AB123456C") and not check_digits.national_insurance("GB123456C")


@given(st.integers(40, 139), st.integers(1, 9_999_999), st.integers(0, 22))
def test_pnc_numbers(years: int, serial: int, place: int) -> None:
    year = 1900 + years
    wanted = LETTERS[int(f"{year % 100:02}{serial:07}") % 23] == LETTERS[place]
    for text in (f"{year}/{serial:07}{LETTERS[place]}", f"{year % 100:02}/{serial}{LETTERS[place]}"):
        assert check_digits.pnc(text) == wanted


@given(st.integers(0, 99), st.integers(1, 999_999), st.integers(0, 22))
def test_cro_numbers(year: int, serial: int, place: int) -> None:
    wanted = int(f"{year:02}{serial:06}") % 23 == place
    assert check_digits.cro(f"{serial:06}/{year:02}{LETTERS[place]}") == wanted


def naive_luhn(text: str) -> bool:
    total, double = 0, False
    for digit in reversed(text):
        number = int(digit) * (2 if double else 1)
        total += sum(int(part) for part in str(number))
        double = not double
    return total % 10 == 0


@given(st.text("0123456789", min_size=12, max_size=18))
def test_card_numbers(rest: str) -> None:
    text = f"4{rest}"
    assert check_digits.luhn(text) == (naive_luhn(text) and len(set(text)) > 1)


def naive_iban(text: str) -> bool:
    moved, remainder = text[4:] + text[:4], 0
    for letter in moved:
        value = string.digits.find(letter) if letter.isdigit() else 10 + string.ascii_uppercase.index(letter)
        remainder = (remainder * (100 if value > 9 else 10) + value) % 97
    return remainder == 1


@given(st.integers(0, 99), st.text(string.digits + string.ascii_uppercase, min_size=11, max_size=30))
def test_bank_account_numbers(check: int, account: str) -> None:
    text = f"GB{check:02}{account}"
    assert check_digits.iban(text) == naive_iban(text)


def test_a_changed_digit_of_a_valid_number_is_found() -> None:
    """Every rule here finds all single slips in a digit."""
    chance = random.Random(11)
    valid = {
        check_digits.nhs_number: "9434765919",
        check_digits.luhn: "4929123412341238",
        check_digits.iban: "GB82WEST12345698765432",
    }
    valid[check_digits.luhn] = next(text for n in range(10) if check_digits.luhn(text := f"492912341234123{n}"))
    for check, text in valid.items():
        assert check(text)
        for place in [place for place, letter in enumerate(text) if letter.isdigit()]:
            other = chance.choice([digit for digit in string.digits if digit != text[place]])
            assert not check(text[:place] + other + text[place + 1 :])
