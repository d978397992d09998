"""Forms of closing a project."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.closing.checklist import Item
from portal.forms.projects import long_text
from portal.govuk_forms import GovukForm


class Start(GovukForm):
    """Why the project ends."""

    why = long_text("Why the project ends", asked="Say why the project ends", most_words=300)


class AnswerItem(GovukForm):
    """One line of the checklist: in words where it asks for some, else by a tick."""

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if item.says:
            self.fields["says"] = long_text(item.says, asked=f"Say it in words: {item.says[:1].lower()}{item.says[1:]}")
        else:
            asked = {"required": "Tick the box, or come back when it is so"}
            self.fields["done"] = forms.BooleanField(label=item.question, error_messages=asked)
