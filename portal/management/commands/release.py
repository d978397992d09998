"""manage.py release ...: what there is, whether its files are whole, and to publish or withdraw it."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from extracts import publishing
from extracts.models import Release
from extracts.services import releases
from extracts.zones import Zones
from governance.people.models import User
from portal.management.deliveries import problems_as_sentences


class Command(BaseCommand):
    help = "Releases of linked datasets: list them, verify their files, publish or withdraw one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="all releases and their states")
        for name, words in (
            ("verify", "compare every file with the manifest"),
            ("publish", "publish a release that was built; the one before is superseded"),
            ("withdraw", "withdraw a release for good; what was built from it is recalled"),
        ):
            one = actions.add_parser(name, help=words)
            one.add_argument("version")
            one.add_argument("--dataset", default="cjs_linked", help="the linked dataset (default cjs_linked)")
            if name != "verify":
                one.add_argument("--by", required=True, metavar="USERNAME", help="the person who decides")
                one.add_argument("--reasons", required=True)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        with problems_as_sentences():
            self.do(action, **options)

    def do(self, action: str, **options: Any) -> None:
        if action == "list":
            self.list_all()
            return
        release = Release.objects.filter(code=options["dataset"], version=options["version"]).first()
        if release is None:
            raise CommandError(f"There is no release {options['dataset']} {options['version']}.")
        if action == "verify":
            self.verify(release)
            return
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError("Nobody has that user name.")
        reasons = options["reasons"].strip()
        if reasons:  # whoever calls gives a name without proof: the account stands on the trail beside it
            reasons += f" (By command, account {getpass.getuser()}.)"
        decide = {"publish": releases.publish, "withdraw": releases.withdraw}[action]
        release = decide(release, reasons=reasons, by=by, at=timezone.now())
        self.stdout.write(f"{release}: {release.get_state_display()}.")

    def list_all(self) -> None:
        for release in Release.objects.all():
            self.stdout.write(
                f"{release.code} {release.version:<12} {release.get_state_display():<32} {release.rows:>12,} rows"
            )
        if not Release.objects.exists():
            self.stdout.write("There is no release yet: manage.py link builds one.")

    def verify(self, release: Release) -> None:
        folder = Zones(Path(settings.GATEHOUSE_DATA)).release(release.code, release.version)
        if problems := publishing.verify(folder):
            raise CommandError(" ".join(problems))
        self.stdout.write(f"{release}: every file is what the manifest says.")
