"""manage.py workspace_key: writes the file that opens the encrypted files of one project's workspace."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from extracts import tasks
from governance.people.models import User
from governance.projects.models import Project
from governance.workflow import Refused


class Command(BaseCommand):
    help = (
        "Write the key of a project's workspace to a new file that only its owner reads. Run it on a worker's host, "
        "take the file into the project's analysis environment, and remove it here. Works only while the project's "
        "data may be used; who was given the key is on the trail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="of the project")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="a file that is not there yet")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the operator who is given the key")

    def handle(self, *args: Any, reference: str, out: Path, by: str, **options: Any) -> None:
        project = Project.objects.filter(reference=reference).first()
        if project is None:
            raise CommandError(f"There is no project {reference}.")
        operator = User.objects.filter(username=by, is_active=True).first()
        if operator is None:
            raise CommandError("Nobody has that user name.")
        try:
            descriptor = os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as problem:
            raise CommandError(f"{out} cannot be made ({type(problem).__name__}).") from None
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            try:
                file.write(tasks.workspace_key_file(project, by=operator))
            except Refused as refusal:
                out.unlink()
                raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"The key of the workspace of {reference} is in {out}. Name it there by GATEHOUSE_WORKSPACE_KEY."
        )
