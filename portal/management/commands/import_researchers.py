"""manage.py import_researchers FILE: the public list of accredited researchers, which requests are compared with."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.people.models import User
from governance.people.public_list import COLUMNS, BadList, read_list
from governance.standing import services
from governance.workflow import Refused


class Command(BaseCommand):
    help = (
        "Import the public list of accredited researchers, in place of the one before: a CSV file in UTF-8 with the "
        f"columns {', '.join(COLUMNS)}. Research support sees on a request what the list says under its number."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the research support officer who imports")

    def handle(self, *args: Any, file: Path, by: str, **options: Any) -> None:
        person = User.objects.filter(username=by).first()
        if person is None:
            raise CommandError("Nobody has that user name.")
        try:
            lines = read_list(file)
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            number = services.import_public_list(lines, sha256=sha256, by=person, at=timezone.now())
        except (BadList, Refused) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{number:,} researchers are on the list now.")
