"""Cases: the files of one output with what is known of them, in the form that `case_schema` describes.

`check_case` is what `python -m extracts.disclosure check` runs: a case and its folder in, an answer as JSON out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from extracts.disclosure.case_answer import Answered, answer
from extracts.disclosure.case_files import contents_in, file_faults, leading_out
from extracts.disclosure.case_layout import described
from extracts.disclosure.case_policy import changes, lowered, policy_of, with_doubts
from extracts.disclosure.case_schema import not_understood, problems
from extracts.disclosure.check import check
from extracts.disclosure.claims import disagreements
from extracts.disclosure.description import Description, FileDescription, Nesting, Population, Regression
from extracts.disclosure.layout import Layout
from extracts.disclosure.ledger.store import Ledger, Release
from extracts.disclosure.microdata.records import Records
from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.labels import as_compared, reads_as_total
from extracts.disclosure.reading.opening import contents_of
from extracts.disclosure.reading.statistics import kind_of_statistic
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.recipe import Recipe
from extracts.disclosure.repairs import Offer, repairs, write_repairs
from extracts.disclosure.report import Verdict, worst
from extracts.disclosure.same_variable import is_named
from extracts.disclosure.suggest import UNNAMED
from extracts.disclosure.together import tables_to_remember
from extracts.disclosure.unit_names import names_people

SIZES = {
    "n_obs": ("n_obs", "nobs", "n", "observations"),
    "df_residual": ("df_resid", "df_residual", "residual_df", "dof"),
    "parameters": ("k", "k_params", "parameters", "n_parameters", "rank"),
}


class BadCase(ValueError):
    """What was given is no case. `problems` holds a sentence for each fault."""

    def __init__(self, found: tuple[str, ...]) -> None:
        super().__init__(" ".join(found))
        self.problems = found


def check_case(
    case: Mapping[str, Any],
    folder: Path,
    *,
    policy: Policy | None = None,
    ledger: Ledger | None = None,
    with_repairs: bool = False,
    repaired: Path | None = None,
) -> dict[str, Any]:
    """What the files of a case could reveal, as the answer that `case_answer` describes.

    case    an object of the form of `case_schema.SCHEMA`; `expect` and `source` are not read
    folder  what its paths are relative to
    policy  where the case names none, and what its overrides are put on; a laxer case is for a person. None: the
            case chooses, and SRS_10 stands for what it does not say
    ledger  what was released before, to compare with
    with_repairs  whether ways to make it safe are worked out, which takes longer
    repaired  a folder for the repaired files, those of each repair in a folder with the name of its kind

    Raises BadCase for what is no case, or names files that are not in the folder.
    """
    if found := problems(case):
        raise BadCase(found)
    told_of_policy = changes(case.get("policy"), policy or SRS_10)
    too_lax = lowered(case.get("policy"), policy) if policy else ()
    policy = policy_of(case.get("policy"), policy or SRS_10)
    contents = _contents(case, folder)
    files, released = (
        tuple(described_output(case, file, contents, policy) for file in case["files"] if file["role"] == role)
        for role in ("output", "released")
    )
    context = case.get("context") or {}
    description = Description(files, released, populations_of(context), _nesting(case))
    known = {name: content for name, content in contents.items() if _role(case, name) != "metadata"}
    report = with_doubts(check(known, description, policy, ledger=ledger), too_lax)
    faults = (*file_faults(case, folder), *_several_behind(case), *_at_odds(case, contents))
    wanted = report.verdict is not Verdict.PASS and with_repairs
    offer = repairs(known, description, policy) if wanted else Offer()
    if repaired:
        write_repairs(offer.repairs, repaired)
    told = answer(
        Answered(
            case,
            report,
            files,
            tuple(one.to_json() for one in offer.repairs),
            (*faults, *told_of_policy, *not_understood(case)),
        )
    )
    if faults:  # bytes that are not those described, or files that contradict each other, are for a person
        told["verdict"] = str(worst([Verdict(told["verdict"]), Verdict.REVIEW]))
    return {**told, "notes": [*told["notes"], *filter(None, [offer.note]), *disagreements(case, told)]}


def remember(case: Mapping[str, Any], folder: Path, ledger: Ledger, release: str, project: str = "") -> int:
    """Add the tables of a case's outputs to a ledger as one release; how many they were.

    Their people are remembered where the case names microdata with a column that tells people apart.
    Raises BadCase, and what `Ledger.add` raises.
    """
    if found := problems(case):
        raise BadCase(found)
    if found := (*file_faults(case, folder), *_several_behind(case)):
        raise BadCase(found)
    contents = _contents(case, folder)
    files = tuple(described_output(case, file, contents, SRS_10) for file in case["files"] if file["role"] == "output")
    context = case.get("context") or {}
    description = Description((), files, populations_of(context), ())
    policy = policy_of(case.get("policy"), SRS_10)
    tables, records, unit, faults = tables_to_remember(description, contents, policy)
    if faults or not tables:
        raise BadCase((*faults, *(() if tables else ("No table of counts or amounts was found in the outputs.",))))
    dataset = str(context.get("dataset_version") or "")
    ledger.add(Release(release, project, dataset), tables, records, unit)
    return len(tables)


def populations_of(context: Mapping[str, Any]) -> tuple[Population, ...]:
    """Who is counted in each file, with the condition that all share."""
    common = str(context.get("filter") or "")
    found = []
    for one in context.get("populations") or ():
        both = [text for text in (common, str(one.get("filter") or "")) if text]
        both = [f"({text})" for text in both] if len(both) > 1 else both
        release, dataset = str(one.get("release") or ""), str(one.get("dataset_version") or "")
        found.append(Population(str(one["file"]), " AND ".join(both), release, dataset))
    return tuple(found)


def _nesting(case: Mapping[str, Any]) -> tuple[Nesting, ...]:
    """Labels within labels: those that the context names, and those of the layout's hierarchies."""
    named = ((one["part"], one["whole"]) for one in (case.get("context") or {}).get("nesting") or ())
    layouts = [case.get("layout") or {}, *(file.get("layout") or {} for file in case["files"])]
    above = [
        pair for layout in layouts for levels in (layout.get("hierarchy") or {}).values() for pair in levels.items()
    ]
    return tuple(dict.fromkeys(Nesting(str(part), str(whole)) for part, whole in (*named, *above)))


