"""Forms of invitations and of the organisations that vouch for people."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from governance.people.models import Organisation, User
from portal.govuk_forms import GovukForm

DOMAIN = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+")


class Invite(GovukForm):
    """Whom to invite, and to which organisation."""

    email = forms.EmailField(label="Email address")
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisation", error_messages={"required": "Select the organisation"}
    )

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["organisation"]
        choice.queryset = organisations
        if len(organisations) == 1:
            choice.initial = organisations[0]


class Accept(GovukForm):
    """Who the person invited is, and the password that they choose."""

    name = forms.CharField(label="Full name", max_length=200)
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if password := given.get("password"):
            try:
                validate_password(password, User(email=self.email, name=given.get("name", "")))
            except ValidationError as weak:
                self.add_error("password", weak)
        return given


class Record(GovukForm):
    """What is verified of an organisation, and who vouches for its people."""

    domains = forms.CharField(
        label="Verified email domains", widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000
    )
    contact = forms.CharField(label="User name of the vouching contact", max_length=150, required=False)

    def clean_domains(self) -> list[str]:
        given = [
            domain.lower().removeprefix("@") for domain in re.split(r"[\s,]+", self.cleaned_data["domains"]) if domain
        ]
        for domain in given:
            if not DOMAIN.fullmatch(domain):
                raise ValidationError(f"{domain} is not a domain, like example.ac.uk")
        return given

    def clean_contact(self) -> User | None:
        named = self.cleaned_data["contact"].strip()
        if not named:
            return None
        found = User.objects.filter(username__iexact=named, is_active=True).first()
        if found is None:
            raise ValidationError("There is nobody with this user name")
        return found
