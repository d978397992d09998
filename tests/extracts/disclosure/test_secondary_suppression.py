"""Secondary suppression: what totals give back was never hidden."""

from dataclasses import replace

import numpy as np
import pytest

from extracts.disclosure import subject
from extracts.disclosure.description import FileDescription
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.rules import secondary_suppression
from extracts.disclosure.subject import Subject

from .audit.test_tables import cells_of
from .tables import amounts, counts, found, long_counts, of_rule

CODE = secondary_suppression.CODE


@pytest.mark.parametrize(
    ("rows", "verdict", "back"),
    [
        ("male, [c], 30, 35\nfemale, 20, 30, 50", "fail", ["sex male, a"]),
        ("male, [c], 30, 45\nfemale, 20, 30, 50", "pass", []),       # 15 may be shown
        ("male, [c], 30, 30\nfemale, 20, 30, 50", "pass", []),       # a zero may be shown
        ("male, [c], 30, 25\nfemale, 20, 30, 50", "review", ["sex male, Total"]),  # does not add up
        ("male, [c], 30, [c]\nfemale, 20, 30, 50", "pass", []),      # the total is hidden too
        ("male, [c], [c], 35\nfemale, 20, 30, 50", "pass", []),      # any number up to 35
        ("male, [c], [c], 7\nfemale, 20, 30, 50", "fail", ["sex male, a", "sex male, b"]),
        ("male, 20, 30, 53\nfemale, 20, 30, 50", "review", ["sex male, Total"]),  # 3 of no listed category
        ("male, 20, 30, 90\nfemale, 20, 30, 50", "pass", []),
        ("male, <10, <10, 18\nfemale, 20, 30, 50", "fail", ["sex male, a", "sex male, b"]),  # 9 and 9
        ("male, <10, <10, 10\nfemale, 20, 30, 50", "pass", []),      # 1 to 9 each, as anybody would think
        ("male, <10, <10, 6\nfemale, 20, 30, 50", "fail", ["sex male, a", "sex male, b"]),
        ("male, <10, <10, 12\nfemale, 20, 30, 50", "review", ["sex male, a", "sex male, b"]),  # 3 to 9 each
    ],
)  # fmt: skip
def test_hidden_cells_beside_totals(rows: str, verdict: str, back: list[str]) -> None:
    report = counts("sex, a, b, Total\n" + rows)
    assert (found(report, CODE), report.verdict) == (back, verdict)


def test_the_attack_is_written_as_a_sum() -> None:
    report = counts("sex, a, b, Total\nmale, [c], 205, 212\nfemale, 20, 30, 50\nTotal, 27, 235, 262")
    (finding,) = of_rule(report, CODE)
    assert finding.attack in ("212 - 205 = 7.", "27 - 20 = 7.")
    assert "7" not in finding.problem and "7" not in finding.cure


def test_cells_that_only_several_lines_together_give_back_are_found() -> None:
    """Every line hides two cells or more. Columns a and b less rows x and y leave the corner in between."""
    report = counts("""
        area,  a,   b,   c,   d,   Total
        x,     [c], [c], 30,  30,  90
        y,     [c], [c], 30,  30,  100
        z,     [c], 40,  [c], [c], 108
        w,     20,  20,  [c], [c], 105
        Total, 52,  105, 122, 124, 403
    """)
    (finding,) = of_rule(report, CODE)
    assert (finding.verdict, finding.cell.label) == ("fail", "area z, a")
    assert "4 published totals together leave only 7" in finding.attack


def test_a_row_that_was_left_out_is_found_by_its_labels() -> None:
    report = long_counts("""
        sex,    offence, count
        male,   Theft,   20
        male,   Fraud,   30
        male,   Total,   50
        female, Theft,   12
        female, Total,   15
        Total,  Theft,   32
        Total,  Fraud,   33
        Total,  Total,   65
    """)
    (finding,) = of_rule(report, CODE)
    assert (finding.verdict, finding.cell.key, finding.cell.row) == (
        "fail",
        {"sex": "female", "offence": "Fraud"},
        None,
    )
    assert finding.attack in ("15 - 12 = 3.", "33 - 30 = 3.")


@pytest.mark.parametrize(("zeros", "verdict"), [(False, "pass"), (True, "fail")])
def test_a_hidden_zero_is_a_fault_only_where_zeros_are(zeros: bool, verdict: str) -> None:
    policy = replace(SRS_10, zeros_disclosive=zeros)
    report = counts("sex, a, b, Total\nmale, [c], 30, 30\nfemale, 20, 30, 50", policy=policy)
    assert report.verdict == verdict