def _contents(case: Mapping[str, Any], folder: Path) -> dict[str, bytes]:
    """The bytes of each file that is there. Raises BadCase for one that leads elsewhere."""
    if outside := leading_out(case, folder):
        raise BadCase(tuple(f"The path {path} leads out of the folder of the description." for path in outside))
    return contents_in(case, folder)


def _role(case: Mapping[str, Any], name: str) -> str:
    return str(next(file["role"] for file in case["files"] if file["path"] == name))


def described_output(
    case: Mapping[str, Any], file: Mapping[str, Any], contents: Mapping[str, bytes], policy: Policy
) -> FileDescription:
    """What is said of one output, with the files that stand behind it."""
    name = str(file["path"])
    behind = {role: _behind(case, name, role) for role in ("microdata", "underlying", "evidence", "metadata")}
    table = _table(name, contents, case, file, policy)
    if table is None:
        return FileDescription(
            name,
            "TEXT" if case.get("kind") == "text" else "FREQ",
            evidence=next(iter(behind["evidence"]), ""),
            underlying=tuple(behind["underlying"]),
            recipe=Recipe(next(iter(behind["microdata"]), "")),
            inferred=True,
        )
    found = described(case, file, table)
    context = case.get("context") or {}
    recipe = _recipe(case, name, behind["microdata"], contents)
    found = replace(found, layout=_named_across(found, recipe, contents))
    regression = _regression(behind["metadata"], contents, context.get("model"))
    of_a_model = not case.get("kind") and regression.df_residual is not None and bool(found.layout.others)
    return replace(
        found,
        text=" ".join(str(said) for said in (case.get("title"), file.get("description")) if said),
        output_type="REGR" if of_a_model else found.output_type,
        sensitive=_is_sensitive(context, found),
        structural_zeros=_zeros(context, found),
        total_labels=(*found.total_labels, *map(str, (case.get("layout") or {}).get("total_labels") or ())),
        evidence=next(iter(behind["evidence"]), ""),
        underlying=tuple(behind["underlying"]),
        recipe=recipe,
        regression=regression,
        rounding=_rounding(context),
        overlapping=bool(context.get("overlapping")),
    )


