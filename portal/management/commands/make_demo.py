"""manage.py make_demo: the demonstration's people, and synthetic deliveries for the workers to link. Safe to repeat."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from extracts import delivery, linkage_runs, services, tasks
from extracts.lifecycle.release import BUILT
from extracts.models import LinkageRun, Release
from extracts.services import linkage
from extracts.synthetic.deliveries import write_deliveries
from governance.people.declarations import in_force
from governance.people.grants import give_everywhere, worker
from governance.people.lifecycle import GRANTED
from governance.people.models import Accreditation, EmailDomain, Organisation, SignedDeclaration, Training, User
from governance.standing import services as people
from portal import demo, demo_codes, demo_release

DATASET, VERSION = "cjs_linked", "2026.1"
SEED = 20261


class Command(BaseCommand):
    help = (
        "Make the demonstration's people and the records of its made-up agencies. Workers link them and build the "
        "release while the portal is up already. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=10_000, help="people to make up (default 10,000)")

    def handle(self, *args: Any, people: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo people have a known password: they exist only with GATEHOUSE_DEMO=1.")
        make_people(timezone.localdate())
        self.stdout.write(f"{len(demo.CAST)} demo people.")
        if services.current_release(DATASET) is None and not LinkageRun.objects.filter(dataset=DATASET).exists():
            self.deliver(people)
        else:
            self.stdout.write("The agencies' records are there already, and no others are made up.")
        for built in Release.objects.filter(code=DATASET, state=BUILT):
            demo_release.publish_if_first(built)  # a worker died after it had built the release

    def deliver(self, people: int) -> None:
        """What the agencies would send, put into the inbox, and a linkage of it in Lin's name."""
        setting, analyst = tasks.linkage_setting(), User.objects.get(username="lin")
        description = setting.description(DATASET)
        with delivery.staging(setting.zones.staging / "demo") as room:
            self.stdout.write(f"Making up {people:,} people and their records at five agencies and two departments ...")
            write_deliveries(
                people,
                seed=SEED,
                codelists=description / "codelists",
                providers=description / "providers",
                into=room / "made",
                progress=lambda what, share: self.stdout.write(f"  {share:4.0%} {what}"),
            )
            received = linkage_runs.receive(room / "made" / "deliveries", dataset=DATASET, by=analyst, setting=setting)
            linkage_runs.keep_truth(room / "made" / "truth", dataset=DATASET, setting=setting)
        linkage.request(dataset=DATASET, deliveries=received, name=VERSION, by=analyst, at=timezone.now())
        self.stdout.write(f"A worker links them and builds release {VERSION}; the linkage page shows how far it is.")


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
        demo_codes.set_up(user)
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        if not made:
            continue
        if person.role:
            give_everywhere(user, person.role)
        if person.accredited:
            accredit(user, number, today)
    vouch()


def vouch() -> None:
    """What research support would have verified of the organisations. What is on record already is left alone."""
    for name, (domain, contact) in demo.VOUCHED.items():
        known = {"organisation": Organisation.objects.get(name=name), "verified_by": worker()}
        _, made = EmailDomain.objects.get_or_create(domain=domain, defaults={**known, "verified_at": timezone.now()})
        if made:
            Organisation.objects.filter(name=name).update(contact=User.objects.get(username=contact))


def accredit(user: User, number: int, today: date) -> None:
    """An accreditation of 200 days ago, as research support would have granted it, and what it rests on."""
    since = timezone.now() - timedelta(days=200)
    began = today - timedelta(days=200)
    Accreditation.objects.create(
        person=user,
        evidence="A degree in statistics.",
        number=f"AR-{number:05d}",
        accredited_from=began,
        accredited_until=people.years_after(began, people.ACCREDITED_YEARS),
        state=GRANTED,
        state_since=since,
        created_at=since,
    )
    Training.objects.create(
        person=user,
        certificate=f"SRT-{number:05d}",
        passed_on=began,
        valid_until=today + timedelta(days=2 * 365),
        recorded_by=worker(),
        recorded_at=since,
    )
    declaration = in_force(today)
    SignedDeclaration.objects.create(
        person=user, version=declaration.version, sha256=declaration.sha256, signed_at=since
    )
