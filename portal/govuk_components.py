"""The GOV.UK Design System's components, each a function of its options.

`component("button", text="Save")` renders `templates/components/button.html`. The options are those
of the design system's own macros, written in snake case, with one change: where a macro takes
`text` or `html`, a component takes `text` alone, and escapes it unless it is marked safe. An option
that is itself a piece of text with classes (a label, a hint, a key) may be given as plain text.

`arrange` functions work out what a template should not have to: ids, what describes what, which
choice is ticked. The result is tested against the examples that the design system publishes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from portal import govuk_choices, govuk_fields
from portal.govuk_fields import Options, part


def component(name: str, options: Mapping[str, Any] | None = None, /, **more: Any) -> SafeString:
    """The HTML of one component; `more` wins over `options`. An unknown name raises TemplateDoesNotExist."""
    given = {**(options or {}), **more}
    arrange = ARRANGE.get(name)
    arranged = {**given, **arrange(given)} if arrange else given
    return mark_safe(get_template(f"components/{name}.html").render(arranged).strip())


def accordion(given: Options) -> Options:
    """Sections are numbered from 1; texts for the script become data attributes."""
    texts = ("hide_all_sections", "hide_section", "hide_section_aria_label",
             "show_all_sections", "show_section", "show_section_aria_label")  # fmt: skip
    return {
        "i18n": {f"data-i18n.{text.replace('_', '-')}": given.get(f"{text}_text") for text in texts},
        "items": [
            {
                "number": str(number),
                "expanded": item.get("expanded"),
                **{name: part(item.get(name)) for name in ("heading", "summary", "content")},
            }
            for number, item in enumerate(given["items"], start=1)
            if item
        ],
    }


def error_message(given: Options) -> Options:
    """The word read out before the message is "Error", unless another (or none) is given."""
    return {"hidden_prefix": given.get("visually_hidden_text", "Error")}


def fieldset(given: Options) -> Options:
    return {"legend": part(given.get("legend"))}


def notification_banner(given: Options) -> Options:
    """A success is announced at once (role alert); anything else is a region to find."""
    success = given.get("type") == "success"
    return {
        "success": success,
        "role": given.get("role") or ("alert" if success else "region"),
        "title": given.get("title") or ("Success" if success else "Important"),
        "title_id": given.get("title_id") or "govuk-notification-banner-title",
        "title_heading_level": given.get("title_heading_level") or 2,
    }


def pagination(given: Options) -> Options:
    """Without page numbers, "previous" and "next" become a block that can carry labels."""
    pages = [
        {
            **item,
            "number": str(item.get("number", "")),
            "label": item.get("visually_hidden_text") or f"Page {item.get('number')}",
        }
        for item in given.get("items") or []
        if item
    ]
    arrows = given.get("previous") or given.get("next")
    return {"items": pages, "block_level": bool(not given.get("items") and arrows)}


def panel(given: Options) -> Options:
    """Only an interruption panel carries actions; those without an address are buttons."""
    actions = given.get("actions") or {}
    return {
        "interruption": "govuk-panel--interruption" in (given.get("classes") or ""),
        "action_items": [{**action, "button": panel_button(action)} for action in actions.get("items", ()) if action],
    }


def panel_button(action: Mapping[str, Any]) -> Options | None:
    """The options of a panel's button, or None when the action is a plain link."""
    if action.get("href") and action.get("type") != "button":
        return None
    classes = f"govuk-button--inverse {action.get('classes', '')}".strip()
    return {**action, "type": action.get("type") or "button", "classes": classes}


def phase_banner(given: Options) -> Options:
    return {"tag": part(given.get("tag"))}


def service_navigation(given: Options) -> Options:
    """With a service name it is a section of its own; more than one link fold away on a phone."""
    links = [item for item in given.get("navigation") or [] if item]
    slots = {name: part(slot) for name, slot in (given.get("slots") or {}).items()}
    collapse = given.get("collapse_navigation_on_mobile")
    whole = given.get("service_name") or slots.get("start") or (slots.get("end") or {}).get("text")
    return {
        "element": "section" if whole else "div",
        "slots": slots,
        "navigation": [
            {**item, "here": "page" if item.get("current") else "true" if item.get("active") else ""} for item in links
        ],
        "has_navigation": bool(links or slots.get("navigation_start") or slots.get("navigation_end")),
        "collapse": len(links) > 1 if collapse is None else collapse,
        "menu_button_text": given.get("menu_button_text") or "Menu",
        "navigation_id": given.get("navigation_id") or "navigation",
    }