def _table(
    name: str, contents: Mapping[str, bytes], case: Mapping[str, Any], file: Mapping[str, Any], policy: Policy
) -> Table | None:
    """The table of a file that the case describes: the first with the columns that it names, or the first."""
    said = file.get("layout") or case.get("layout") or {}
    named = {str(one) for one in (*(said.get("row_dims") or ()), *(said.get("dims") or ()))}
    try:
        found = contents_of(name, contents.get(name, b""), policy, known=named)
    except CannotRead:
        return None
    tables = [part.table for part in found.tables if part.table]
    fitting = [table for table in tables if named <= set(table.columns)]
    return next(iter([*fitting, *tables]), None)


def _behind(case: Mapping[str, Any], name: str, role: str) -> list[str]:
    """Files of a role that stand behind an output: those that name it, and those that name none."""
    return [str(one["path"]) for one in case["files"] if one["role"] == role and one.get("for", name) == name]


def _rounding(context: Mapping[str, Any]) -> str:
    """How the numbers were rounded, by its name; what has none says nothing."""
    said = context.get("rounding")
    base = said.get("base") if isinstance(said, Mapping) else said
    scheme = said.get("scheme", "nearest") if isinstance(said, Mapping) else "nearest"
    kind = {"nearest": "base", "midpoint": "midpoint"}.get(str(scheme), "random")
    if isinstance(base, bool) or not isinstance(base, int | float) or base != int(base) or not 1 < base < 10_000:
        return ""
    return f"{kind}{int(base)}"


def _is_sensitive(context: Mapping[str, Any], found: FileDescription) -> bool:
    said = context.get("sensitive", False)
    columns = filter(None, (*found.layout.names, str(context.get("value") or "")))
    named = any(is_named(name, said) for name in columns) if isinstance(said, list) else bool(said)
    return bool(context.get("children")) or named


def _zeros(context: Mapping[str, Any], found: FileDescription) -> tuple[Mapping[str, str], ...]:
    dimensions = set(found.layout.dimensions)
    keys = context.get("structural_zeros") or ()
    kept = ({name: str(label) for name, label in key.items() if name in dimensions} for key in keys)
    return tuple(key for key in kept if key)


def _recipe(case: Mapping[str, Any], name: str, microdata: list[str], contents: Mapping[str, bytes]) -> Recipe:
    """How a table was made of its records: the unit and the value that the case names, or that are plain to see."""
    if not microdata or microdata[0] not in contents:
        return Recipe(microdata=microdata[0] if microdata else "")
    context = case.get("context") or {}
    try:
        records = Records.of_csv(contents[microdata[0]])
    except CannotRead:
        return Recipe(microdata=microdata[0])
    unit = str(context.get("unit") or _person_column(records))
    measure = str((case.get("layout") or {}).get("measure") or "")
    value = str(context.get("value") or _value_column(records, measure))
    whom = next((one.filter for one in populations_of(context) if one.file == name), str(context.get("filter") or ""))
    case_, weight = (str(context.get(name) or "") for name in ("case", "weight"))
    return Recipe(microdata[0], unit, value, where=whom, case=case_, weight=weight)


