"""The rulebook: which rules judge which kinds of output, and what other kinds still need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from extracts.disclosure.report import Finding
from extracts.disclosure.rules import (
    all_same,
    categories,
    class_disclosure,
    concentration,
    criminal_justice,
    degrees_of_freedom,
    disguised_counts,
    disguised_labels,
    dominance,
    endpoints,
    evidence,
    histogram,
    impossible,
    modes,
    odds,
    p_percent,
    positions,
    recomputed,
    rounding,
    sample_size,
    saturated,
    secondary_suppression,
    shares,
    side_by_side,
    spreads,
    structural,
    survival,
    threshold,
    underneath,
    unit,
    unnamed_totals,
    unnamed_unit,
    weighted,
    zeros,
)
from extracts.disclosure.subject import Subject

TABLES = frozenset({"FREQ", "MAGN", "RATIO", "QUANT", "MINMAX", "GRAPH", "MAP"})
MODELS = frozenset({"REGR"})
CURVES = frozenset({"SURV"})
TESTS = frozenset({"TEST"})
CELLS = TABLES | MODELS | TESTS  # files of coefficients and of tests may show counts beside them


@dataclass(frozen=True)
class Rule:
    """One rule: its code in reports, the outputs it judges, and the function that finds faults."""

    code: str
    title: str
    applies_to: frozenset[str]
    findings: Callable[[Subject], Iterable[Finding]]


RULES = (
    Rule("threshold",        "No count, shown or implied, below the threshold",  CELLS,  threshold.findings),
    Rule("disguise",         "No count is called a statistic",                   CELLS,  disguised_counts.findings),
    Rule("disguise",         "No count is called a label",                       CELLS,  disguised_labels.findings),
    Rule("impossible",       "No statistic has a value that it cannot have",     CELLS,  impossible.findings),
    Rule("zero",             "No zeros, where the policy forbids them",          CELLS,  zeros.findings),
    Rule("class_disclosure", "No group of which everybody is in one category",   CELLS,  class_disclosure.findings),
    Rule("secondary_suppression", "No hidden cell that totals give back, or nearly", CELLS,
         secondary_suppression.findings),
    Rule("unnamed_total",    "No hidden cell that a total by another name gives back", CELLS, unnamed_totals.findings),
    Rule("side_by_side",     "No small count left between two columns",          CELLS,  side_by_side.findings),
    Rule("shares",           "No small remainder or false base of percentages",  CELLS,  shares.findings),
    Rule("structural",       "Empty cells and structural zeros are confirmed",   CELLS,  structural.findings),
    Rule("criminal_justice", "Children, victims and rare cases are protected more", CELLS, criminal_justice.findings),
    Rule("unit",             "What is counted is people",                        CELLS,  unit.findings),
    Rule("unit",             "No few people behind many records",                CELLS,  unnamed_unit.findings),
    Rule("evidence",         "Contributors are known for every amount",          CELLS,  evidence.findings),
    Rule("nk",               "The largest contributors do not dominate",         CELLS,  dominance.findings),
    Rule("p_percent",        "The largest contribution cannot be estimated",     CELLS,  p_percent.findings),
    Rule("all_same",         "Contributors to an amount differ",                 CELLS,  all_same.findings),
    Rule("min_max",          "No minimum or maximum of a few",                   CELLS,  endpoints.findings),
    Rule("quantile",         "Enough units beyond and between quantiles",        CELLS,  positions.findings),
    Rule("mode",             "No mode that nearly everybody has",                CELLS,  modes.findings),
    Rule("histogram_edge",   "No outer edge of a histogram that is a value",     CELLS,  histogram.findings),
    Rule("spread",           "Enough units behind every spread",                 CELLS,  spreads.findings),
    Rule("weighted",         "Weighted counts show the unweighted ones",         CELLS,  weighted.findings),
    Rule("rounding",         "Counts are rounded, where the policy asks for it", CELLS,  rounding.findings),
    Rule("recomputed",       "The records give the numbers of the file",         CELLS,  recomputed.findings),
    Rule("underneath",       "Counts supplied beneath lead to what is shown",    CELLS,  underneath.findings),
    Rule("odds_ratio",       "The table beneath a ratio passes",                 CELLS,  odds.findings),
    Rule("concentration",    "No index of a few, or of a total that a few hold", CELLS,  concentration.findings),
    Rule("sample_size",      "Results of tests are of enough units",             TESTS,  sample_size.findings),
    Rule("survival_events",  "No step of a survival curve is a few people's",    CURVES, survival.findings),
    Rule("category",         "No category of a model with few members",          MODELS, categories.findings),
    Rule("saturated",        "The table beneath a saturated model passes",       MODELS, saturated.findings),
    Rule("dof",              "Models leave enough degrees of freedom",           MODELS, degrees_of_freedom.findings),
)  # fmt: skip

# Kinds that no rule judges yet: what the researcher should supply for the person who looks.
FOR_A_PERSON = {
    "MODEL":  "Models are not released by default: release the coefficients, or ask the data owner.",
    "CODE":   "Say what the code does; a checker looks for values, paths and identifiers in it.",
    "TEXT":   "Refer each number in the text to a table that has been cleared.",
    "SYN":    "Synthetic samples are not released by default: ask the data owner.",
}  # fmt: skip
