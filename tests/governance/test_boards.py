"""What the owners' decisions of a round come to."""

import pytest

from governance.projects.boards import Verdict, outcome, owners_of, tables_of
from tests.builders import catalogue

A, R, B = Verdict.APPROVE, Verdict.REFUSE, Verdict.RETURN


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
    result = outcome(["police", "cps"], given)
    assert result.waiting == waiting
    assert result.refused == refused
    assert result.all_refused is all_refused
    assert result.complete is (not waiting)


def test_an_empty_board_approves_nothing():
    with pytest.raises(ValueError, match="nobody can approve"):
        outcome([], {"police": A})


def test_owners_of_the_chosen_tables_only():
    tables = ["pol_crime", "pol_victim", "crt_case"]
    assert owners_of(tables, catalogue()) == ("police", "hmcts")
    assert tables_of({"police"}, tables, catalogue()) == {"pol_crime", "pol_victim"}
