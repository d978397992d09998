"""Sums: no pattern that is offered lets anybody work a contribution out, by a naive intruder and naive rules."""

import csv
import io
import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest

from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import ABS, SRS_10, Policy
from extracts.disclosure.repair.plan import Repair, Task, plans, unfit
from extracts.disclosure.repair.sums import sums_to_hide
from extracts.disclosure.repair.tables import CannotRepair, TrueTable, true_tables
from extracts.disclosure.repairs import repairs

from .attacker import interval, with_margins

SMALL = replace(SRS_10, threshold=3)
SAID = FileDescription(
    "t.csv", "MAGN", evidence="e.csv", layout=Layout("long", rows=("area", "industry"), totals=("turnover",))
)


@dataclass(frozen=True)
class Survey:
    """Contributions to each cell of a table with margins, in the order of its cells, and its files."""

    shape: tuple[int, int]
    given: list[np.ndarray]
    table: bytes
    evidence: bytes

    @classmethod
    def of(cls, seed: int, shape: tuple[int, int] = (3, 3), firms: int = 25) -> "Survey":
        chance = np.random.default_rng(seed)
        area, industry = (chance.integers(0, size, firms) for size in shape)
        amount = np.floor(chance.lognormal(3, 1.5, firms)) + 1
        table, evidence, given = [["area", "industry", "turnover"]], [HEAD.split(",")], []
        for i, j in itertools.product(*(range(size + 1) for size in shape)):
            inside = ((area == i) | (i == shape[0])) & ((industry == j) | (j == shape[1]))
            largest = sorted(amount[inside], reverse=True)
            labels = ["Total" if i == shape[0] else f"a{i}", "Total" if j == shape[1] else f"i{j}"]
            table.append([*labels, f"{sum(largest):.0f}"])
            first, second = [*largest, 0, 0][:2] if largest else ("", "")
            evidence.append([*labels, str(len(largest)), f"{sum(largest):.0f}", str(first), str(second)])
            given.append(np.array(largest))
        return cls(shape, given, _csv(table), _csv(evidence))

    def tables(self) -> list[TrueTable]:
        return true_tables("t.csv", self.table, SMALL, lambda *_: SAID, {"e.csv": self.evidence})


HEAD = "area,industry,n,total,largest,second_largest"


