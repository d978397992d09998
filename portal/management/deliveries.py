"""What the commands that take deliveries share: how they are told which, and how they say what is wrong with them."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError
from django.db.utils import OperationalError, ProgrammingError

from extracts.providers import BadProvider, Refusal
from governance.catalogue.catalogue import UnknownName
from governance.workflow import Refused


def add_deliveries(parser: ArgumentParser) -> None:
    """The arguments `deliveries` and `--dataset`."""
    parser.add_argument("deliveries", type=Path, help="a folder with a folder for each provider, see make_sources")
    parser.add_argument("--dataset", default="cjs_linked", help="the linked dataset (default cjs_linked)")


@contextmanager
def problems_as_sentences() -> Iterator[None]:
    """What is wrong with deliveries or the database, or may not be done now, ends a command without a traceback."""
    try:
        yield
    except Refusal as refusal:
        raise CommandError("\n".join(str(finding) for finding in refusal.findings)) from refusal
    except (Refused, BadProvider, UnknownName) as problem:
        raise CommandError(str(problem)) from problem
    except (OperationalError, ProgrammingError) as problem:
        if "no such table" in str(problem) or "does not exist" in str(problem):
            raise CommandError("The database has no tables yet: run manage.py migrate first.") from problem
        raise
