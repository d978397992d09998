"""Row level: records and identifiers are no tables."""

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.rules.row_level import identifying

from .tables import found, long_counts


@pytest.mark.parametrize(
    ("heading", "values", "what"),
    [
        ("contact",       ["ann@example.org", "bo@example.org"], "e-mail addresses"),
        ("area",          ["LS1 4AP", "YO10 5DD"],               "full postcodes"),
        ("reference",     ["2004/0123456X", "04/1234567Y"],      "PNC numbers"),
        ("x",             ["943 476 5919", "943-476-5870"],      "NHS numbers"),
        ("person_id",     [str(n) for n in range(20)] * 3,       "names or numbers of single people"),
        ("Surname",       ["Ash", "Birch", "Cedar"],             "names or numbers of single people"),
        ("date_of_birth", ["2004-02-19", "1995-01-26"],          "dates of birth"),
    ],
)  # fmt: skip
def test_identifiers(heading: str, values: list[str], what: str) -> None:
    assert identifying(heading, values, SRS_10) == what


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
