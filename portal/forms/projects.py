"""The forms of projects and agreements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import Q

from governance.catalogue.catalogue import Dataset
from governance.people import accreditation
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.form.entries import Form, Question
from governance.projects.lifecycle import ProjectState
from portal.govuk_forms import DateField, GovukForm, RadioSelect

TITLE_CHARACTERS = 200
LONG_TEXT = 20_000


class WordLimit:
    """Raises ValidationError for a text of more words than allowed."""

    def __init__(self, label: str, most: int) -> None:
        self.label, self.most = label, most

    def __call__(self, text: str) -> None:
        if (words := len(text.split())) > self.most:
            raise ValidationError(f"{self.label} must be {self.most} words or fewer. It has {words}.")


def long_text(label: str, *, asked: str = "", most_words: int = 0, **kind: Any) -> forms.CharField:
    """A text of several lines, with a count of words when there is a limit; `asked` says it is missing."""
    if asked:
        kind["error_messages"] = {"required": asked}
    attrs = {"maxwords": most_words} if most_words else {}
    validators: list[Callable[[Any], None]] = [MaxLengthValidator(LONG_TEXT)]
    if most_words:
        validators.append(WordLimit(label, most_words))
    return forms.CharField(label=label, widget=forms.Textarea(attrs=attrs), validators=validators, **kind)


class Filter(GovukForm):
    """Narrow the list of projects. Everything may be left open."""

    says_optional = False
    q = forms.CharField(label="Words in the title, or the reference", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", "Any state"), *ProjectState.choices()]  # type: ignore[attr-defined]

    def narrow(self, projects: Any) -> Any:
        """The projects that match; a filter that makes no sense narrows nothing."""
        if not self.is_valid():
            return projects
        for word in self.cleaned_data["q"].split():
            projects = projects.filter(Q(title__icontains=word) | Q(reference__icontains=word))
        state = self.cleaned_data["state"]
        return projects.filter(state=state) if state else projects


def title_field(question: Question) -> forms.CharField:
    """The title's field, as the form asks for it. Of all answers it alone cannot wait."""
    limit = WordLimit(question.label, question.most_words)
    return forms.CharField(
        label=question.label,
        help_text=question.hint,
        max_length=TITLE_CHARACTERS,
        validators=[limit],
        error_messages={
            "required": "Enter a title",
            "max_length": f"{question.label} must be {TITLE_CHARACTERS} characters or fewer",
        },
    )


def title_of(form: Form) -> Question:
    return next(question for question in form.questions if question.stored_in == "title")


class NewProject(GovukForm):
    """The two things without which there is no draft."""

    dataset = forms.ChoiceField(label="Which dataset do you need?", error_messages={"required": "Select a dataset"})

    def __init__(self, *args: Any, datasets: Sequence[Dataset], form: Form, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["dataset"]
        field.widget = RadioSelect(hints={one.code: one.statement for one in datasets})
        field.choices = [(one.code, one.title) for one in datasets]  # type: ignore[attr-defined]
        self.fields["title"] = title_field(title_of(form))


class CopyProject(GovukForm):
    """The title of the new application."""

    def __init__(self, *args: Any, form: Form, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"] = title_field(title_of(form))


class AddMember(GovukForm):
    """Put somebody on the team. Researchers must be accredited; coordinators see no data."""

    who = forms.CharField(
        label="User name or email address",
        max_length=254,
        error_messages={"required": "Enter a user name or email address"},
    )
    role = forms.ChoiceField(
        label="Role on this project",
        widget=RadioSelect(
            hints={
                Role.RESEARCHER.value: "Analyses the data. Must be an accredited researcher.",
                Role.COORDINATOR.value: "Follows the application and its dates. Changes nothing and gets no data.",
            }
        ),
        choices=[(role.value, role.label) for role in (Role.RESEARCHER, Role.COORDINATOR)],
        error_messages={"required": "Select a role on this project"},
    )
    ends_on = DateField(label="Last day on the team", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_who(self) -> User:
        given = self.cleaned_data["who"].strip()
        known = User.objects.filter(Q(username__iexact=given) | Q(email__iexact=given), is_active=True)
        # Names that differ in their capitals alone are different people: exactly as typed comes first.
        same = sorted(known.select_related("organisation"), key=lambda one: one.username != given)
        person = same[0] if same else None
        if person is None or person.organisation is None:
            raise ValidationError("There is no member of an organisation with this user name or email address")
        return person

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        person, role = given.get("who"), given.get("role")
        if person and role == Role.RESEARCHER and accreditation.why_not(person.standing_on(self.today), on=self.today):
            self.add_error(
                "who",
                f"{person} has no accreditation, training and signed declaration that all hold today. "
                "Until they have, add them as a coordinator or not at all.",
            )
        return given


class Declaration(GovukForm):
    """What the applicant says by submitting."""

    declared = forms.BooleanField(
        label="I have checked these answers. They are true, and I ask only for data that this project needs.",
        error_messages={"required": "Tick the box to say that you have checked the answers"},
    )


class Reasons(GovukForm):
    """Why something is ended."""

    reasons = long_text("Reasons", asked="Enter your reasons", most_words=500)


class Sign(GovukForm):
    """What a signature says."""

    read = forms.BooleanField(
        label="I have read the terms of this agreement, and I sign them.",
        error_messages={"required": "Tick the box to say that you have read the agreement"},
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class MeetCondition(GovukForm):
    """What is said about a condition: how it is met, or why it is not."""

    words = long_text("What you say to it", asked="Enter what you say to it", most_words=500)
