"""Claims of other tools, compared with what is found here. They are said beside a verdict and never change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MEASURE = "measure"  # in keys found here, where a table has several columns of numbers


def disagreements(case: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[str, ...]:
    """A sentence for each point in which another tool's claim differs from the answer.

    case    with `claims`, as `case_schema` describes them
    answer  to the same case: `verdict`, `files` (each with file and verdict) and `findings` (each with file, key,
            verdict and rules)
    """
    return tuple(sentence for claim in case.get("claims", ()) for sentence in _about(claim, answer))


def _about(claim: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    by, name = claim["by"], claim.get("file")
    ours = {file["file"]: file["verdict"] for file in answer["files"]}.get(name, answer["verdict"])
    theirs = claim.get("verdict")
    if theirs and theirs != ours:
        yield f"{by} says {theirs} of {name or 'the case'}; it is {ours} here."
    found = {
        _key(one["key"]): one["verdict"] for one in answer["findings"] if one["key"] and name in (None, one["file"])
    }
    flagged = {_key(cell["key"]): cell["rules"] for cell in claim.get("cells", ()) if "key" in cell}
    for key, rules in flagged.items():
        if key not in found:
            yield f"{by} flags {_in_words(key)} ({', '.join(rules)}); no finding here is about it."
    if missed := sum(verdict == "fail" and key not in flagged for key, verdict in found.items()):
        yield f"{missed} {'place fails' if missed == 1 else 'places fail'} here that {by} does not flag."


def _key(key: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((name, str(label)) for name, label in key.items() if name != MEASURE)


def _in_words(key: frozenset[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {label}" for name, label in sorted(key))
