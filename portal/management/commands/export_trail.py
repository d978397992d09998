"""manage.py export_trail FILE: the whole audit trail, to be verified offline with governance/audit/chain.py."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from governance.audit import trail


class Command(BaseCommand):
    help = "Write the audit trail as JSON Lines. Verify it with: python governance/audit/chain.py FILE --key KEY"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        self.stdout.write(f"{trail.export(file):,} entries written.")
