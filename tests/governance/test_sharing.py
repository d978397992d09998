"""Whose vote is used: a table of moments, without a database."""

from datetime import UTC, datetime

import pytest

from governance.people.sharing import StoodIn, is_used, people_of


def day(number: int) -> datetime:
    return datetime(2026, 5, number, 12, tzinfo=UTC)


M, S, T, X = 1, 2, 3, 4
FIRST = StoodIn(S, M, "panel", day(5), day(10))
SECOND = StoodIn(T, M, "panel", day(10), day(15))


@pytest.mark.parametrize(
    ("votes", "asked", "at", "used"),
    [
        ([], M, 7, False),
        ([(M, 7)], M, 7, True),
        ([(M, 7)], S, 8, True),
        ([(S, 7)], M, 8, True),
        ([(S, 7)], M, 20, True),  # after its end it is still the vote that was given
        ([(S, 4)], M, 8, False),  # given before they stood in: their own
        ([(S, 10)], M, 11, False),  # on the moment of the end it is over
        ([(M, 2)], S, 8, True),
        ([(M, 2)], S, 11, False),  # who stands in no more shares nothing
        ([(S, 7)], T, 12, True),  # the second stand-in finds it used by the first
        ([(M, 7)], X, 8, False),
        ([(X, 7)], M, 8, False),
        ([(X, 7)], S, 8, False),
    ],
)
def test_whether_a_vote_is_used(votes, asked, at, used):
    given = [(who, day(when)) for who, when in votes]
    assert is_used(given, asked, "panel", [FIRST, SECOND], day(at)) is used


def test_another_role_is_another_vote():
    assert not is_used([(S, day(7))], M, "owner", [FIRST], day(8))
    assert is_used([(S, day(7))], S, "owner", [FIRST], day(8))


def test_everybody_concerned_is_looked_at():
    assert people_of(S, [FIRST, SECOND]) == {M, S, T}
    assert people_of(X, []) == {X}
