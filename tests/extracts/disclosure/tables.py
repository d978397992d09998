"""Short ways to write a table, its description and its check."""

from collections.abc import Sequence
from typing import Any

from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription, Regression
from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.report import Finding, Report

NAME, EVIDENCE = "table.csv", "evidence.csv"


def lines(text: str) -> bytes:
    """A table written in a test, without the white space that makes it line up."""
    return "\n".join(",".join(cell.strip() for cell in row.split(",")) for row in text.strip().splitlines()).encode()


def counts(text: str, *, across: str = "outcome", rows: int = 1, policy: Policy = SRS_10, **said: Any) -> Report:
    """The report on a wide table of counts whose first columns are labels."""
    headings = lines(text).decode().splitlines()[0].split(",")
    layout = Layout("wide", rows=tuple(headings[:rows]), columns=across, counts=tuple(headings[rows:]))
    return checked(lines(text), FileDescription(NAME, "FREQ", layout=layout, **said), policy)


def long_counts(text: str, *, policy: Policy = SRS_10, **said: Any) -> Report:
    """The report on a long table whose last column is a count."""
    headings = lines(text).decode().splitlines()[0].split(",")
    layout = Layout("long", rows=tuple(headings[:-1]), counts=(headings[-1],))
    return checked(lines(text), FileDescription(NAME, "FREQ", layout=layout, **said), policy)


def shares(text: str, *, policy: Policy = SRS_10, out_of: int = 100) -> Report:
    """The report on a long table of labels, base and percentage."""
    headings = lines(text).decode().splitlines()[0].split(",")
    layout = Layout(rows=tuple(headings[:-2]), percentages=(Percentage(headings[-1], headings[-2], out_of),))
    return checked(lines(text), FileDescription(NAME, "RATIO", layout=layout), policy)


def amounts(text: str, evidence: str, *, kind: str = "totals", policy: Policy = SRS_10) -> Report:
    """The report on a long table whose last column is an amount, with its evidence."""
    headings = lines(text).decode().splitlines()[0].split(",")
    layout = Layout(rows=tuple(headings[:-1]), **{kind: (headings[-1],)})
    said = FileDescription(NAME, "MAGN", layout=layout, evidence=EVIDENCE)
    return check({NAME: lines(text), EVIDENCE: lines(evidence)}, Description((said,)), policy)


def model(policy: Policy = SRS_10, **size: int | None) -> Report:
    """The report on a table of coefficients of a model of this size."""
    layout = Layout(rows=("term",), others=("coef", "se"))
    said = FileDescription(NAME, "REGR", layout=layout, regression=Regression(**size))
    return checked(b"term,coef,se\nconst,-0.06,0.27\nage,1.2,0.3\n", said, policy)


def checked(content: bytes, said: FileDescription, policy: Policy = SRS_10) -> Report:
    """The report on one file."""
    return check({said.name: content}, Description((said,)), policy)


def found(report: Report, rule: str) -> list[str]:
    """Where one rule found something, as labels; "" for the file."""
    return [finding.cell.label if finding.cell else "" for finding in of_rule(report, rule)]


def of_rule(report: Report, rule: str) -> Sequence[Finding]:
    """The findings of one rule."""
    return [finding for finding in report.findings if finding.rule == rule]
