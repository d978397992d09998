"""Whole requests: what their tables give away beside each other, and requests of the same shapes that are safe."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from extracts.disclosure import subject
from extracts.disclosure.audit import judgement
from extracts.disclosure.case import check_case, remember
from extracts.disclosure.ledger.store import Ledger

TABLE = "region, cases; North West, {}; South East, 200"
FORCES = "police force, cases; Cheshire, 100; Merseyside, 100; Lancashire, 100; Kent, 100; Surrey, 100"
AREAS = "area, sex, cases; A, M, 50; A, F, 40; B, M, 60; B, F, 70"
QUARTERS = "quarter, cases; 2023 Q1, 50; 2023 Q2, 50; 2023 Q3, 50; 2023 Q4, 50"
BY_MONTH = "; ".join(f"2023-{month:02}, 50" for month in range(1, 13))
LENGTHS = "offence, 6 months, 12 months, 24 months; Theft, {}, 123, 160; Fraud, 60, 90, 140; Violence, 80, 110, 150"

# What an intruder subtracts -> the tables of a request, rows ending in ;, those that left before beginning with old:
GIVEN_AWAY = {
    "time limits": ["reoffended, people; within 3 months, 80; within 6 months, 120; within 12 months, 123"],
    "time limits of each sex": [
        "sex, period, people; Male, within 6 months, 120; Male, within 12 months, 123;"
        "Female, within 6 months, 60; Female, within 12 months, 90"],
    "time limits across": ["offence, within_6_months, within_12_months; Theft, 120, 123; Fraud, 60, 90"],
    "time limits in short": ["offence, within_6m, within_12m; Theft, 120, 123; Fraud, 60, 90; Drugs, 80, 110"],
    "bare lengths across": [LENGTHS.format(120)],
    "lengths with a stem": [
        "offence, reoffended_6m, reoffended_12m; Theft, 120, 123; Fraud, 60, 90; Arson, 80, 110; Drugs, 80, 110"],
    "cumulative cases": ["month, cumulative_cases; January, 40; February, 43; March, 80"],
    "up to and including": ["time, people; up to and including month 1, 40; up to and including month 2, 43"],
    "ends named by the heading": ["reoffended by, people; month 3, 80; month 6, 120; month 12, 123"],
    "years and months": ["reoffended, people; within 6 months, 200; within 1 year, 204; within 2 years, 280"],
    "years to date": ["period, cases; Year to date January, 40; Year to date February, 43; Year to date March, 80"],
    "the last months": ["arrests, people; in the last 12 months, 120; in the last 6 months, 117"],
    "rolling periods": ["period, cases; Jan to Mar 2023, 150; Jan to Apr 2023, 153; Jan to May 2023, 210"],
    "periods without a year": ["period, cases; January, 50; January to February, 53; January to March, 150"],
    "survivors": ["status, people; Still open after 3 months, 120; Still open after 6 months, 117"],
    "more and more": ["hearings, people; 1 or more, 200; 2 or more, 197; 3 or more, 100"],
    "at least": ["convictions, people; at least 1, 200; at least 2, 197; at least 3, 100"],
    "the top": ["courts, cases; Top 5 courts, 300; Top 6 courts, 303; All, 900"],
    "shares of time limits": ["reoffended, pct, n; within 6 months, 60.0, 200; within 12 months, 62.5, 200"],
    "stages": ["stage, cases; Charged, 300; Convicted, 297; Sentenced, 200"],
    "all but one court": ["court, cases; All courts, 512; All courts excluding Court B, 509"],
    "all but one court, in brackets": ["court, cases; All courts, 512; All courts (excluding Court B), 509"],
    "all but one court, afterwards": ["court, cases; All courts, 512; All courts (Court B excluded), 509"],
    "all but one court, across": ["offence, All, All excluding Court B; Theft, 120, 117; Fraud, 90, 70"],
    "all but one court, with notes": ["court, cases; Crown courts [1], 512; Crown courts other than Court B [2], 509"],
    "all but the unknown": ["sex, cases; Male, 300; Female, 200; Total, 503; Total excluding unknown, 500"],
    "all but one offence, elsewhere": [
        "offence, cases; All offences, 512; Theft, 200",
        "offence, cases; All offences excluding fraud, 509; Theft, 200"],
    "a town less": ["area, cases; London, 120; London (excl. City), 117; Kent, 90"],
    "a town more": ["area, cases; Kent, 120; Kent including Medway, 124"],
    "of which": ["offence, cases; Violence, 120; of which domestic, 117; Theft, 90"],
    "of which, with its whole": ["offence, cases; Violence, 120; Violence: of which domestic, 117; Theft, 90"],
    "of which, one hidden": ["offence, cases; Violence, 120; of which domestic, [c]; of which other, 117; Theft, 90"],
    "a dash": ["offence, cases; Violence, 120; - domestic, 117; Theft, 90"],
    "ever and now": ["status, people; Ever in care, 120; Currently in care, 117; Never in care, 300"],
    "two bands in a third": ["age, cases; 18-20, 50; 21-24, 60; 18-25, 113"],
    "bands that end apart": ["age, cases; 18-24, 120; 18-25, 123; 26-40, 200"],
    "under this and that": ["age, cases; under 24, 120; under 25, 123; 25+, 200"],
    "over this and that": ["previous convictions, cases; 0-9, 120; 10+, 63; 11+, 60"],
    "a year and its months": [f"period, cases; 2023, 603; {BY_MONTH}"],
    "a year and its quarters": ["year, cases; 2023, 203; 2024, 300", QUARTERS],
    "a year and its quarters, numbered": [
        "year, cases; 2023, 203; 2024, 300",
        "year, quarter, cases; 2023, Q1, 50; 2023, Q2, 50; 2023, Q3, 50; 2023, Q4, 50"],
    "a quarter and its months": ["quarter, cases; 2023 Q1, 153; 2023 Q2, 150", f"month, cases; {BY_MONTH}"],
    "a year of the state": [
        "financial_year, cases; 2022/23, 203; 2023/24, 300",
        "quarter, cases; 2022 Q2, 50; 2022 Q3, 50; 2022 Q4, 50; 2023 Q1, 50"],
    "a region and its forces": [TABLE.format(303), FORCES],
    "a region and its forces, named": [
        TABLE.format(303), "region, force, cases; North West, Cheshire, 100; North West, Cumbria, 200"],
    "sums that other tables contradict": [AREAS, "area, cases; A, 93; B, 130", "area, hearings; A, 200; B, 260"],
    "a share with the count elsewhere": ["area, n; A, 120; B, 200", "area, pct_guilty; A, 2.5; B, 40.0"],
    "one file for each area": ["area, cases; A, 50", "area, cases; B, 60", "area, cases; Total, 113"],
    "a later limit": ["reoffended, people; within 12 months, 123", "old: reoffended, people; within 6 months, 120"],
    "all but one, later": ["court, cases; Crown courts less Court B, 509", "old: court, cases; Crown courts, 512"],
}  # fmt: skip

SAFE = {
    "bands": ["age, cases; 10-17, 120; 18-24, 150; 25-34, 200; 35+, 300; Total, 770"],
    "bands with subtotals": ["age, cases; 10-17, 120; 18-20, 60; 21-24, 90; 18-24, 150; 25+, 200; Total, 470"],
    "bands of two tables": ["age, cases; 10-17, 120; 18-24, 200; 25+, 300", "age, cases; 10-24, 320; 25+, 300"],
    "time limits": ["reoffended, people; within 3 months, 80; within 6 months, 120; within 12 months, 180; Total, 400"],
    "time limits across": ["offence, within_6_months, within_12_months; Theft, 120, 160; Fraud, 60, 90"],
    "time limits by sex": [
        "sex, period, people; Male, within 6 months, 120; Male, within 12 months, 153; Female, within 6 months, 60;"
        "Female, within 12 months, 90; Total, within 6 months, 180; Total, within 12 months, 243"],
    "cumulative beside plain": ["month, cases, cumulative_cases; January, 40, 40; February, 45, 85; March, 50, 135"],
    "lengths that fall": [LENGTHS.format(130)],
    "lengths of sentences": [
        "sentence, cases; Under 6 months, 120; 6 to 12 months, 150; 1 to 4 years, 155; Over 4 years, 80"],
    "stages": ["stage, cases; Charged, 300; Convicted, 250; Sentenced, 200"],
    "all but one court": [
        "court, cases; Court A, 300; Court B, 100; Court C, 112; All courts, 512; All courts excluding Court B, 412"],
    "all but the unknown": [
        "sex, cases; Male, 300; Female, 200; Unknown, 20; Total, 520; Total excluding unknown, 500"],
    "of which": ["offence, cases; Violence, 120; of which domestic, 60; Theft, 90; Total, 210"],
    "siblings that begin alike": ["offence, cases; Theft, 120; Theft - from shops, 115; Fraud, 65; Total, 300"],
    "siblings of which one is larger": ["offence, cases; Theft, 100; Theft (from shops), 105; Fraud, 65"],
    "with and without": ["offence, cases; Violence with injury, 300; Violence without injury, 295; Theft, 200"],
    "counts that lie close": ["offence, cases; Theft, 120; Fraud, 123; Drugs, 119"],
    "years": ["year, cases; 2019, 120; 2020, 123; 2021, 119; 2022, 140"],
    "months": ["month, cases; 2023-01, 50; 2023-02, 53; 2023-03, 49; 2023-04, 55"],
    "quarters of any year": ["quarter, cases; Q1, 50; Q2, 53; Q3, 150; Q4, 200"],
    "a year and its quarters": ["year, cases; 2023, 200; 2024, 300", QUARTERS],
    "people who come back in a year": ["year, people; 2023, 180; 2024, 260", QUARTERS],
    "a year and its months": [f"period, cases; 2023, 600; {BY_MONTH}"],
    "two kinds of year": ["year, cases; 2022, 200; 2023, 300", "financial_year, cases; 2022/23, 203; 2023/24, 280"],
    "regions and forces": [TABLE.format(300), FORCES],
    "regions of another map": ["region, cases; South West, 240; Wales, 300", FORCES.replace("Kent", "Dorset")],
    "sexes and ages": [
        "sex, cases; Male, 300; Female, 200; Total, 500", "age, cases; 10-17, 120; 18+, 380; Total, 500"],
    "arrests and charges": ["area, arrests; A, 120; B, 200", "area, charges; A, 100; B, 150"],
    "the same again": ["area, cases; A, 120; B, 200", "old: area, cases; A, 120; B, 200"],
}  # fmt: skip


def request(folder: Path, tables: list[str], **said: Any) -> dict[str, Any]:
    """The case of these tables, whose files are written to the folder."""
    files = []
    for number, text in enumerate(tables):
        role, path = ("released" if text.startswith("old:") else "output"), f"{number}.csv"
        rows = text.removeprefix("old:").split(";")
        (folder / path).write_text("\n".join(",".join(cell.strip() for cell in row.split(",")) for row in rows))
        files.append({"path": path, "role": role})
    return {"kind": "frequency", "files": files, **said}


@pytest.mark.slow
@pytest.mark.parametrize("tables", GIVEN_AWAY.values(), ids=GIVEN_AWAY)
def test_what_is_given_away_never_passes(tmp_path: Path, tables: list[str]) -> None:
    assert check_case(request(tmp_path, tables), tmp_path)["verdict"] != "pass"


@pytest.mark.parametrize("tables", SAFE.values(), ids=SAFE)
def test_ordinary_requests_pass(tmp_path: Path, tables: list[str]) -> None:
    found = check_case(request(tmp_path, tables), tmp_path)
    assert found["verdict"] == "pass", found["findings"]


def test_a_pair_that_is_certain_fails_and_shows_the_sum(tmp_path: Path) -> None:
    case = request(tmp_path, GIVEN_AWAY["all but one court"])
    [finding] = check_case(case, tmp_path)["findings"]
    assert (finding["verdict"], finding["key"]["court"]) == ("fail", "All courts excluding Court B")
    assert finding["attack"].startswith("512 - 509 = 3")


@pytest.mark.parametrize("name", ["stages", "bare lengths across"])
def test_what_may_be_nested_is_for_a_person(tmp_path: Path, name: str) -> None:
    assert check_case(request(tmp_path, GIVEN_AWAY[name]), tmp_path)["verdict"] == "review"


def test_headings_of_different_things_are_for_a_person(tmp_path: Path) -> None:
    case = request(tmp_path, ["area, arrests; A, 120; B, 200", "area, charges; A, 117; B, 150"])
    assert check_case(case, tmp_path)["verdict"] == "review"


# What left before and asks to leave now.
LATER = {
    "a union": ("area, cases; A, 100; B, [c]", "area, cases; A and B, 103"),
    "a later limit": ("reoffended, people; within 6 months, 120", "reoffended, people; within 12 months, 123"),
    "all but one": ("court, cases; All courts, 512; C, 200", "court, cases; All courts excluding B, 509; C, 200"),
    "a year": (QUARTERS, "year, cases; 2023, 203; 2024, 300"),
    "a region": (FORCES, TABLE.format(303)),
    "parts": ("offence, cases; Violence, 120", "offence, cases; Violence: domestic, 60; Violence: other, 57"),
    "the total of two cells": ("area, cases; A, 100; B, 50", "area, cases; Total, 153"),
}


@pytest.mark.parametrize(("before", "now"), LATER.values(), ids=LATER)
def test_what_left_before_is_remembered(tmp_path: Path, before: str, now: str) -> None:
    folders = [tmp_path / "before", tmp_path / "now"]
    for folder in folders:
        folder.mkdir()
    ledger = Ledger.create(tmp_path / "ledger")
    remember(request(folders[0], [before]), folders[0], ledger, "first")
    found = check_case(request(folders[1], [now]), folders[1], ledger=ledger)
    assert found["verdict"] == "fail"
    assert any("release first" in one["explanation"] for one in found["findings"])


def magnitude(folder: Path, table: str, contributors: str, more: Mapping[str, tuple[str, str]] | None = None) -> Any:
    """The answer to a table of amounts with its evidence, and to others: path -> table and its evidence or ""."""
    files = []
    for path, (text, behind) in {"a.csv": (table, contributors), **(more or {})}.items():
        role = "output" if behind else "released"
        for name, content, use in ((path, text, role), (f"behind_{path}", behind, "evidence")):
            if content:
                (folder / name).write_text(content.replace(", ", ",").replace("; ", "\n"))
                files.append({"path": name, "role": use, **({"for": path} if use == "evidence" else {})})
    return check_case({"kind": "magnitude", "files": files}, folder)


BEHIND = "area, n, total, largest, second_largest; A, {}, {}, 200, 180; {}, {}, {}, 200, 190"


@pytest.mark.parametrize(
    ("table", "behind", "verdict"),
    [
        ("area, total_days; A, 3100; A excluding X, 3000", ("31", "3100", "A excluding X", "30", "3000"), "fail"),
        ("area, mean_days; A, 100; A excluding X, 98", ("31", "3100", "A excluding X", "30", "2940"), "fail"),
        ("area, total_days; A, 6100; A excluding X, 3000", ("61", "6100", "A excluding X", "30", "3000"), "pass"),
        ("area, total_days; A, 3100; B, 4000", ("31", "3100", "B", "40", "4000"), "pass"),
        ("area, total_days; A, 3100; B, [c]", ("31", "3100", "B", "3", "100"), "pass"),
    ],
)
def test_nested_amounts_are_judged_by_their_contributors(
    tmp_path: Path, table: str, behind: tuple[str, ...], verdict: str
) -> None:
    assert magnitude(tmp_path, table, BEHIND.format(*behind))["verdict"] == verdict


@pytest.mark.parametrize(("earlier", "verdict"), [("A, 3000; B, 4000", "review"), ("A, 3100; B, 4000", "pass")])
def test_another_amount_of_the_same_people_is_for_a_person(tmp_path: Path, earlier: str, verdict: str) -> None:
    table, behind = "area, total_days; A, 3100; B, 4000", BEHIND.format(31, 3100, "B", 40, 4000)
    found = magnitude(tmp_path, table, behind, {"old.csv": (f"area, total_days; {earlier}", "")})
    assert found["verdict"] == verdict


def test_an_amount_that_another_table_shows_is_not_hidden(tmp_path: Path) -> None:
    table, behind = "area, total_days; A, 3100; B, [c]", BEHIND.format(31, 3100, "B", 3, 100)
    other = ("area, total_days; B, 100", "area, n, total, largest, second_largest; B, 13, 100, 20, 10")
    found = magnitude(tmp_path, table, behind, {"b.csv": other})
    assert [(one["file"], one["key"]["area"]) for one in found["findings"] if one["verdict"] == "fail"] == [
        ("a.csv", "B")
    ]


def test_a_table_is_audited_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = list[int]()

    def counted(*given: Any, **said: Any) -> judgement.Audit:
        times.append(1)
        return judgement.audited(*given, **said)

    monkeypatch.setattr(subject, "audited", counted)
    case = request(tmp_path, ["area, cases; A, 50; B, [c]; Total, 53", "area, cases; A, 50; B, [c]; C, 40"])
    assert check_case(case, tmp_path)["implied"]
    assert len(times) == 2  # one for each table, also when they are put together


WEIGHTS = "id,area,w,days\n" + "".join(f"{i},{'AB'[i % 2]},{1 + i % 3},{i % 30}\n" for i in range(100))


@pytest.mark.parametrize(
    ("table", "kind", "context", "verdict"),
    [
        ("area, count; A, 100; B, 99", "frequency", {"weight": "w", "unit": "id"}, "pass"),
        ("area, count; A, 50; B, 50", "frequency", {"weight": "w", "unit": "id"}, "review"),
        ("area, mean_days; A, 13.34; B, 14.37", "magnitude",
         {"weight": "w", "unit": "id", "value": "days", "statistic": "mean"}, "pass"),
        ("area, mean_days; A, 13.00; B, 14.00", "magnitude",
         {"weight": "w", "unit": "id", "value": "days", "statistic": "mean"}, "review"),
    ],
)  # fmt: skip
def test_weights_are_those_of_the_records(
    tmp_path: Path, table: str, kind: str, context: dict[str, str], verdict: str
) -> None:
    case = request(tmp_path, [table], context=context) | {"kind": kind}
    (tmp_path / "micro.csv").write_text(WEIGHTS)
    case["files"].append({"path": "micro.csv", "role": "microdata"})
    found = check_case(case, tmp_path)
    assert found["verdict"] == verdict, json.dumps(found["findings"])


def test_weighted_counts_without_units_are_for_a_person(tmp_path: Path) -> None:
    case = request(tmp_path, ["area, count; A, 120; B, 130"], context={"weight": "w"})
    assert [one["rules"] for one in check_case(case, tmp_path)["findings"]] == [["weighted"]]


@pytest.mark.parametrize(
    ("table", "verdict"),
    [
        ("offence, people; Theft, 100; Fraud, 60; Drugs, 50; Total, 140", "pass"),
        ("offence, people; Theft, 100; Fraud, [c]; Drugs, 37; Total, 140", "review"),
        ("offence, people; Theft, 120; Fraud, 60; Total, 123", "fail"),
        ("sex, offence, people; M, Theft, 100; M, Fraud, 60; M, Total, 140; F, Theft, 50; F, Fraud, 60; F, Total, 90;"
         "Total, Theft, 150; Total, Fraud, 120; Total, Total, 230", "pass"),
    ],
)  # fmt: skip
def test_units_may_be_in_several_cells_where_that_is_said(tmp_path: Path, table: str, verdict: str) -> None:
    said = check_case(request(tmp_path, [table], context={"overlapping": True}), tmp_path)
    assert said["verdict"] == verdict, said["findings"]
    if verdict == "pass":
        assert check_case(request(tmp_path, [table]), tmp_path)["verdict"] != "pass"


@pytest.mark.parametrize(
    ("signs", "verdict"), [(["@@"], "pass"), ([], "review"), (["120"], "review"), (["@@", "[d]"], "pass")]
)
def test_signs_of_hidden_numbers_are_those_that_the_case_names(tmp_path: Path, signs: list[str], verdict: str) -> None:
    layout = {"form": "long", "dims": ["area"], "measure": "cases", "hidden": signs}
    case = request(tmp_path, ["area, cases; A, 120; B, @@; C, @@; Total, 160"], layout=layout)
    assert check_case(case, tmp_path)["verdict"] == verdict


def test_two_counts_of_people_that_nothing_tells_apart_are_for_a_person(tmp_path: Path) -> None:
    """One table of each of two forces, and neither says so: 3 is no group of people, but nobody can know."""
    tables = ["offence, offenders; Theft, 120; Drugs, 230", "offence, offenders; Theft, 123; Drugs, 290"]
    assert check_case(request(tmp_path, tables), tmp_path)["verdict"] == "review"
