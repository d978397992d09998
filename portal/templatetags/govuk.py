"""Template tags for the GOV.UK Design System's components, with short arguments.

Tags that hold content are blocks. Names that start with `data_` or `aria_` become attributes of the
component's element. `{% component "name" options %}` reaches every option of every component.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeData, SafeString, mark_safe

from portal import govuk_bound_fields
from portal.govuk_components import component as render
from portal.govuk_pieces import hand_over, pieces_of
from portal.govuk_tables import as_card, heads

register = template.Library()


# Filters that the component templates share.


@register.filter
def spaced(classes: str | None) -> str:
    """The classes with a space before them, or nothing."""
    return f" {classes}" if classes else ""


@register.filter
def as_attributes(attributes: Mapping[str, Any] | None) -> SafeString:
    """` name="value"` for each. True gives the bare name; None and False leave the attribute out."""
    written = [
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)
        for name, value in (attributes or {}).items()
        if value is not None and value is not False
    ]
    return mark_safe("".join(written))


@register.filter
def is_html(text: Any) -> bool:
    """Was this text marked safe, that is, does it bring its own elements?"""
    return isinstance(text, SafeData) and bool(text)


@register.filter
def true_or_false(value: Any) -> str:
    return str(value).lower()


# Plain tags.


def options_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Options with `data_x` and `aria_x` moved into the attributes."""
    options = {name: value for name, value in given.items() if not name.startswith(("data_", "aria_"))}
    extra = {name.replace("_", "-"): value for name, value in given.items() if name not in options}
    if extra:
        options["attributes"] = {**(options.get("attributes") or {}), **extra}
    return options


@register.simple_tag
def component(name: str, options: Mapping[str, Any] | None = None, **more: Any) -> SafeString:
    return render(name, options, **more)


@register.simple_tag
def button(text: str, href: str = "", *, look: str = "", start: bool = False, **more: Any) -> SafeString:
    """A button, or with `href` a link that looks like one. `look`: secondary, warning or inverse."""
    classes = f"govuk-button--{look} {more.pop('classes', '')}".strip() if look else more.pop("classes", "")
    return render("button", text=text, href=href, classes=classes, is_start_button=start, **options_of(more))


@register.simple_tag
def back_link(href: str, text: str = "Back", **more: Any) -> SafeString:
    return render("back-link", href=href, text=text, **options_of(more))


@register.simple_tag
def breadcrumbs(*texts_and_links: str, items: Iterable[Mapping[str, str]] = (), **more: Any) -> SafeString:
    """Pairs of text and address; a text left over at the end is the page itself."""
    words = [*texts_and_links, ""] if len(texts_and_links) % 2 else list(texts_and_links)
    pairs = [{"text": text, "href": href} for text, href in zip(words[::2], words[1::2], strict=True)]
    return render("breadcrumbs", items=[*items, *pairs], **{"collapse_on_mobile": True, **options_of(more)})


@register.simple_tag
def tag(text: str, colour: str = "", **more: Any) -> SafeString:
    """A state in a word. `colour`: grey green teal blue purple magenta red orange yellow."""
    classes = f"govuk-tag--{colour} {more.pop('classes', '')}".strip() if colour else more.pop("classes", "")
    return render("tag", text=text, classes=classes, **options_of(more))


@register.simple_tag
def warning_text(text: str, **more: Any) -> SafeString:
    return render("warning-text", text=text, **options_of(more))


@register.simple_tag
def skip_link(text: str = "Skip to main content", href: str = "#main-content") -> SafeString:
    return render("skip-link", text=text, href=href)


@register.simple_tag
def service_navigation(items: Iterable[Mapping[str, Any]], **more: Any) -> SafeString:
    """Links as `{"text", "href", "active"}`; `current` instead of `active` marks the page itself."""
    return render("service-navigation", navigation=list(items), **options_of(more))


@register.simple_tag
def footer(links: Iterable[Mapping[str, Any]] = (), text: str = "", **more: Any) -> SafeString:
    """The page's footer, without the crown, the licence logo and the Crown copyright."""
    return render("footer", meta={"items": list(links), "text": text}, **options_of(more))


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any], *, parameter: str = "page", **more: Any) -> SafeString:
    """Links to the pages around `page`, with the rest of the address's query kept. Nothing for one page."""
    if page.paginator.num_pages < 2:
        return SafeString()
    query = context["request"].GET.copy() if "request" in context else None

    def address(number: int) -> str:
        if query is None:
            return f"?{parameter}={number}"
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    items = [
        {"number": number, "href": address(number), "current": number == page.number}
        if isinstance(number, int)
        else {"ellipsis": True}
        for number in numbers
    ]
    arrows: dict[str, Any] = {}
    if page.has_previous():
        arrows["previous"] = {"href": address(page.previous_page_number())}
    if page.has_next():
        arrows["next"] = {"href": address(page.next_page_number())}
    return render("pagination", items=items, **arrows, **options_of(more))


# Forms.


@register.simple_tag
def field(bound: BoundField, **more: Any) -> SafeString:
    """A form's field with label, hint and error. The options are listed at `govuk_bound_fields.rendered`."""
    return govuk_bound_fields.rendered(bound, **more)