def _value_column(records: Records, measure: str) -> str:
    """The column of amounts that a heading names, with or without its statistic: `days` for `mean_days`; or ""."""
    plain = "_".join(word for word in words_of(measure) if not kind_of_statistic(word))
    return next((name for name in (records.column(measure), records.column(plain)) if name), "") if measure else ""


def _named_across(found: FileDescription, recipe: Recipe, contents: Mapping[str, bytes]) -> Layout:
    """The layout, the dimension across its columns named as the one column of the records that has its labels."""
    layout = found.layout
    if layout.columns != UNNAMED or recipe.microdata not in contents:
        return layout
    labels = {as_compared(name) for name in layout.measured if not reads_as_total(name)}
    try:
        records = Records.of_csv(contents[recipe.microdata])
    except CannotRead:
        return layout
    named = [name for name in records.columns if name not in layout.rows and labels <= records.labels(name)]
    return replace(layout, columns=named[0]) if labels and len(named) == 1 else layout


def _person_column(records: Records) -> str:
    """The column that plainly names people, or ""."""
    named = [name for name in records.columns if names_people(name)]
    return named[0] if len(named) == 1 else ""


def _regression(metadata: list[str], contents: Mapping[str, bytes], said: Any) -> Regression:
    """The size of a model from files of metadata and from the context; what cannot be read says nothing.

    Where they are at odds, which `_at_odds` says, the smallest model of all that is said counts.
    """
    found: dict[str, int] = {}
    categories: dict[str, int] = {}
    saturated = False
    for data in _sizes_told(metadata, contents, said):
        for field, number in _sizes(data).items():
            smaller = max if field == "parameters" else min
            found[field] = smaller(found.get(field, number), number)
        for name, number in _categories(data):
            categories[name] = min(categories.get(name, number), number)
        saturated |= data.get("saturated") is True
    return Regression(**found, categories=tuple(categories.items()), saturated=saturated)


def _sizes_told(metadata: list[str], contents: Mapping[str, bytes], said: Any) -> list[dict[str, Any]]:
    """The objects that may tell the size of a model: of the context, and of the files that hold one."""
    every = [said, *(_json(contents.get(name, b"")) for name in metadata)]
    return [data for data in every if isinstance(data, dict)]


def _sizes(data: Mapping[str, Any]) -> dict[str, int]:
    """What an object says of the size of a model."""
    found = {field: [data[word] for word in words if _is_count(data.get(word))] for field, words in SIZES.items()}
    return {field: int(numbers[0]) for field, numbers in found.items() if numbers}


def _at_odds(case: Mapping[str, Any], contents: Mapping[str, bytes]) -> Iterator[str]:
    """A sentence for each output of whose model different sizes are said."""
    for name in (file["path"] for file in case["files"] if file["role"] == "output"):
        told = _sizes_told(_behind(case, name, "metadata"), contents, (case.get("context") or {}).get("model"))
        numbers: dict[str, set[int]] = {}
        for data in told:
            for what, number in [*_sizes(data).items(), *_categories(data)]:
                numbers.setdefault(what, set()).add(number)
        if differing := sorted(what for what, said in numbers.items() if len(said) > 1):
            yield f"What is said of the model in {name} is at odds: {', '.join(differing)}. The smallest counts."


def _several_behind(case: Mapping[str, Any]) -> tuple[str, ...]:
    """A sentence for each output that has several files where only one can be used."""
    return tuple(
        f"Several files of {role} stand behind {file['path']}: only {behind[0]} was used."
        for file in case["files"]
        if file["role"] == "output"
        for role in ("microdata", "evidence")
        if len(behind := _behind(case, str(file["path"]), role)) > 1
    )


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _is_count(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return value == int(value)


def _categories(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """Numbers of units by category: objects of whole numbers below the first level of the metadata."""
    if not isinstance(data, dict):
        return
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _categories(value, (*path, str(name)))
        elif path and _is_count(value) and value >= 0:
            yield str(name), int(value)
