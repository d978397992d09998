"""Descriptions: what a researcher says about each file, and what is missing from it.

A description can be made from any input of the right shape; `problems()` then says in sentences
what a researcher must put right. So a draft can be stored, shown and finished later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

from extracts.disclosure.layout import FORMS, Layout, Percentage
from extracts.disclosure.recipe import Recipe
from extracts.disclosure.rounding import Rounding, UnknownRounding

# Codes and names of the kinds of output, as in the code list `output_types.csv`.
OUTPUT_TYPES = {
    "FREQ":   "Frequency table",
    "MAGN":   "Magnitude table (sum, mean)",
    "QUANT":  "Median, percentile",
    "MINMAX": "Minimum, maximum, mode",
    "RATIO":  "Rate, ratio, odds",
    "GRAPH":  "Chart",
    "MAP":    "Map",
    "REGR":   "Regression coefficients",
    "TEST":   "Test statistic",
    "SURV":   "Survival curve",
    "MODEL":  "Fitted model object / ML",
    "CODE":   "Program code",
    "TEXT":   "Report or slide text",
    "SYN":    "Synthetic sample",
}  # fmt: skip

TOTAL_LABELS = ("Total", "All")


class BadDescription(ValueError):
    """What was sent is not a description. `problems` holds a sentence for each fault."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Regression:
    """The size of a model (of the smallest, if a file holds several). None is "not said".

    categories  units in each category of its regressors: label as in the file, and number
    saturated   whether it has a parameter for every combination of its categories
    """

    n_obs: int | None = None
    parameters: int | None = None
    df_residual: int | None = None
    categories: tuple[tuple[str, int], ...] = ()
    saturated: bool = False

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """What is said in numbers."""
        return (self.n_obs, self.parameters, self.df_residual, *(number for _, number in self.categories))


@dataclass(frozen=True)
class FileDescription:
    """What one file holds.

    output_type       a code of OUTPUT_TYPES
    text              what the file shows, for the checker
    unit              what is counted, in the plural
    sensitive         use the policy's stricter threshold
    total_labels      labels of rows and columns that are totals; capitals don't matter
    structural_zeros  dimension -> label for cells that cannot hold anyone by definition;
                      a key that names some dimensions means every cell that has those labels
    evidence          name of the file with the contributors behind each cell, or ""
    underlying        names of files with the counts beneath its ratios: judged with it, and not released
    recipe            how it was made from microdata, where they are at hand
    rounding          how its counts were rounded, as `rounding` names it; "" as the policy asks
    population        who is counted: a condition over the records; "" for everybody
    inferred          nobody described it: the engine guessed, and says so
    overlapping       a unit may be in several cells, so that totals need not be the sums of their parts
    """

    name: str
    output_type: str = ""
    text: str = ""
    layout: Layout = field(default_factory=Layout)
    unit: str = "people"
    sensitive: bool = False
    total_labels: tuple[str, ...] = TOTAL_LABELS
    structural_zeros: tuple[Mapping[str, str], ...] = ()
    evidence: str = ""
    regression: Regression = field(default_factory=Regression)
    underlying: tuple[str, ...] = ()
    recipe: Recipe = field(default_factory=Recipe)
    rounding: str = ""
    population: str = ""
    inferred: bool = False
    overlapping: bool = False

    @property
    def served_by(self) -> tuple[str, ...]:
        """Names of the files that only serve to judge this one."""
        return tuple(filter(None, (self.evidence, self.recipe.microdata, *self.underlying)))

    def problems(self) -> tuple[str, ...]:
        """Sentences for the researcher; none when the description makes sense."""
        found = [] if self.name else ["Give the name of the file."]
        if self.output_type not in OUTPUT_TYPES:
            found.append(f"Choose what kind of output this is: one of {', '.join(OUTPUT_TYPES)}.")
        if not self.unit.strip():
            found.append("Say what is counted, for example people.")
        if self.evidence and self.evidence == self.name:
            found.append("A file cannot be its own evidence; name another file.")
        try:
            Rounding.named(self.rounding) if self.rounding else None
        except UnknownRounding as error:
            found.append(str(error))
        found += self.layout.problems()
        unknown = {name for key in self.structural_zeros for name in key} - set(self.layout.dimensions)
        if unknown:
            found.append(f"Structural zeros name dimensions that the layout does not have: {_names(unknown)}.")
        if any(not key for key in self.structural_zeros):
            found.append("A structural zero must name at least one dimension and its label.")
        if any(number is not None and number < 0 for number in self.regression.numbers):
            found.append("The size of a model cannot be negative.")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """A dictionary of strings, numbers, lists and dictionaries."""
        data = asdict(self)
        data["layout"] = self.layout.to_json()
        data["regression"]["categories"] = [list(pair) for pair in self.regression.categories]
        return data | {
            "underlying": list(self.underlying),
            "total_labels": list(self.total_labels),
            "structural_zeros": [dict(key) for key in self.structural_zeros],
        }

    @classmethod
    def from_json(cls, data: Any) -> FileDescription:
        """The description that `to_json` wrote; fields may be left out. Raises BadDescription."""
        return _build(cls, data, "A file's description")


@dataclass(frozen=True)
class Population:
    """Who is counted in a file: a condition over the records, "" for everybody, and the release it went out in."""

    file: str
    filter: str = ""
    release: str = ""
    dataset_version: str = ""


@dataclass(frozen=True)
class Nesting:
    """Two labels of one dimension of which the second holds everybody of the first."""

    part: str
    whole: str


