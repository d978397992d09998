"""The form of a publication."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from governance.outputs.models import OutputRequest
from governance.people.models import local_day
from governance.projects.models import Project
from governance.publications import services
from governance.publications.citation import (
    Citation,
    NotADoi,
    in_words,
    normalised,
    why_not_linked,
    why_not_on,
    why_not_resting,
)
from governance.publications.models import Kind, Publication
from portal.forms.projects import long_text
from portal.govuk_forms import CheckboxSelectMultiple, DateField, GovukForm, RadioSelect

TITLE_CHARACTERS, AUTHORS_CHARACTERS, PLACE_CHARACTERS, ADDRESS_CHARACTERS = 300, 1000, 200, 500
TYPED_DOI = 300  # an address around a DOI is longer than the DOI


class DescribePublication(GovukForm):
    """What was published, when and where, and the released outputs behind it. Anyone may read all of it."""

    says_optional = False
    kind = forms.ChoiceField(
        label="What it is",
        choices=Kind.choices,
        widget=RadioSelect(),
        error_messages={"required": "Select what it is"},
    )
    title = forms.CharField(
        label="Title", max_length=TITLE_CHARACTERS, error_messages={"required": services.NEEDED["title"]}
    )
    authors = forms.CharField(
        label="Authors",
        max_length=AUTHORS_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="As the publication names them.",
        error_messages={"required": services.NEEDED["authors"]},
    )
    appeared_in = forms.CharField(
        label="Where it appeared",
        max_length=PLACE_CHARACTERS,
        help_text="The journal, publisher, university, repository or conference.",
        error_messages={"required": services.NEEDED["appeared_in"]},
    )
    published_on = DateField(label="Date of publication")
    doi = forms.CharField(
        label="DOI (optional)",
        required=False,
        max_length=TYPED_DOI,
        help_text="For example 10.1234/abcd. You can paste its doi.org address.",
    )
    address = forms.CharField(
        label="Web address (optional)",
        required=False,
        max_length=ADDRESS_CHARACTERS,
        help_text="Where it can be read, if it has no DOI. It begins with https://.",
    )
    outputs = forms.MultipleChoiceField(
        label="Released outputs that it rests on", required=False, widget=CheckboxSelectMultiple()
    )
    no_outputs_because = long_text(
        "If it rests on none of them, why",
        most_words=100,
        required=False,
        help_text="For example: it describes the method and holds no results.",
    )

    def __init__(
        self, *args: Any, project: Project, at: datetime, publication: Publication | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial=stored(publication) if publication else None, **kwargs)
        self.project, self.publication, self.today = project, publication, local_day(at)
        self.released = list(services.can_rest_on(project))
        self.fields["outputs"].choices = [(str(one.pk), name_of(one)) for one in self.released]  # type: ignore[attr-defined]
        if not self.released:
            self.fields["no_outputs_because"].label = "Why it rests on no released output"

    def clean_published_on(self) -> date:
        day: date = self.cleaned_data["published_on"]
        if reason := why_not_on(day, approved_on=services.approved_on(self.project), today=self.today):
            raise ValidationError(reason)
        return day

    def clean_doi(self) -> str:
        try:
            doi = normalised(self.cleaned_data["doi"])
        except NotADoi as mistake:
            raise ValidationError(str(mistake)) from None
        if reason := services.why_not_twice(self.project, doi, besides=self.publication):
            raise ValidationError(reason)
        return doi

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if reason := why_not_linked(address):
            raise ValidationError(reason)
        return address

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if {"outputs", "no_outputs_because"} <= given.keys() and (
            reason := why_not_resting(len(given["outputs"]), given["no_outputs_because"])
        ):
            self.add_error("outputs" if self.released else "no_outputs_because", reason)
        return given

    @property
    def citation(self) -> Citation:
        """What a sound form says."""
        return Citation(**{name: value for name, value in self.cleaned_data.items() if name != "outputs"})

    @property
    def chosen(self) -> list[OutputRequest]:
        """The outputs that a sound form names."""
        return [one for one in self.released if str(one.pk) in self.cleaned_data["outputs"]]


def stored(publication: Publication) -> dict[str, Any]:
    """What the form shows first of a publication that is on record."""
    said = {name: getattr(publication, name) for name in Citation.__dataclass_fields__}
    return said | {"outputs": [str(one) for one in publication.outputs.values_list("pk", flat=True)]}


def name_of(output: OutputRequest) -> str:
    """An output as the form offers it."""
    return f"{output.title}, released on {in_words(local_day(output.released_at))}" if output.released_at else ""
