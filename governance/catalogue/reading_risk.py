"""The member `risk` of dataset.json, read and checked; a description without it has the rules that hold for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from governance.catalogue.csvfiles import BadCatalogue
from governance.catalogue.entries import Table
from governance.catalogue.risk_rules import NO_RULES, Ceiling, RiskRules

MEMBERS = frozenset({"threshold", "ceiling", "visible", "combinations", "together"})


def read_risk_rules(file: str, stored: object) -> RiskRules:
    """The rules as written. Raises BadCatalogue for a wrong member; names are looked up by `refuse_unknown`."""
    if stored is None:
        return NO_RULES
    if not isinstance(stored, dict) or not stored.keys() <= MEMBERS:
        raise BadCatalogue(file, 0, f"risk must be an object with no other members than {', '.join(sorted(MEMBERS))}.")
    threshold = stored.get("threshold", NO_RULES.threshold)
    if type(threshold) is not int or threshold < 2:
        raise BadCatalogue(file, 0, "risk.threshold must be a whole number of at least 2.")
    combinations = stored.get("combinations", [])
    if not isinstance(combinations, list):
        raise BadCatalogue(file, 0, "risk.combinations must be a list of lists.")
    return RiskRules(
        threshold,
        _ceiling(file, stored.get("ceiling")),
        _names(file, stored.get("visible", []), "visible"),
        tuple(_combination(file, names) for names in combinations),
        _names(file, stored.get("together", []), "together"),
    )


def refuse_unknown(file: str, rules: RiskRules, tables: Iterable[Table]) -> None:
    """Raises BadCatalogue for a name that no table has, and for a variable in `together` that is no key."""
    known = {f"{table.name}.{one.name}": one for table in tables for one in table.variables}
    for name in rules.variables:
        if name not in known:
            raise BadCatalogue(file, 0, f"risk names {name}, which no table has.")
        if not known[name].selectable:
            raise BadCatalogue(file, 0, f"risk names {name}, which is in no extract.")
    for name in rules.together:
        if not known[name].pseudonymised:
            raise BadCatalogue(file, 0, f"risk.together names {name}, which is no key.")


def _ceiling(file: str, stored: Any) -> Ceiling | None:
    if stored is None:
        return None
    if not isinstance(stored, dict) or stored.keys() != {"unique", "under_threshold"}:
        raise BadCatalogue(file, 0, "risk.ceiling must have the members unique and under_threshold.")
    shares = (stored["unique"], stored["under_threshold"])
    if not all(type(share) in (int, float) and 0 <= share <= 1 for share in shares):
        raise BadCatalogue(file, 0, "The shares of risk.ceiling must be numbers from 0 to 1.")
    return Ceiling(float(shares[0]), float(shares[1]))


def _combination(file: str, stored: object) -> tuple[str, ...]:
    names = _names(file, stored, "combinations")
    if len(names) < 2 or len({name.partition(".")[0] for name in names}) > 1:
        raise BadCatalogue(file, 0, "Each of risk.combinations must name two variables or more of one table.")
    return names


def _names(file: str, stored: object, member: str) -> tuple[str, ...]:
    if not isinstance(stored, list) or not all(isinstance(one, str) and one.count(".") == 1 for one in stored):
        raise BadCatalogue(file, 0, f"risk.{member} must be a list of names such as table.variable.")
    if len(set(stored)) != len(stored):
        raise BadCatalogue(file, 0, f"risk.{member} names a variable twice.")
    return tuple(stored)
