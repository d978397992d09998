"""The rulebook: which rules judge which kinds of output, and what other kinds still need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from extracts.disclosure.report import Finding
from extracts.disclosure.rules import (
    all_same,
    class_disclosure,
    degrees_of_freedom,
    dominance,
    evidence,
    margins,
    p_percent,
    shares,
    side_by_side,
    structural,
    threshold,
    unit,
    unnamed_totals,
    zeros,
)
from extracts.disclosure.subject import Subject

TABLES = frozenset({"FREQ", "MAGN", "RATIO"})
MODELS = frozenset({"REGR"})
CELLS = TABLES | MODELS  # a file of coefficients may show counts beside them


@dataclass(frozen=True)
class Rule:
    """One rule: its code in reports, the outputs it judges, and the function that finds faults."""

    code: str
    title: str
    applies_to: frozenset[str]
    findings: Callable[[Subject], Iterable[Finding]]


RULES = (
    Rule("threshold",        "No count, shown or implied, below the threshold",  CELLS,  threshold.findings),
    Rule("zero",             "No zeros, where the policy forbids them",          CELLS,  zeros.findings),
    Rule("class_disclosure", "No group of which everybody is in one category",   CELLS,  class_disclosure.findings),
    Rule("margins",          "No hidden cell that totals give back",             CELLS,  margins.findings),
    Rule("unnamed_total",    "No hidden cell that a total by another name gives back", CELLS, unnamed_totals.findings),
    Rule("side_by_side",     "No small count left between two columns",          CELLS,  side_by_side.findings),
    Rule("shares",           "No small remainder or false base of percentages",  CELLS,  shares.findings),
    Rule("structural",       "Empty cells and structural zeros are confirmed",   CELLS,  structural.findings),
    Rule("unit",             "What is counted is people",                        CELLS,  unit.findings),
    Rule("evidence",         "Contributors are known for every amount",          CELLS,  evidence.findings),
    Rule("nk",               "The largest contributors do not dominate",         CELLS,  dominance.findings),
    Rule("p_percent",        "The largest contribution cannot be estimated",     CELLS,  p_percent.findings),
    Rule("all_same",         "Contributors to an amount differ",                 CELLS,  all_same.findings),
    Rule("dof",              "Models leave enough degrees of freedom",           MODELS, degrees_of_freedom.findings),
)  # fmt: skip

# Kinds that no rule judges yet: what the researcher should supply for the person who looks.
FOR_A_PERSON = {
    "QUANT":  "Supply the number of contributors in each band between the quantiles and in both tails.",
    "MINMAX": "Show a percentile instead, or say why the value is structural or how many share it.",
    "GRAPH":  "Supply the table behind the chart as a file of its own, described as a table.",
    "MAP":    "Supply the count of each area as a table of its own.",
    "TEST":   "Give the number of observations behind each statistic.",
    "SURV":   "Supply the number at risk and the number of events at each step.",
    "MODEL":  "Models are not released by default: release the coefficients, or ask the data owner.",
    "CODE":   "Say what the code does; a checker looks for values, paths and identifiers in it.",
    "TEXT":   "Refer each number in the text to a table that has been cleared.",
    "SYN":    "Synthetic samples are not released by default: ask the data owner.",
}  # fmt: skip
