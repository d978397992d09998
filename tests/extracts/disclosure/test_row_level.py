"""Row level: records and identifiers are no tables."""

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.rules.identifiers import identifying

from .tables import found, long_counts


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("area_code",     ["E07000001", "E07000002", "E07000003"]),
        ("postcode_area", ["LS", "YO", "LS", "YO"] * 5),
        ("country_of_birth", ["France", "Spain"]),
        ("year_of_birth", ["1990", "1991"]),
        ("month",         ["2019-01", "2019-02"]),
        ("offence_code",  ["105", "028"]),
        ("cases",         ["410", "388"]),
        ("person",        []),
    ],
)  # fmt: skip
def test_codes_of_groups_are_no_identifiers(heading: str, values: list[str]) -> None:
    assert identifying(heading, values, SRS_10) == ""


def test_records_fail_and_none_of_their_values_is_repeated() -> None:
    rows = "\n".join(f"P{n:05}, {n % 7}, {20 + n}" for n in range(40))
    report = long_counts("person_id, offence, count\n" + rows)
    assert report.verdict == "fail"
    assert found(report, "identifier") == ["person_id"]
    assert found(report, "row_level") == [""]
    assert "P00" not in str(report.to_json())


def test_records_without_an_identifier_are_for_a_person() -> None:
    rows = "\n".join(f"{18 + n}, {'MF'[n % 2]}, {20 + n}" for n in range(60))
    assert long_counts("age, sex, sentence_days\n" + rows).verdict == "review"
