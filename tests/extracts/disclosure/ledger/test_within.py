"""What labels say of each other, by their words alone."""

import pytest

from extracts.disclosure.ledger.places import REGION_OF, REGIONS, force, region
from extracts.disclosure.ledger.times import Months, calendar, moment, of_any_year
from extracts.disclosure.ledger.within import is_cumulative, leaves_out, parts, without_cumulative

# Labels of a dimension -> pairs of part and whole; those joined by / are the labels.
PAIRS = {
    "within 6 months / within 12 months": "within 6 months < within 12 months",
    "Reoffended within 6 months / Reoffended within 1 year": "Reoffended within 6 months < Reoffended within 1 year",
    "Reoffended within 6 months / Convicted within 12 months": "",
    "within_6_months / within_12_months": "within_6_months < within_12_months",
    "4 years or more / over 4 years": "over 4 years < 4 years or more",
    "under 6 months / up to 6 months": "under 6 months < up to 6 months",
    "6 months / 12 months": "",
    "2 or more / 3 or more": "3 or more < 2 or more",
    "2023 / 2023-04 / 2022/23": "2023-04 < 2023",
    "2022/23 / Q1 2023 / May 2022": "Q1 2023 < 2022/23, May 2022 < 2022/23",
    "2010-03 / 2010-11 / 2011-02": "",
    "2010-11 / 2011 Q1 / 2010 Q1": "2011 Q1 < 2010-11",
    "Jan to Mar / Jan to Jun": "Jan to Mar < Jan to Jun",
    "Q1 / Q1-Q2": "Q1 < Q1-Q2",
    "Kent / Kent including Medway": "Kent < Kent including Medway",
    "London / London excluding City / City": "London excluding City < London, City < London",
    "London / London (City excluded)": "London (City excluded) < London",
    "Violence / of which domestic / Theft": "of which domestic < Violence",
    "Arson / Arson: at night / Arson with injury": "Arson: at night < Arson, Arson with injury < Arson",
    "Violence with injury / Violence without injury": "",
    "Theft / Robbery / Theft and robbery": "Theft < Theft and robbery, Robbery < Theft and robbery",
    "Bail / Bail and custody": "",
    "Kent / Kentish Town": "",
    "Ever in care / Currently in care": "Currently in care < Ever in care",
    "Crown courts [1] / Crown courts other than Leeds [2]": "Crown courts other than Leeds [2] < Crown courts [1]",
    "less than 6 months / 6 months or more": "",
}  # fmt: skip


@pytest.mark.parametrize(("labels", "pairs"), PAIRS.items())
def test_parts_are_told_from_their_words(labels: str, pairs: str) -> None:
    found = {f"{part} < {whole}" for part, whole in parts(labels.split(" / "))}
    assert found == {pair for pair in pairs.split(", ") if pair}


def test_bare_times_are_parts_only_where_sums_run_on() -> None:
    assert parts(["January", "February"]) == set()
    assert parts(["January", "February"], cumulative=True) == {("January", "February")}


@pytest.mark.parametrize(
    ("label", "part"),
    [("All courts excluding Court B", "court b"), ("Total (excl. unknown)", "unknown"), ("All courts", ""),
     ("Court A excluding Court B", ""), ("All other offences", "")],
)  # fmt: skip
def test_totals_may_leave_somebody_out(label: str, part: str) -> None:
    assert leaves_out(label) == part


@pytest.mark.parametrize(
    ("heading", "cumulative", "plain"),
    [("cumulative_cases", True, "cases"), ("cases to date", True, "cases"), ("reoffended by", True, "reoffended by"),
     ("offended by", True, "offended by"), ("cases", False, "cases"), ("accumulated", False, "accumulated")],
)  # fmt: skip
def test_headings_say_that_sums_run_on(heading: str, cumulative: bool, plain: str) -> None:
    assert (is_cumulative(heading), without_cumulative(heading)) == (cumulative, plain)


YEAR = 12 * 2023


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2023", (0, 12)), ("2023/24", (3, 15)), ("2023-24", (3, 15)), ("FY 2023/24", (3, 15)), ("2023 Q2", (3, 6)),
        ("Q2 2023", (3, 6)), ("2023-02", (1, 2)), ("02/2023", (1, 2)), ("February 2023", (1, 2)),
        ("H2 2023", (6, 12)),
        ("2023 H2", (6, 12)), ("Jan to Mar 2023", (0, 3)), ("Mar to Jan 2023", None), ("2023-25", None),
        ("1923-4", None), ("theft", None), ("23", None),
    ],
)  # fmt: skip
def test_the_calendar_is_read_as_labels_write_it(text: str, months: tuple[int, int] | None) -> None:
    assert calendar(text) == (Months(YEAR + months[0], YEAR + months[1]) if months else None)


@pytest.mark.parametrize(
    ("text", "reached"),
    [("6 months", ("time", 182.625)), ("1 year", ("time", 365.25)),
     ("12m", ("time", 365.25)),
     ("two weeks", ("time", 14)), ("month 3", ("month", 3)), ("Q2", ("quarter", 2)),
     ("March", ("month of the year", 2)),
     ("7", ("number", 7)), ("theft", None), ("6 thefts", None)],
)  # fmt: skip
def test_moments_are_told_by_their_kind(text: str, reached: tuple[str, float] | None) -> None:
    assert moment(text) == reached


def test_months_without_a_year() -> None:
    assert (of_any_year("Jan-Mar"), of_any_year("Q1-Q3"), of_any_year("May")) == (
        Months(0, 3),
        Months(0, 9),
        Months(4, 5),
    )
    assert of_any_year("Mar-Jan") is None


def test_forces_lie_in_one_region_each() -> None:
    assert len(REGION_OF) == 43 == sum(len(forces.split(", ")) for forces in REGIONS.values())
    assert (force("Metropolitan Police"), force("The Cheshire Constabulary")) == ("metropolitan", "cheshire")
    assert (region("Yorkshire & Humberside"), force("Leeds")) == ("yorkshire and humber", "")
