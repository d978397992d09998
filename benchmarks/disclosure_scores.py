"""Scores: what an engine said of a labelled case, set against what is right to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Key = Mapping[str, str]
Case = Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """One case. Sums of scores over a class are its row of the table.

    must, found        cells and groups that must be found, and how many were
    rules, rules_found      rules named at those cells or for the file, and how many were
    implied, implied_found  values or intervals that an intruder gets, and how many were told
    flagged, flagged_right  findings at cells where the label is exhaustive, and how many are at cells that are in it
    failing, failing_right  the same of findings that fail, leaving out those that only ask a person to look
    """

    case: str
    group: str
    expected: str
    said: str
    right: bool
    false_pass: bool
    false_fail: bool
    must: int
    found: int
    rules: int
    rules_found: int
    implied: int
    implied_found: int
    flagged: int
    flagged_right: int
    failing: int
    failing_right: int
    missed: tuple[Key, ...] = ()
    too_much: tuple[Key, ...] = ()
    failed: str = ""


def score(case: Case, answer: Mapping[str, Any], *, failed: str = "") -> Score:
    """Set the answer of an engine against the label of a case."""
    expect, findings = case["expect"], list(answer.get("findings", ()))
    able = {expect["verdict"], *expect.get("may", ())}
    said = str(answer.get("verdict", "none"))
    loose = "layout" not in case and all("layout" not in file for file in case["files"])
    wanted = [(cell["key"], cell["rules"]) for cell in expect.get("cells", ())]
    groups = [(also["group"], [also["rule"]]) for also in expect.get("also", ())]
    met = [[finding for finding in findings if fits(key, finding, loose)] for key, _ in (*wanted, *groups)]
    of_cells = [one for one in findings if _is_of_cell(one, expect)] if expect.get("exhaustive") else []
    right = [one for one in of_cells if any(fits(key, one, loose) for key, _ in (*wanted, *groups))]
    all_rules = [(rule, where) for (_, rules), where in zip((*wanted, *groups), met, strict=True) for rule in rules]
    all_rules += [(rule, findings) for rule in expect.get("rules", ())]
    implied = expect.get("implied", ())
    return Score(
        case=case["id"], group=case.get("class", case.get("kind", "?")), expected=expect["verdict"], said=said,
        right=said in able, false_pass=said == "pass" and "pass" not in able,
        false_fail=said == "fail" and "fail" not in able and expect["verdict"] == "pass",
        must=len(met), found=sum(map(bool, met)),
        rules=len(all_rules), rules_found=sum(rule in _rules(where) for rule, where in all_rules),
        implied=len(implied), implied_found=sum(_told(one, answer.get("implied", ()), loose) for one in implied),
        flagged=len(of_cells), flagged_right=len(right), failing=_fails(of_cells), failing_right=_fails(right),
        missed=tuple(key for (key, _), where in zip((*wanted, *groups), met, strict=True) if not where),
        too_much=tuple(one["key"] for one in of_cells if one not in right),
        failed=failed,
    )  # fmt: skip


def _is_of_cell(finding: Mapping[str, Any], expect: Mapping[str, Any]) -> bool:
    """Whether a finding is about a cell. In a case that fails anyway, a whole group in one category is not counted."""
    group = list(finding.get("rules", ())) == ["class_disclosure"] and expect["verdict"] != "pass"
    return bool(finding.get("key")) and not group


def _fails(findings: Sequence[Mapping[str, Any]]) -> int:
    return sum(finding.get("verdict", "fail") == "fail" for finding in findings)


def fits(key: Key, finding: Mapping[str, Any], loose: bool = False) -> bool:
    """Whether a finding is about this cell: it names all of its labels, or the one names a part of the other.

    loose  the case does not name its dimensions, so only labels are compared
    """
    found = {str(name): str(label) for name, label in (finding.get("key") or {}).items()}
    if not found:
        return False
    if loose:
        return set(key.values()) <= set(found.values())
    if key.items() <= found.items():
        return True
    return (
        bool(found.keys() - {"measure"}) and found.items() <= key.items() and key.keys() - found.keys() <= {"measure"}
    )


def _rules(findings: Sequence[Mapping[str, Any]]) -> set[str]:
    return {rule for finding in findings for rule in finding.get("rules", ())}


def _told(wanted: Mapping[str, Any], told: Sequence[Mapping[str, Any]], loose: bool) -> bool:
    """Whether the answer gives this value, or these ends, for this key."""
    ends = wanted.get("low", wanted.get("value")), wanted.get("high", wanted.get("value"))
    return any(
        (fits(wanted["key"], one, loose) or fits(one["key"], wanted, loose))
        and (one.get("low", one.get("value")), one.get("high", one.get("value"))) == ends
        for one in told
    )


@dataclass(frozen=True)
class Row:
    """The scores of one class, or of all."""

    name: str
    scores: tuple[Score, ...]

    def sum(self, field: str) -> int:
        """How many altogether."""
        return sum(int(getattr(score, field)) for score in self.scores)

    def share(self, part: str, whole: str) -> float | None:
        """Part of the whole; None where there is nothing to be a part of."""
        return self.sum(part) / self.sum(whole) if self.sum(whole) else None

    @property
    def reviews(self) -> int:
        """Cases left to a person although the label is certain."""
        return sum(score.said == "review" and not score.right for score in self.scores)

    @property
    def failures(self) -> int:
        """Cases on which the engine raised an error."""
        return sum(bool(score.failed) for score in self.scores)


def by_class(scores: Sequence[Score]) -> list[Row]:
    """A row for each class in the order of the cases, then one for all."""
    names = dict.fromkeys(score.group for score in scores)
    rows = [Row(name, tuple(score for score in scores if score.group == name)) for name in names]
    return [*rows, Row("all", tuple(scores))]


HEADINGS = (
    "class", "cases", "must-flag", "recall", "rules", "implied", "precision", "of fails", "verdicts right",
    "false passes",    "false fails", "left to a person", "errors",
)  # fmt: skip


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [f"| {' | '.join(HEADINGS)} |", "|---" + "|---:" * (len(HEADINGS) - 1) + "|"]
    return "\n".join([*lines, *map(_line, rows)])


def _line(row: Row) -> str:
    shares = (("found", "must"), ("rules_found", "rules"), ("implied_found", "implied"), ("flagged_right", "flagged"),
              ("failing_right", "failing"))  # fmt: skip
    recall, rules, implied, precision, of_fails = (_percent(row.share(part, whole)) for part, whole in shares)
    fields = (
        row.name, len(row.scores), row.sum("must"), recall, rules, implied, precision, of_fails,
        _percent(row.sum("right") / len(row.scores)), row.sum("false_pass"), row.sum("false_fail"), row.reviews,
        row.failures,
    )  # fmt: skip
    return f"| {' | '.join(map(str, fields))} |"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"
