"""Brings the database and the demonstration's data up to date. Run as `python -m portal.starting.prepare`."""

from __future__ import annotations

import os

import django
from django.core.management import call_command

from portal.starting.progress import step


def main() -> None:
    django.setup()
    with step("Bringing the database up to date"):
        call_command("migrate", verbosity=0)
    people = os.environ.get("GATEHOUSE_DEMO_PEOPLE")
    call_command("make_demo", **({"people": int(people)} if people else {}))


if __name__ == "__main__":
    main()
