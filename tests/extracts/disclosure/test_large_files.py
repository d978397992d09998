"""Large files: findings beyond the limit are counted, not made."""

import pytest

from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import tidy
from extracts.disclosure.reading.csv_table import read_table
from extracts.disclosure.rulebook import RULES
from extracts.disclosure.subject import Subject

from .tables import NAME, FileDescription, checked

FEW = Policy("few", "1", max_findings=5)
ROWS, COLUMNS = 400, tuple(str(year) for year in range(2000, 2020))
ONES = "\n".join(["area," + ",".join(COLUMNS), *(f"Area {n}" + ",1" * len(COLUMNS) for n in range(ROWS))]).encode()
SAID = FileDescription(NAME, "FREQ", layout=Layout("wide", ("area",), "year", COLUMNS))


def test_a_rule_makes_no_more_findings_than_the_report_holds() -> None:
    subject = Subject(SAID, tidy(read_table(NAME, ONES, FEW), SAID), FEW)
    made = {rule.code: sum(1 for _ in rule.findings(subject)) for rule in RULES if "FREQ" in rule.applies_to}
    assert made["threshold"] == 5
    assert sum(made.values()) == 5
    assert sum(subject.beyond) == ROWS * len(COLUMNS) - 5


@pytest.mark.slow
def test_the_rest_is_counted_and_the_first_rows_are_kept() -> None:
    report = checked(ONES, SAID, FEW)
    assert (report.verdict, len(report.findings), report.files[0].left_out) == ("fail", 5, ROWS * len(COLUMNS) - 5)
    assert {finding.cell.row for finding in report.findings if finding.cell} == {2}
