"""What a GOV.UK field's template needs, worked out from the field's options.

A field is a label (or a legend), a hint, an error and a control. The control is described by the
hint and the error, so their ids are made here, together. See `govuk_components` for how options
are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Options = dict[str, Any]


def part(value: Any, *, name: str = "text") -> Options | None:
    """A piece of a component as a dictionary: plain text becomes its `name`; nothing stays nothing."""
    if value is None or value == "":
        return None
    return dict(value) if isinstance(value, Mapping) else {name: value}


def joined(*words: str | None) -> str:
    """The words that are there, with spaces between."""
    return " ".join(word for word in words if word)


def written(value: Any) -> str:
    """A value as it stands in an attribute; true and false are written small."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def described(given: Options, prefix: str, described_by: str | None) -> Options:
    """Hint and error with ids that start with `prefix`, and the list of what describes the control."""
    hint, error = part(given.get("hint")), part(given.get("error_message"))
    if hint:
        hint["id"] = f"{prefix}-hint"
        described_by = joined(described_by, hint["id"])
    if error:
        error["id"] = f"{prefix}-error"
        described_by = joined(described_by, error["id"])
    group = dict(given.get("form_group") or {})
    for slot in ("before_input", "after_input", "before_inputs", "after_inputs"):
        group[slot] = part(group.get(slot))
    return {"hint": hint, "error": error, "described_by": described_by or None, "group": group}


def labelled(given: Options) -> Options:
    """What every field with one control has: its id, label, hint, error and description."""
    field_id = given.get("id") or given.get("name") or ""
    label = {**(part(given.get("label")) or {}), "for": field_id}
    return {"field_id": field_id, "label": label, **described(given, field_id, given.get("described_by"))}


def control(kind: str, given: Options, field: Options, **attributes: Any) -> Options:
    """The attributes of a field's control: class, id, name and what describes it."""
    error = f"govuk-{kind}--error" if field["error"] else None
    return {
        "class": joined(f"govuk-{kind}", given.get("classes"), error),
        "id": field["field_id"],
        "name": given.get("name") or "",
        **attributes,
        "disabled": bool(given.get("disabled")),
        "aria-describedby": field["described_by"],
        "autocomplete": given.get("autocomplete") or None,
    }


def spelling(given: Options) -> str | None:
    """`spellcheck` is an attribute with the words true and false, and is left out when not said."""
    wanted = given.get("spellcheck")
    return str(wanted).lower() if isinstance(wanted, bool) else None


def text_input(given: Options) -> Options:
    """One line of text, with what stands before or after it (a unit, a currency)."""
    field = labelled(given)
    prefix, suffix = part(given.get("prefix")), part(given.get("suffix"))
    beside = (prefix, suffix, field["group"]["before_input"], field["group"]["after_input"])
    plain = {name: given.get(name) or None for name in ("autocapitalize", "pattern", "inputmode")}
    value = given.get("value")
    return {
        **field,
        "prefix": prefix,
        "suffix": suffix,
        "wrapped": any(piece and piece.get("text") for piece in beside),
        "control": control(
            "input",
            given,
            field,
            type=given.get("type") or "text",
            value=None if value is None else str(value),
            spellcheck=spelling(given),
            **plain,
        ),
    }


def textarea(given: Options) -> Options:
    """Several lines of text."""
    field = labelled(given)
    rows = str(given.get("rows") or 5)
    return {**field, "control": control("textarea", given, field, rows=rows, spellcheck=spelling(given))}


def character_count(given: Options) -> Options:
    """A textarea that says how much room is left: in words, or in characters."""
    words = given.get("count_type") == "words" or (not given.get("count_type") and given.get("maxwords"))
    limit = given.get("maxwords") or given.get("maxlength")
    unit = "words" if words else "characters"
    sentence = given.get("textarea_description_text") or f"You can enter up to %{{count}} {unit}"
    field_id = given.get("id") or given.get("name") or ""
    group = dict(given.get("form_group") or {})
    group["classes"] = joined("govuk-character-count", group.get("classes"))
    group["attributes"] = {**count_attributes(given, limit), **(group.get("attributes") or {})}
    field = textarea(
        {
            **given,
            "classes": joined("govuk-js-character-count", given.get("classes")),
            "described_by": f"{field_id}-info",
            "form_group": group,
        }
    )
    message = part(given.get("count_message")) or {}
    return {
        **field,
        "count_message": {
            "id": f"{field_id}-info",
            "text": sentence.replace("%{count}", str(limit)) if limit else "",
            "classes": joined("govuk-character-count__message", message.get("classes")),
        },
    }


def count_attributes(given: Options, limit: int | None) -> Options:
    """What the counting script reads: limits, threshold and any texts of our own."""
    own_text = given.get("textarea_description_text")
    return {
        "data-module": "govuk-character-count",
        "data-maxlength": given.get("maxlength"),
        "data-maxwords": given.get("maxwords"),
        "data-threshold": given.get("threshold"),
        "data-count-type": given.get("count_type") or ("words" if given.get("maxwords") else None),
        "data-i18n.textarea-description.other": None if limit else own_text,
        **texts_for_script(
            given,
            ("characters_under_limit", "characters_at_limit", "characters_over_limit",
             "words_under_limit", "words_at_limit", "words_over_limit"),
        ),
    }  # fmt: skip


def texts_for_script(given: Options, names: tuple[str, ...]) -> Options:
    """Texts of our own for a script, as data attributes; a dictionary gives one text per plural form."""
    attributes: Options = {}
    for name in names:
        text, key = given.get(f"{name}_text"), f"data-i18n.{name.replace('_', '-')}"
        forms = {f"{key}.{form}": words for form, words in text.items()} if isinstance(text, Mapping) else {key: text}
        attributes.update(forms)
    return attributes


def select(given: Options) -> Options:
    """One choice out of a list. An option without a value stands for its own text."""
    field, chosen = labelled(given), given.get("value")
    options = []
    for item in filter(None, given.get("items") or ()):
        effective = item["value"] if item.get("value") is not None else item.get("text")
        picked = item.get("selected") or (
            bool(chosen) and item.get("selected") is not False and written(effective) == written(chosen)
        )
        value = item.get("value")
        options.append(
            {
                **item,
                "control": {
                    "value": None if value is None else written(value),
                    "selected": bool(picked),
                    "disabled": bool(item.get("disabled")),
                },
            }
        )
    return {**field, "items": options, "control": control("select", given, field)}


def file_upload(given: Options) -> Options:
    """A file to send; with `javascript` it becomes a place to drop files on."""
    field = labelled(given)
    names = ("choose_files_button", "no_file_chosen", "multiple_files_chosen",
             "drop_instruction", "entered_drop_zone", "left_drop_zone")  # fmt: skip
    multiple = bool(given.get("multiple"))
    return {
        **field,
        "i18n": texts_for_script(given, names),
        "control": control("file-upload", given, field, type="file", multiple=multiple),
    }