@dataclass(frozen=True)
class Description:
    """What a set of files holds. Files that only serve as evidence need no description.

    released     tables that have left before: the new ones are compared with them, and they are not judged again
    populations  who is counted in a file; in those that are not named, everybody
    nesting      labels within labels of one table
    """

    files: tuple[FileDescription, ...] = ()
    released: tuple[FileDescription, ...] = ()
    populations: tuple[Population, ...] = ()
    nesting: tuple[Nesting, ...] = ()

    @classmethod
    def of(cls, files: Iterable[FileDescription]) -> Description:
        """The description of a request: who is counted in a file is what its own description says."""
        described = tuple(files)
        whom = tuple(Population(one.name, one.population) for one in described if one.population)
        return cls(described, populations=whom)

    def population_of(self, file: str) -> Population:
        """Who is counted in a file."""
        return next((one for one in self.populations if one.file == file), Population(file))

    def problems(self) -> tuple[str, ...]:
        """Sentences about the set and about each file, with its name."""
        names = [file.name for file in self.files]
        twice = {name for name in names if names.count(name) > 1}
        found = [f"These files are described twice: {_names(twice)}."] if twice else []
        return (*found, *(f"{file.name}: {problem}" for file in self.files for problem in file.problems()))

    def to_json(self) -> dict[str, Any]:
        """A dictionary of strings, numbers, lists and dictionaries."""
        return {
            "files": [file.to_json() for file in self.files],
            "released": [file.to_json() for file in self.released],
            "populations": [asdict(one) for one in self.populations],
            "nesting": [asdict(one) for one in self.nesting],
        }

    @classmethod
    def from_json(cls, data: Any) -> Description:
        """The description that `to_json` wrote. Raises BadDescription."""
        if not isinstance(data, dict) or not isinstance(data.get("files"), list):
            raise BadDescription(("A description is an object with a list called files.",))
        lists = {name: data.get(name, []) for name in ("released", "populations", "nesting")}
        if not all(isinstance(value, list) for value in lists.values()):
            raise BadDescription(("Released files, populations and nesting are lists.",))
        return cls(
            tuple(FileDescription.from_json(file) for file in data["files"]),
            tuple(FileDescription.from_json(file) for file in lists["released"]),
            tuple(_build(Population, one, "A population") for one in lists["populations"]),
            tuple(_build(Nesting, one, "A nesting") for one in lists["nesting"]),
        )


Record = TypeVar("Record", FileDescription, Layout, Nesting, Percentage, Population, Recipe, Regression)


def _build(kind: type[Record], data: Any, what: str) -> Record:
    """A record made from a JSON object, every field checked by its kind. Raises BadDescription."""
    if not isinstance(data, dict):
        raise BadDescription((f"{what} must be an object with named fields.",))
    names = [one.name for one in fields(kind)]
    problems = [f"{what} has no field called {name}." for name in sorted(set(data) - set(names))]
    values: dict[str, Any] = {}
    for name in (name for name in names if name in data):
        try:
            values[name] = READERS[name](data[name])
        except (TypeError, ValueError) as error:
            inner = error.problems if isinstance(error, BadDescription) else (f"{what}: {name} must be {error}.",)
            problems += inner
    if problems:
        raise BadDescription(tuple(problems))
    try:
        return kind(**values)
    except TypeError:
        raise BadDescription((f"{what} lacks a field that it must have.",)) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("a list of texts")
    return tuple(value)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("yes or no")
    return value


def _whole(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise TypeError("a whole number or nothing")
    return value


def _keys(value: Any) -> tuple[dict[str, str], ...]:
    if not isinstance(value, list) or not all(isinstance(key, dict) for key in value):
        raise TypeError("a list of objects that give dimensions and labels")
    if not all(isinstance(text, str) for key in value for text in (*key, *key.values())):
        raise TypeError("a list of objects whose labels are text")
    return tuple(dict(key) for key in value)


def _members(value: Any) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise TypeError("a list of categories and numbers of units")
    if not all(isinstance(pair[0], str) and isinstance(pair[1], int) for pair in value):
        raise TypeError("a list of categories and numbers of units")
    return tuple((pair[0], pair[1]) for pair in value)


def _percentages(value: Any) -> tuple[Percentage, ...]:
    if not isinstance(value, list):
        raise TypeError("a list of columns and their bases")
    return tuple(_build(Percentage, item, "A percentage") for item in value)


def _form(value: Any) -> str:
    if value not in FORMS:
        raise ValueError(f"one of {', '.join(FORMS)}")
    return _text(value)


READERS = {
    "name": _text, "output_type": _text, "text": _text, "unit": _text, "evidence": _text,
    "sensitive": _yes_or_no, "total_labels": _texts, "structural_zeros": _keys,
    "layout": lambda value: _build(Layout, value, "A layout"),
    "regression": lambda value: _build(Regression, value, "A regression"),
    "form": _form, "rows": _texts, "columns": _text, "counts": _texts, "totals": _texts, "means": _texts,
    "hidden": _texts, "others": _texts, "percentages": _percentages, "shapes": _texts, "positions": _texts,
    "endpoints": _texts,
    "modes": _texts, "indices": _texts, "ratios": _texts, "weighted": _texts, "statistic": _text,
    "column": _text, "base": _text, "out_of": _whole,
    "underlying": _texts, "inferred": _yes_or_no,
    "overlapping": _yes_or_no, "population": _text, "rounding": _text, "saturated": _yes_or_no, "categories": _members,
    "recipe": lambda value: _build(Recipe, value, "A recipe"),
    "microdata": _text, "value": _text, "where": _text, "case": _text, "weight": _text,
    "file": _text, "filter": _text, "release": _text, "dataset_version": _text, "part": _text, "whole": _text,
    "n_obs": _whole, "parameters": _whole, "df_residual": _whole,
}  # fmt: skip


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names))
