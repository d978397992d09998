"""Whose rules hold for an output: a policy, with what a dataset and the controllers of its data put in place of it.

As a file: an object with the numbers of a policy, of which those that it leaves out are those of `based_on`, and

    datasets     dataset -> the numbers that hold for outputs of it
    controllers  controller -> the same, for outputs of data that it controls

A dataset's numbers are in place of the base's; where controllers have a say, of each number the strictest holds.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import Any

from extracts.disclosure.case_files import is_there
from extracts.disclosure.policy import ASKED, FEWEST, MOST, PRESETS, SRS_10, BadPolicy, Dominance, Policy

POLICY_FILE = "disclosure.json"  # its name in the description of a dataset

LARGER = (*FEWEST, *ASKED)
SMALLER = (*MOST, "max_findings")


@dataclass(frozen=True)
class Policies:
    """A policy and, by the name of the dataset or controller, those that hold instead of it or beside it."""

    base: Policy = SRS_10
    datasets: Mapping[str, Policy] = field(default_factory=dict)
    controllers: Mapping[str, Policy] = field(default_factory=dict)

    def of(self, dataset: str = "", controllers: Collection[str] = ()) -> Policy:
        """The policy for outputs of the dataset and the controllers' data.

        That of the dataset, or else the base; controllers can make each of its numbers stricter. Whoever is not named
        could be any of those that have rules of their own, and so the strictest of all these hold. Raises BadPolicy
        where two ask for different rounding.
        """
        own = self.datasets.get(dataset, self.base)
        chosen = [] if dataset else list(self.datasets.values())
        chosen += [self.controllers[name] for name in controllers or self.controllers if name in self.controllers]
        return reduce(strictest, chosen, own)

    @classmethod
    def of_file(cls, path: Path) -> Policies:
        """As it was written. Raises BadPolicy, which says what is wrong."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise BadPolicy(f"{path} holds no policy: {error}") from None

    @classmethod
    def from_json(cls, data: object) -> Policies:
        """The policies of an object of the form above. Raises BadPolicy."""
        if not isinstance(data, Mapping):
            raise BadPolicy("A policy is an object with named numbers.")
        plain = {name: value for name, value in data.items() if name not in ("datasets", "controllers")}
        base = _policy(plain)
        return cls(base, _named(base, data, "datasets"), _named(base, data, "controllers"))


def named(said: str) -> Policies:
    """The policies of a name or a file, the default for "". Raises BadPolicy."""
    if not said:
        return Policies()
    if said in PRESETS or not is_there(Path(said)):
        return Policies(preset(said))
    return Policies.of_file(Path(said))


def preset(name: str) -> Policy:
    """A policy by its name. Raises BadPolicy."""
    if name not in PRESETS:
        raise BadPolicy(f"There is no policy called {name}: choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def strictest(one: Policy, other: Policy) -> Policy:
    """A policy whose every number is the stricter of the two. Raises BadPolicy where both round, and differently."""
    if one.rounding and other.rounding and one.rounding != other.rounding:
        raise BadPolicy(
            f"{one.name} rounds to {one.rounding} and {other.name} to {other.rounding}: choose one of them."
        )
    both = {name: max(getattr(one, name), getattr(other, name)) for name in LARGER}
    both |= {name: min(getattr(one, name), getattr(other, name)) for name in SMALLER}
    return replace(
        one,
        **both,
        name=_joined(one.name, other.name),
        version=_joined(one.version, other.version),
        rounding=one.rounding or other.rounding,
        nk=_dominance([*one.nk, *other.nk]),
        suffixes=_endings(one.suffixes, other.suffixes),
        sensitive_variables=_thresholds([*one.sensitive_variables, *other.sensitive_variables]),
    )


def _policy(data: Mapping[str, Any]) -> Policy:
    base = data.get("based_on")
    if base is None:
        return Policy.from_json(dict(data))
    said = {name: value for name, value in data.items() if name != "based_on"}
    return Policy.from_json(preset(str(base)).to_json() | said)


def _named(base: Policy, data: Mapping[str, Any], member: str) -> dict[str, Policy]:
    found = data.get(member, {})
    if not isinstance(found, Mapping) or not all(isinstance(said, Mapping) for said in found.values()):
        raise BadPolicy(f"{member} is an object of names, each with an object of numbers.")
    return {
        str(name): Policy.from_json(base.to_json() | {"name": f"{base.name} of {name}"} | dict(said))
        for name, said in found.items()
    }


def _joined(one: str, other: str) -> str:
    return one if one == other else f"{one}, {other}"


def _dominance(rules: Iterable[Dominance]) -> tuple[Dominance, ...]:
    shares: dict[int, float] = {}
    for rule in rules:
        shares[rule.n] = min(rule.k, shares.get(rule.n, 1.0))
    return tuple(Dominance(n, k) for n, k in sorted(shares.items()))


def _thresholds(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for name, threshold in pairs:
        found[name] = max(threshold, found.get(name, 0))
    return tuple(sorted(found.items()))


def _endings(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Those that both let leave. None would let everything leave, so that two without a common one are refused."""
    if not one or not other:
        return one or other
    both = tuple(ending for ending in one if ending in other)
    if not both:
        raise BadPolicy("No kind of file may leave under both of these policies.")
    return both
