"""Forms of what a project brings in: what it is, its files, a checker's decision."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.ingress.file_rules import MOST_FILES, kinds_of, size_in_words
from governance.ingress.models import Ingress, Kind, Personal, Verdict
from governance.ingress.services import Wish
from portal.forms.outputs import round_field
from portal.forms.projects import TITLE_CHARACTERS, long_text
from portal.govuk_forms import GovukForm, MultipleFileField, RadioSelect

KIND_HINTS: dict[str, str] = {
    Kind.DATA: "For example boundaries of areas, price indices or a classification: nothing about people.",
    Kind.CODE: "Scripts and their settings. Data are not to be written into them.",
}
VERDICT_HINTS: dict[str, str] = {
    Verdict.APPROVE: "The worker copies the files, as they are, into the project's workspace.",
    Verdict.RETURN: "Something must change first, or you have a question.",
    Verdict.REFUSE: "It may not come in at all. This ends it.",
}


class DescribeIngress(GovukForm):
    """What is to be brought in. Who says that it is about people is told where to go, and loses nothing."""

    kind = forms.ChoiceField(
        label="What these files are",
        choices=Kind.choices,
        widget=RadioSelect(hints=KIND_HINTS),
        error_messages={"required": "Select what these files are"},
    )
    title = forms.CharField(
        label="Title",
        max_length=TITLE_CHARACTERS,
        help_text="Short and plain, for example: Boundaries of police force areas, 2023.",
        error_messages={"required": "Enter a title"},
    )
    purpose = long_text(
        "Why the project needs them",
        asked="Say why the project needs them",
        most_words=300,
        help_text="What you will do with them, and with which data of the project.",
    )
    source = long_text(
        "Where they come from",
        asked="Say where they come from",
        most_words=150,
        help_text="Who made them, where and when you had them. Of your own code: say so.",
    )
    licence = long_text(
        "Under which licence or permission",
        asked="Say under which licence or permission you use them",
        most_words=150,
        help_text="For example: Open Government Licence v3.0; or who gave you permission, and when.",
    )
    personal = forms.ChoiceField(
        label="Do they hold personal data, or could anybody be identified by them?",
        choices=Personal.choices,
        widget=RadioSelect(),
        error_messages={"required": "Select whether anybody could be identified by them"},
    )

    @property
    def wish(self) -> Wish:
        """What a sound form says."""
        return Wish(**self.cleaned_data)


def stored(ingress: Ingress) -> dict[str, Any]:
    """What the form shows first of something that is on record."""
    return {name: getattr(ingress, name) for name in Wish.__dataclass_fields__}


class AddIngressFiles(GovukForm):
    """Several files at once."""

    chosen = MultipleFileField(label="Files", max_length=200)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = kinds_of(kind)
        most = size_in_words(max(one.most_kilobytes for one in taken.values()))
        self.fields["chosen"].help_text = (
            f"Plain text in UTF-8, with one of these endings: {', '.join(taken)}. At most {most} each and {MOST_FILES} "
            "in all. A file of a name that is already there replaces it."
        )


class DecideIngress(GovukForm):
    """A checker's decision on all files of one round."""

    verdict = forms.ChoiceField(
        label="Your decision",
        choices=Verdict.choices,
        widget=RadioSelect(hints=VERDICT_HINTS),
        error_messages={"required": "Select your decision"},
    )
    reasons = long_text(
        "Your reasons",
        asked="Enter your reasons",
        most_words=500,
        help_text="What you looked at and why it is safe, or what must change. The team reads it, without your name.",
    )
    round = round_field()
