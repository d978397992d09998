"""manage.py verify_trail: is the audit trail whole?"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from extracts.zones import Zones
from governance.audit import chain, trail


class Command(BaseCommand):
    help = "Find an altered, removed or reordered entry, a gap and a cut tail in the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--heads", type=Path, help="signed heads kept elsewhere (default: those of this machine)")
        parser.add_argument("--key", type=Path, help="the public signing key (default: that of this machine)")

    def handle(self, *args: Any, heads: Path | None, key: Path | None, **options: Any) -> None:
        zones = Zones(Path(settings.GATEHOUSE_DATA))
        folder = heads or zones.trail_heads
        key = key or zones.keys / "signing.pub.pem"
        try:
            signed = chain.read_heads(folder) if folder.exists() else []
            public = chain.read_key(key) if signed else None
        except chain.Unreadable as problem:
            raise CommandError(str(problem)) from problem
        now = trail.head()
        known = [{"seq": now.seq, "digest": now.digest}] if now.seq else []
        findings = 0
        for finding in chain.verify(trail.entries(), [*signed, *known], public):
            self.stdout.write(finding)
            findings += 1
        if findings:
            raise CommandError(f"The trail is not whole: {findings} findings.")
        self.stdout.write(f"The trail is whole: {now.seq} entries, {len(signed)} signed heads met.")
