"""What a GOV.UK field made of several inputs needs: radios, checkboxes and a date in three parts.

Several inputs stand in a fieldset whose legend is the question; the fieldset is described by the
hint and the error. See `govuk_fields` for fields with one control.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.govuk_fields import Options, described, joined, part

DATE_PARTS = ("day", "month", "year")


def radios(given: Options) -> Options:
    """One choice out of a few."""
    chosen = given.get("value")
    return choices("radios", given, {str(chosen)} if chosen else set())


def checkboxes(given: Options) -> Options:
    """Any number of choices."""
    return choices("checkboxes", given, {str(value) for value in given.get("values") or ()})


def choices(kind: str, given: Options, chosen: set[str]) -> Options:
    """A list of radios or boxes; the first has the plain id, so that an error can link to it."""
    prefix = given.get("id_prefix") or given.get("name") or ""
    fieldset = grouped_by(given)
    outer = (fieldset or {}).get("described_by") or given.get("described_by")
    field = described(given, prefix, outer)
    inner = field["described_by"] if kind == "checkboxes" and fieldset is None else None
    items = [
        choice(kind, given, item, prefix + (f"-{number}" if number > 1 else ""), chosen, inner)
        for number, item in enumerate(given["items"], start=1)
        if item
    ]
    return {**field, "kind": kind, "fieldset": fieldset, "items": items}


def grouped_by(given: Options) -> Options | None:
    """The fieldset around several inputs, with its legend; None when the caller gave none."""
    fieldset = given.get("fieldset")
    if fieldset is None:
        return None
    return {**fieldset, "legend": part(fieldset.get("legend")), "around": True}


def choice(kind: str, given: Options, item: Options, default_id: str, chosen: set[str], inner: str | None) -> Options:
    """One radio or box, its label, its hint, and what shows when it is picked."""
    if item.get("divider"):
        return item
    item_id, value, wanted = item.get("id") or default_id, item.get("value"), item.get("checked")
    checked = bool(wanted or (wanted is not False and str(value) in chosen))
    hint, label, conditional = part(item.get("hint")), part(item.get("label")) or {}, part(item.get("conditional"))
    if hint and hint.get("text"):
        hint.update(id=f"{item_id}-item-hint", classes=joined(f"govuk-{kind}__hint", hint.get("classes")))
    has_more = bool(conditional and conditional.get("text"))
    return {
        **item,
        "checked": checked,
        "hint": hint,
        "conditional": conditional,
        "conditional_id": f"conditional-{item_id}",
        "label": {
            **label,
            "text": item.get("text"),
            "for": item_id,
            "classes": joined(f"govuk-{kind}__label", label.get("classes")),
        },
        "control": {
            "class": f"govuk-{kind}__input",
            "id": item_id,
            "name": item.get("name") or given.get("name") or "",
            "type": "radio" if kind == "radios" else "checkbox",
            "value": "" if value is None else str(value),
            "checked": checked,
            "disabled": bool(item.get("disabled")),
            "data-aria-controls": f"conditional-{item_id}" if has_more else None,
            "data-behaviour": item.get("behaviour") or None,
            "aria-describedby": joined(inner, hint["id"] if hint else None) or None,
        },
    }


def date_input(given: Options) -> Options:
    """A date typed in three boxes. `items` names other boxes; a part that is False is left out."""
    items = [dict(item) for item in given.get("items") or () if item]
    if not items:
        kept = [name for name in DATE_PARTS if given.get(name) is not False]
        items = [{**(given.get(name) or {"name": name}), "box": name} for name in kept]
    fieldset = grouped_by(given)
    field = described(given, given.get("id") or "", (fieldset or {}).get("described_by"))
    some_box_is_wrong = any(is_wrong(item) for item in items)
    boxes = [date_box(given, item, some_box_is_wrong, bool(field["error"])) for item in items]
    return {**field, "fieldset": fieldset, "role": "group", "items": boxes}


def is_wrong(item: Mapping[str, Any]) -> bool:
    """Is this box marked as the one with the mistake?"""
    return bool(item.get("error") or "govuk-input--error" in (item.get("classes") or ""))


def date_box(given: Options, item: Options, some_box_is_wrong: bool, error: bool) -> Options:
    """The options of one box. When the mistake is in no box in particular, all are marked."""
    name = item.get("name") or item.get("box") or ""
    own_name = {part_name: (given.get(part_name) or {}).get("name") for part_name in DATE_PARTS}
    box = item.get("box") or next((known for known in DATE_PARTS if name in (known, own_name[known])), None)
    own_classes = item.get("classes") or ""
    marked = is_wrong(item) or (item.get("error") is not False and error and not some_box_is_wrong)
    width = "4" if box == "year" else "2"
    classes = joined(
        "govuk-date-input__input",
        "govuk-input--error" if marked and "govuk-input--error" not in own_classes else None,
        f"govuk-input--width-{width}" if "govuk-input--width-" not in own_classes else None,
        own_classes,
    )
    full_name = f"{given['name_prefix']}-{name}" if given.get("name_prefix") else name
    values = given.get("values") or {}
    value = item.get("value")
    if value is None and box:
        value = (given.get(box) or {}).get("value")
    if value is None:
        value = values.get(full_name, values.get(name) if not given.get("items") else None)
    return {
        "label": {"text": item.get("label") or name.capitalize(), "classes": "govuk-date-input__label"},
        "id": item.get("id") or f"{given.get('id')}-{name}",
        "classes": classes,
        "name": full_name,
        "value": value,
        "inputmode": item.get("inputmode") or "numeric",
        **{key: item.get(key) for key in ("autocomplete", "pattern", "attributes")},
    }
