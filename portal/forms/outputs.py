"""Forms of an output request: what it is for, its files, a checker's decision."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django import forms

import governance.outputs
from governance.outputs.models import CheckVerdict, Clearance, FileRole, OutputFile
from governance.outputs.services import MOST_BYTES, MOST_FILES, PLAIN_NAME, RESERVED
from portal.govuk_forms import GovukForm, MultipleFileField, RadioSelect

REASONS = Path(governance.outputs.__path__[0]) / "rejection_reasons.csv"
MEGABYTE = 1024**2
MOST_ROUNDS = 32_767
TICK = "Tick the box to go on"
CHANGED = "The request has changed since you opened it: look at it again."

CLEARANCE_HINTS: dict[str, str] = {
    Clearance.PRE_PUBLICATION: "Drafts for colleagues. Whoever receives it must be named above and must destroy it "
    "when the project ends.",
    Clearance.PUBLICATION: "Articles, reports, talks, theses: once released it cannot be taken back.",
}
ROLE_HINTS: dict[str, str] = {
    FileRole.OUTPUT: "Tables, texts and figures in any common format, which leave when they are released.",
    FileRole.EVIDENCE: "Unrounded counts, or the contributors behind sums and means. Checkers read them; "
    "they never leave.",
}


class Request(GovukForm):
    """What a request is called, what it is for, and who will read it."""

    title = forms.CharField(
        label="Title",
        max_length=200,
        help_text="Short and plain, for example: Withdrawals by offence group.",
        error_messages={"required": "Enter a title"},
    )
    context = forms.CharField(
        label="What it is for",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Say where the results go, who will read them, and how they were made: sample, method, weights. "
        "Checkers know nothing but what you write here.",
    )
    clearance = forms.ChoiceField(
        label="Who will read it", choices=Clearance.choices, widget=RadioSelect(hints=CLEARANCE_HINTS)
    )


class AddFiles(GovukForm):
    """Several files at once, all of one role."""

    # Django takes fields out of the class: `files` of an instance is still what was uploaded.
    files = MultipleFileField(  # type: ignore[assignment]
        label="Files",
        max_length=120,
        help_text=f"Up to {MOST_BYTES // MEGABYTE} MB each and {MOST_FILES} in all. "
        "A file of a name that is already there replaces it. Add outputs.json, which gatehouse_sdc wrote beside your "
        "outputs, and it describes them and tells evidence from outputs: it is read, and not kept.",
    )
    role = forms.ChoiceField(
        label="What these files are",
        choices=FileRole.choices,
        initial=FileRole.OUTPUT,
        widget=RadioSelect(hints=ROLE_HINTS),
    )

    def clean_files(self) -> list[Any]:
        """Names that a signed package can hold, and sizes that can be checked."""
        given: list[Any] = self.cleaned_data["files"]
        for file in given:
            if file.size > MOST_BYTES:
                self.add_error("files", f"{file.name} is larger than {MOST_BYTES // MEGABYTE} MB: split it")
            if not PLAIN_NAME.fullmatch(file.name) or file.name.lower() in RESERVED:
                self.add_error(
                    "files", f"Rename {file.name}: use letters without accents, digits, spaces, dots and hyphens"
                )
        names = [file.name for file in given]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.add_error("files", f"You selected two files called {name}: rename one of them")
        return given


def round_field() -> forms.IntegerField:
    """The round of the request when the page was opened: what is sent counts in that round alone."""
    return forms.IntegerField(
        min_value=0,
        max_value=MOST_ROUNDS,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), CHANGED),
    )


class Decision(GovukForm):
    """One checker's decision on one round. Reasons are compulsory either way."""

    verdict = forms.ChoiceField(
        label="Your decision",
        choices=CheckVerdict.choices,
        widget=RadioSelect(
            hints={
                CheckVerdict.APPROVE: "Every file may leave as it is, to the readers named.",
                CheckVerdict.RETURN: "Something must change first. One return is enough to send it back to the author, "
                "after both have decided.",
            }
        ),
    )
    reasons = forms.CharField(
        label="Your reasons",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Say what you looked at and why it is safe, or which cells must change and how.",
    )
    round = round_field()


class Release(GovukForm):
    """A box to tick before the files of one round leave."""

    sure = forms.BooleanField(
        label="I release these files: they cannot be called back", error_messages={"required": TICK}
    )
    round = round_field()


class Confirm(GovukForm):
    """A box to tick before something that cannot be undone."""

    sure = forms.BooleanField(label="I understand that this cannot be undone")

    def __init__(self, *args: Any, sentence: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sentence:
            self.fields["sure"].label = sentence
            self.fields["sure"].error_messages["required"] = TICK


@dataclass(frozen=True)
class RejectionReason:
    """A usual reason to return a request, and what the author does about it."""

    code: str
    label: str
    fix: str


@cache
def rejection_reasons() -> tuple[RejectionReason, ...]:
    """The fixed list that checkers cite from, the most usual first."""
    with REASONS.open(encoding="utf-8", newline="") as lines:
        return tuple(RejectionReason(row["code"], row["label"], row["fix"]) for row in csv.DictReader(lines))


def evidence_choices(file: OutputFile, others: list[OutputFile]) -> list[tuple[str, str]]:
    """The files that can stand as evidence for this one: evidence first, then other files of the request."""
    files = sorted(
        (other for other in others if other.pk != file.pk), key=lambda one: (one.role != FileRole.EVIDENCE, one.name)
    )
    kind = {FileRole.EVIDENCE: "evidence", FileRole.OUTPUT: "also to be taken out"}
    return [("", "None")] + [(one.name, f"{one.name} ({kind[FileRole(one.role)]})") for one in files]
