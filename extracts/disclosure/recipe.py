"""Recipes: how a table was made from records, so that it can be made again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """How a table was made from its microdata.

    microdata  name of the file with the records
    unit       column that names the person; "" where each record is one
    value      column of the amounts; "" for a table of counts
    where      SQL condition of the population; "" for everybody
    weight     column of the weights; "" where every record counts once
    case       column that names the court case, for rules about co-defendants
    """

    microdata: str = ""
    unit: str = ""
    value: str = ""
    where: str = ""
    case: str = ""
    weight: str = ""
