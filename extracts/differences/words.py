"""The report in sentences that anybody can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from extracts.differences.counts import in_words

FIRST = "No release was published when this one was built: there is none to compare it with."
UNCHANGED = "No row, column or code is different."
MEASURES = {"precision": "Of the links made, right", "recall": "Of the links to be made, found"}


def lines(report: Mapping[str, Any]) -> list[str]:
    """One sentence for each thing that changed."""
    found = [f"The table {name} is new." for name in report["new_tables"]]
    found += [f"The table {name} is not there any more." for name in report["gone_tables"]]
    for name, table in report["tables"].items():
        found += _of_table(name, table)
    found += _of_persons(report["persons"])
    return (found or [UNCHANGED]) + _of_quality(report["quality"])


def _of_table(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    counts = [(what, table[what]) for what in ("added", "removed", "changed") if what in table]
    if any(count != 0 for _, count in counts):
        yield f"{name}: {', '.join(f'{in_words(count)} rows {what}' for what, count in counts)}."
    for what, said in (("new_columns", "is new"), ("gone_columns", "is not there any more")):
        for column in table[what]:
            yield f"{name}.{column} {said}."
    for what, said in (("new_codes", "has the new codes"), ("gone_codes", "has no longer the codes")):
        for column, codes in table[what].items():
            yield f"{name}.{column} {said} {', '.join(codes)}."
    for column, share in table["missing_moved"].items():
        yield f"{name}.{column} is missing in {share['after']}% of rows; it was {share['before']}%."
    for column, moved in table["distribution_moved"].items():
        yield f"{name}.{column} is distributed otherwise: {moved}% of rows lie elsewhere."


def _of_persons(persons: Mapping[str, Any]) -> list[str]:
    if not persons or not any(persons[name] != 0 for name in ("merged", "split", "new", "gone")):
        return []
    said = ", ".join(
        f"{in_words(persons[name])} {words}"
        for name, words in (
            ("kept", "are as they were"), ("merged", "put several together"), ("split", "were taken apart"),
            ("new", "are new"), ("gone", "are gone"),
        )
    )  # fmt: skip
    return [f"Persons: {said}."]


def _of_quality(quality: Mapping[str, Any]) -> list[str]:
    found = []
    for name, words in MEASURES.items():
        before, after = quality["before"].get(name), quality["after"].get(name)
        if before is not None and after is not None:
            found.append(f"{words}: {100 * after:.1f}%; in the release before, {100 * before:.1f}%.")
    return found
