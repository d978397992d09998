"""The policy that a case names, or the numbers that it puts in place of those of another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from extracts.disclosure.policy import PRESETS, SRS_10, BadPolicy, Dominance, Policy

PLAIN = {
    "threshold": "threshold", "sensitive_threshold": "sensitive_threshold", "dof": "residual_dof",
    "zeros_disclosive": "zeros_disclosive", "differencing_threshold": "differencing_threshold",
    "survival_threshold": "survival_threshold", "tail": "tail", "modal_share": "modal_share", "rounding": "rounding",
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


def preset(name: str) -> Policy:
    """A policy by its name. Raises BadPolicy."""
    if name not in PRESETS:
        raise BadPolicy(f"There is no policy called {name}: choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def named(said: str) -> Policy:
    """A policy by its name or from a file, the default one for "". Raises BadPolicy."""
    if not said:
        return SRS_10
    if said in PRESETS or not Path(said).is_file():
        return preset(said)
    try:
        return Policy.from_json(json.loads(Path(said).read_text(encoding="utf-8")))
    except ValueError as error:
        raise BadPolicy(f"{said} is not a policy: {error}.") from None
