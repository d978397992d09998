"""manage.py make_demo: the demonstration's people and synthetic linked data. Safe to repeat."""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from extracts import services
from extracts.synthetic.write import write
from governance.people.grants import give_everywhere, worker
from governance.people.models import Accreditation, Organisation, User
from portal import demo
from portal.management.commands.load_dataset import load

DATASET = "cjs_linked"
SEED = 20261


class Command(BaseCommand):
    help = "Make the demonstration's people and publish its synthetic police-to-court records. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--crimes", type=int, default=20_000, help="recorded crimes to make up (default 20,000)")

    def handle(self, *args: Any, crimes: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo people have a known password: they exist only with GATEHOUSE_DEMO=1.")
        make_people(timezone.localdate())
        self.stdout.write(f"{len(demo.CAST)} demo people.")
        if services.current_release(DATASET) is None:
            self.publish_synthetic(crimes)

    def publish_synthetic(self, crimes: int) -> None:
        description = settings.BASE_DIR / "governance" / "catalogue" / "datasets" / DATASET
        with tempfile.TemporaryDirectory() as folder:
            self.stdout.write(f"Making up {crimes:,} crimes and what followed ...")
            write(
                crimes,
                seed=SEED,
                codelists=description / "codelists",
                into=Path(folder),
                progress=lambda what, share: self.stdout.write(f"  {share:4.0%} {what}"),
            )
            load(Path(folder), description, say=self.stdout.write)


@transaction.atomic
def make_people(today: date) -> None:
    """The cast, with organisations, roles and accreditations. Who is there already is left alone."""
    for name, owner_code in demo.ORGANISATIONS.items():
        Organisation.objects.get_or_create(name=name, defaults={"owner_code": owner_code})
    worker()
    password = make_password(demo.PASSWORD)  # hashed once: doing so for each takes as long as all the rest
    for number, person in enumerate(demo.CAST, 1):
        user, made = User.objects.get_or_create(
            username=person.username,
            defaults={
                "name": person.name,
                "email": f"{person.username}@gatehouse.example",
                "organisation": Organisation.objects.get(name=person.organisation),
                "password": password,
            },
        )
        if not made:
            continue
        if person.role:
            give_everywhere(user, person.role)
        if person.accredited:
            Accreditation.objects.create(
                person=user,
                number=f"AR-{number:05d}",
                accredited_from=today - timedelta(days=200),
                accredited_until=today + timedelta(days=5 * 365 - 200),
                trained_until=today + timedelta(days=2 * 365),
            )
