"""From the layout of a case, which may be short or missing, to the layout by which cells are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import FIELDS, Layout, Percentage
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.reading.results import results_layout
from extracts.disclosure.reading.statistics import kind_of_statistic
from extracts.disclosure.reading.suspicion import name_statistics, names_a_result, names_an_amount
from extracts.disclosure.suggest import suggest_for

# Kind of a case -> code of the output type. The others are taken from what the columns hold.
TYPES = {
    "frequency": "FREQ", "histogram": "GRAPH", "percentage": "RATIO", "odds_ratio": "RATIO", "magnitude": "MAGN",
    "shape": "MAGN", "concentration": "MAGN", "quantile": "QUANT", "min_max": "MINMAX", "mode": "MINMAX",
    "regression": "REGR", "correlation": "TEST", "survival": "SURV", "map": "MAP", "model": "MODEL", "text": "TEXT",
    "cluster": "TEST", "scatter": "GRAPH",
}  # fmt: skip
# Kind of a case -> kind of its main number, where neither the case nor the heading names one.
MAIN = {
    "percentage": "percentage", "magnitude": "mean", "quantile": "position", "min_max": "endpoint", "mode": "mode",
    "shape": "shape", "concentration": "index", "odds_ratio": "ratio",
    "correlation": "other",
}  # fmt: skip
# Kinds of a case whose main number is a count, whatever its heading reads like.
COUNTED = frozenset({"frequency", "histogram", "scatter"})
# Kinds of a case whose numbers are results of tests or properties of clusters.
RESULTS = frozenset({"correlation", "cluster"})
# Words of headings of numbers of units beside weighted counts.
UNWEIGHTED = frozenset({"n", "unweighted", "units", "base", "respondents", "sample"})
BY_FIELD = {kind: field for field, kind in FIELDS.items()}
MEASURE = "measure"


def described(case: Mapping[str, Any], file: Mapping[str, Any], table: Table) -> FileDescription:
    """What the case says of a file, completed by what its columns seem to hold.

    `inferred` says that the kind or the layout were missing.
    """
    said: Mapping[str, Any] = file.get("layout") or (case.get("layout") or {})
    draft = suggest_for(str(file["path"]), _marked(table, said))
    layout = layout_of(case, said, draft.layout, table) if said else draft.layout
    if case.get("kind") in RESULTS:
        layout = results_layout(table, _rows(said, Layout(), table))
    layout = _weighed(case, layout)
    curve = "SURV" if draft.output_type == "SURV" and _of_a_curve(table) else ""
    code = TYPES.get(str(case.get("kind", "")), "") or curve or _type_of(layout) or draft.output_type
    return replace(draft, output_type=code, layout=layout, inferred=not said or not case.get("kind"))


def _weighed(case: Mapping[str, Any], layout: Layout) -> Layout:
    """The layout, counts of a case with weights as what they are, but for those headed as numbers of units."""
    context = case.get("context") or {}
    if not context.get("weight") or str(context.get("statistic") or "count") != "count":
        return layout
    units = tuple(name for name in layout.counts if UNWEIGHTED & set(words_of(name)) or name in layout.bases)
    return replace(
        layout, counts=units, weighted=(*layout.weighted, *(one for one in layout.counts if one not in units))
    )


def _marked(table: Table, said: Mapping[str, Any]) -> Table:
    """The table, its own signs for hidden numbers written as everybody does, so that its columns read as numbers."""
    signs = {as_compared(str(text)) for text in said.get("hidden") or ()}
    if not signs:
        return table
    return replace(table, rows=tuple(tuple("[c]" if as_compared(t) in signs else t for t in row) for row in table.rows))


def _of_a_curve(table: Table) -> bool:
    """Whether a column is called survival, which amounts and counts are not."""
    return bool({"surv", "survival"} & {word for name in table.columns for word in words_of(name)})


def layout_of(case: Mapping[str, Any], said: Mapping[str, Any], draft: Layout, table: Table) -> Layout:
    """The layout that a case gives, in which every column of the table has one place."""
    rows = _rows(said, draft, table)
    shares = _shares(said, table)
    placed = {*rows, *(share.column for share in shares), *(share.base for share in shares if share.base)}
    body = [name for name in table.columns if name not in placed]
    across = str(said.get("col_dim") or "")
    wide = said.get("form") == "wide" and across not in ("", MEASURE)
    kinds = {name: _kind(case, said, draft, table, name, wide=wide) for name in body}
    if wide and shares and not any(share.base for share in shares):
        kinds = {}
    found: dict[str, Any] = {
        field: tuple(name for name in body if kinds.get(name) == kind) for field, kind in FIELDS.items()
    }
    percentages = (*shares, *(_share(draft, said, name) for name in body if kinds.get(name) == "percentage"))
    layout = Layout(
        form="wide" if wide else "long",
        rows=rows,
        columns=across if wide else "",
        percentages=percentages,
        others=tuple(name for name in body if kinds.get(name) == "other"),
        hidden=tuple(map(str, said.get("hidden") or ())),
        statistic=next(
            (name for name in rows if name in table.columns and name_statistics(name, table.column(name))), ""
        ),
    )
    return replace(layout, **found)


def _rows(said: Mapping[str, Any], draft: Layout, table: Table) -> tuple[str, ...]:
    named = [str(name) for name in (said.get("row_dims") or said.get("dims") or ())]
    return tuple(named) or draft.rows  # a name that the table lacks is asked about before it is judged


def _shares(said: Mapping[str, Any], table: Table) -> tuple[Percentage, ...]:
    """The columns of percentages that the case names, with their base."""
    columns = [said["percent_column"]] if said.get("percent_column") else list(said.get("percent_columns") or ())
    base = str(said.get("base_column") or "")
    found = [str(name) for name in columns if name in table.columns]
    return tuple(Percentage(name, base if base in table.columns else "", _out_of(said, table, name)) for name in found)


def _out_of(said: Mapping[str, Any], table: Table, name: str) -> int:
    """What a whole is: as the case says; else 1 where no number is above 1 and none is written with a sign."""
    if said.get("out_of") in (1, 100):
        return int(said["out_of"])
    draft = suggest_for("", Table((name, "n"), tuple((v, "1") for v in table.column(name)), table.row_numbers))
    return draft.layout.percentages[0].out_of or 100 if draft.layout.percentages else 100


def _share(draft: Layout, said: Mapping[str, Any], name: str) -> Percentage:
    known = {share.column: share for share in draft.percentages}
    share = known.get(name, Percentage(name))
    return replace(share, out_of=int(said["out_of"])) if said.get("out_of") in (1, 100) else share


def _kind(
    case: Mapping[str, Any], said: Mapping[str, Any], draft: Layout, table: Table, name: str, *, wide: bool
) -> str:
    """The kind of number in a column: by its place in the case, its heading, and what it seems to hold."""
    drafted = _drafted(draft, name)
    if name in (said.get("others") or ()):
        return "other"
    if wide:
        return _main(case, str(said.get("measure") or ""), "")
    main = name == said.get("measure") or name in (said.get("measures") or ())
    if main:
        counted = drafted == "count" and kind_of_statistic(name) == "count"
        return "count" if counted else _main(case, name, drafted)
    if drafted == "label":
        return "other"
    return drafted


def _main(case: Mapping[str, Any], measure: str, drafted: str) -> str:
    """The kind of the main number of a case."""
    statistic = str((case.get("context") or {}).get("statistic") or "")
    words = set(words_of(measure))
    if {"pct", "percent", "percentage", "share", "proportion", "rate"} & words:
        return "percentage"
    if {"weighted", "weight"} & words:
        return "weighted"
    if case.get("kind") in COUNTED and names_an_amount(measure, doubtful=True):
        return kind_of_statistic(measure) or "total"
    if case.get("kind") in COUNTED:
        return drafted if drafted in ("weighted", "percentage") else "count"
    named = kind_of_statistic(statistic) or kind_of_statistic(measure)
    if named:
        return named
    if drafted == "other" and names_a_result(measure):
        return drafted
    if main := MAIN.get(str(case.get("kind", ""))):
        return main
    return drafted if drafted in BY_FIELD and drafted not in ("mean", "total") else named or "count"


def _drafted(draft: Layout, name: str) -> str:
    if name in draft.rows:
        return "label"
    return draft.measured.get(name, "other")


def _type_of(layout: Layout) -> str:
    """The output type that the columns of a layout call for; "" for none."""
    if layout.positions or layout.statistic:
        return "QUANT"
    if layout.endpoints or layout.modes:
        return "MINMAX"
    if layout.magnitudes or layout.shapes or layout.indices:
        return "MAGN"
    if layout.percentages or layout.ratios:
        return "RATIO"
    return "FREQ" if layout.counts or layout.weighted else ""
