"""manage.py receive DELIVERIES: bring what providers sent into the inbox, for a linkage analyst to link."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from extracts import linkage_runs, tasks
from extracts.providers import BadProvider, Refusal
from governance.catalogue.catalogue import UnknownName
from governance.people.grants import worker


class Command(BaseCommand):
    help = (
        "Bring deliveries into the inbox and make them known. A linkage analyst then starts a linkage over them on its "
        "page. The folder stays as it is; what was accepted before is left alone. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("deliveries", type=Path, help="a folder with a folder for each provider, see make_sources")
        parser.add_argument("--dataset", default="cjs_linked", help="the linked dataset (default cjs_linked)")

    def handle(self, *args: Any, deliveries: Path, dataset: str, **options: Any) -> None:
        try:
            found = linkage_runs.receive(deliveries, dataset=dataset, by=worker(), setting=tasks.linkage_setting())
        except Refusal as refusal:
            raise CommandError("\n".join(str(finding) for finding in refusal.findings)) from refusal
        except (BadProvider, UnknownName) as problem:
            raise CommandError(str(problem)) from problem
        for one in found:
            self.stdout.write(f"{one}: {one.get_state_display()}")
