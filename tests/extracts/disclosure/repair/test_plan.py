"""Plans: what is offered is safe by an audit of the files themselves, and nothing but what was meant has changed."""

import csv
import io

import numpy as np
import pytest

from extracts.disclosure.check import check
from extracts.disclosure.description import Description
from extracts.disclosure.policy import PRESETS, SRS_10, Policy
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.repair.merged_file import joint
from extracts.disclosure.repair.plan import Task, plans
from extracts.disclosure.repair.tables import CannotRepair, true_tables
from extracts.disclosure.repairs import repairs
from extracts.disclosure.rounding import Rounding
from extracts.disclosure.suggest import suggest

from ..tables import checked, found, lines
from .attacker import interval, with_margins

AREAS = lines("""
    area,  theft, fraud, arson, Total
    North, 120,   4,     33,    157
    South, 80,    21,    7,     108
    East,  95,    40,    52,    187
    West,  61,    18,    25,    104
    Total, 356,   83,    117,   556
""")


def task(content: bytes = AREAS, **chosen) -> Task:
    return Task(true_tables("a.csv", content, SRS_10), SRS_10, **chosen)


def grid(content: bytes) -> list[list[str]]:
    return [row[1:] for row in list(csv.reader(io.StringIO(content.decode())))[1:]]


@pytest.mark.slow
@pytest.mark.parametrize("by", ["count", "value"])
def test_suppression_hides_cells_that_a_naive_intruder_cannot_narrow_down(by: str) -> None:
    repair = plans(task(by=by), ["suppress"])[0]
    before, after = grid(AREAS), grid(repair.files["a.csv"])
    equations, value = with_margins(np.array(before, dtype=float)[:-1, :-1])
    hidden = np.array(after).ravel() == "[c]"
    assert [text for text in np.array(after).ravel()[~hidden]] == [text for text in np.array(before).ravel()[~hidden]]
    for cell in np.flatnonzero((value > 0) & (value < 10)):
        low, high = interval(equations, value, hidden, cell)
        assert hidden[cell] and high - low >= 10 - 1e-6 and high >= 10
    assert repair.loss_by_count == hidden.sum() and repair.loss_by_value == value[hidden].sum()


@pytest.mark.slow
def test_every_offer_is_safe_and_of_least_loss_first() -> None:
    found = plans(task())
    assert {repair.kind for repair in found} >= {"suppress", "merge"}
    assert all(repair.audit.safe for repair in found)
    assert [repair.loss_by_count for repair in found] == sorted(repair.loss_by_count for repair in found)


def test_change_lists_do_not_say_what_stood_there() -> None:
    repair = plans(task(), ["suppress"])[0]
    assert {change.now for change in repair.changes} == {"[c]"}
    assert repair.changes[0].label == "area North, fraud" and repair.changes[0].row == 2


@pytest.mark.slow
def test_rounded_numbers_are_near_and_few_are_hidden() -> None:
    for repair in plans(task(), ["round"]):
        for before, after in zip(np.ravel(grid(AREAS)), np.ravel(grid(repair.files["a.csv"])), strict=True):
            assert after == "[c]" or int(after) % 5 == 0
            if repair.kind != "round with totals again" and after != "[c]":
                assert abs(int(after) - int(before)) <= 2


@pytest.mark.slow
def test_totals_again_are_sums_of_what_is_shown() -> None:
    body = np.random.default_rng(3).integers(12, 90, (9, 9))
    table = np.vstack([np.column_stack([body, body.sum(1)]), [*body.sum(0), body.sum()]])
    headings = "area," + ",".join(f"k{n}" for n in range(9)) + ",Total\n"
    names = [*(f"a{n}" for n in range(9)), "Total"]
    text = headings + "".join(
        f"{name},{','.join(map(str, row))}\n" for name, row in zip(names, table.tolist(), strict=True)
    )
    (adding,) = (
        one
        for one in plans(task(text.encode(), rounding=Rounding("base", 5)), ["round"])
        if one.kind.endswith("totals again")
    )
    after = np.array(grid(adding.files["a.csv"]), dtype=float)
    assert (after[:-1, :-1].sum(1) == after[:-1, -1]).all() and (after[:-1].sum(0) == after[-1]).all()


def test_merged_tables_hold_everybody() -> None:
    repair = plans(task(), ["merge"])[0]
    assert repair.files["a.csv"].startswith(b"area,theft,fraud,arson,Total\nNorth or South,200,25,40,265\n")
    assert repair.changes[0].label == "North and South"


def test_a_safe_table_is_left_as_it_is() -> None:
    content = b"sex,n\nmale,20\nfemale,30\nTotal,50\n"
    found = plans(task(content), ["suppress", "merge"])
    assert [repair.kind for repair in found] == ["suppress", "merge"]
    assert all(repair.files["a.csv"] == content and not repair.changes for repair in found)