@register.simple_tag
def error_summary(*given: forms.BaseForm | BaseFormSet[Any], title: str = "There is a problem") -> SafeString:
    """What is wrong in these forms, each mistake with a link to its field. Nothing when all is well."""
    mistakes = [mistake for form in given if form for mistake in govuk_bound_fields.mistakes(form)]
    return render("error-summary", title=title, error_list=mistakes) if mistakes else SafeString()


# Blocks.


@register.simple_block_tag
def details(content: str, summary: str, **more: Any) -> SafeString:
    return render("details", summary=summary, text=mark_safe(content), **options_of(more))


@register.simple_block_tag
def inset_text(content: str, **more: Any) -> SafeString:
    return render("inset-text", text=mark_safe(content), **options_of(more))


@register.simple_block_tag
def notification_banner(content: str, **more: Any) -> SafeString:
    return render("notification-banner", text=mark_safe(content), **options_of(more))


@register.simple_block_tag
def panel(content: str, title: str, **more: Any) -> SafeString:
    return render("panel", title=title, text=mark_safe(content.strip()), **options_of(more))


@register.simple_block_tag
def phase_banner(content: str, word: str, **more: Any) -> SafeString:
    return render("phase-banner", tag=word, text=mark_safe(content), **options_of(more))


@register.simple_block_tag
def fieldset(content: str, legend: str, size: str = "m", *, heading: bool = False, **more: Any) -> SafeString:
    """Fields that belong together. `size` of the legend: s m l xl; `heading` makes it the page's h1."""
    options = {"text": legend, "classes": f"govuk-fieldset__legend--{size}", "is_page_heading": heading}
    return render("fieldset", legend=options, text=mark_safe(content), **options_of(more))


# Components made of pieces: the tags inside hand their piece to the tag around them.

gathering = pieces_of(register)


@gathering
def summary_list(
    content: str, pieces: list[Any], *, rows: Iterable[Any] = (), card: Any = None, **more: Any
) -> SafeString:
    """`{% row %}` inside, or `rows`; `card` is the title of the card around it."""
    return render("summary-list", rows=[*rows, *pieces], card=card, **options_of(more))


@gathering
def row(content: str, pieces: list[Any], key: str, *, classes: str = "") -> dict[str, Any]:
    return {"key": key, "value": content or mark_safe("&ndash;"), "actions": pieces, "classes": classes}


@register.simple_tag(takes_context=True)
def row_action(context: Context, text: str, href: str, hidden: str = "") -> SafeString:
    """A link at the end of a summary list's row; `hidden` says of what, to those who only hear it."""
    return hand_over(context, {"text": text, "href": href, "visually_hidden_text": hidden})


@gathering
def table(
    content: str,
    pieces: list[Any],
    *,
    head: Any = (),
    rows: Iterable[Any] = (),
    scroll: bool = True,
    cards: bool = False,
    **more: Any,
) -> SafeString:
    """`{% tr %}` inside, or `rows`. `head` may be written "Name|Rows:numeric"; wide tables scroll.

    cards  on a phone each row is a card, with the head of its column over each cell
    """
    options = {"columns_set_format": True, **options_of(more)}
    label = (options.get("caption") or "Table") if scroll else None
    columns, inside = heads(head), [*rows, *pieces]
    if cards:
        options["classes"] = f"{options.get('classes', '')} gh-table--cards".strip()
        options["attributes"] = {**(options.get("attributes") or {}), "role": "table"}
        inside = [as_card(row, columns) for row in inside]
    return render("table", head=columns, rows=inside, scroll_label=label, **options)


@gathering
def tr(content: str, pieces: list[Any], **more: Any) -> dict[str, Any]:
    return {"cells": pieces, **options_of(more)}


@gathering
def td(content: str, pieces: list[Any], **more: Any) -> dict[str, Any]:
    return {"text": content, **options_of(more)}


@gathering
def th(content: str, pieces: list[Any], **more: Any) -> dict[str, Any]:
    """The cell that names its row."""
    return {"text": content, "is_header": True, **options_of(more)}


@gathering
def task_list(content: str, pieces: list[Any], **more: Any) -> SafeString:
    return render("task-list", items=pieces, **options_of(more))


@register.simple_tag(takes_context=True)
def task(
    context: Context, title: str, href: str = "", *, status: str = "", colour: str = "", hint: str = ""
) -> SafeString:
    """One task. A status with a colour is shown as a tag; one without (such as Completed) as text."""
    told = {"tag": {"text": status, "classes": f"govuk-tag--{colour}"}} if colour else {"text": status}
    return hand_over(context, {"title": title, "href": href, "hint": hint, "status": told})


@gathering
def tabs(content: str, pieces: list[Any], title: str = "Contents", **more: Any) -> SafeString:
    return render("tabs", title=title, items=pieces, **{"id_prefix": "tab", **options_of(more)})


@gathering
def tab(content: str, pieces: list[Any], label: str, id: str = "") -> dict[str, Any]:
    return {"label": label, "id": id, "panel": {"text": content}}


@gathering
def accordion(content: str, pieces: list[Any], id: str = "accordion", **more: Any) -> SafeString:
    return render("accordion", id=id, items=pieces, **{"remember_expanded": False, **options_of(more)})


@gathering
def section(
    content: str, pieces: list[Any], heading: str, *, summary: str = "", expanded: bool = False
) -> dict[str, Any]:
    return {"heading": heading, "summary": summary, "expanded": expanded, "content": {"text": content}}
