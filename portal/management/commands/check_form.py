"""Read a version of the application form and say what is wrong with it, before applications begin with it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.catalogue.csvfiles import BadCatalogue
from governance.projects.form.reading import read


class Command(BaseCommand):
    help = "Check a folder with a version of the application form."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder, named for its version, like 2026-2")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            form = read(folder.resolve())
        except BadCatalogue as problem:
            raise CommandError(str(problem)) from problem
        count = f"{len(form.sections)} sections, {len(form.questions)} questions, {len(form.ethics.items)} ethics items"
        self.stdout.write(f"Form {form.version}, {form.title!r}: {count}. Nothing is wrong with it.")
