"""Reports and policies: what goes out comes back, and verdicts add up."""

import json

import pytest

from extracts.disclosure.policy import SRS_10, BadPolicy, Dominance, Policy
from extracts.disclosure.report import Report, Verdict, worst

from .tables import amounts, counts, model

REPORTS = [
    counts("year, a, b\n2019, 3, 0\n2020, [c], 30"),
    amounts("g, income\na, 100", "g, n, total, largest, second_largest\na, 3, 100, 90, 5"),
    model(),
    model(df_residual=20),
]


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_survives_the_journey_through_json(report: Report) -> None:
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report


@pytest.mark.parametrize("report", REPORTS)
def test_the_verdict_is_the_worst_of_the_findings(report: Report) -> None:
    assert report.verdict == worst(finding.verdict for finding in report.findings)
    assert report.verdict == worst(file.verdict for file in report.files)


def test_review_is_worse_than_pass_and_fail_is_worst() -> None:
    assert worst([]) == Verdict.PASS
    assert worst([Verdict.PASS, Verdict.REVIEW]) == Verdict.REVIEW
    assert worst([Verdict.FAIL, Verdict.REVIEW, Verdict.PASS]) == Verdict.FAIL


def test_every_cell_is_counted_once() -> None:
    report = counts("year, a, b, c\n2019, 30, [c], many")
    assert report.files[0].to_json()["examined"] == {
        "cells": 3, "counts": 1, "magnitudes": 0, "percentages": 0, "hidden": 1, "unreadable": 1,
    }  # fmt: skip


def test_a_policy_survives_the_journey_through_json() -> None:
    policy = Policy("two", "3", threshold=5, nk=(Dominance(1, 0.5), Dominance(2, 0.67)))
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy
    assert Policy.from_json(SRS_10.to_json()) == SRS_10


@pytest.mark.parametrize(
    "change", [{"threshold": 0}, {"p_percent": 0}, {"max_cells": 0}, {"nk": [{"n": 2, "k": 1.5}]}, {"colour": "red"}]
)
def test_a_policy_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadPolicy):
        Policy.from_json({**SRS_10.to_json(), **change})
