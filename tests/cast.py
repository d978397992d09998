"""The people of every test. Their names always mean the same thing.

Ruth researches and leads, Coral coordinates her project, Sian signs for their university, Sam supports, Esme reviews
ethics, Petra and Percy (of whom both must agree), Connie, Hugo, Hetty, Dora, Wyn and Lena own data (police, CPS,
courts, prisons and probation, education, employment, linkage), Stella owns the Cook County records, Pia, Piers and
Priya sit on the panel, Cass and Devi check outputs, Lin, Lou and Lara link records and review pairs, Rae publishes
releases, Ada audits, Olu is a researcher elsewhere, Otto keeps the machine running.
"""

from __future__ import annotations

import copy
import time

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from governance.people.models import (
    Accreditation,
    EmailDomain,
    Organisation,
    RoleGrant,
    SignedDeclaration,
    Training,
    User,
)
from portal.management.commands.make_demo import make_people


def person(username: str) -> User:
    """One of the cast; all of them are made when the first is asked for."""
    if not User.objects.filter(username=username).exists():
        make_cast()
    return User.objects.select_related("organisation").get(username=username)


def with_second_factor(who: User) -> User:
    """Somebody from outside of the cast, with an authenticator app set up."""
    TOTP.activate(who, "A" * 32)
    return who


# What makes the cast, in the order in which the rows can be put in again.
OF_THE_CAST: tuple[type[Model], ...] = (
    Organisation, User, RoleGrant, Accreditation, Training, SignedDeclaration, Authenticator, EmailAddress, EmailDomain,
)  # fmt: skip
_made: dict[type[Model], list[Model]] = {}


def make_cast() -> None:
    """The demonstration's people: made by the product's own command once a process; later tests get copies of rows."""
    from_nothing = not User.objects.exists() and not Organisation.objects.exists()
    if from_nothing and _made:
        with transaction.atomic():
            for model, rows in _made.items():
                model.objects.bulk_create(copy.copy(row) for row in rows)
        return
    make_people(timezone.localdate())
    if from_nothing:
        _made.update({model: list(model.objects.order_by("pk")) for model in OF_THE_CAST})


def let_in(client: Client, who: User, *, seconds_ago: float = 0.0) -> None:
    """Sign in as if password and code had been given so long ago. Who has no second factor gave a password only."""
    client.force_login(who)
    at = time.time() - seconds_ago
    given = [{"method": "password", "at": at}]
    if Authenticator.objects.filter(user=who, type=Authenticator.Type.TOTP).exists():
        given.append({"method": "mfa", "type": "totp", "at": at})
    session = client.session
    session["account_authentication_methods"] = given
    session["account_authentication_methods_user"] = str(who.pk)
    session.save()
