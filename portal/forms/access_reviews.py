"""The form of a review of access: of each grant, whether it is kept, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from portal.govuk_forms import GovukForm, RadioSelect

KEEP, END = "keep", "end"


class Review(GovukForm):
    """Two fields for each grant: `verdict_<pk>` and `why_<pk>`. A grant that cannot end here is kept."""

    says_optional = False

    def __init__(self, grants: Iterable[Any], *args: Any, staying: Mapping[int, str], **kind: Any) -> None:
        super().__init__(*args, **kind)
        self.grants, self.staying = list(grants), staying
        for grant in self.grants:
            choices = [(KEEP, "Still needed"), (END, "End it")]
            self.fields[f"verdict_{grant.pk}"] = forms.ChoiceField(
                label="Is it still needed?",
                choices=choices[:1] if grant.pk in staying else choices,
                widget=RadioSelect,
                error_messages={"required": "Say whether it is still needed"},
            )
            if grant.pk not in staying:
                self.fields[f"why_{grant.pk}"] = forms.CharField(
                    label="If it ends, why", required=False, max_length=150
                )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for grant in self.grants:
            if given.get(f"verdict_{grant.pk}") == END and not given.get(f"why_{grant.pk}"):
                self.add_error(f"why_{grant.pk}", "Say why it ends: the person reads it")
        return given

    @property
    def kept(self) -> list[int]:
        return [grant.pk for grant in self.grants if self.cleaned_data[f"verdict_{grant.pk}"] == KEEP]

    @property
    def ended(self) -> dict[int, str]:
        kept = self.kept
        return {grant.pk: self.cleaned_data[f"why_{grant.pk}"] for grant in self.grants if grant.pk not in kept}

    def rows(self) -> Iterator[tuple[Any, str, BoundField, BoundField | None]]:
        """Each grant, why it stays if it must, and its fields."""
        for grant in self.grants:
            stays = self.staying.get(grant.pk, "")
            yield grant, stays, self[f"verdict_{grant.pk}"], None if stays else self[f"why_{grant.pk}"]
