"""The form by which an author describes one file: one question per column, and the few that no column answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django import forms

from extracts.disclosure.description import OUTPUT_TYPES, FileDescription
from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.ledger.parsing import UnreadablePopulation, population
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.columns import kind_of_column
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.suspicion import name_statistics
from extracts.disclosure.requirements import needs
from extracts.disclosure.rulebook import TABLES
from portal.govuk_forms import GovukForm, RadioSelect

MOST_COLUMNS = 100
# What a column may hold: value of the choice, its name, the part of the layout that it goes to.
PLACES = (
    ("row",      "Labels of the rows",                            "rows"),
    ("count",    "Counts",                                        "counts"),
    ("weighted", "Weighted counts",                               "weighted"),
    ("total",    "Sums of amounts",                               "totals"),
    ("mean",     "Averages of amounts",                           "means"),
    ("shape",    "Spreads: standard deviations, variances",       "shapes"),
    ("position", "Medians and percentiles",                       "positions"),
    ("endpoint", "Minima, maxima, ranges",                        "endpoints"),
    ("mode",     "Most frequent values",                          "modes"),
    ("index",    "Concentration: Gini, Herfindahl",               "indices"),
    ("ratio",    "Odds, risk and hazard ratios",                  "ratios"),
    ("other",    "Other numbers: coefficients, errors, p values", "others"),
)  # fmt: skip
PART_OF = {value: part for value, _, part in PLACES}

# How a sentence about a description begins -> the field where it is put right.
FIELD_OF = (
    ("Structural zeros", "structural_zeros"),
    ("A structural zero", "structural_zeros"),
    ("A wide table", "across"),
    ("Only a wide table", "across"),
    ("The dimension", "across"),
    ("A file cannot be its own", "evidence"),
    ("The size of a model", "n_obs"),
)


class Describe(GovukForm):
    """A description of one file. `FileDescription.problems()` becomes errors at the fields they are about."""

    text = forms.CharField(
        label="What is in it",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the rows and columns show, which records they come from, what was done to small numbers.",
    )
    output_type = forms.ChoiceField(
        label="Kind of output",
        choices=[("", "Choose one"), *((code, f"{name} ({code})") for code, name in OUTPUT_TYPES.items())],
    )
    unit = forms.CharField(
        label="What is counted", max_length=60, initial="people", help_text="In the plural: people, offences, cases."
    )
    population = forms.CharField(
        label="Who is counted",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The condition that chose them, over the columns of your data. For example: age between 16 and 24 "
        "and area is not null. Leave it empty if everybody is counted.",
    )
    overlapping = forms.ChoiceField(
        label="Can the same person or case be in several cells?",
        choices=[("no", "No"), ("yes", "Yes")],
        initial="no",
        required=False,
        widget=RadioSelect(
            hints={
                "no": "Totals are the sums of their parts.",
                "yes": "For example people by offence, who may have several: totals are less than the sums.",
            }
        ),
    )
    sensitive = forms.ChoiceField(
        label="Is the subject sensitive?",
        choices=[("no", "No"), ("yes", "Yes")],
        initial="no",
    )
    shape = forms.ChoiceField(
        label="How the table is laid out",
        choices=[("long", "Each column of numbers is a measure of its own"), ("wide", "Columns are categories")],
        initial="long",
        widget=RadioSelect(
            hints={
                "long": "For example: offence, cases, withdrawn.",
                "wide": "For example: offence, then one column of counts for each year.",
            },
        ),
    )
    across = forms.CharField(
        label="What the column headings are",
        max_length=100,
        required=False,
        help_text="Only if columns are categories. For example: year.",
    )
    total_labels = forms.CharField(
        label="Labels that mean a total",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, as they stand in the file.",
    )
    evidence = forms.ChoiceField(
        label="Evidence file",
        required=False,
        help_text="The file with the counts or contributors behind each cell. Add it to the request first.",
    )
    structural_zeros = forms.CharField(
        label="Cells that cannot hold anyone",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, as heading = label; heading = label. For example: sex = Male; condition = Pregnant.",
    )
    n_obs = forms.IntegerField(label="Observations in the model", required=False)
    parameters = forms.IntegerField(label="Parameters estimated", required=False)
    df_residual = forms.IntegerField(label="Residual degrees of freedom", required=False)

    def __init__(
        self,
        *args: Any,
        name: str,
        table: Table | None,
        rows_seen: int,
        evidence: list[tuple[str, str]],
        started: FileDescription,
        policy: Policy,
        **kwargs: Any,
    ) -> None:
        self.name, self.table, self.rows_seen, self.started = name, table, rows_seen, started
        super().__init__(*args, **kwargs)
        hints = {
            "no": f"Counts below {policy.threshold} are unsafe.",
            "yes": f"Sexual offences, children, health: counts below {policy.sensitive_threshold} are unsafe.",
        }
        self.fields["sensitive"].widget = RadioSelect(hints=hints, choices=[("no", "No"), ("yes", "Yes")])
        self.fields["evidence"].choices = evidence  # type: ignore[attr-defined]
        bases = _possible_bases(table) if table else []
        for place, column in enumerate(self.columns):
            self.fields[f"column_{place}"] = self._column_field(column, place, bases)

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings that are asked about."""
        return self.table.columns[:MOST_COLUMNS] if self.table else ()

    @property
    def column_fields(self) -> list[Any]:
        return [self[f"column_{place}"] for place in range(len(self.columns))]

    def _nothing_to_show(self) -> str:
        return "Empty in the rows looked at." if self.rows_seen else ""

    def _column_field(self, column: str, place: int, bases: list[tuple[int, str]]) -> forms.ChoiceField:
        shares = [
            (f"share:{base}:{out_of}", f"{kind} of {name}")
            for out_of, kind in ((100, "Percentage"), (1, "Proportion (0 to 1)"))
            for base, name in bases
            if base != place
        ]
        nowhere = [("share::100", "Percentage of a count that is not in the file")]
        choices = [("", "Choose one"), *((value, label) for value, label, _ in PLACES), *shares, *nowhere]
        rows = self.table.column(column)[: self.rows_seen] if self.table else ()
        values = [value for value in rows if value][:3]
        return forms.ChoiceField(
            label=column,
            choices=choices,
            help_text=f"For example: {', '.join(values)}"[:120] if values else self._nothing_to_show(),
            error_messages=dict.fromkeys(("required", "invalid_choice"), f"Say what {column} holds"),
        )

    def clean_population(self) -> str:
        said: str = self.cleaned_data["population"].strip()
        try:
            population(said)
        except UnreadablePopulation as error:
            raise forms.ValidationError(f"{error} Write it as in: age between 16 and 24 and sex = 'F'") from None
        return said

    def clean_structural_zeros(self) -> tuple[dict[str, str], ...]:
        lines = [line.strip() for line in self.cleaned_data["structural_zeros"].splitlines() if line.strip()]
        keys = []
        for line in lines:
            pairs = [pair.partition("=") for pair in line.split(";") if pair.strip()]
            if not all(equals and name.strip() and label.strip() for name, equals, label in pairs):
                raise forms.ValidationError(f"Write each line as heading = label; this one is not: {line[:60]}")
            keys.append({name.strip(): label.strip() for name, _, label in pairs})
        return tuple(keys)

    def clean_total_labels(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.cleaned_data["total_labels"].splitlines() if line.strip())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for problem in self.description().problems():
                field = next((field for start, field in FIELD_OF if problem.startswith(start)), None)
                self.add_error(field, problem)
        return cleaned

    def description(self) -> FileDescription:
        """What was typed, as the disclosure rules read it, and what was said before that the form does not ask.

        The form must have no errors so far.
        """
        data = self.cleaned_data
        wide = data["shape"] == "wide"
        size = {name: data[name] for name in ("n_obs", "parameters", "df_residual")}
        return replace(
            self.started,
            name=self.name,
            output_type=data["output_type"],
            text=data["text"].strip(),
            layout=self._layout(wide, data["across"].strip() if wide else ""),
            unit=data["unit"].strip(),
            population=data["population"],
            overlapping=data["overlapping"] == "yes",
            sensitive=data["sensitive"] == "yes",
            total_labels=data["total_labels"],
            structural_zeros=data["structural_zeros"],
            evidence=data["evidence"],
            regression=replace(self.started.regression, **size),
            inferred=False,
        )

    def _layout(self, wide: bool, across: str) -> Layout:
        parts: dict[str, list[str]] = {part: [] for part in PART_OF.values()}
        shares = []
        for place, column in enumerate(self.columns):
            value = self.cleaned_data[f"column_{place}"]
            if value.startswith("share:"):
                _, base, out_of = value.split(":")
                shares.append(Percentage(column, self.columns[int(base)] if base else "", int(out_of)))
            else:
                parts[PART_OF[value]].append(column)
        lists: dict[str, Any] = {part: tuple(columns) for part, columns in parts.items()}
        statistic = next(
            (name for name in lists["rows"] if self.table and name_statistics(name, self.table.column(name))), ""
        )
        form = "wide" if wide else "long"
        return Layout(form=form, columns=across, percentages=tuple(shares), statistic=statistic, **lists)

    def still_asked(self) -> Iterator[str]:
        """What the rules will ask for before they can judge the file. It does not stop the author."""
        if self.table:
            described = self.description()
            yield from (problem for problem, _ in needs(described, self.table, described.output_type in TABLES))


