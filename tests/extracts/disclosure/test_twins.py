"""Twins: of two outputs that differ in a number or two, one is safe and the other is not, in the cell that is named."""

from typing import Any

import pytest

from tests.extracts.disclosure.cases import answer, flagged

LOSSES = "sector, losses\nRetail, 1000000\nBanking, 2400000"
BEHIND = (
    "sector, n, total, largest, second_largest\nRetail, 40, 1000000, 60000, 55000\nBanking, 30, 2400000, 300000, 280000"
)
LAYOUT = {"form": "long", "dims": ["sector"], "measure": "losses"}
REDACTED = "offence, count\nTheft, 410\nArson, [REDACTED]\nFraud, 10"
COUNTS = {"form": "long", "dims": ["offence"], "measure": "count"}

# What the outputs are: the safe one, what makes it unsafe (old, new), where, the rule, and what is said of it.
TWINS: dict[str, tuple[str, tuple[str, str], tuple[str, ...], str, dict[str, Any]]] = {
    "those tested, of whom all are positive": (
        "Prison, Tested, Positive\nA, 210, 80\nB, 60, 45", ("60", "45"), ("B", "Positive"), "side_by_side", {}),
    "participants, of whom nearly all are in the other column": (
        "Programme, Participants, Reoffended\nA, 210, 80\nB, 60, 45", ("60", "50"), ("B", "Reoffended"),
        "side_by_side", {}),
    "suspects and charged below each other": (
        "force, measure, count\nKent, suspects, 410\nKent, charged, 120\nHythe, suspects, 90\nHythe, charged, 38",
        ("90", "38"), ("Hythe", "charged"), "side_by_side", {}),
    "a mode with its share": (
        "Court, n, Modal sentence, Share of mode (%)\nAshford, 400, Fine, 41\nDover, 300, Community order, 55",
        ("41", "97"), ("Ashford", "Modal sentence"), "mode", {"kind": "mode"}),
    "leaves of a tree": (
        "node, rule, samples, value\n1, priors <= 2.5, 1200, 0.18\n2, priors > 2.5, 412, 0.41", ("412", "4"),
        ("2", "priors > 2.5", "samples"), "threshold", {"kind": "cluster"}),
    "numbers at risk by days": (
        "arm, 0, 90, 180, 270\nProgramme, 210, 120, 44, 16\nComparison, 410, 301, 166, 80", ("16", "6"),
        ("Programme", "270"), "threshold", {}),
    "percentages of rounded counts": (
        "Court, Defendants, Guilty %\nLeeds, 410, 60.98\nYork, 385, 59.74", ("60.98", "60.73"), ("Leeds", "Guilty %"),
        "rounding", {"policy": "10-5"}),
    "numbers at midpoints of 6, of which those censored are no closer than their rounding": (
        "time, at_risk, events, survival\n30, 1203, 123, 0.90\n60, 1083, 93, 0.82\n90, 987, 63, 0.77",
        ("63, 0.77", "3, 0.77"), ("90",), "survival_events", {"kind": "survival", "policy": "midpoint6"}),
    "an amount of which nobody says that it is the total": (
        LOSSES, ("40, 1000000, 60000", "40, 1000000, 940000"), ("Retail", "losses"), "nk",
        {"kind": "magnitude", "layout": LAYOUT, "evidence": BEHIND}),
    "a count beneath one that is shown": (
        REDACTED, ("Fraud, 9", "Fraud, 7"), ("Fraud",), "threshold",
        {"kind": "frequency", "layout": COUNTS, "policy": "opensafely-7-5",
         "underlying": "offence, count\nTheft, 412\nArson, 4\nFraud, 9"}),
}  # fmt: skip


@pytest.mark.parametrize("what", TWINS)
def test_the_safe_one_passes_and_the_other_does_not(what: str) -> None:
    output, (old, new), where, rule, said = TWINS[what]
    kind = said.get("kind", "")
    given = {name: value for name, value in said.items() if name != "kind"}
    safe = answer(output, kind, **given)
    assert (safe["verdict"], safe["findings"]) == ("pass", [])
    changed = {name: value.replace(old, new, 1) if isinstance(value, str) else value for name, value in given.items()}
    unsafe = answer(output.replace(old, new, 1), kind, **changed)
    assert unsafe["verdict"] == ("review" if rule == "rounding" else "fail")
    assert rule in flagged(unsafe).get(where, set()), unsafe["findings"]


def test_a_spread_of_nothing_beside_a_mean_is_everybodys_value() -> None:
    table = "group, n, mean, sd\nA, 400, 14.2, 3.3\nB, 15, 12.0, 0.4"
    rules = {("B", "sd"): {"all_same"}}
    assert ("B", "sd") not in flagged(answer(table, ""))
    found = answer(table.replace("0.4", "0.0"), "")
    assert found["verdict"] == "fail" and flagged(found).items() >= rules.items()
    assert answer("group, n, mean, sd\nA, 400, 0.2, 0.0", "")["verdict"] == "review"  # a mean as small as the decimals
