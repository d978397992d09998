"""The cohort builder: check boxes for what a cohort is chosen by, and two days for a period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from governance.catalogue.cohort import Cohort, Condition
from governance.catalogue.cohort_frame import CohortFrame, Dimension
from portal.govuk_forms import CheckboxSelectMultiple, DateField, GovukForm

LONG = 12  # longer lists scroll and have a filter


class PickCohort(GovukForm):
    """A field for each dimension, `<name>_from` and `<name>_to` for a period. Nothing chosen is everybody."""

    says_optional = False

    def __init__(self, *args: Any, frame: CohortFrame, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frame = frame
        for dimension in frame.dimensions:
            self.fields.update(fields_of(dimension))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for one in self.frame.dimensions:
            if one.is_period:
                first, last = given.get(f"{one.name}_from"), given.get(f"{one.name}_to")
                if first and last and first > last:
                    self.add_error(f"{one.name}_to", f"{one.label}, last day must be on or after the first day")
        return given

    @property
    def cohort(self) -> Cohort:
        """What was chosen."""
        given = self.cleaned_data
        found = []
        for one in self.frame.dimensions:
            if one.is_period:
                first, last = given[f"{one.name}_from"], given[f"{one.name}_to"]
                if first or last:
                    found.append(Condition(one.name, (), first, last))
            elif given[one.name]:
                found.append(Condition(one.name, tuple(given[one.name])))
        return Cohort.of(*found)

    def parts(self) -> Iterator[tuple[Dimension, list[BoundField], bool]]:
        """Each dimension with its fields, and whether its list is a long one."""
        for one in self.frame.dimensions:
            names = [f"{one.name}_from", f"{one.name}_to"] if one.is_period else [one.name]
            yield one, [self[name] for name in names], len(one.values) > LONG


def fields_of(dimension: Dimension) -> dict[str, forms.Field]:
    if dimension.is_period:
        return {
            f"{dimension.name}_{side}": DateField(label=f"{dimension.label}, {day} day", required=False)
            for side, day in (("from", "first"), ("to", "last"))
        }
    return {
        dimension.name: forms.MultipleChoiceField(
            label=dimension.label,
            help_text=dimension.hint,
            required=False,
            widget=CheckboxSelectMultiple(),
            choices=[(code, label[:1].upper() + label[1:]) for code, label in dimension.values],
            error_messages={"invalid_choice": f"Select {dimension.label.lower()} from the list"},
        )
    }


def stored(cohort: Cohort) -> dict[str, Any]:
    """A saved cohort as the form's first values."""
    values: dict[str, Any] = {}
    for one in cohort.conditions:
        if one.is_period:
            values |= {f"{one.name}_from": one.first, f"{one.name}_to": one.last}
        else:
            values[one.name] = list(one.values)
    return values
