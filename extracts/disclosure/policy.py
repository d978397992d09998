"""Policies: the numbers by which outputs are judged, versioned so that a report can name them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


class BadPolicy(ValueError):
    """A policy asks for something that the rules cannot do."""


@dataclass(frozen=True)
class Dominance:
    """The n largest contributors may not hold more than the share k of a total."""

    n: int
    k: float


@dataclass(frozen=True)
class Policy:
    """What counts as safe. Counts are of units (people unless a description says otherwise).

    threshold            smallest count that may be shown
    sensitive_threshold  the same for files described as sensitive
    zeros_disclosive     whether a zero that could have been otherwise is unsafe
    nk                   dominance rules; n is 1 or 2, as evidence holds the two largest
    p_percent            how closely, in percent, the largest contribution may be estimated
    residual_dof         fewest residual degrees of freedom of a model
    max_bytes, max_cells, max_findings   limits for one file
    """

    name: str
    version: str
    threshold: int = 10
    sensitive_threshold: int = 20
    zeros_disclosive: bool = False
    nk: tuple[Dominance, ...] = (Dominance(2, 0.90),)
    p_percent: float = 10.0
    residual_dof: int = 10
    max_bytes: int = 16 * 2**20
    max_cells: int = 500_000
    max_findings: int = 2_000

    def __post_init__(self) -> None:
        """Raises BadPolicy for numbers that no rule could apply."""
        if min(self.threshold, self.sensitive_threshold, self.residual_dof) < 1:
            raise BadPolicy("Thresholds and degrees of freedom are 1 or more.")
        if any(rule.n not in (1, 2) or not 0 < rule.k <= 1 for rule in self.nk):
            raise BadPolicy("A dominance rule has n of 1 or 2 and k above 0 and at most 1.")
        if not 0 < self.p_percent <= 100:
            raise BadPolicy("p is a percentage above 0 and at most 100.")
        if min(self.max_bytes, self.max_cells, self.max_findings) < 1:
            raise BadPolicy("Limits are 1 or more.")

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `from_json` turns back into an equal policy."""
        return {**asdict(self), "nk": [asdict(rule) for rule in self.nk]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Policy:
        """The policy that `to_json` wrote. Raises BadPolicy for unknown or missing fields."""
        try:
            rules = tuple(Dominance(**rule) for rule in data.get("nk", ()))
            return cls(**{**data, "nk": rules})
        except TypeError as error:
            raise BadPolicy(f"This is not a policy: {error}.") from error


# Threshold 10 and class disclosure as in the guidance of the ONS Secure Research Service; the
# dominance, p% and degrees of freedom figures are the defaults of open output-checking tools.
SRS_10 = Policy(name="srs-10", version="1")

PRESETS = {policy.name: policy for policy in (SRS_10,)}
