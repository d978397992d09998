"""The policy that a case names, or the numbers that it puts in place of those of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from extracts.disclosure.policies import preset
from extracts.disclosure.policy import Dominance, Policy
from extracts.disclosure.report import Finding, Report, Verdict, worst

CODE = "policy"

PLAIN = {
    "threshold": "threshold", "sensitive_threshold": "sensitive_threshold", "dof": "residual_dof",
    "zeros_disclosive": "zeros_disclosive", "differencing_threshold": "differencing_threshold",
    "survival_threshold": "survival_threshold", "tail": "tail", "modal_share": "modal_share",
    "group_share": "group_share", "rounding": "rounding",
}  # fmt: skip


def policy_of(said: str | Mapping[str, Any] | None, default: Policy) -> Policy:
    """The policy of a case: a preset by its name, or overrides of a named or the default one.

    Raises BadPolicy for a name that no preset has and for numbers that no rule could apply.
    """
    if said is None:
        return default
    if isinstance(said, str):
        return preset(said)
    base = preset(str(said["name"])) if said.get("name") else default
    changed: dict[str, Any] = {field: said[name] for name, field in PLAIN.items() if said.get(name) is not None}
    if (nk := said.get("nk")) is not None:
        changed["nk"] = tuple(
            Dominance(int(one["n"]), float(one["k"])) for one in (nk if isinstance(nk, list) else [nk])
        )
    if (percent := said.get("p_percent")) is not None:
        changed["p_percent"] = float(percent["p"] if isinstance(percent, Mapping) else percent)
    if "threshold" in changed:  # a stricter one is meant to hold where differences, tails and steps are judged too
        for field in ("differencing_threshold", "survival_threshold", "tail"):
            changed.setdefault(field, changed["threshold"])
        changed.setdefault("sensitive_threshold", max(base.sensitive_threshold, changed["threshold"]))
    if not changed:
        return base
    return replace(base, **changed, version=f"{base.version}+")


def changes(said: str | Mapping[str, Any] | None, default: Policy) -> tuple[str, ...]:
    """A sentence for each figure that a case puts in place of its policy's, so that nobody takes one for the other."""
    if not isinstance(said, Mapping):
        return ()
    base = preset(str(said["name"])) if said.get("name") else default
    ours, theirs = base.to_json(), policy_of(said, default).to_json()
    return tuple(
        f"The case asks for {name} {theirs[name]} where {base.name} has {ours[name]}."
        for name in ours
        if name != "version" and ours[name] != theirs[name]
    )


def lowered(said: str | Mapping[str, Any] | None, ours: Policy) -> tuple[str, ...]:
    """A sentence for each figure in which the policy of a case is laxer than the one it is to be judged by."""
    asked = policy_of(said, ours)
    theirs, figures = asked.to_json(), ours.to_json()
    return tuple(
        f"The case asks for {name} {theirs[name]}, which is laxer than the {figures[name]} of {ours.name}."
        for name in asked.laxer_than(ours)
    )


def with_doubts(report: Report, problems: Sequence[str]) -> Report:
    """The report, each of its files for a person because of what the case asks for."""
    cure = "Take it from the case, or let whoever runs the check choose the policy."
    found = tuple(
        replace(
            file,
            verdict=worst([file.verdict, Verdict.REVIEW]),
            findings=(*(Finding(file.name, CODE, Verdict.REVIEW, one, cure=cure) for one in problems), *file.findings),
        )
        for file in report.files
    )
    return replace(report, files=found, verdict=worst([report.verdict, Verdict.REVIEW])) if problems else report
