"""manage.py receive DELIVERIES: bring what providers sent into the inbox, for a linkage analyst to link."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from extracts import linkage_runs, tasks
from governance.people.grants import worker
from portal.management.deliveries import add_deliveries, problems_as_sentences


class Command(BaseCommand):
    help = (
        "Bring deliveries into the inbox and make them known. A linkage analyst then starts a linkage over them on its "
        "page. The folder stays as it is; what was accepted before is left alone. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_deliveries(parser)

    def handle(self, *args: Any, deliveries: Path, dataset: str, **options: Any) -> None:
        with problems_as_sentences():
            found = linkage_runs.receive(deliveries, dataset=dataset, by=worker(), setting=tasks.linkage_setting())
        for one in found:
            self.stdout.write(f"{one}: {one.get_state_display()}")
