"""Deliveries and linkage runs: who asks, who works, and what ends a job."""

import pytest

from extracts.lifecycle.linkage import Stage
from extracts.models import Delivery, LinkageRun
from extracts.services import deliveries, jobs, linkage
from governance.audit import trail
from governance.people.grants import give_everywhere, give_on, roles_for, roles_on, worker
from governance.people.roles import Role
from governance.workflow import Refused
from tests import linked
from tests.builders import a_project, now
from tests.cast import person

pytestmark = pytest.mark.django_db


def ask(*, by="lin", given=None, name="2026.2"):
    chosen = [linked.a_delivery()] if given is None else given
    return linkage.request(dataset=linked.DATASET, deliveries=chosen, name=name, by=person(by), at=now())


def test_a_delivery_is_received_once_and_again_after_it_was_refused():
    first = linked.a_delivery(state="received")
    assert linked.a_delivery(state="received") == first
    refused = linked.a_delivery(state="refused")
    assert (refused.state, refused.findings[0]["row"]) == ("refused", 17)
    again = linked.a_delivery(state="received")
    assert (again.pk, again.state, again.findings) == (first.pk, "received", [])
    assert linked.a_delivery().records == {"identity": 850, "payload": 700}
    assert [entry.action for entry in trail.of(first)] == ["accept", "receive", "refuse", "receive"]


def test_an_accepted_delivery_is_not_received_again():
    accepted = linked.a_delivery()
    assert linked.a_delivery(state="received").state == "accepted"
    with pytest.raises(Refused, match="while it is accepted"):
        deliveries.refuse(accepted, findings=[], at=now())


@pytest.mark.parametrize("who", ["ruth", "sam", "lena", "rae", "ada", "cass"])
def test_only_linkage_analysts_start_a_linkage(who):
    with pytest.raises(Refused, match="Only linkage analysts"):
        ask(by=who)
    assert not LinkageRun.objects.exists()


def test_an_operator_asks_as_the_worker():
    run = linkage.request(
        dataset=linked.DATASET, deliveries=[linked.a_delivery()], name="1", by=worker(), at=now(), seed=9
    )
    assert (run.state, run.seed, list(run.deliveries.all())) == ("requested", 9, list(Delivery.objects.all()))


@pytest.mark.parametrize("name", ["", "a b", ".hidden", "../up", "x" * 21, "Ü1"])
def test_names_that_no_release_can_have(name):
    with pytest.raises(Refused, match="Name the release"):
        ask(name=name)


def test_what_stands_against_a_linkage_is_named():
    with pytest.raises(Refused, match="at least one delivery"):
        ask(given=[])
    with pytest.raises(Refused, match="was refused"):
        ask(given=[linked.a_delivery("cps", state="refused")])
    other = deliveries.receive(dataset="other", provider="police", name="1", sha256="", by=worker(), at=now())
    with pytest.raises(Refused, match="another dataset"):
        ask(given=[other])
    ask()
    with pytest.raises(Refused, match="under way"):
        ask(name="2026.3")


def test_a_name_is_used_once_unless_its_run_was_cancelled():
    linkage.cancel(ask(), by=person("lou"), at=now())
    run = linkage.claim(ask().pk, at=now(), lease=linked.LEASE)
    linkage.fail(run, reason="It failed.", at=now())
    with pytest.raises(Refused, match=r"named 2026\.2 already"):
        ask()


def test_a_run_goes_through_its_stages_and_says_how_far_it_is():
    run = linked.a_run("running")
    assert run.percent == 0
    linkage.start_stage(run, Stage.LINKING, at=now(), lease=linked.LEASE)
    linkage.keep(run, at=now(), lease=linked.LEASE, what="Scoring", share=0.5)
    kept = LinkageRun.objects.get()
    assert (kept.percent, kept.what) == (30, "Scoring")
    linkage.record_stage(run, Stage.LINKING, {"counts": {"persons": 5}}, model_name="cjs-1", charts={"waterfall": []})
    linkage.record_stage(run, Stage.MEASURING, linked.QUALITY)
    kept = LinkageRun.objects.get()
    assert kept.part(Stage.LINKING)["counts"] == {"persons": 5}
    assert kept.part(Stage.MEASURING)["basis"] == "truth" and kept.part(Stage.SCANNING) == {}
    assert (kept.model_name, kept.charts) == ("cjs-1", {"waterfall": []})