def footer(given: Options) -> Options:
    """`items` is renamed `links`: a template would take it for the method of a dictionary."""
    meta = given.get("meta")
    return {
        "navigation": [{**nav, "links": nav.get("items")} for nav in given.get("navigation") or []],
        "meta": None if meta is None else {**meta, "links": meta.get("items")},
    }


def summary_list(given: Options) -> Options:
    """Rows as parts; a row without actions keeps the columns of those that have some."""
    rows = [
        {
            "classes": row.get("classes"),
            "key": part(row.get("key")),
            "value": part(row.get("value")),
            "actions": actions_of(row),
        }
        for row in given["rows"]
        if row
    ]
    card = part(given.get("card"), name="title")
    return {
        "rows": rows,
        "any_actions": any(row["actions"]["items"] for row in rows),
        "card": card and {**card, "title": part(card.get("title")), "actions": actions_of(card)},
    }


def actions_of(row: Mapping[str, Any]) -> Options:
    """A row's actions, given as `{"items": [...]}` or simply as a list."""
    actions = row.get("actions") or {}
    if not isinstance(actions, Mapping):
        actions = {"items": actions}
    return {**actions, "items": list(actions.get("items") or ())}


def table(given: Options) -> Options:
    """Cells as parts. A cell without a format takes its column's, so numbers line up."""
    head = [cell_of(cell) for cell in given.get("head") or ()]
    formats = [cell.get("format") for cell in head] if given.get("columns_set_format") else []
    return {"head": head, "rows": [row_of(row, given, formats) for row in given["rows"] if row]}


def row_of(row: Any, given: Options, formats: list[str | None]) -> Options:
    """One row: a list of cells, or `{"cells": [...], "classes": ..., "attributes": ...}`."""
    whole = dict(row) if isinstance(row, Mapping) else {"cells": row}
    cells = [cell_of(cell) for cell in whole["cells"]]
    for cell, column_format in zip(cells, formats, strict=False):
        cell.setdefault("format", column_format)
    if cells and given.get("first_cell_is_header"):
        cells[0]["is_header"] = True
    return {**whole, "cells": cells}


def cell_of(cell: Any) -> Options:
    """A cell as a part, with its spans as attributes."""
    whole = part(cell) or {"text": ""}
    return {**whole, "span": {name: whole.get(name) or None for name in ("colspan", "rowspan")}}


def tabs(given: Options) -> Options:
    """Panels are named for their place when they have no id of their own."""
    prefix = given.get("id_prefix") or ""
    return {
        "items": [
            {**item, "id": item.get("id") or f"{prefix}-{number}", "panel": part(item.get("panel"))}
            for number, item in enumerate(given.get("items") or [], start=1)
            if item
        ]
    }


def task_list(given: Options) -> Options:
    """Each task's link is described by its hint and its status."""
    prefix = given.get("id_prefix") or "task-list"
    return {
        "items": [
            {
                **item,
                **{name: part(item.get(name)) for name in ("title", "hint", "status")},
                "hint_id": f"{prefix}-{number}-hint",
                "status_id": f"{prefix}-{number}-status",
            }
            for number, item in enumerate(given["items"], start=1)
            if item
        ]
    }


ARRANGE: dict[str, Callable[[Options], Options]] = {
    "accordion":           accordion,
    "character-count":     govuk_fields.character_count,
    "checkboxes":          govuk_choices.checkboxes,
    "date-input":          govuk_choices.date_input,
    "error-message":       error_message,
    "fieldset":            fieldset,
    "file-upload":         govuk_fields.file_upload,
    "footer":              footer,
    "input":               govuk_fields.text_input,
    "notification-banner": notification_banner,
    "pagination":          pagination,
    "panel":               panel,
    "phase-banner":        phase_banner,
    "radios":              govuk_choices.radios,
    "select":              govuk_fields.select,
    "service-navigation":  service_navigation,
    "summary-list":        summary_list,
    "table":               table,
    "tabs":                tabs,
    "task-list":           task_list,
    "textarea":            govuk_fields.textarea,
}  # fmt: skip
