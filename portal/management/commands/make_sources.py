"""manage.py make_sources: made-up deliveries of every provider, with identifiers, and the truth about them apart."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from extracts.synthetic.deliveries import CHUNK, DELIVERY, FolderInUse, Summary, TooFewPeople, write_deliveries

DATASET = "cjs_linked"
BAR = 30


class Command(BaseCommand):
    help = (
        "Make up deliveries of every provider: identity records and payload, in DIR/deliveries, and the truth about "
        "them in DIR/truth. The same seed gives the same bytes. DIR must be empty or new."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        size = parser.add_mutually_exclusive_group(required=True)
        size.add_argument("--people", type=int, help="about how many distinct people to make up")
        size.add_argument("--records", type=int, help="with --identity-only: about how many identity records")
        parser.add_argument("--identity-only", action="store_true", help="no payload: records to test linking with")
        parser.add_argument("--seed", type=int, required=True, help="any whole number from 0")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="an empty or new folder")
        parser.add_argument("--delivery", default=DELIVERY, metavar="NAME", help=f"its name (default {DELIVERY})")
        parser.add_argument("--chunk", type=int, default=CHUNK, help=f"crimes made at a time (default {CHUNK:,})")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["identity_only"] != (options["records"] is not None):
            raise CommandError("Say --identity-only --records N, or --people N.")
        if options["seed"] < 0 or options["chunk"] < 1:
            raise CommandError("--seed must be 0 or more and --chunk 1 or more.")
        description = settings.BASE_DIR / "governance" / "catalogue" / "datasets" / DATASET
        try:
            summary = write_deliveries(
                options["records"] if options["identity_only"] else options["people"],
                seed=options["seed"], codelists=description / "codelists", providers=description / "providers",
                into=options["out"], progress=self.show, chunk=options["chunk"],
                identity_only=options["identity_only"], delivery=options["delivery"],
            )  # fmt: skip
        except (TooFewPeople, FolderInUse) as problem:
            raise CommandError(str(problem)) from problem
        self.report(summary)

    def show(self, step: str, share: float) -> None:
        full = round(BAR * share)
        self.stdout.write(f"[{'#' * full}{'.' * (BAR - full)}] {share:4.0%} {step}")

    def report(self, summary: Summary) -> None:
        """Every file with its rows, then the totals."""
        width = max(len(file.path) for file in summary.files)
        self.stdout.write(f"\n{'file':<{width}} {'rows':>12} {'MiB':>8}")
        for file in summary.files:
            self.stdout.write(f"{file.path:<{width}} {file.rows:>12,} {file.size / 2**20:>8.1f}")
        rows = summary.records + summary.payload_rows
        self.stdout.write(
            f"\n{summary.people:,} people, {summary.records:,} identity records, {summary.payload_rows:,} payload rows "
            f"in {summary.chunks} chunks: {summary.seconds:.1f} s, {rows / summary.seconds:,.0f} rows a second."
        )
