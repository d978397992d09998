"""The variable picker: which variables of one table, at which level of detail, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from governance.catalogue.catalogue import Catalogue, Sensitivity, Table, Variable
from portal.application import COLOURS, choosable, is_finer
from portal.forms.projects import long_text
from portal.govuk_bound_fields import rendered
from portal.govuk_components import component
from portal.govuk_forms import GovukForm

MOST_CHARACTERS = 2000
# Classes of sensitivity for which the general reason is not enough.
OWN_REASON = frozenset({Sensitivity.SC, Sensitivity.SV})
FINER = "Finer than the default: give a reason that its owner will read"


class PickVariables(GovukForm):
    """Three fields for each variable that can be chosen (`pick-`, `level-`, `why-` and its name), and two reasons."""

    says_optional = False
    reason = long_text(
        "Reason for this table",
        asked="Enter a reason for this table",
        most_words=200,
        help_text="What the table as a whole is needed for.",
    )
    reason_for_all = long_text(
        "Reason for every chosen variable without a reason of its own",
        most_words=200,
        required=False,
        help_text="It is copied to those variables when you save. Variables of a special category, "
        "sensitive variables, and a level finer than the default each need a reason of their own.",
    )

    def __init__(self, *args: Any, table: Table, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.catalogue = table, catalogue
        self.variables = tuple(variable for variable in table.variables if choosable(variable))
        for variable in self.variables:
            self.fields.update(fields_of(variable, catalogue))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        chosen = [variable for variable in self.variables if given.get(f"pick-{variable.name}")]
        if not chosen:
            self.add_error(None, "Choose at least one variable")
        bare = [one for one in chosen if not given.get(f"why-{one.name}", "").strip()]
        finer = [one for one in bare if is_finer(one, self.level_of(one), self.catalogue)]
        for variable in finer:
            self.add_error(f"why-{variable.name}", f"{variable.label}: {lower(FINER)}")
        sensitive = [one for one in bare if one.sensitivity in OWN_REASON and one not in finer]
        for variable in sensitive:
            about_it = f"{variable.label} ({variable.sensitivity.label})"
            self.add_error(f"why-{variable.name}", f"{about_it}: enter a reason of its own")
        needs_general = len(bare) > len(finer) + len(sensitive) and not self.has_error("reason_for_all")
        if needs_general and not given.get("reason_for_all", "").strip():
            self.add_error("reason_for_all", "Enter a reason for the chosen variables, here or beside each of them")
        return given

    def level_of(self, variable: Variable) -> str:
        """The level that was chosen; the default one when nothing was said."""
        return self.cleaned_data.get(f"level-{variable.name}") or variable.default_level

    @property
    def chosen(self) -> dict[str, dict[str, str]]:
        """Name -> {"level", "reason"} of what was ticked, the general reason filled in."""
        given = self.cleaned_data
        return {
            variable.name: {
                "level": self.level_of(variable),
                "reason": given[f"why-{variable.name}"].strip() or given["reason_for_all"].strip(),
            }
            for variable in self.variables
            if given[f"pick-{variable.name}"]
        }

    @property
    def chosen_now(self) -> list[Variable]:
        """The variables that are ticked as the form is shown, to jump to."""
        return [variable for variable in self.variables if self[f"pick-{variable.name}"].value()]

    def items(self) -> Iterator[SafeString]:
        """Each variable as a check box that opens its level of detail and its reason."""
        for variable in self.variables:
            yield component("checkboxes", **self.box(variable))

    def box(self, variable: Variable) -> dict[str, Any]:
        pick = self[f"pick-{variable.name}"]
        return {
            "name": pick.html_name,
            "id_prefix": pick.auto_id,
            "items": [
                {
                    "text": variable.label,
                    "value": "on",
                    "checked": bool(pick.value()),
                    "hint": about(variable, self.catalogue.dataset.code),
                    "conditional": self.opened(variable),
                }
            ],
        }

    def opened(self, variable: Variable) -> SafeString:
        """What a ticked variable asks for."""
        about_it = format_html('<span class="govuk-visually-hidden"> for {}</span>', variable.label)
        parts = []
        if (name := f"level-{variable.name}") in self.fields:
            finer = is_finer(variable, str(self[name].value() or ""), self.catalogue)
            label = format_html("Level of detail{}", about_it)
            parts.append(rendered(self[name], label=label, hint=f"{FINER}." if finer else None))
        parts.append(rendered(self[f"why-{variable.name}"], label=format_html("Reason{}", about_it), rows=2))
        return mark_safe("".join(parts))


def fields_of(variable: Variable, catalogue: Catalogue) -> dict[str, forms.Field]:
    """The fields of one variable; without a ladder there is no level to choose."""
    fields: dict[str, forms.Field] = {f"pick-{variable.name}": forms.BooleanField(label=variable.label, required=False)}
    if levels := catalogue.levels(variable):
        fields[f"level-{variable.name}"] = forms.ChoiceField(
            label=f"Level of detail for {variable.label}",
            required=False,  # not said is the default level
            error_messages={"invalid_choice": f"Select a level of detail for {variable.label} from the list"},
            choices=[(level.name, level.label + standing(variable, level.name, catalogue)) for level in levels],
            initial=variable.default_level,
        )
    fields[f"why-{variable.name}"] = forms.CharField(
        label=f"Reason for {variable.label}",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[MaxLengthValidator(MOST_CHARACTERS)],
        error_messages={"max_length": f"Reason for {variable.label} must be {MOST_CHARACTERS} characters or fewer"},
    )
    return fields


def standing(variable: Variable, level: str, catalogue: Catalogue) -> str:
    """How a level stands to the default one, as it is said in the list of levels."""
    if level == variable.default_level:
        return " (default)"
    return " (finer than the default: give a reason)" if is_finer(variable, level, catalogue) else ""


def about(variable: Variable, dataset: str) -> SafeString:
    """Name, class of sensitivity, what the catalogue notes, and its figures beside the form, which is not left."""
    facts = [variable.note, f"{variable.missing_pct:g}% missing" if variable.missing_pct else ""]
    return format_html(
        '<span class="gh-code">{}</span> <strong class="govuk-tag govuk-tag--{} gh-tag--whole">{}</strong>{} '
        '<a class="govuk-link" href="{}" target="_blank" rel="noopener">Figures'
        '<span class="govuk-visually-hidden"> of {}</span> (new tab)</a>',
        variable.name,
        COLOURS[variable.sensitivity],
        # A key that can be chosen is no pseudonym: those come by themselves.
        "Sequence number" if variable.sensitivity is Sensitivity.KEY else variable.sensitivity.label,
        format_html_join("", " {}", ((fact,) for fact in facts if fact)),
        reverse("catalogue_variable", args=[dataset, variable.table, variable.name]),
        variable.label,
    )


def lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def stored(wish: Mapping[str, Any]) -> dict[str, Any]:
    """The saved wish for a table as the form's first values."""
    values: dict[str, Any] = {"reason": wish.get("reason", "")}
    for name, chosen in wish.get("variables", {}).items():
        values |= {f"pick-{name}": True, f"level-{name}": chosen["level"], f"why-{name}": chosen["reason"]}
    return values


def as_typed(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as first values of a form that is shown again and not saved."""
    return {name: typed.get(name) for name in typed if name != "csrfmiddlewaretoken"}


def ticked(values: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """The wish for a table that such values come to, reasons aside."""
    chosen = [variable for variable in table.variables if choosable(variable) and values.get(f"pick-{variable.name}")]
    levels = {one.name: values.get(f"level-{one.name}") or one.default_level for one in chosen}
    return {"variables": {name: {"level": level} for name, level in levels.items()}}


def with_defaults(typed: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """What was typed, with the default set ticked as well. Levels that were chosen already stay."""
    return as_typed(typed) | {f"pick-{variable.name}": True for variable in table.defaults if choosable(variable)}