def test_of_two_workers_the_silent_one_can_do_no_harm():
    first = linked.a_run("running")
    assert linkage.claim(first.pk, at=now(), lease=linked.LEASE) is None
    second = linkage.claim(first.pk, at=now() + 2 * linked.LEASE, lease=linked.LEASE)
    assert second.attempt == 2
    for step in (
        lambda: linkage.keep(first, at=now(), lease=linked.LEASE),
        lambda: linkage.start_stage(first, Stage.LINKING, at=now(), lease=linked.LEASE),
        lambda: linkage.record_stage(first, Stage.LINKING, {}),
        lambda: linkage.fail(first, reason="late", at=now()),
    ):
        with pytest.raises(jobs.Superseded):
            step()
    assert linkage.fail(second, reason="Out of memory.", at=now()).reason == "Out of memory."


def test_a_run_goes_from_queue_to_queue_without_losing_its_place():
    first = linked.a_run("running")
    linkage.start_stage(first, Stage.MEASURING, at=now(), lease=linked.LEASE)
    jobs.hand_over(first)
    second = linkage.claim(first.pk, at=now(), lease=linked.LEASE)
    assert (second.attempt, second.percent) == (2, 40)
    with pytest.raises(jobs.Superseded):
        jobs.hand_over(first)
    linkage.keep(second, at=now(), lease=linked.LEASE)


def test_hand_overs_are_no_failures():
    run, at = linked.a_run(), now()
    for number in range(jobs.MOST_ATTEMPTS + LinkageRun.HAND_OVERS):
        assert linkage.claim(run.pk, at=at + 2 * number * linked.LEASE, lease=linked.LEASE)
    assert linkage.claim(run.pk, at=at + 100 * linked.LEASE, lease=linked.LEASE) is None
    run.refresh_from_db()
    assert (run.state, run.reason) == ("failed", "It was tried 5 times and did not finish.")


def test_a_failed_run_is_tried_again_by_a_linkage_analyst():
    run = linked.a_run("failed")
    with pytest.raises(Refused, match="role"):
        linkage.retry(run, by=person("rae"), at=now())
    assert linkage.retry(run, by=person("lou"), at=now()).state == "requested"
    assert linkage.claim(run.pk, at=now(), lease=linked.LEASE).attempt == 1


def test_a_failed_run_waits_while_another_is_under_way():
    failed = linked.a_run("failed")
    linked.a_run(name="2026.3")
    with pytest.raises(Refused, match="under way"):
        linkage.retry(failed, by=person("lin"), at=now())


def test_a_cancelled_run_is_nobodys():
    run = linked.a_run("running")
    linkage.cancel(run, by=person("lou"), at=now())
    with pytest.raises(jobs.Superseded):
        linkage.keep(run, at=now(), lease=linked.LEASE)
    assert linkage.claim(run.pk, at=now() + 2 * linked.LEASE, lease=linked.LEASE) is None


def test_who_holds_identifiers_has_no_part_in_a_project():
    project, lin = a_project("triage"), person("lin")
    with pytest.raises(Refused, match="holds identifiers"):
        give_on(project, lin, Role.RESEARCHER, because="Joined.", at=now())
    ruth = person("ruth")
    assert Role.RESEARCHER in roles_on(project, ruth, now())
    give_everywhere(ruth, Role.LINKER)
    assert roles_on(project, ruth, now()) == frozenset()


@pytest.mark.parametrize("who", ["lin", "rae"])
def test_work_on_the_linked_data_reaches_no_project(who):
    assert roles_on(a_project("triage"), person(who), now()) == frozenset()


@pytest.mark.parametrize(("who", "role"), [("lin", Role.STEWARD), ("rae", Role.LINKER), ("ada", Role.LINKER),
                                           ("cass", Role.LINKER), ("lou", Role.AUDITOR)])  # fmt: skip
def test_roles_that_nobody_holds_together(who, role):
    with pytest.raises(ValueError):
        give_everywhere(person(who), role)


def test_a_record_without_a_project_has_to_say_that_it_is_the_services():
    assert roles_for(linked.a_delivery(), person("lin"), now()) == {Role.LINKER}
    with pytest.raises(AttributeError):
        roles_for(object(), person("lin"), now())
