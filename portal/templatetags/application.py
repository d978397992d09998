"""{{ table|of:key }}: what a dictionary holds under a key that the page only knows while it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(table: Mapping[str, Any], key: str) -> Any:
    """None for what is not there."""
    return table.get(key)