def _csv(rows: list[list[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def sensitive(given: np.ndarray, policy: Policy) -> bool:
    """Few firms, two of them with more than 90 %, or all but two with less than 10 % of the largest."""
    few, rest = 0 < len(given) < policy.threshold, given[2:].sum()
    return few or (len(given) > 0 and (given[:2].sum() > 0.9 * given.sum() or rest < 0.1 * given[0]))


def require_safe(survey: Survey, repair: Repair) -> None:
    after = [row["turnover"] for row in csv.DictReader(io.StringIO(repair.files["t.csv"].decode()))]
    hidden = np.array([text == "[c]" for text in after])
    value = np.array([given.sum() for given in survey.given])
    assert [text for text, hide in zip(after, hidden, strict=True) if not hide] == [
        f"{number:.0f}" for number in value[~hidden]
    ]
    equations, _ = with_margins(value.reshape([size + 1 for size in survey.shape])[:-1, :-1])
    primary = [cell for cell, given in enumerate(survey.given) if sensitive(given, SMALL)]
    assert hidden[primary].all()
    alone = [cell for cell in primary if len(survey.given[cell]) == 1]
    for known in (None, *alone):  # everybody, and then each firm that is a cell by itself
        seen = hidden.copy()
        seen[[] if known is None else [known]] = False
        for cell in primary:
            if cell == known:
                continue
            low, high = interval(equations, value, seen, cell)
            given = survey.given[cell]
            # The second largest firm, who knows itself, must not have the largest to within 10 %.
            assert high - given[1:2].sum() >= 1.1 * given[0] - 1e-4
            assert high - low >= 0.2 * given.sum() * (1 - 1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_naive_intruder_and_every_lone_firm_are_kept_off(seed: int) -> None:
    survey = Survey.of(seed)
    found = plans(Task(survey.tables(), SMALL), ["suppress"])
    assert found
    for repair in found:
        require_safe(survey, repair)


@pytest.mark.long
@pytest.mark.parametrize("by", ["count", "value"])
def test_the_same_on_many_tables_and_nearly_all_are_repaired(by: str) -> None:
    shapes, offered = [(2, 3), (3, 3), (4, 3), (3, 5)], 0
    for seed in range(40):
        survey = Survey.of(seed, shapes[seed % 4], firms=20 + seed)
        found = plans(Task(survey.tables(), SMALL, by=by), ["suppress"])
        offered += len(found)
        for repair in found:
            require_safe(survey, repair)
    assert offered >= 38


@pytest.mark.slow
def test_sums_and_the_numbers_of_their_contributors_are_protected_side_by_side() -> None:
    survey = Survey.of(3)
    rows = list(csv.DictReader(io.StringIO(survey.evidence.decode())))
    table = _csv(
        [["area", "industry", "n", "turnover"], *([r["area"], r["industry"], r["n"], r["total"]] for r in rows)]
    )
    said = replace(SAID, layout=Layout("long", rows=("area", "industry"), counts=("n",), totals=("turnover",)))
    tables = true_tables("t.csv", table, SMALL, lambda *_: said, {"e.csv": survey.evidence})
    (repair,) = plans(Task(tables, SMALL), ["suppress"])
    changed = {(change.column, change.row) for change in repair.changes}
    few = {("n", at) for at, row in enumerate(rows, 2) if 0 < int(row["n"]) < 3}
    assert few and few | {("turnover", at) for _, at in few} <= changed


@pytest.mark.slow
def test_what_is_offered_passes_the_check() -> None:
    survey = Survey.of(2, (4, 4), firms=120)
    files = {"t.csv": survey.table, "e.csv": survey.evidence}
    assert check(files, Description((SAID,)), SMALL).verdict == "fail"
    found = repairs(files, Description((SAID,)), SMALL).repairs
    assert [one.kind for one in found] == ["suppress"]
    assert check({**files, **found[0].files}, Description((SAID,)), SMALL).verdict == "pass"


def means_of(survey: Survey, *, with_counts: bool) -> tuple[bytes, FileDescription]:
    """The same survey as a table of means, with or without the numbers of firms beside them."""
    rows = list(csv.DictReader(io.StringIO(survey.evidence.decode())))
    body = [[row["area"], row["industry"], *([row["n"]] if with_counts else []),
             f"{float(row['total']) / max(int(row['n']), 1):.6f}"] for row in rows]  # fmt: skip
    heads = ["area", "industry", *(["n"] if with_counts else []), "mean_turnover"]
    counts = ("n",) if with_counts else ()
    layout = Layout("long", rows=("area", "industry"), counts=counts, means=("mean_turnover",))
    return _csv([heads, *body]), replace(SAID, layout=layout)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_means_are_hidden_where_their_sums_would_be(seed: int) -> None:
    survey = Survey.of(seed)
    table, said = means_of(survey, with_counts=False)
    files = {"e.csv": survey.evidence}
    (of_means,) = plans(Task(true_tables("t.csv", table, SMALL, lambda *_: said, files), SMALL), ["suppress"])
    (of_sums,) = plans(Task(survey.tables(), SMALL), ["suppress"])
    assert [change.row for change in of_means.changes] == [change.row for change in of_sums.changes] != []


@pytest.mark.slow
def test_a_mean_does_not_stay_beside_a_hidden_count() -> None:
    survey = Survey.of(3)
    table, said = means_of(survey, with_counts=True)
    tables = true_tables("t.csv", table, SMALL, lambda *_: said, {"e.csv": survey.evidence})
    (repair,) = plans(Task(tables, SMALL), ["suppress"])
    rows = {
        column: {change.row for change in repair.changes if change.column == column}
        for column in ("n", "mean_turnover")
    }
    assert rows["n"] and rows["n"] <= rows["mean_turnover"]


def test_sums_beside_means_are_refused() -> None:
    table = b"area,industry,turnover,mean_turnover\na,i,30,10\n"
    said = replace(SAID, layout=replace(SAID.layout, means=("mean_turnover",)))
    with pytest.raises(CannotRepair, match="both sums and means"):
        true_tables("t.csv", table, SMALL, lambda *_: said, {"e.csv": f"{HEAD}\na,i,3,30,11,10\n".encode()})


def test_sums_described_as_counts_are_offered_nothing() -> None:
    survey = Survey.of(2)
    counted = replace(SAID, evidence="", layout=Layout("long", rows=("area", "industry"), counts=("turnover",)))
    assert repairs({"t.csv": survey.table}, Description((counted,)), SMALL).repairs == ()


def test_a_sum_of_two_tables_is_hidden_in_both_or_in_neither() -> None:
    survey = Survey.of(4, (3, 4), firms=60)
    margin = [row for row in survey.table.decode().splitlines() if ",Total," in row]
    short = "\n".join(["area,turnover", *(row.replace(",Total,", ",") for row in margin)]).encode()
    known = [row for row in survey.evidence.decode().splitlines()[1:] if ",Total," in row]
    few = "\n".join([HEAD.replace("industry,", ""), *(row.replace(",Total,", ",") for row in known)]).encode()
    said = replace(SAID, name="s.csv", evidence="f.csv", layout=Layout("long", rows=("area",), totals=("turnover",)))
    other = true_tables("s.csv", short, SMALL, lambda *_: said, {"f.csv": few})
    hidden = sums_to_hide([*survey.tables(), *other], replace(SMALL, threshold=18), threshold=18, by="count")
    whole = {key: hide for key, hide in zip(_areas(survey.table), hidden[0].tolist(), strict=True) if key}
    assert [whole[row.split(",")[0]] for row in short.decode().splitlines()[1:]] == hidden[1].tolist()
    assert hidden[1].any()


def _areas(table: bytes) -> list[str]:
    """The area of each row that is about all industries, and "" for the others."""
    rows = [row.split(",") for row in table.decode().splitlines()[1:]]
    return [row[0] if row[1] == "Total" else "" for row in rows]


def test_a_stricter_policy_hides_more() -> None:
    survey = Survey.of(5, (4, 4), firms=160)
    mild, strict = (
        plans(Task(survey.tables(), replace(policy, threshold=3)), ["suppress"])[0] for policy in (SRS_10, ABS)
    )
    assert mild.loss_by_count < strict.loss_by_count


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (None, "Supply t-evidence.csv"),
        (HEAD + "\na,i,3,10,6,3\n", "has no row for this cell"),
        ("area,industry,n\na,i,3\n", "lacks these columns"),
        (HEAD + "\na,i,3,10,60,3\nb,i,30,100,6,5\nTotal,i,33,110,60,6\n", "negative"),
        (HEAD + "\na,i,3,10,3,1\nb,i,30,100,6,5\nTotal,i,33,110,6,6\n", "do not add up"),
        (HEAD + "\na,i,3,20,10,6\nb,i,30,100,6,5\nTotal,i,33,110,10,6\n", "The total in the evidence is not the one"),
    ],
)
def test_sums_without_good_evidence_are_refused_with_the_reason(evidence: str | None, said: str) -> None:
    table = b"area,industry,turnover\na,i,10\nb,i,100\nTotal,i,110\n"
    supplied = {"t-evidence.csv": evidence.encode()} if evidence else {}
    described = replace(SAID, evidence="t-evidence.csv")
    with pytest.raises(CannotRepair, match=said):
        true_tables("t.csv", table, SMALL, lambda *_: described, supplied)
    with pytest.raises(CannotRepair, match="not who contributed"):
        true_tables("t.csv", table, SMALL, lambda *_: replace(SAID, evidence=""))


def test_sums_are_neither_rounded_nor_merged() -> None:
    task = Task(Survey.of(1).tables(), SMALL)
    assert unfit(task, "round") == unfit(task, "merge") and "by suppression only" in unfit(task, "round")
    assert not unfit(task, "suppress") and plans(task, ["round", "merge"]) == []
