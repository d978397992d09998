"""The page of one variable: what each level of detail looks like, its codes, its quarters, and every release of it.

Everything comes from the catalogue and from the figures that the builds of releases published: sums of what is told
already, so that the page tells no more than they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from django.utils.safestring import SafeString

from extracts.lifecycle.release import WAS_PUBLISHED
from extracts.models import Release
from extracts.twin.levels import at_level
from governance.catalogue.catalogue import Catalogue, Sensitivity, Variable
from governance.projects.route import Wanted, is_sensitive, is_small_area
from portal.charts import Axis, bar, curve
from portal.release_figures import figures_of, looks_like, told
from portal.variable_changes import changes_between

EXAMPLE = date(2024, 3, 7)
MOST_VALUES = 12
MOST_CODES = 300
MOST_RELEASES = 12
WHOLE = Axis(0.0, 100.0, 20.0)
PLACE = "It places people more closely than a police force area, which takes the low-risk route away."
OWN_REASON = "It needs a reason of its own in the application, and takes the low-risk route away: the panel decides."


@dataclass(frozen=True)
class Share:
    """One value with its share of all rows as text and drawn; both "" where it is not told."""

    value: str
    label: str
    text: str
    drawn: SafeString | str


@dataclass(frozen=True)
class LevelShown:
    """One step of a ladder. `values` are the first of `number`; shares add up the codes that are told, no others."""

    label: str
    finest: bool
    default: bool
    number: int
    values: tuple[Share, ...]

    @property
    def more(self) -> int:
        return self.number - len(self.values)

    @property
    def is_told(self) -> bool:
        """Whether there is more to show than the values."""
        return any(one.text or one.label for one in self.values)

    @property
    def is_labelled(self) -> bool:
        return any(one.label for one in self.values)


@dataclass(frozen=True)
class InRelease:
    """What one release says of the variable; `missing` and `looks` in words."""

    release: Release
    rows: int | None
    missing: str
    drawn: SafeString | str
    looks: str


@dataclass(frozen=True)
class OverReleases:
    """Every release that was published, newest first, and what changed between those that follow one another."""

    lines: tuple[InRelease, ...]
    changes: tuple[str, ...]


def asks_for(variable: Variable, catalogue: Catalogue) -> list[str]:
    """What an application that wants the variable has to do for it, one sentence each."""
    if not variable.selectable:
        return ["It is never part of an extract, whoever asks."]
    wanted = Wanted(f"{variable.table}.{variable.name}", variable, variable.default_level)
    lines = [OWN_REASON] if is_sensitive(wanted) else []
    lines += [PLACE] if is_small_area(wanted, catalogue) else []
    levels = catalogue.levels(variable)
    if levels and levels[0].name != variable.default_level:
        default = next(level.label for level in levels if level.name == variable.default_level)
        lines.append(
            f"Anything finer than its default ({default}) needs a reason of its own and takes the low-risk route away."
        )
    if variable.pseudonymised:
        lines.append("Nothing: it comes with every extract of the table, as a pseudonym of the project's own.")
    return lines or ["A reason, as every variable does."]


def levels_of(variable: Variable, catalogue: Catalogue, figures: Mapping[str, Any]) -> list[LevelShown]:
    """The ladder, finest first, and which values there are at each step."""
    shares = _shares(figures)
    finest = _finest(variable, catalogue, shares)
    shown = []
    for level in catalogue.levels(variable):
        if level.method == "band":
            found: dict[str, float | None] = {band.label: None for band in level.bands}
        else:
            found = {}
        coarse = at_level(finest, variable, level.name, catalogue).to_pylist() if len(finest) else []
        for code, value in zip(finest.to_pylist(), coarse, strict=True):
            if value is not None:
                share = shares.get(str(code))
                before = found.get(_spelt(value))
                found[_spelt(value)] = before if share is None else (before or 0.0) + share
        labels = labels_of(variable, catalogue) if level.method == "source" else {}
        values = tuple(
            _share(value, labels.get(value, ""), share) for value, share in list(found.items())[:MOST_VALUES]
        )
        shown.append(LevelShown(level.label, level.no == 0, level.name == variable.default_level, len(found), values))
    return shown


def codes_of(variable: Variable, catalogue: Catalogue, figures: Mapping[str, Any]) -> list[Share]:
    """The told codes, commonest first, then those of the list that are not told."""
    shares, labels = _shares(figures), labels_of(variable, catalogue)
    names = [*shares, *(code for code in labels if code not in shares)]
    return [_share(_truth(name), labels.get(name, ""), shares.get(name)) for name in names[:MOST_CODES]]


def quarters_of(figures: Mapping[str, Any]) -> list[Share]:
    """Rows in each told quarter, as shares of all rows."""
    highest = max((one["percent"] or 0.0 for one in figures.get("quarters") or ()), default=0.0)
    axis = Axis(0.0, highest or 1.0, 1.0)
    return [
        Share(f"{one['quarter'][:4]} Q{one['quarter'][5]}", "", f"{one['percent']:g}%", bar(axis, 0.0, one["percent"]))
        for one in figures.get("quarters") or ()
        if one["percent"] is not None
    ]


def percentiles_of(figures: Mapping[str, Any]) -> list[Share]:
    """The told percentiles, lowest first, each drawn against the highest."""
    told_of = sorted(figures.get("percentiles", {}).items(), key=lambda pair: int(pair[0]))
    values = [value for _, value in told_of]
    axis = Axis(min(0.0, *values), max(0.01, *values), 1.0) if values else WHOLE
    return [Share(f"{share}%", "", f"{value:,}", bar(axis, 0.0, value)) for share, value in told_of]


def drawn_over_time(figures: Mapping[str, Any], label: str) -> SafeString | str:
    """The told quarters as a curve; "" for fewer than three."""
    points = [
        (int(one["quarter"][:4]) + (int(one["quarter"][5]) - 1) / 4, one["percent"] / 100)
        for one in figures.get("quarters") or ()
        if one["percent"] is not None
    ]
    if len(points) < 3:
        return ""
    return curve(points, x_label="Year", y_label="Share of all rows", title=f"{label}: share of all rows by quarter")


def over_releases(variable: Variable, code: str, labels: Mapping[str, str]) -> OverReleases:
    """What each published release says. One that was withdrawn is named, and says nothing any more."""
    public = Release.objects.filter(code=code, published_at__isnull=False).order_by("-published_at", "-pk")
    lines, said = [], []
    for release in public[:MOST_RELEASES]:
        kept = release.state in WAS_PUBLISHED
        figures = figures_of(release, variable.table).get(variable.name, {}) if kept else {}
        table = release.tables.get(variable.table)
        rows = int(table["rows"]) if table else None
        words = _missing_words(release, figures, rows)
        share = figures.get("missing_percent")
        drawn = bar(WHOLE, 0.0, share) if share else ""
        lines.append(InRelease(release, rows, words, drawn, looks_like(figures, labels)))
        if kept:
            said.append((release.version, rows, figures))
    pairs = zip(said[1:], said, strict=False)
    return OverReleases(tuple(lines), tuple(line for old, new in pairs for line in changes_between(old, new)))


def _missing_words(release: Release, figures: Mapping[str, Any], rows: int | None) -> str:
    if release.state not in WAS_PUBLISHED:
        return "Withdrawn"
    if rows is None:
        return "Table not in it"
    return str(told(figures, {})["missing"]) if figures else "No figures"


def _shares(figures: Mapping[str, Any]) -> dict[str, float | None]:
    """Told code -> its share of all rows in percent."""
    return {str(one["code"]): one["percent"] for one in figures.get("codes") or ()}


def labels_of(variable: Variable, catalogue: Catalogue) -> dict[str, str]:
    """Code -> label of its list; the values that the catalogue writes out are their own labels."""
    if variable.codelist:
        return {row[0]: row[1] for row in catalogue.code_list(variable.codelist).rows}
    if variable.duckdb_type == "BOOLEAN":
        return {"True": "", "False": ""}
    return dict.fromkeys(variable.choices, "") if variable.duckdb_type == "VARCHAR" else {}


def _finest(variable: Variable, catalogue: Catalogue, shares: Iterable[str]) -> pa.Array:
    """The values as recorded that a ladder is shown with: those of the list and those that are told."""
    if variable.duckdb_type == "DATE":
        return pa.array([EXAMPLE], pa.date32())
    known = list(dict.fromkeys([*labels_of(variable, catalogue), *shares]))
    if variable.duckdb_type == "BIGINT":
        return pa.array(sorted(int(value) for value in known), pa.int64())
    if variable.duckdb_type == "DOUBLE":
        return pa.array([], pa.float64())
    if variable.duckdb_type == "BOOLEAN":
        return pa.array([True, False])
    return pa.array(known, pa.string())


def _share(value: str, label: str, share: float | None) -> Share:
    return Share(
        value, label, "" if share is None else f"{share:.3g}%", "" if share is None else bar(WHOLE, 0.0, share)
    )


def _truth(name: str) -> str:
    return {"True": "Yes", "False": "No"}.get(name, name or "None")


def _spelt(value: object) -> str:
    return _truth(str(value))


def is_described(variable: Variable) -> bool:
    """Whether builds publish figures of it: of keys and of what identifies people they never do."""
    return variable.sensitivity not in (Sensitivity.KEY, Sensitivity.DI)
