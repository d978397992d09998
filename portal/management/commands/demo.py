"""`manage.py demo`: the whole portal on this machine, with made-up people and data."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Runs the portal with an embedded Redis, a worker, a scheduler and made-up people, until Ctrl-C."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Becomes the process that watches over the others, which is lean without Django."""
        os.execv(sys.executable, [sys.executable, "-m", "portal.starting"])
