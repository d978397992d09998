"""Dimensions of made-up tables: names that people give them, and their labels."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Dimension:
    """A variable that tables are broken down by."""

    name: str
    labels: tuple[str, ...]


NAMES_AND_LABELS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("offence", "offence_group", "Offence type", "principal offence"),
     ("Theft", "Drugs", "Fraud", "Violence", "Robbery", "Public order", "Criminal damage", "Motoring", "Weapons")),
    (("court", "court_name", "Crown Court centre"),
     ("Leeds", "Bristol", "Cardiff", "Exeter", "Luton", "Preston", "Snaresbrook", "Truro", "Mold")),
    (("area", "police_force", "Force area"),
     ("Avon", "Cumbria", "Dorset", "Gwent", "Kent", "Norfolk", "Sussex", "Wiltshire")),
    (("year", "Year", "financial_year_ending"),
     ("2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023", "2024")),
    (("age_band", "Age group", "age"), ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")),
    (("disposal", "outcome", "Sentence outcome"),
     ("Custody", "Community order", "Suspended sentence", "Fine", "Discharge", "Compensation")),
    (("ethnic_group", "Ethnicity"), ("Asian", "Black", "Mixed", "White", "Other", "Not stated")),
    (("plea", "Plea entered"), ("Guilty", "Not guilty", "None entered")),
    (("remand", "Remand status"), ("Bail", "Custody remand", "Not remanded")),
    (("diagnosis", "icd_chapter"), ("F10-F19", "F20-F29", "F30-F39", "F40-F48", "G00-G99")),
    (("region", "Region"), ("North East", "North West", "East Midlands", "London", "South West", "Wales")),
    (("sector", "sic_section"), ("Retail", "Transport", "Education", "Health", "Construction", "Finance")),
    (("tenure", "Housing tenure"), ("Owned", "Mortgaged", "Social rent", "Private rent")),
    (("imd_decile", "IMD decile"), ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")),
)  # fmt: skip

GROUPS = ("a", "b", "c", "d", "e", "f", "g", "h")
MEASURES = ("count", "n", "people", "defendants", "cases", "offenders", "N", "number of persons")
TOTALS = ("Total", "All", "total", "All persons", "TOTAL")
AMOUNTS = ("sentence_days", "fine_pounds", "days_to_disposal", "income", "turnover", "loss_value", "costs")


def dimensions(random: Random, number: int, *, least: int = 3, most: int = 6) -> tuple[Dimension, ...]:
    """Different variables, each with `least` to `most` of its labels in their usual order."""
    able = [pair for pair in NAMES_AND_LABELS if len(pair[1]) >= least]
    return tuple(_some(random, *pair, least, most) for pair in random.sample(able, number))


def groups(random: Random, number: int) -> Dimension:
    """A dimension with `number` labels."""
    able = [pair for pair in NAMES_AND_LABELS if len(pair[1]) >= number]
    return _some(random, *random.choice(able), number, number)


def _some(random: Random, names: tuple[str, ...], labels: tuple[str, ...], least: int, most: int) -> Dimension:
    number = random.randint(least, min(most, len(labels)))
    kept = sorted(random.sample(range(len(labels)), number))
    return Dimension(random.choice(names), tuple(labels[place] for place in kept))
