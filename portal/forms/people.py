"""Forms of people's standing: asking for accreditation, deciding on it, recording training, sanctions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from governance.incidents.models import IncidentPerson
from governance.people.certificates import MOST_BYTES, MOST_PAGES, BadCertificate, Certificate, read
from governance.people.models import User
from governance.people.models.standing import Level, Route
from governance.standing.services import SUSPENDED_MONTHS
from portal.forms.projects import long_text
from portal.govuk_forms import DateField, GovukForm, RadioSelect


class Search(GovukForm):
    """Find people. Everything may be left open."""

    says_optional = False
    words = forms.CharField(label="Name, user name or organisation", required=False, max_length=100)
    lapsed = forms.BooleanField(label="Only researchers whose standing does not hold", required=False)


class AskForAccreditation(GovukForm):
    """What the accreditation rests on."""

    route = forms.ChoiceField(
        label="What it rests on",
        choices=Route.choices,
        widget=RadioSelect,
        error_messages={"required": "Select what your accreditation rests on"},
    )
    supervisor = forms.CharField(label="User name or email address of your supervisor", max_length=254, required=False)
    public_number = forms.CharField(
        label="Number in the public list of accredited researchers", max_length=30, required=False
    )
    evidence = long_text("Evidence", asked="Say where you studied or worked, and when", most_words=300)
    on_the_register = forms.BooleanField(
        label="My name, organisation, accreditation number and its dates may stand in the public register",
        error_messages={"required": "Tick the box: accredited researchers stand in the public register"},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        supervised, named = given.get("route") == Route.SUPERVISED, (given.get("supervisor") or "").strip()
        given["supervisor"] = None
        if supervised and not named:
            self.add_error("supervisor", "Enter your supervisor's user name or email address")
        elif supervised:
            found = User.objects.filter(Q(username__iexact=named) | Q(email__iexact=named), is_active=True).first()
            if found is None:
                self.add_error("supervisor", "There is nobody with this user name or email address")
            given["supervisor"] = found
        return given


class Decide(GovukForm):
    """What research support decides on a request."""

    verdict = forms.ChoiceField(
        label="Your decision",
        choices=[("grant", "Grant it for five years"), ("refuse", "Refuse it")],
        widget=RadioSelect,
        error_messages={"required": "Select your decision"},
    )
    reasons = long_text("Reasons", asked="Give your reasons", most_words=300)


class Reasons(GovukForm):
    """Why something is taken away or lifted."""

    reasons = long_text("Reasons", asked="Give your reasons", most_words=300)


class ReadCertificate(GovukForm):
    """A certificate whose text is read, and which is not kept."""

    file = forms.FileField(
        label="Certificate",
        required=False,
        max_length=200,
        help_text=f"A PDF of at most {MOST_BYTES // 1024**2} MB and {MOST_PAGES} pages. It is read and not kept.",
    )

    def clean_file(self) -> Certificate:
        file = self.cleaned_data["file"]
        if file is None:
            raise ValidationError("Select the certificate")
        try:
            return read(file.read(MOST_BYTES + 1))
        except BadCertificate as why:
            raise ValidationError(str(why)) from None


class RecordTraining(GovukForm):
    """A safe researcher training that was passed; `found` is what was read in its certificate, if one was given."""

    certificate = forms.CharField(label="Number of the certificate", max_length=60)
    passed_on = DateField(label="Day on which it was passed")
    valid_until = DateField(label="Last day on which it is valid")
    is_theirs = forms.BooleanField(
        label="The certificate is theirs, although the name on it differs",
        error_messages={"required": "Tick the box if the certificate is theirs, or record another one"},
    )

    def __init__(self, *args: Any, today: date, person: User, found: Certificate | None = None, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        if found is None or found.is_of(person.name):
            del self.fields["is_theirs"]

    def clean_passed_on(self) -> date:
        passed: date = self.cleaned_data["passed_on"]
        if passed > self.today:
            raise ValidationError("The day on which it was passed must be today or in the past")
        return passed

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        passed, until = given.get("passed_on"), given.get("valid_until")
        if passed and until and until < passed:
            self.add_error("valid_until", "The last day on which it is valid must not be before it was passed")
        return given


def after_incident(link: IncidentPerson) -> dict[str, Any]:
    """What the form of a sanction shows first where it follows from a part in an incident."""
    incident = link.incident
    return {"level": incident.level, "reasons": f"Incident {incident.reference}: {incident.title}."}


class Impose(GovukForm):
    """What follows from a breach."""

    level = forms.TypedChoiceField(
        label="Level of the breach",
        choices=Level.choices,
        coerce=int,
        widget=RadioSelect,
        error_messages={"required": "Select the level of the breach"},
    )
    months = forms.IntegerField(
        label="Suspended for how many months",
        min_value=SUSPENDED_MONTHS[0],
        max_value=SUSPENDED_MONTHS[-1],
        required=False,
    )
    reasons = long_text("What happened", asked="Say what happened", most_words=500)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("level") != Level.SERIOUS:
            given["months"] = None
        elif given.get("months") is None and "months" not in self.errors:
            self.add_error("months", "Enter for how many months, from 6 to 12")
        return given
