"""Form to start a linkage: over which deliveries, under which name."""

from __future__ import annotations

from typing import Any

from django import forms

from extracts.lifecycle.delivery import CAN_BE_LINKED, RECEIVED
from extracts.models import Delivery
from extracts.services.linkage import PLAIN_NAME
from portal.govuk_forms import CheckboxSelectMultiple, GovukForm

MOST_SHOWN = 200


class StartLinkage(GovukForm):
    """The deliveries of one dataset that were not refused, and the version of the release that is to be built."""

    name = forms.RegexField(
        label="Version of the release",
        regex=rf"^{PLAIN_NAME.pattern}\Z",
        max_length=20,
        help_text="Up to 20 letters, digits, dots and hyphens, for example 2026.2.",
        error_messages={
            "required": "Enter the version of the release",
            "invalid": "Use letters, digits, dots and hyphens, beginning with a letter or digit",
        },
    )
    deliveries = forms.ModelMultipleChoiceField(
        label="Deliveries",
        queryset=Delivery.objects.none(),
        widget=CheckboxSelectMultiple,
        help_text="All records that were accepted by then are part of the release, also those of boxes left empty; a "
        "delivery that was only received joins them if its box is ticked.",
        error_messages={"required": "Select at least one delivery"},
    )

    def __init__(self, *args: Any, dataset: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = Delivery.objects.filter(dataset=dataset, state__in=CAN_BE_LINKED)[:MOST_SHOWN]
        field: Any = self.fields["deliveries"]
        field.queryset = Delivery.objects.filter(pk__in=[one.pk for one in waiting]).order_by("provider", "name")
        field.label_from_instance = describe
        field.initial = list(field.queryset)
        field.widget.choices = field.choices


def describe(delivery: Delivery) -> str:
    """A delivery in a line: whose, which, how many records."""
    if delivery.state == RECEIVED:
        return f"{delivery} (received; it is looked at first)"
    records = delivery.records
    return f"{delivery} ({records['identity']:,} identity and {records['payload']:,} payload records)"
