"""A release's life: built, published by a second person, superseded by the next, withdrawn with all that it feeds."""

import pytest
from django.db import IntegrityError, transaction

from extracts import services
from extracts.models import Extract, LinkageRun, Release
from extracts.services import jobs, linkage, releases
from governance.audit import trail
from governance.people.grants import give_everywhere, worker
from governance.people.roles import Role
from governance.workflow import Refused
from tests import linked
from tests.builders import an_agreement, catalogue, now
from tests.cast import person

pytestmark = pytest.mark.django_db


def register(run, *, moved=None, scan=linked.CLEAN):
    return releases.register_built_release(
        run, title="T", tables=linked.TABLES, manifest_sha256="", quality=linked.QUALITY, difference={}, scan=scan,
        move=lambda: moved.append(1) if moved is not None else None, at=now(),
    )  # fmt: skip


def publish(release, by="rae"):
    return releases.publish(release, reasons="As good as before.", by=person(by), at=now())


def withdraw(release, by="rae", reasons="Wrong links in Eastmoor."):
    return releases.withdraw(release, reasons=reasons, by=person(by), at=now())


def an_extract():
    return services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())


def build(extract):
    return services.claim(extract.pk, at=now(), lease=linked.LEASE)


def deliver(extract):
    return services.deliver(
        build(extract), folder="x", manifest={"files": []}, move=lambda: None, catalogue=catalogue(), at=now()
    )


def test_a_built_release_waits_and_nothing_is_built_from_it():
    release = linked.a_release()
    run = release.run
    run.refresh_from_db()
    assert (release.state, run.state, run.lease_until) == ("built", "built", None)
    assert services.current_release(linked.DATASET) is None
    assert [entry.action for entry in trail.of(release)] == ["build"]


def test_a_release_in_which_an_identifier_was_found_is_not_put_in_place():
    run, moved = linked.a_run("running"), []
    found = {"clean": False, "findings": [{"table": "pol_crime", "column": "reason", "matches": 3}]}
    for scan in (found, {}, {"clean": "yes"}):
        with pytest.raises(Refused, match="free of identifiers"):
            register(run, moved=moved, scan=scan)
    assert moved == [] and not Release.objects.exists()
    assert LinkageRun.objects.get().state == "running"


def test_a_late_worker_puts_nothing_in_place():
    run, moved = linked.a_run("running"), []
    linkage.cancel(run, by=person("lin"), at=now())
    with pytest.raises(jobs.Superseded):
        register(run, moved=moved)
    assert moved == [] and not Release.objects.exists()


def test_a_move_that_fails_leaves_no_release():
    run = linked.a_run("running")

    def fail():
        raise OSError

    with pytest.raises(OSError):
        releases.register_built_release(
            run, title="T", tables={}, manifest_sha256="", quality={}, difference={}, scan=linked.CLEAN, move=fail,
            at=now(),
        )  # fmt: skip
    assert not Release.objects.exists() and LinkageRun.objects.get().state == "running"


def test_publishing_makes_it_the_current_one_and_supersedes_the_one_before():
    first = publish(linked.a_release(name="1"))
    second = publish(linked.a_release(name="2"))
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "published")
    assert services.current_release(linked.DATASET) == second
    entry = trail.of(first).first()
    assert (entry.action, entry.actor, entry.note) == ("supersede", "worker", "2 takes its place.")


@pytest.mark.parametrize("who", ["lin", "lou", "sam", "lena", "ada", "cass", "ruth"])
def test_only_the_release_manager_publishes(who):
    current, release = publish(linked.a_release(name="1")), linked.a_release(name="2")
    with pytest.raises(Refused, match="role"):
        publish(release, by=who)
    assert services.current_release(linked.DATASET) == current, "a refusal leaves the one before where it was"


def test_who_asked_for_the_linkage_does_not_publish_what_it_built():
    """A second person, also after roles have changed hands."""
    release, lin = linked.a_release(), person("lin")
    lin.role_grants.update(state="taken_back")
    give_everywhere(lin, Role.STEWARD)
    with pytest.raises(Refused, match="somebody else publishes"):
        publish(release, by="lin")


def test_without_a_quality_statement_it_stays():
    with pytest.raises(Refused, match="quality was not measured"):
        publish(linked.a_release(quality={}))


def test_an_older_one_does_not_take_the_place_of_a_newer():
    older, newer = linked.a_release(name="1"), linked.a_release(name="2")
    publish(newer)
    with pytest.raises(Refused, match="newer release was published"):
        publish(older)
    assert services.current_release(linked.DATASET) == newer


def test_going_back_takes_a_withdrawal_with_its_reason():
    first = publish(linked.a_release(name="1"))
    second = publish(linked.a_release(name="2"))
    first.refresh_from_db()
    with pytest.raises(Refused, match="Withdraw it first"):
        publish(first)
    assert services.current_release(linked.DATASET) == second
    withdraw(second)
    assert services.current_release(linked.DATASET) is None, "nothing is put back by itself"
    assert services.current_release(linked.DATASET) is None and publish(first).state == "published"


def test_a_withdrawn_release_never_comes_back():
    release = withdraw(linked.a_release("published"))
    assert release.withdrawn_because == "Wrong links in Eastmoor."
    with pytest.raises(Refused, match="while it is withdrawn"):
        publish(release)


def test_a_withdrawal_takes_the_role_and_a_reason():
    release = linked.a_release("published")
    with pytest.raises(Refused, match="role"):
        withdraw(release, by="lin")
    with pytest.raises(Refused, match="Say why"):
        withdraw(release, reasons="  ")
    assert services.current_release(linked.DATASET) == release


@pytest.mark.slow
def test_a_withdrawal_stops_and_recalls_every_extract_at_once():
    release = linked.a_release("published")
    requested, building, delivered = an_extract(), an_extract(), an_extract()
    job, delivered = build(building), deliver(delivered)
    withdraw(release)
    states = {one.pk: (one.state, one.reason) for one in Extract.objects.all()}
    reason = f"Release {release} was withdrawn."
    assert states == {
        requested.pk: ("release_withdrawn", reason),
        building.pk: ("release_withdrawn", reason),
        delivered.pk: ("recalled", reason),
    }
    with pytest.raises(services.Superseded):
        services.keep(job, at=now(), lease=linked.LEASE)
    with pytest.raises(Refused, match="No release"):
        an_extract()


@pytest.mark.slow
def test_a_superseded_release_still_feeds_the_extracts_that_were_asked_of_it():
    linked.a_release("published", name="1")
    extract = an_extract()
    publish(linked.a_release(name="2"))
    assert deliver(extract).state == "delivered"


def test_an_operators_release_is_published_at_once_and_supersedes():
    first = publish(linked.a_release(name="1"))
    loaded = services.register_release(
        code=linked.DATASET, version="9", title="T", tables=linked.TABLES, by=worker(), at=now()
    )
    first.refresh_from_db()
    assert (first.state, loaded.state) == ("superseded", "published")
    again = services.register_release(code=linked.DATASET, version="9", title="T", tables={}, by=worker(), at=now())
    assert again == loaded and again.tables == linked.TABLES


def test_the_database_keeps_one_published_release_and_every_withdrawal_its_reason():
    first, second = linked.a_release("published", name="1"), linked.a_release(name="2")
    for release, changes in (
        (second, {"state": "published", "published_at": now()}),
        (first, {"state": "withdrawn", "withdrawn_at": now()}),
        (second, {"state": "superseded"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.filter(pk=release.pk).update(**changes)