def _possible_bases(table: Table) -> list[tuple[int, str]]:
    """Place and heading of the columns that could hold the counts behind a percentage."""
    return [
        (place, name)
        for place, name in enumerate(table.columns[:MOST_COLUMNS])
        if kind_of_column(name, table.column(name)) == "count"
    ]


def initial(described: FileDescription, table: Table | None) -> dict[str, Any]:
    """A description as the form shows it."""
    layout = described.layout
    return {
        "text": described.text,
        "output_type": described.output_type,
        "unit": described.unit,
        "population": described.population,
        "overlapping": "yes" if described.overlapping else "no",
        "sensitive": "yes" if described.sensitive else "no",
        "shape": layout.form,
        "across": layout.columns,
        "total_labels": "\n".join(described.total_labels),
        "evidence": described.evidence,
        "structural_zeros": "\n".join(_line(key) for key in described.structural_zeros),
        "n_obs": described.regression.n_obs,
        "parameters": described.regression.parameters,
        "df_residual": described.regression.df_residual,
        **(_columns(layout, table.columns[:MOST_COLUMNS]) if table else {}),
    }


def _line(key: Any) -> str:
    return "; ".join(f"{name} = {label}" for name, label in key.items())


def _columns(layout: Layout, columns: tuple[str, ...]) -> dict[str, str]:
    """Field of each column -> the choice that the layout makes for it."""
    shares = {
        share.column: f"share:{columns.index(share.base) if share.base in columns else ''}:{share.out_of or 100}"
        for share in layout.percentages
    }
    held = {column: value for value, part in PART_OF.items() for column in getattr(layout, part)}
    return {f"column_{place}": shares.get(column) or held.get(column, "") for place, column in enumerate(columns)}
