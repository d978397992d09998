"""Forms of notices and of the messages that were given up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from governance.notices.groups import UNLESS_CHOSEN, Group, How
from governance.people.roles import DATA_ROLES, Role
from portal.forms.projects import long_text
from portal.govuk_forms import GovukForm, RadioSelect


class Preferences(GovukForm):
    """How each group of notices comes by e-mail. Of linkage and releases those are asked who work on them."""

    says_optional = False

    def __init__(self, *args: Any, chosen: Mapping[Group, How], roles: Collection[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in Group:
            if group != Group.LINKED_DATA or DATA_ROLES & set(roles):
                self.fields[group.value] = forms.ChoiceField(
                    label=group.label,
                    choices=[(how.value, how.label) for how in How],
                    widget=RadioSelect,
                    initial=chosen.get(group, UNLESS_CHOSEN).value,
                    error_messages={"required": f"Select how notices of “{group.label}” come by email"},
                )

    def choices(self) -> dict[Group, How]:
        return {Group(name): How(how) for name, how in self.cleaned_data.items()}


class MarkAll(GovukForm):
    """Up to which notice everything was read: what came after the page was opened stays unread."""

    newest = forms.IntegerField(min_value=0, max_value=2**63 - 1)


class Discard(GovukForm):
    """Why a message is sent no more."""

    reasons = long_text("Reasons", asked="Give your reasons", most_words=100)