def test_rows_left_out_are_no_matter_where_there_are_no_totals_and_refused_where_totals_hold_them() -> None:
    rows = "area, sex, n\nNorth, male, 5\nNorth, female, 20\nSouth, male, 30"
    assert plans(task(lines(rows)), ["suppress"])[0].files["a.csv"] == lines(rows.replace(" 5", "[c]"))
    totals = rows + "\nEast, female, 14\nWest, female, 0\nTotal, male, 47\nTotal, female, 46"
    with pytest.raises(CannotRepair):
        plans(task(lines(totals)), ["suppress"])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"sex,n\nmale,[c]\nfemale,30\n", CannotRepair),
        (b"sex,n,pct\nmale,20,40\nfemale,30,60\n", CannotRepair),
        (b"sex,mean_age\nmale,20.5\nfemale,30.1\n", CannotRepair),
        (b"", CannotRead),
        (b"person_id,sex,days\n" + b"".join(b"P%05d,M,%d\n" % (n * 37, 20 + n) for n in range(60)), CannotRepair),
    ],
)
def test_what_is_no_table_of_true_counts_is_refused(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        task(content)


def test_a_total_that_does_not_add_up_is_refused() -> None:
    content = lines("sex, a, b, Total\nmale, 5, 30, 20\nfemale, 20, 30, 50\nTotal, 25, 60, 70")
    with pytest.raises(CannotRepair):
        plans(task(content), ["suppress"])


def test_nobody_is_shown_to_be_in_the_only_category_of_a_group() -> None:
    content = lines("sex, yes, no, Total\nmale, 30, 0, 30\nfemale, 20, 30, 50\nother, 25, 41, 66\nTotal, 75, 71, 146")
    repair = plans(task(content), ["suppress"])[0]
    report = checked(repair.files["a.csv"], task(content).tables[0].described)
    assert not found(report, "class_disclosure") and repair.audit.safe
    equations, value = with_margins(np.array(grid(content), dtype=float)[:-1, :-1])
    hidden = np.array(grid(repair.files["a.csv"])).ravel() == "[c]"
    low, high = interval(equations, value, hidden, 1)
    assert hidden[1] and low == pytest.approx(0) and high >= 10 - 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_random_tables_are_offered_only_what_the_threshold_rule_and_a_naive_intruder_allow(seed: int) -> None:
    chance = np.random.default_rng(seed)
    body = np.floor(40 * chance.uniform(0, 1, (3, 3)) ** 2).astype(int)
    table = np.vstack([np.column_stack([body, body.sum(1)]), [*body.sum(0), body.sum()]])
    rows = [[f"a{n}", *row] for n, row in enumerate(table.tolist())]
    rows[-1][0] = "Total"
    content = "\n".join(",".join(map(str, row)) for row in [["area", "k0", "k1", "k2", "Total"], *rows]).encode()
    equations, value = with_margins(body)
    for repair in plans(task(content), ["suppress", "merge"]):
        numbers = np.array(grid(repair.files["a.csv"])).ravel()
        assert not any(0 < int(number) < 10 for number in numbers if number != "[c]")
        if repair.kind == "suppress":
            hidden = numbers == "[c]"
            for cell in np.flatnonzero(hidden & (value < 10)):
                low, high = interval(equations, value, hidden, cell)
                assert high >= 10 - 1e-6 and high - low >= 10 - 1e-6


def test_tables_with_the_same_dimension_are_merged_alike() -> None:
    """Merged apart, theft or arson in one and arson beside theft in the other would give a small count back."""
    sexes = true_tables("sex.csv", lines("""
        offence, male, female, Total
        theft,   60,   50,     110
        arson,   40,   4,      44
        fraud,   70,   60,     130
        Total,   170,  114,    284
    """), SRS_10)  # fmt: skip
    areas = true_tables("area.csv", lines("""
        offence, North, South, Total
        theft,   55,    55,    110
        arson,   32,    12,    44
        fraud,   65,    65,    130
        Total,   152,   132,   284
    """), SRS_10)  # fmt: skip
    (repair,) = plans(Task([*sexes, *areas], SRS_10), ["merge"])
    labels = [[row[0] for row in csv.reader(io.StringIO(repair.files[name].decode()))][1:] for name in repair.files]
    assert labels[0] == labels[1] and len(labels[0]) == 3
    assert {change.file for change in repair.changes} == {"sex.csv", "area.csv"}


def test_mergers_of_several_tables_become_one() -> None:
    found = joint([{"a": [("x", "y")]}, {"a": [("y", "z"), ("u", "v")], "b": [("p", "q")]}])
    assert {frozenset(group) for group in found["a"]} == {frozenset("xyz"), frozenset("uv")}
    assert found["b"] == [("p", "q")]


@pytest.mark.long
@pytest.mark.parametrize("policy", PRESETS.values(), ids=list(PRESETS))
def test_every_repair_that_is_offered_passes_the_policy_that_asked_for_it(policy: Policy) -> None:
    described = Description((suggest("a.csv", AREAS),))
    offered = repairs({"a.csv": AREAS}, described, policy).repairs
    assert offered
    assert all(check(one.files, described, policy).verdict == "pass" for one in offered)
    assert not policy.rounding or all(one.kind.startswith("round") for one in offered)