def test_rounded_counts_are_known_as_closely_as_their_neighbours_tell() -> None:
    """In base 5, cells of 5 are 3 to 7 each; if their total is 13 at the least, they are 6 or 7."""
    policy = replace(SRS_10, rounding="base5")
    said = "sex, a, b, c, Total\nmale, 10, 10, 10, 30\nfemale, 20, 20, 20, 60"
    assert not found(counts(said, policy=policy), CODE)
    told = counts("sex, a, b, Total\nmale, 5, 5, 15\nfemale, 20, 30, 50", policy=policy)
    assert found(told, CODE) == ["sex male, a", "sex male, b"]
    assert {finding.verdict for finding in of_rule(told, CODE)} == {"review"}
    worked_out = counts("sex, a, b, c, Total\nmale, 5, 5, 5, 25\nfemale, 20, 30, 50, 100", policy=policy)
    assert found(worked_out, CODE) == ["sex male, Total"], "they lack 2 at the least"


@pytest.mark.slow
def test_time_that_runs_out_is_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    grid = random.integers(0, 40, (12, 8))
    grid = np.column_stack([grid, grid.sum(1)])
    grid = np.vstack([grid, grid.sum(0)]).astype(object)
    grid[:12, :8][random.random((12, 8)) < 0.6] = "[c]"
    names = [*(f"r{at}" for at in range(12)), "Total"]
    rows = "\n".join(f"{name}, {', '.join(map(str, row))}" for name, row in zip(names, grid.tolist(), strict=True))
    text = "area, " + ", ".join(f"c{at}" for at in range(8)) + ", Total\n" + rows
    monkeypatch.setattr(subject, "SECONDS", 0.0)
    problems = [finding.problem for finding in of_rule(counts(text), CODE)]
    assert any("could not be shown to be safe" in problem for problem in problems)


def test_contradictions_are_for_a_person() -> None:
    report = counts("sex, a, b, Total\nmale, [c], [c], 20\nfemale, [c], 15, 35\nTotal, 15, 40, 55")
    problems = [finding.problem for finding in of_rule(report, CODE)]
    assert report.verdict == "review" and any("contradict" in problem for problem in problems)


@pytest.mark.parametrize(
    ("behind", "verdict"),
    [("4, 99, 30, 20", {"fail"}), ("40, 99, 70, 20", {"fail"}), ("40, 99, 20, 15", set()), ("", {"review"})],
)
def test_a_hidden_sum_that_totals_give_back_matters_by_its_contributors(behind: str, verdict: set[str]) -> None:
    """1000 - 900 - 1 = 99 is hidden for its few or dominant contributors, or only for the sake of others."""
    table = "area, turnover\na, [c]\nb, 1\nc, 900\nTotal, 1000"
    others = "b, 40, 1, 0.1, 0.1\nc, 90, 900, 30, 20\nTotal, 170, 1000, 70, 30"
    evidence = "\n".join(["area, n, total, largest, second_largest", *([f"a, {behind}"] if behind else []), others])
    found = of_rule(amounts(table, evidence), CODE)
    assert {str(one.verdict) for one in found} == verdict
    assert all(one.cell.key == {"area": "a"} for one in found)


def test_what_is_implied_names_the_cell_and_its_interval() -> None:
    cells = cells_of("sex, a, b, Total\nmale, [c], 30, 35\nfemale, [c], [c], 7")
    told = secondary_suppression.implied(Subject(FileDescription("t.csv", "FREQ"), cells, SRS_10))
    assert [(one.key, one.low, one.high) for one in told] == [
        ({"sex": "male", "outcome": "a"}, 5, 5),
        ({"sex": "female", "outcome": "a"}, 0, 7),
        ({"sex": "female", "outcome": "b"}, 0, 7),
    ]
    assert told[0].attack == "35 - 30 = 5."


def test_a_slip_in_one_total_does_not_make_the_others_harmless() -> None:
    """The total of v is 40 too high, as if it held a category that is not listed."""
    report = counts("""
        area,  a,   b,   c,   d,   Total
        x,     [c], [c], 30,  30,  90
        y,     [c], [c], 30,  30,  100
        z,     [c], 40,  [c], [c], 108
        w,     20,  20,  [c], [c], [c]
        v,     20,  20,  20,  20,  120
        Total, 72,  125, 142, 144, [c]
    """)
    assert report.verdict == "review"
    assert found(report, CODE) == ["area z, a"]
