"""manage.py link DELIVERIES --release NAME: from what providers sent to a release that waits for publication."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from extracts import linkage_runs, tasks
from extracts.lifecycle.delivery import REFUSED
from extracts.lifecycle.linkage import BUILT, CANCELLED, FAILED, Stage
from extracts.linkage_runs import Setting
from extracts.models import Delivery, LinkageRun
from extracts.services import linkage
from governance.people.grants import worker
from governance.people.models import User
from governance.workflow import Refused
from portal.management.deliveries import add_deliveries, problems_as_sentences

FOLLOW_SECONDS = 0.5


class Command(BaseCommand):
    help = (
        "Accept deliveries, link their records, measure the links, build a release and look for identifiers in it. "
        "The release waits until somebody publishes it (manage.py release publish). Called again after an "
        "interruption, it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_deliveries(parser)
        parser.add_argument("--release", required=True, metavar="NAME", help="the version of the release, e.g. 2026.2")
        parser.add_argument("--seed", type=int, default=1, help="of what is drawn, such as pairs to review (default 1)")
        parser.add_argument(
            "--truth", type=Path, help="made-up data only: the folder that says who is who, read by measuring alone"
        )
        parser.add_argument("--by", metavar="USERNAME", help="the linkage analyst who asks; to try again, needed")
        parser.add_argument("--queue", action="store_true", help="leave the work to the workers and return at once")

    def handle(self, *args: Any, deliveries: Path, release: str, dataset: str, seed: int, **options: Any) -> None:
        if options["truth"] and not options["truth"].is_dir():
            raise CommandError(f"There is no folder {options['truth']}.")
        self.told = ""
        setting = tasks.linkage_setting(tell=self.tell)
        with problems_as_sentences():
            run = self.begun(deliveries, release, dataset, seed, self.person(options["by"]), setting)
            if run.state == BUILT:
                state = run.release.get_state_display().lower()
                self.stdout.write(f"Release {run.release} was built before, and nothing was done. It is: {state}.")
                return
            if options["truth"]:
                linkage_runs.keep_truth(options["truth"], dataset=dataset, setting=setting)
        if options["queue"]:
            tasks.send_on(run)
            self.stdout.write(f"Queued: follow it at {run.get_absolute_url()}.")
            return
        self.carry_through(run, setting)

    @staticmethod
    def person(username: str | None) -> User:
        """Who asks: a person, or the service itself."""
        if username is None:
            return worker()
        found = User.objects.filter(username=username).first()
        if found is None:
            raise CommandError("Nobody has that user name.")
        return found

    @staticmethod
    def begun(deliveries: Path, release: str, dataset: str, seed: int, by: User, setting: Setting) -> LinkageRun:
        """A new run; or the one of that name over the same deliveries: interrupted, built, or tried again."""
        run = LinkageRun.objects.filter(dataset=dataset, name=release).exclude(state=CANCELLED).first()
        if run is not None and run.is_unfinished:
            return run
        received = linkage_runs.receive(deliveries, dataset=dataset, by=by, setting=setting)
        if run is None:
            return linkage.request(
                dataset=dataset, deliveries=received, name=release, by=by, at=timezone.now(), seed=seed
            )
        if set(run.deliveries.all()) != set(received):
            raise Refused(f"There is a linkage {release} of other deliveries: choose another name.")
        return linkage.retry(run, by=by, at=timezone.now()) if run.state == FAILED else run

    def carry_through(self, run: LinkageRun, setting: Setting) -> None:
        """Do all that is left here, or follow the worker that has it in hand already."""
        while run.is_unfinished:
            if linkage_runs.carry_on(run.pk, linkage_runs.queue_of(run), setting) is None:
                run.refresh_from_db()
                self.follow(run)
            run.refresh_from_db()
        if run.state == BUILT:
            self.report(run)
            return
        for refused in run.deliveries.filter(state=REFUSED):
            self.show_findings(refused)
        raise CommandError(f"{run.get_state_display()}. {run.reason}")

    def follow(self, run: LinkageRun) -> None:
        if run.is_unfinished:
            if run.stage:
                self.tell(Stage(run.stage), run.what, run.share)
            time.sleep(FOLLOW_SECONDS)

    def tell(self, stage: Stage, what: str, share: float) -> None:
        line = f"{share:4.0%} {stage.label}: {what}"
        if line != self.told:
            self.told = line
            with suppress(BrokenPipeError):  # nobody reads along any more: the work goes on
                self.stdout.write(f"  {line}")

    def show_findings(self, delivery: Delivery) -> None:
        self.stderr.write(f"{delivery} was refused, and nothing of it was kept:")
        for one in delivery.findings:
            rows = f", rows {', '.join(map(str, one['rows']))}" if one["rows"] else ""
            column = f", column {one['column']}" if one["column"] else ""
            self.stderr.write(f"  {one['file']}{column}{rows}: {one['reason']}")

    def report(self, run: LinkageRun) -> None:
        counts, quality = run.part(Stage.LINKING)["counts"], run.part(Stage.MEASURING)
        rows = sum(table["rows"] for table in run.release.tables.values())
        self.stdout.write(
            f"{counts['records']:,} records of {counts['persons']:,} persons, {counts['put_up_for_review']:,} pairs to "
            f"review; {len(run.release.tables)} tables, {rows:,} rows, no identifier found."
        )
        for sentence in quality["statement"]["summary"]:
            self.stdout.write(f"  {sentence}")
        self.stdout.write(self.style.SUCCESS(f"Release {run.release} is built and waits for publication."))
