"""`manage.py check_ready`: exit status 0 when the portal can work, for service managers and scripts."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.starting.ready import what_is_missing


class Command(BaseCommand):
    help = "Checks that the database answers, migrations are applied and Redis answers."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="keep trying for this long")

    def handle(self, *args: Any, wait: float, **options: Any) -> None:
        deadline = time.monotonic() + wait
        while missing := what_is_missing():
            if time.monotonic() >= deadline:
                raise CommandError(" ".join(missing))
            time.sleep(0.5)
        self.stdout.write("Ready: the database, its migrations and Redis are in order.")
