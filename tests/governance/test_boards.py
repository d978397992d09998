"""What the votes of a round come to."""

import itertools

import pytest

from governance.projects.boards import (
    Verdict,
    Vote,
    has_settled,
    lacking,
    outcome,
    owners_of,
    quorums_of,
    service_quorums,
    settled,
    tables_of,
    variables_of,
)
from tests.builders import catalogue

A, R, B = Verdict.APPROVE, Verdict.REFUSE, Verdict.RETURN


def votes(given):
    return [Vote(owner, verdict) for owner, verdict in given.items()]


@pytest.mark.parametrize(
    ("given", "waiting", "refused", "all_refused"),
    [
        ({}, {"police", "cps"}, set(), False),
        ({"police": A}, {"cps"}, set(), False),
        ({"police": R}, {"cps"}, {"police"}, False),
        ({"police": A, "cps": A}, set(), set(), False),
        ({"police": A, "cps": R}, set(), {"cps"}, False),
        ({"police": R, "cps": R}, set(), {"police", "cps"}, True),
        ({"hmcts": A}, {"police", "cps"}, set(), False),
    ],
)
def test_outcome(given, waiting, refused, all_refused):
    result = outcome({"police": 1, "cps": 1}, votes(given))
    assert set(result.waiting) == waiting
    assert result.refused == refused
    assert result.all_refused is all_refused
    assert result.complete is (not waiting)
    assert result.reduced is (result.complete and bool(refused) and not all_refused)


@pytest.mark.parametrize(
    ("given", "quorum", "end", "left"),
    [
        ([], 1, None, 1),
        ([A], 1, A, 0),
        ([A], 2, None, 1),
        ([A, R], 2, None, 1),
        ([A, R, R], 2, R, 0),
        ([A, A, R], 2, A, 0),
        ([A, R, A, R], 3, None, 1),
        ([B, B], 2, None, 2),
    ],
)
def test_a_board_settles_when_its_quorum_agrees(given, quorum, end, left):
    assert settled(given, quorum) is end
    assert lacking(given, quorum) == left


@pytest.mark.parametrize("quorum", [0, -1])
def test_a_quorum_of_nobody_settles_nothing(quorum):
    with pytest.raises(ValueError, match="at least one"):
        settled([A], quorum)


def test_nothing_is_settled_before_as_many_agree_as_the_quorum_says():
    for given in itertools.product((A, R), repeat=4):
        for quorum in (1, 2, 3, 4):
            end = settled(given, quorum)
            assert end is None or given.count(end) >= quorum


@pytest.mark.parametrize(
    ("owner", "given", "decided"),
    [
        ("police", [A, A], True),
        ("police", [A, R], False),
        ("police", [R, A, R], True),
        ("hmcts", [R], True),
        ("hmcts", [], False),
        ("cps", [A], False),
        ("", [], False),
    ],
)
def test_an_owner_has_settled_by_its_own_quorum_and_only_where_it_is_needed(owner, given, decided):
    assert has_settled(owner, given, {"police": 2, "hmcts": 1}) == decided


def test_variables_that_an_approval_leaves_out_leave_alone():
    given = [Vote("police", A, frozenset({"pol_crime.sex"})), Vote("police", A), Vote("cps", R, frozenset({"x.y"}))]
    result = outcome({"police": 2, "cps": 1}, given)
    assert result.withheld == {"pol_crime.sex"}, "what a refusing owner left out goes with its tables"
    assert result.reduced


def test_an_empty_board_approves_nothing():
    with pytest.raises(ValueError, match="nobody can approve"):
        outcome({}, [Vote("police", A)])


def test_owners_of_the_chosen_tables_only():
    tables = ["pol_crime", "pol_victim", "crt_case"]
    assert owners_of(tables, catalogue()) == ("police", "hmcts")
    assert tables_of({"police"}, tables, catalogue()) == {"pol_crime", "pol_victim"}
    assert quorums_of(("police", "hmcts"), catalogue()) == {"police": 2, "hmcts": 1}
    wish = {"pol_crime": {"variables": {"recorded_date": {}}}, "crt_case": {"variables": {"sex": {}}}}
    assert variables_of("hmcts", wish, catalogue()) == {"crt_case.sex"}


def test_every_board_of_the_service_needs_somebody():
    assert set(service_quorums()) == {"ethics", "panel", "panel_delegated"}
    assert all(quorum >= 1 for quorum in service_quorums().values())
