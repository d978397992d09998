"""Django form fields as GOV.UK components: which component a widget becomes, and with what options.

Works for the fields of any Django form, those of other packages included, because it asks the
widget what kind it is and renders the component itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.govuk_components import component
from portal.govuk_dates import DatePartsInput, wrong_parts
from portal.govuk_fields import Options, joined

# Attributes of a widget that the component writes itself, or that only the server should enforce.
NOT_COPIED = {"class", "id", "name", "required", "maxlength", "minlength", "rows", "cols", "step", "min", "max",
              "maxwords", "multiple", "type", "placeholder", "autofocus"}  # fmt: skip

# (field, options so far, what the template asked for) -> the component and its options
Describe = Callable[[BoundField, Options, Options], tuple[str, Options]]


def rendered(bound: BoundField, **more: Any) -> SafeString:
    """One field of a form as a GOV.UK component, its value and errors kept.

    Options: `label`, `label_size` (s m l xl), `heading` (the label is the page's h1), `hint`,
    `width` (2 3 4 5 10 20 30), `prefix`, `suffix`, `rows`, `maxwords`, `inline`, `small`, and any
    option of the component itself, which wins.
    """
    if bound.is_hidden:
        return bound.as_widget()
    name, options = described(bound, more)
    own = {key: value for key, value in more.items() if key not in SHORTHANDS}
    return component(name, {**options, **own})


SHORTHANDS = {"label", "label_size", "heading", "hint", "width", "inline", "small", "maxwords"}


def described(bound: BoundField, more: Options) -> tuple[str, Options]:
    """The component for this field and the options for it."""
    widget = bound.field.widget
    options = common(bound, more)
    for kinds, describe in BY_WIDGET:
        if isinstance(widget, kinds):
            return describe(bound, options, more)
    return "other-field", {**options, "widget": bound.as_widget()}


def common(bound: BoundField, more: Options) -> Options:
    """What every component takes: name, id, label, hint, error."""
    size = more.get("label_size")
    attributes = {name: value for name, value in bound.field.widget.attrs.items() if name not in NOT_COPIED}
    return {
        "name": bound.html_name,
        "id": bound.auto_id or bound.html_name,
        "label": {
            "text": more.get("label") or bound.label,
            "classes": f"govuk-label--{size}" if size else "",
            "is_page_heading": bool(more.get("heading")),
        },
        "hint": more.get("hint", bound.help_text),
        "error_message": {"text": lines(bound.errors)} if bound.errors else None,
        "classes": bound.field.widget.attrs.get("class", ""),
        "disabled": bound.field.disabled,
        "attributes": attributes,
    }


def lines(messages: Any) -> SafeString:
    """Several messages about one field, one under the other."""
    return format_html_join(mark_safe("<br>"), "{}", ((message,) for message in messages))


def one_line(bound: BoundField, options: Options, more: Options) -> tuple[str, Options]:
    """Text, passwords, addresses and numbers. Numbers are typed as text: no spinner, no lost digits."""
    widget, kind = bound.field.widget, bound.field.widget.input_type
    if kind == "number":
        whole = isinstance(bound.field, forms.IntegerField) and not isinstance(bound.field, forms.FloatField)
        options["inputmode"] = "numeric" if whole and not isinstance(bound.field, forms.DecimalField) else "decimal"
        kind = "text"
    shown = kind != "password" or getattr(widget, "render_value", False)
    width = f"govuk-input--width-{more['width']}" if more.get("width") else ""
    return "input", {
        **options,
        "type": kind,
        "value": widget.format_value(bound.value()) if shown else None,
        "classes": joined(options["classes"], width),
        "spellcheck": False if kind in {"email", "url", "password"} else None,
    }


def several_lines(bound: BoundField, options: Options, more: Options) -> tuple[str, Options]:
    """A text area; one with a limit counts down."""
    attrs = bound.field.widget.attrs
    words = more.get("maxwords") or attrs.get("maxwords")
    limit = None if words else attrs.get("maxlength") or getattr(bound.field, "max_length", None)
    rows = attrs.get("rows")
    options |= {"value": bound.field.widget.format_value(bound.value()), "rows": None if rows in ("10", 10) else rows}
    if not (words or limit):
        return "textarea", options
    # Words are a limit of their own kind since the design system's version 6: `maxwords` makes its script complain.
    return "character-count", {**options, "maxlength": words or limit, "count_type": "words" if words else None}


def file(bound: BoundField, options: Options, more: Options) -> tuple[str, Options]:
    widget = bound.field.widget
    multiple = getattr(widget, "allow_multiple_selected", False)
    return "file-upload", {**options, "javascript": True, "multiple": multiple}


def one_box(bound: BoundField, options: Options, more: Options) -> tuple[str, Options]:
    """A single box to tick: its label is the sentence that is agreed to."""
    item = {
        "text": options["label"]["text"],
        "value": "on",
        "checked": bool(bound.value()),
        "hint": options["hint"],
        "disabled": options["disabled"],
    }
    kept = {name: options[name] for name in ("name", "error_message", "classes", "attributes")}
    return "checkboxes", {**kept, "id_prefix": options["id"], "items": [item]}


def a_few(bound: BoundField, options: Options, more: Options) -> tuple[str, Options]:
    """Radios, or boxes when several may be chosen, with the label as the question above."""
    several = getattr(bound.field.widget, "allow_multiple_selected", False)
    kind, value = "checkboxes" if several else "radios", bound.value()
    looks = [f"govuk-{kind}--{look}" for look in ("inline", "small") if more.get(look)]
    picked = {str(one) for one in value or ()} if several else {str(value)}
    items = [choice(bound, kind, text, one, picked) for one, text in flat(bound.field.widget.choices)]
    kept = {name: options[name] for name in ("name", "hint", "error_message", "attributes")}
    return kind, {
        **kept,
        "id_prefix": options["id"],
        "classes": joined(options["classes"], *looks),
        "fieldset": question(options["label"]),
        "items": items,
    }


def choice(bound: BoundField, kind: str, text: Any, value: Any, picked: set[str]) -> Options:
    """One choice; the widget's `hints` and `reveals` say what is under it and what it opens."""
    widget = bound.field.widget
    value = "" if value is None else str(value)
    opened = getattr(widget, "reveals", {}).get(value)
    return {
        "text": text,
        "value": value,
        "checked": value in picked,
        "disabled": bound.field.disabled,
        "hint": getattr(widget, "hints", {}).get(value),
        "conditional": rendered(bound.form[opened]) if opened else None,
    }


def question(label: Options) -> Options:
    """A fieldset whose legend is this label."""
    return {"legend": {**label, "classes": label["classes"].replace("govuk-label", "govuk-fieldset__legend")}}


def one_of_many(bound: BoundField, options: Options, more: Options) -> tuple[str, Options]:
    value = bound.value()
    items = [
        {"text": text, "value": "" if one is None else str(one), "selected": str(one) == str(value)}
        for one, text in flat(bound.field.widget.choices)
    ]
    return "select", {**options, "items": items}


def flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    """Choices without their groups, which the design system's components do not have."""
    for value, text in choices:
        if isinstance(text, (list, tuple)):
            yield from flat(text)
        else:
            yield value, text


def date(bound: BoundField, options: Options, more: Options) -> tuple[str, Options]:
    """Day, month and year; the boxes with the mistake are marked, or all of them."""
    wrong = wrong_parts(bound) if bound.errors else ()
    parts = bound.field.widget.parts(bound.value())
    boxes = [
        {"name": name, "value": getattr(parts, name), "error": True if name in wrong else None}
        for name in parts._fields
    ]
    return "date-input", {
        "id": options["id"],
        "name_prefix": options["name"],
        "hint": options["hint"],
        "error_message": options["error_message"],
        "fieldset": question(options["label"]),
        "items": boxes,
    }


BY_WIDGET: tuple[tuple[Any, Describe], ...] = (
    (DatePartsInput,                              date),
    (forms.Textarea,                              several_lines),
    (forms.FileInput,                             file),
    (forms.CheckboxInput,                         one_box),
    ((forms.RadioSelect, forms.SelectMultiple,
      forms.CheckboxSelectMultiple),              a_few),
    (forms.Select,                                one_of_many),
    (forms.widgets.Input,                         one_line),
)  # fmt: skip


def mistakes(form: forms.BaseForm | BaseFormSet[Any]) -> Iterator[Options]:
    """Each error of a form, or of a set of forms, with the address of the field it is about."""
    if isinstance(form, BaseFormSet):
        yield from ({"text": message} for message in form.non_form_errors())
        for one in form.forms:
            yield from mistakes(one)
        return
    yield from ({"text": message} for message in form.non_field_errors())
    for bound in form:
        link = {} if bound.is_hidden else {"href": f"#{first_input(bound)}"}
        yield from ({"text": message, **link} for message in bound.errors)


def first_input(bound: BoundField) -> str:
    """The id of the input where the mistake is put right."""
    field_id = bound.auto_id or bound.html_name
    if isinstance(bound.field.widget, DatePartsInput):
        return f"{field_id}-{wrong_parts(bound)[0]}"
    return str(field_id)
