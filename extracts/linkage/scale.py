"""From how many records and pairs on linkage goes another way, and how much it takes at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Pairs are counted once for each rule that finds them, but for `scored_at_once`.

    many              records; of fewer, every rule is tried, and the cut is chosen from the scores
    pairs_per_rule    a record, for each rule of many records
    pairs_for_a_look  candidates; fewer are all compared in full, without a first look
    sampled           of them, compared to learn the first look from
    fewest_matches    that the sample must hold; with fewer, all candidates are compared
    pairs_at_once     found at a time: what memory has to hold; `thinned_at_once` when a first look thins them, since
                      each part reads all blocks
    scored_at_once    candidates of several parts are scored together: each time, all records are looked up anew
    """

    many: int = 200_000
    pairs_per_rule: int = 4
    pairs_for_a_look: int = 20_000_000
    sampled: int = 1_300_000
    fewest_matches: int = 10_000
    pairs_at_once: int = 8_000_000
    thinned_at_once: int = 32_000_000
    scored_at_once: int = 8_000_000


SCALE = Scale()
