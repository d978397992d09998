"""What is compared of filters: how alike two of them are, and how many of their blocks they share.

Only pairs that share a block count. What strangers look like who do (relatives, people of one name) cannot be learnt
from likeness alone: two measures of it hang together too much. So their shares, `u`, are those of made-up records
(seed 3, whose truth is known); what is measured on that seed is no independent measure.
"""

from __future__ import annotations

from extracts.linkage.comparisons import Comparison, Level, overlap

APART = f"NOT coalesce({overlap('blocks')}, false)"
DICE = "2.0 * bit_count(clk_l & clk_r) / (bits_l + bits_r)"
SHARE = "len(list_intersect(blocks_l, blocks_r)) / least(len(blocks_l), len(blocks_r))"

# From so much upwards; expected of one person's pairs (m) and of two people's who share a block (u).
ALIKE = (
    (1.00, 0.28, 0.0001), (0.95, 0.20, 0.0002), (0.90, 0.08, 0.0005), (0.85, 0.17, 0.007), (0.80, 0.11, 0.015),
    (0.75, 0.07, 0.05), (0.70, 0.06, 0.05), (0.65, 0.02, 0.05), (0.60, 0.006, 0.10), (0.55, 0.006, 0.13),
    (0.50, 0.003, 0.27), (0.00, 0.001, 0.32),
)  # fmt: skip
SHARES = (
    (0.70, 0.70, 0.0003), (0.50, 0.13, 0.0005), (0.40, 0.06, 0.001), (0.30, 0.04, 0.009), (0.25, 0.02, 0.005),
    (0.20, 0.02, 0.008), (0.15, 0.015, 0.012), (0.10, 0.013, 0.025), (0.05, 0.007, 0.17), (0.00, 0.003, 0.77),
)  # fmt: skip


def _levels(measure: str, words: str, table: tuple[tuple[float, float, float], ...]) -> tuple[Level, ...]:
    return tuple(
        Level(f"{words} {least:.2f} or more", f"{measure} >= {least}" if least else "ELSE", m, given=True, u=u)
        for least, m, u in table
    )


FILTER_COMPARISONS = (
    Comparison("filter", ("clk",), APART, _levels(DICE, "Dice", ALIKE)),
    Comparison("blocks", ("blocks",), APART, _levels(SHARE, "share of blocks", SHARES)),
)


def no_parts(_there: set[str]) -> dict[str, str]:
    """Levels of filters share no conditions."""
    return {}
