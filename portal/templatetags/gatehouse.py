"""Template tags for the components that are ours: where a record stands, what happened, how far a job is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from extracts.differences.counts import SMALL
from portal.govuk_components import component as render

register = template.Library()


@register.simple_block_tag
def state_line(content: str, state: str, colour: str = "grey") -> SafeString:
    """The state as a coloured tag, and a sentence that says what it means or who has the next move."""
    return render("gh-status", state=state, colour=colour, text=mark_safe(content.strip()))


@register.filter
def code_words(name: str) -> SafeString:
    """A name as code writes it, that may break after an underscore and nowhere else."""
    return format_html_join(mark_safe("_<wbr>"), "{}", ((word,) for word in name.split("_")))


@register.simple_tag
def progress(value: float, maximum: float = 100, label: str = "Progress", id: str = "progress") -> SafeString:
    """A bar with its label and per cent. `maximum` 0 or less means that there is nothing to do: 100%."""
    share = min(max(value / maximum, 0.0), 1.0) if maximum > 0 else 1.0
    return render("gh-progress", percent=str(int(100 * share)), label=label, id=id)


@register.simple_tag
def timeline(entries: Iterable[Mapping[str, Any]]) -> SafeString:
    """What happened, newest first: each entry has `what`, `when` (a datetime), and maybe `who`, `note`."""
    return render("gh-timeline", entries=list(entries))


@register.filter
def told(count: int | str | None) -> str:
    """A rounded count of a report; one that is not told is "under 10", and one that could not be had is a dash."""
    if count == "":
        return "–"
    return f"under {SMALL}" if count is None else f"{count:,}"
