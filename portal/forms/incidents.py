"""Forms of incidents: reporting one, and what research support does with it."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from governance.incidents.breach_levels import breach_levels
from governance.incidents.models import Incident, Kind, Regulator
from governance.people.models import User
from governance.projects.models import Project
from portal.forms.projects import long_text
from portal.govuk_forms import DateField, GovukForm, RadioSelect

CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")
LEVEL_HINTS = {
    str(one.level): f"For example: {one.examples}. What follows: {one.consequence}." for one in breach_levels().values()
}


class TimeOfDay(forms.CharField):
    """A time of day as it is typed: 14:30."""

    def __init__(self, label: str, **kind: Any) -> None:
        kind["help_text"] = "On a 24-hour clock, for example 14:30."
        kind["error_messages"] = {"required": "Enter the time, for example 14:30"}
        super().__init__(label=label, max_length=20, **kind)

    def clean(self, value: Any) -> time:
        typed = CLOCK.fullmatch(str(super().clean(value)).strip())
        try:
            return time(int(typed[1]), int(typed[2])) if typed else self._no_time()
        except ValueError:
            return self._no_time()

    def _no_time(self) -> time:
        raise ValidationError("Enter a time between 00:00 and 23:59, for example 14:30")


def moment(day: date, clock: time) -> datetime:
    """The moment at which the clocks here show this."""
    return timezone.make_aware(datetime.combine(day, clock))


class AtAMoment(GovukForm):
    """A day and a time of it, none of them to come."""

    says_optional = False

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        here = timezone.localtime(now)
        first = {"day": here.date(), "clock": f"{here:%H:%M}"} | (kwargs.pop("initial", None) or {})
        super().__init__(*args, initial=first, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if {"day", "clock"} <= given.keys():
            given["moment"] = moment(given["day"], given["clock"])
            if given["moment"] > self.now:
                self.add_error("day", "This time lies ahead")
        return given


class ReportIncident(AtAMoment):
    """What somebody noticed. Asked of anybody, so as little as is needed to act."""

    kind = forms.ChoiceField(
        label="What happened",
        choices=Kind.choices,
        widget=RadioSelect(),
        error_messages={"required": "Select what comes nearest"},
    )
    text = long_text(
        "In your own words",
        asked="Say what happened",
        most_words=500,
        help_text="What you saw, where, and what you have done since. Do not copy the data themselves into this box.",
    )
    about = long_text(
        "Who and what is involved (optional)",
        required=False,
        most_words=150,
        help_text="Projects, people or files, as far as you know.",
    )
    day = DateField(label="On which day did you notice it?")
    clock = TimeOfDay("At what time?")


class Assess(GovukForm):
    """The level, and the regulator."""

    level = forms.TypedChoiceField(
        label="Level",
        choices=[(str(one.level), f"{one.level}. {one.label}") for one in breach_levels().values()],
        coerce=int,
        widget=RadioSelect(hints=LEVEL_HINTS),
        error_messages={"required": "Select the level"},
    )
    regulator = forms.ChoiceField(
        label="The regulator",
        choices=Regulator.choices,
        widget=RadioSelect(),
        error_messages={"required": "Select whether the regulator has to be told"},
    )
    because = long_text(
        "Reasons",
        asked="Enter your reasons",
        most_words=500,
        help_text="Why this level, and why the regulator is told or is not. Whoever reported it does not read them.",
    )


class FollowUp(GovukForm):
    """What was done and learned so far."""

    says_optional = False
    institution_told_on = DateField(label="Day on which the institution was informed (if it was)", required=False)
    actions = long_text("Actions taken", required=False, most_words=1000)
    lessons = long_text("What was learned", required=False, most_words=1000, help_text="What is done differently now.")


def kept(incident: Incident) -> dict[str, Any]:
    """What the form of actions and lessons shows first."""
    return {name: getattr(incident, name) for name in ("institution_told_on", "actions", "lessons")}


class LinkProject(GovukForm):
    """A project by its reference."""

    project = forms.CharField(
        label="Reference of the project", max_length=20, error_messages={"required": "Enter a reference"}
    )

    def clean_project(self) -> Project:
        found = Project.objects.filter(reference__iexact=self.cleaned_data["project"], submitted_at__isnull=False)
        if (project := found.first()) is None:
            raise ValidationError("There is no submitted project with this reference")
        return project


class LinkPerson(GovukForm):
    """A person, and their part in it."""

    person = forms.CharField(
        label="User name or email address", max_length=254, error_messages={"required": "Enter a user name"}
    )
    part = forms.CharField(
        label="Their part in it",
        max_length=300,
        help_text="For example: shared the password. They do not read this.",
        error_messages={"required": "Say which part they had"},
    )

    def clean_person(self) -> User:
        typed = self.cleaned_data["person"].strip()
        found = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).exclude(username="worker")
        if (person := found.first()) is None:
            raise ValidationError("There is nobody with this user name or email address")
        return person


class TellRegulator(AtAMoment):
    """When the regulator was told, and where that is on file."""

    day = DateField(label="On which day was the regulator told?")
    clock = TimeOfDay("At what time?")
    note = long_text("Their reference, and what was said", asked="Enter their reference", most_words=300)


class Contain(AtAMoment):
    """Since when nothing more can come of it."""

    day = DateField(label="Since which day is it contained?")
    clock = TimeOfDay("Since what time?")
    how = long_text("How it was contained", asked="Say how it was contained", most_words=300)
