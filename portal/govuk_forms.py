"""The base of every form: GOV.UK mark-up, and messages that say what to do.

A field's label is used in its messages ("Enter the project title", "End date must be a real date"),
so write labels that read well there. A field may set `error_messages` of its own; those win.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer, DjangoTemplates

from portal.govuk_dates import DateField, DatePartsInput

__all__ = ["CheckboxSelectMultiple", "DateField", "DatePartsInput", "GovukForm", "GovukRenderer", "MultipleFileField",
           "RadioSelect"]  # fmt: skip


class GovukRenderer(DjangoTemplates):
    """Renders a form, and each of its fields, as GOV.UK components."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class RadioSelect(forms.RadioSelect):
    """Radios with `hints` (value -> text under it) and `reveals` (value -> field that it opens)."""

    def __init__(
        self, *args: Any, hints: dict[str, str] | None = None, reveals: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.hints, self.reveals = hints or {}, reveals or {}


class CheckboxSelectMultiple(forms.CheckboxSelectMultiple):
    """Check boxes with `hints` and `reveals`, as in RadioSelect."""

    def __init__(
        self, *args: Any, hints: dict[str, str] | None = None, reveals: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.hints, self.reveals = hints or {}, reveals or {}


class MultipleFileInput(forms.FileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Several files at once; `cleaned_data` holds a list, empty when none was sent and none is needed."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not given:
            super().clean(None, initial)
        cleaned, mistakes = [], []
        for one in given:
            try:
                cleaned.append(super().clean(one, initial))
            except ValidationError as wrong:
                name = getattr(one, "name", "") or "The file"
                mistakes += [f"{name}: {lower_first(message)}" for message in wrong.messages]
        if mistakes:
            raise ValidationError(mistakes)
        return cleaned


class GovukFields:
    """What GOV.UK forms share. Stands before Django's form class in the list of bases."""

    default_renderer: BaseRenderer | type[BaseRenderer] | None = GovukRenderer
    use_required_attribute = False
    says_optional = True  # False for search and filter forms, where everything is optional
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.put_into_words(self.fields)

    def put_into_words(self, fields: dict[str, forms.Field]) -> None:
        """Give fields their labels and messages; called again by a form that adds fields of its own."""
        opened = {name for field in fields.values() for name in getattr(field.widget, "reveals", {}).values()}
        for name, field in fields.items():
            field.label = field.label or name.replace("_", " ").capitalize()
            for code, message in messages(field).items():
                if is_untouched(field, code):
                    field.error_messages[code] = message
            if self.says_optional and name not in opened and is_optional(field):
                field.label = f"{field.label} (optional)"


class GovukForm(GovukFields, forms.Form):
    """A form whose fields render as GOV.UK components."""


def messages(field: forms.Field) -> dict[str, str]:
    """The design system's wording of the usual mistakes, about this field."""
    label = str(field.label).replace("%", "%%")
    if isinstance(field, forms.FileField):
        return {
            "required":   missing(field, label),
            "invalid":    "The file could not be read: select it again",
            "missing":    "The file could not be read: select it again",
            "empty":      "The file is empty: select one with something in it",
            "max_length": "The file's name must be %(max)s characters or fewer",
        }  # fmt: skip
    return {
        "required":       missing(field, label),
        "max_length":     f"{label} must be %(limit_value)s characters or fewer",
        "min_length":     f"{label} must be %(limit_value)s characters or more",
        "max_value":      f"{label} must be %(limit_value)s or less",
        "min_value":      f"{label} must be %(limit_value)s or more",
        "invalid_choice": f"Select {lower_first(label)} from the list",
        "incomplete":     f"{label} must include a %(missing)s",
        "invalid":        f"{label} must be {kind_of(field)}",
    }  # fmt: skip


def missing(field: forms.Field, label: str) -> str:
    """How a missing answer is asked for."""
    if isinstance(field.widget, forms.CheckboxInput):
        return f"Tick the box to say: {label}"
    chosen = isinstance(field, forms.FileField) or isinstance(field.widget, forms.widgets.ChoiceWidget)
    return f"{'Select' if chosen else 'Enter'} {lower_first(label)}"


def kind_of(field: forms.Field) -> str:
    """What the value of this field has to be, for "... must be ..."."""
    kinds: tuple[tuple[type[forms.Field], str], ...] = (
        (forms.FloatField,   "a number"),
        (forms.DecimalField, "a number"),
        (forms.IntegerField, "a whole number"),
        (forms.DateField,    "a real date"),
        (forms.EmailField,   "an email address in the correct format, like name@example.com"),
        (forms.URLField,     "a web address, like https://www.example.com"),
    )  # fmt: skip
    return next((kind for cls, kind in kinds if isinstance(field, cls)), "in the correct format")


def lower_first(label: str) -> str:
    """The label as it stands inside a sentence; abbreviations and "I" keep their capitals."""
    keeps = label[1:2].isupper() or label[1:2].isdigit() or label.startswith("I ")
    return label if keeps else label[:1].lower() + label[1:]


def is_untouched(field: forms.Field, code: str) -> bool:
    """Does the field's message for `code` still say what its class says?

    Validators' messages are not among a field's, so a code that is missing is untouched as well.
    """
    stock: dict[str, Any] = {}
    for cls in reversed(type(field).__mro__):
        stock.update(getattr(cls, "default_error_messages", {}))
    return field.error_messages.get(code) == stock.get(code)


def is_optional(field: forms.Field) -> bool:
    """Is an empty answer fine, for a question that has to be read to know?"""
    quiet = (forms.CheckboxInput, forms.HiddenInput)
    return not field.required and not isinstance(field.widget, quiet) and "(optional)" not in str(field.label)
