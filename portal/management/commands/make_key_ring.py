"""manage.py make_key_ring: makes the key ring of an installation, once, where the settings say."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from extracts import tasks
from governance.workflow import Refused


class Command(BaseCommand):
    help = "Make master key and signing key, in Vault or in the folder of the key ring. A ring that is there is kept."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tasks.make_key_ring()
        except Refused as problem:
            raise CommandError(str(problem)) from None
        where = "Vault" if settings.GATEHOUSE_VAULT else "its folder"
        self.stdout.write(f"The key ring is in {where}. Back it up now, apart from everything else.")
