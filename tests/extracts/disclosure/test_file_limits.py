"""Types and sizes of files that a policy lets leave."""

from dataclasses import replace

import pytest

from extracts.disclosure.policy import OPENSAFELY, SRS_10
from extracts.disclosure.rules.file_limits import findings


@pytest.mark.parametrize(
    ("name", "rules"),
    [("counts.csv", []), ("COUNTS.CSV", []), ("curve.svg", []), ("model.rds", ["file_type"]), ("notes", ["file_type"])],
)
def test_only_the_types_of_the_policy_may_leave(name: str, rules: list[str]) -> None:
    assert [one.rule for one in findings(name, b"a,b\n1,2\n", OPENSAFELY)] == rules
    assert not list(findings(name, b"a,b\n1,2\n", SRS_10))


def test_a_file_has_at_most_as_many_rows_as_the_policy_allows() -> None:
    policy = replace(SRS_10, max_rows=3)
    assert not list(findings("a.csv", b"head\n" + b"1\n" * 3, policy))
    assert [one.rule for one in findings("a.csv", b"head\n" + b"1\n" * 5, policy)] == ["file_size"]
