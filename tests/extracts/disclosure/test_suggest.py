"""Suggestions: what prefills the form is sensible, and never mistakes a label for a count."""

import pytest

from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.reading.columns import kind_of_column
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.suggest import suggest

from .tables import checked, lines


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("year",           "2019 2020 2021",  "label"),
        ("period",         "2019 2020",       "label"),
        ("x",              "2019 2020 2021",  "label"),
        ("x",              "1 2 3 4",         "label"),
        ("rank",           "7 9",             "label"),
        ("age",            "10 11 12",        "label"),
        ("age_band",       "10-11 12-14",     "label"),
        ("offence_code",   "105 28",          "label"),
        ("bin_left",       "0.0 0.9",         "label"),
        ("force",          "North South",     "label"),
        ("cases",          "410 388",         "count"),
        ("n",              "1 2 3",           "count"),
        ("numDefendants",  "0 5",             "count"),
        ("North",          "12 500",          "count"),
        ("North",          "12 [c]",          "count"),
        ("pct_guilty",     "3 4",             "percentage"),
        ("x",              "3% 4%",           "percentage"),
        ("share of cases", "0.1 0.2",         "percentage"),
        ("mean_days",      "113 20",          "mean"),
        ("x",              "113.2 20.5",      "mean"),
        ("total_income",   "500 600",         "total"),
        ("Total",          "500 600",         "count"),
        ("coef",           "1 2",             "other"),
        ("std error",      "0.1 0.2",         "other"),
        ("x",              "-0.1 0.2",        "other"),
        ("odds_ratio",     "2 3",             "ratio"),
        ("max",            "354 12",          "endpoint"),
        ("surname",        "Ash Birch",       "identifier"),
        ("n",              "",                "label"),
    ],
)  # fmt: skip
def test_what_a_column_seems_to_hold(heading: str, values: str, kind: str) -> None:
    assert kind_of_column(heading, values.split()) == kind


@pytest.mark.parametrize(
    ("table", "code", "layout"),
    [
        (
            "year, G, N, Total\n2010, 15, 59, 74\n2011, 15, 59, 74",
            "FREQ", Layout("wide", ("year",), "category", ("G", "N", "Total")),
        ),
        ("area, 2018, 2019\nnorth, 15, 59", "FREQ", Layout("wide", ("area",), "year", ("2018", "2019"))),
        ("year, rank, count\n2010, 1, 15\n2011, 2, 30", "FREQ", Layout("long", ("year", "rank"), "", ("count",))),
        ("group, n, mean_days\na, 15, 20.5", "MAGN", Layout("long", ("group",), "", ("n",), (), ("mean_days",))),
        (
            "group, base_n, guilty_n, pct\na, 120, 30, 25",
            "RATIO", Layout(rows=("group",), counts=("base_n", "guilty_n"), percentages=(Percentage("pct"),)),
        ),
        (
            "group, base, events, share\na, 120, 30, 0.25",
            "RATIO", Layout(rows=("group",), counts=("base", "events"), percentages=(Percentage("share", "base", 1),)),
        ),
        ("term, coef, se\nage, 1.2, 0.3", "REGR", Layout(rows=("term",), others=("coef", "se"))),
        ("stat, days\nmin, 1.5\nmax, 2.5", "MINMAX", Layout(rows=("stat",), means=("days",), statistic="stat")),
        ("time, at_risk, events\n1, 40, 1", "SURV", Layout(rows=("time",), counts=("at_risk", "events"))),
    ],
)  # fmt: skip
def test_suggestions(table: str, code: str, layout: Layout) -> None:
    draft = suggest("table.csv", lines(table))
    assert (draft.output_type, draft.layout) == (code, layout)
    assert draft.problems() == ()


def test_a_suggestion_can_be_checked_as_it_is() -> None:
    content = lines("year, G, N\n2010, 15, 59\n2011, 8, 59")
    report = checked(content, suggest("table.csv", content))
    assert [finding.cell.label for finding in report.findings if finding.cell] == ["year 2011, G"]


def test_what_is_no_table_gets_no_suggestion() -> None:
    with pytest.raises(CannotRead, match="No table"):
        suggest("chart.csv", b"\x89PNG\r\n")


def test_codes_with_leading_zeros_are_labels():
    draft = suggest("crimes.csv", b"offence,crimes\n01.5,162\n05.2,104\n10.1,14\n")
    assert (draft.layout.form, draft.layout.rows, draft.layout.counts) == ("long", ("offence",), ("crimes",))
