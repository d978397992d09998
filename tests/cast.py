"""The people of every test. Their names always mean the same thing.

Ruth researches and leads, Coral coordinates her project, Sian signs for their university, Sam supports, Esme reviews
ethics, Petra and Percy (of whom both must agree), Connie, Hugo, Hetty, Dora, Wyn and Lena own data (police, CPS,
courts, prisons and probation, education, employment, linkage), Stella owns the Cook County records, Pia, Piers and
Priya sit on the panel, Cass and Devi check outputs, Lin, Lou and Lara link records and review pairs, Rae publishes
releases, Ada audits, Olu is a researcher elsewhere, Otto keeps the
machine running.
"""

from __future__ import annotations

from django.utils import timezone

from governance.people.models import User
from portal.management.commands.make_demo import make_people


def person(username: str) -> User:
    """One of the cast; all of them are made when the first is asked for."""
    if not User.objects.filter(username=username).exists():
        make_people(timezone.localdate())
    return User.objects.select_related("organisation").get(username=username)
