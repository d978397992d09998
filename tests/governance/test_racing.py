"""Two owners and a revocation at the same moment leave one legal history, whoever comes first.

SQLite lets one writer in at a time, so there is nothing to race there. The trail refuses to be emptied: what is
written here goes into a copy of the test database, which is dropped afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from governance.agreements import services as agreements
from governance.agreements.models import Agreement
from governance.audit import chain, trail
from governance.audit.models import Entry
from governance.projects import services as projects
from governance.projects.boards import Verdict
from governance.projects.models import Interest, Member, Project
from governance.workflow import Refused
from tests.builders import a_project, an_agreement, catalogue, declare, now, person

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time: races are shown on PostgreSQL."
)
TIMES, LATEST_SECONDS = 200, 0.02
TWO_OWNERS = {"cps_pcd": {"decision_code": ""}, "crt_case": {"case_outcome": ""}}  # each with a quorum of one


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of the usual fixture of this name: a copy of the test database, in which everything is committed."""
    usual, creation = connection.settings_dict["NAME"], connection.creation
    with django_db_blocker.unblock():
        creation.clone_test_db("racing", verbosity=0)
        turn_to(creation.get_test_db_clone_settings("racing")["NAME"])
        yield
        turn_to(usual)
        creation.destroy_test_db(suffix="racing", verbosity=0)


def turn_to(name: str) -> None:
    """All threads' connections lead to the database of this name from here on."""
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


def together(*acts: Callable[[], object], late: tuple[float, ...]) -> list[str]:
    """Run each in a thread and on a connection of its own, so many seconds after all are ready.

    What each was refused with, or "".
    """
    barrier = Barrier(len(acts))

    def one(act: Callable[[], object], seconds: float) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            time.sleep(seconds)
            act()
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts, late))


def lateness(random: Random, number: int, how_many: int) -> tuple[float, ...]:
    """Every second time all start at once; otherwise apart, so that each comes first some time."""
    return tuple(random.uniform(0, LATEST_SECONDS) if number % 2 else 0.0 for _ in range(how_many))


@transaction.atomic
def copy_of(model: Project, number: int) -> Project:
    """A project like the model, with its team and declared interests: to write 200 applications takes minutes."""
    made = Project.objects.get(pk=model.pk)
    made.pk, made.reference = None, f"RACE-{number:04d}"
    made.save(force_insert=True)
    for related in (*Member.objects.filter(project=model), *Interest.objects.filter(project=model)):
        related.pk, related.project = None, made
        related.save(force_insert=True)
    return made


def history_of(project: Project) -> list[Entry]:
    return list(Entry.objects.filter(project=project.reference).order_by("seq"))


def problems_of(project: Project, refusals: list[str]) -> list[str]:
    """What is not as it has to be with a project on which two votes and a revocation met."""
    told = [one for one in history_of(project) if one.subject_type == "project"]
    votes = [one for one in told if one.action == "vote"]
    done = [one.action for one in told]
    moves = {(move.action, source.value, move.target.value) for move in Project.LIFECYCLE for source in move.sources}
    given = sorted(project.decisions.filter(stage="owner").values_list("person__username", flat=True))
    found = {
        "an entry does not begin where the one before it ended": any(a.after != b.before for a, b in pairwise(told)),
        "it does not begin with the owners": told[0].before != "owners",
        "an action that the lifecycle does not have": any(
            (one.action, one.before, one.after) not in moves for one in told
        ),
        "something after the revocation": done[-1] != "revoke" or done.count("revoke") != 1,
        "its state is not that of its history": project.state != "revoked",
        "votes and their entries differ": given != sorted(one.actor for one in votes),
        "a refused vote left something": len(votes) + sum(bool(one) for one in refusals[:2]) != 2,
        "the owners' stage is closed too often, or too early": done.count("refer") != (len(votes) == 2),
        "an agreement": project.agreements.exists(),
        "the revocation was refused": bool(refusals[2]),
    }
    return [name for name, wrong in found.items() if wrong]


def test_two_owners_and_a_revocation_leave_one_legal_history(db):
    known, random, orders = catalogue(), Random(20261), set()
    model = a_project("owners", wish=TWO_OWNERS)
    declare(model, "connie", "hugo")
    connie, hugo, sam = person("connie"), person("hugo"), person("sam")

    def votes(pk: int, who: Any) -> Callable[[], object]:
        project = Project.objects.get(pk=pk)
        return lambda: projects.vote(
            project, verdict=Verdict.APPROVE, reasons="Fits.", round=project.round, catalogue=known, by=who, at=now()
        )

    def revokes(pk: int) -> Callable[[], object]:
        project = Project.objects.get(pk=pk)
        return lambda: agreements.revoke_project(project, reasons="A breach.", by=sam, at=now())

    for number in range(TIMES):
        project = copy_of(model, number)
        acts = votes(project.pk, connie), votes(project.pk, hugo), revokes(project.pk)
        refusals = together(*acts, late=lateness(random, number, 3))
        project.refresh_from_db()
        assert problems_of(project, refusals) == [], f"time {number}: {refusals}"
        orders.add(tuple((one.actor, one.action) for one in history_of(project)))

    assert len(orders) > 2, "they came in the same order every time: nothing raced"
    assert list(chain.verify(trail.entries(), [{"seq": trail.head().seq, "digest": trail.head().digest}], None)) == []


def test_a_signature_and_a_revocation_do_not_wait_for_one_another(db):
    """Both touch the agreement: whoever comes second is told so, and nobody is thrown out by the database."""
    random, sam, ruth = Random(20262), person("sam"), person("ruth")
    for number in range(6):
        agreement = an_agreement("drawn_up")
        project = agreement.project

        def signs(agreement: Agreement = agreement) -> object:
            return agreements.sign(agreement, sha256=agreement.sha256, by=ruth, at=now())

        def revokes(project: Project = project) -> object:
            return agreements.revoke_project(project, reasons="A breach.", by=sam, at=now())

        signed, revoked = together(signs, revokes, late=lateness(random, number, 2))
        agreement.refresh_from_db()
        assert not revoked and agreement.state == "revoked"
        assert agreement.signatures.count() == (0 if signed else 1)
