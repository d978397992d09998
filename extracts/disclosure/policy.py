"""Policies: the numbers by which outputs are judged, as versioned data, so that a report can name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from extracts.disclosure.rounding import Rounding
from extracts.disclosure.same_variable import is_named

# What policies call the roundings that they may ask for; base 3 is by chance, up or down.
ROUNDINGS: Mapping[str, Rounding | None] = {
    "": None,
    "base3": Rounding("random", 3),
    "base5": Rounding("base", 5),
    "base10": Rounding("base", 10),
    "midpoint6": Rounding("midpoint", 6),
}


# Figures of a policy that are stricter the larger they are, and the smaller; and what it may ask for.
FEWEST = (
    "threshold", "sensitive_threshold", "p_percent", "residual_dof", "survival_threshold", "differencing_threshold",
    "tail",
)  # fmt: skip
MOST = ("modal_share", "group_share", "max_bytes", "max_rows", "max_cells")
ASKED = ("zeros_disclosive",)


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
    sensitive_variables  variable -> the same for files that have it as a column or heading, whatever is said of them
    zeros_disclosive     whether a zero that could have been otherwise is unsafe
    nk                   dominance rules; n is 1 or 2, as evidence holds the two largest
    p_percent            how closely, in percent, the largest contribution may be estimated
    residual_dof         fewest residual degrees of freedom of a model
    survival_threshold   fewest events in a step of a survival curve
    differencing_threshold  smallest difference between two populations that may be worked out
    tail                 fewest contributors beyond a quantile and between two of them
    modal_share          largest share that one category may have for its mode to be shown
    group_share          a group with more than this share in one category gives the category away; 1 for all of them
    rounding             how counts must be rounded: a name of ROUNDINGS
    suffixes             endings of files that may leave; none means any that can be read
    max_bytes, max_rows, max_cells, max_findings   limits for one file
    """

    name: str
    version: str
    threshold: int = 10
    sensitive_threshold: int = 20
    sensitive_variables: tuple[tuple[str, int], ...] = ()
    zeros_disclosive: bool = False
    nk: tuple[Dominance, ...] = (Dominance(2, 0.90),)
    p_percent: float = 10.0
    residual_dof: int = 10
    survival_threshold: int = 10
    differencing_threshold: int = 10
    tail: int = 10
    modal_share: float = 0.9
    group_share: float = 1.0
    rounding: str = ""
    suffixes: tuple[str, ...] = ()
    max_bytes: int = 16 * 2**20
    max_rows: int = 100_000
    max_cells: int = 500_000
    max_findings: int = 2_000

    def __post_init__(self) -> None:
        """Raises BadPolicy for numbers that no rule could apply."""
        whole = (
            "threshold",
            "sensitive_threshold",
            "residual_dof",
            "survival_threshold",
            "differencing_threshold",
            "tail",
        )
        limits = ("max_bytes", "max_rows", "max_cells", "max_findings")
        if odd := [name for name in (*whole, *limits) if type(getattr(self, name)) is not int]:
            raise BadPolicy(f"These are whole numbers: {', '.join(odd)}.")
        if not isinstance(self.zeros_disclosive, bool):
            raise BadPolicy("Whether zeros are disclosive is true or false.")
        fewest = (self.threshold, self.sensitive_threshold, self.residual_dof, self.survival_threshold)
        if min(*fewest, self.differencing_threshold, self.tail) < 1:
            raise BadPolicy("Thresholds and degrees of freedom are 1 or more.")
        if any(rule.n not in (1, 2) or not 0 < rule.k <= 1 for rule in self.nk):
            raise BadPolicy("A dominance rule has n of 1 or 2 and k above 0 and at most 1.")
        if not 0 < self.p_percent <= 100:
            raise BadPolicy("p is a percentage above 0 and at most 100.")
        if not 0 < self.modal_share <= 1:
            raise BadPolicy("The share of a mode is above 0 and at most 1.")
        if not 0.5 <= self.group_share <= 1:
            raise BadPolicy("The share of a group in one category is at least a half and at most 1.")
        if self.rounding not in ROUNDINGS:
            raise BadPolicy(f"Rounding is one of {', '.join(filter(None, ROUNDINGS))}, or none.")
        if any(type(threshold) is not int or threshold < 1 for _, threshold in self.sensitive_variables):
            raise BadPolicy("The threshold of a sensitive variable is a whole number of 1 or more.")
        if min(self.max_bytes, self.max_rows, self.max_cells, self.max_findings) < 1:
            raise BadPolicy("Limits are 1 or more.")

    def threshold_for(self, columns: Iterable[str], *, sensitive: bool) -> int:
        """Smallest count that a file may show which has these columns, and was said to be sensitive or not."""
        has = tuple(columns)
        own = [limit for variable, limit in self.sensitive_variables if any(is_named(name, [variable]) for name in has)]
        return max([self.sensitive_threshold if sensitive else self.threshold, *own])

    def laxer_than(self, other: Policy) -> tuple[str, ...]:
        """The figures by which this policy lets something pass that the other one would not."""
        found = [name for name in FEWEST if getattr(self, name) < getattr(other, name)]
        found += [name for name in MOST if getattr(self, name) > getattr(other, name)]
        found += [name for name in ASKED if getattr(other, name) and not getattr(self, name)]
        if self.rounding != other.rounding and other.rounding:
            found.append("rounding")
        if any(not any(ours.n >= rule.n and ours.k <= rule.k for ours in self.nk) for rule in other.nk):
            found.append("nk")
        if other.suffixes and not set(self.suffixes or [""]) <= set(other.suffixes):
            found.append("suffixes")
        own = dict(self.sensitive_variables)
        if any(own.get(name, 0) < limit for name, limit in other.sensitive_variables):
            found.append("sensitive_variables")
        return tuple(found)

    @property
    def off_by(self) -> float:
        """How far a true count may be above the one that this policy has shown."""
        rounding = ROUNDINGS[self.rounding]
        return float(rounding.reach[1]) if rounding else 0.0

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `from_json` turns back into an equal policy."""
        return {
            **asdict(self),
            "nk": [asdict(rule) for rule in self.nk],
            "suffixes": list(self.suffixes),
            "sensitive_variables": dict(self.sensitive_variables),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Policy:
        """The policy that `to_json` wrote. Raises BadPolicy for unknown or missing fields."""
        if not isinstance(data, dict):
            raise BadPolicy("A policy is an object with named numbers.")
        try:
            read = {
                "nk": tuple(Dominance(**rule) for rule in data.get("nk", ())),
                "suffixes": tuple(data.get("suffixes", ())),
                "sensitive_variables": tuple(sorted(dict(data.get("sensitive_variables", {})).items())),
            }
            return cls(**{**data, **read})
        except (TypeError, ValueError) as error:
            raise BadPolicy(f"This is not a policy: {error}.") from error


# Threshold 10 and class disclosure as in the guidance of the ONS Secure Research Service; the
# dominance, p% and degrees of freedom figures are the defaults of open output-checking tools.
SRS_10 = Policy(name="srs-10", version="2")

# ONS Integrated Data Service: counts below 10 are hidden, the rest rounded to base 5.
TEN_FIVE = Policy(name="10-5", version="1", rounding="base5")

# OpenSAFELY: counts of 7 and fewer are hidden, then rounded to the nearest 5. That counts accompany every statistic
# is asked under every policy. At most 5,000 rows and 16 MB, in a few types of file.
OPENSAFELY = Policy(
    name="opensafely-7-5", version="1", threshold=8, rounding="base5",
    suffixes=(".csv", ".txt", ".json", ".png", ".jpeg", ".jpg", ".svg", ".html"), max_rows=5_000,
)  # fmt: skip

# OpenSAFELY's other rule: 0 stays 0, any other count is the midpoint of its six.
MIDPOINT_6 = replace(OPENSAFELY, name="midpoint6", rounding="midpoint6", threshold=1)

# ABS DataLab: 10 contributors; dominance (1, 50 %) and (2, 67 %); no difference below 10 between tables.
ABS = Policy(name="abs", version="1", nk=(Dominance(1, 0.50), Dominance(2, 0.67)))

# Rules of thumb of the ESSnet on output checking: 10 units and 10 degrees of freedom, no group of which more than
# 90 % are in one category, and nobody with more than half of a total.
ESSNET = Policy(name="essnet", version="1", nk=(Dominance(1, 0.50),), group_share=0.90)

PRESETS = {policy.name: policy for policy in (SRS_10, TEN_FIVE, OPENSAFELY, MIDPOINT_6, ABS, ESSNET)}
