"""manage.py withhold KEYS: records that no later extract may hold, by the keys that their provider gave them."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from extracts import tasks
from extracts.models.withholding import Kind
from governance.catalogue.catalogue import find
from governance.people.models import User
from portal.management.deliveries import problems_as_sentences


class Command(BaseCommand):
    help = (
        "Withhold records: people who opted out, or records that a court sealed. Every extract that is built from now "
        "on leaves them out; of people, all of their records. Only surrogates of the keys are kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("keys", type=Path, metavar="KEYS", help="a text file with one source key on each line")
        parser.add_argument("--dataset", default="cjs_linked", help="the linked dataset (default cjs_linked)")
        parser.add_argument(
            "--domain", default="person_record", help="which kind of key they are (default person_record)"
        )
        parser.add_argument("--kind", choices=Kind.values, default=Kind.OPT_OUT.value)
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the release manager who decides")
        parser.add_argument("--reasons", required=True, help="why, without naming anybody")

    def handle(self, *args: Any, **options: Any) -> None:
        with problems_as_sentences():
            self.do(**options)

    def do(self, *, keys: Path, dataset: str, domain: str, kind: str, by: str, reasons: str, **_: Any) -> None:
        person = User.objects.filter(username=by).first()
        if person is None:
            raise CommandError("Nobody has that user name.")
        if not keys.is_file():
            raise CommandError(f"There is no file {keys}.")
        if reasons.strip():
            reasons += f" (By command, account {getpass.getuser()}.)"
        with keys.open(encoding="utf-8-sig") as lines:
            made, present = tasks.withhold(
                find(dataset, settings.GATEHOUSE_CATALOGUES), kind=kind, domain=domain, source_keys=lines,
                reasons=reasons, by=person,
            )  # fmt: skip
        self.stdout.write(f"{made}: {made.added} keys added, {made.total} in all.")
        if present is not None:
            self.stdout.write(f"{present} keys of the kind {domain} on the list occur in the published release.")
