"""manage.py link and manage.py release: what they refuse, and that they say why."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.utils import OperationalError

from extracts import tasks
from extracts.lifecycle.linkage import Stage
from extracts.models import Delivery, LinkageRun
from extracts.services import linkage
from portal.management.commands.link import Command
from portal.management.deliveries import problems_as_sentences
from tests.builders import now
from tests.cast import person
from tests.extracts import a_delivery
from tests.linked import a_delivery as a_delivery_of
from tests.linked import a_release, a_run

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--release", "2026.1"), "There is no delivery in it"),
        (("--release", "2026.1", "--dataset", "nobody"), "There is no dataset nobody"),
    ],
)
def test_what_cannot_be_linked_is_refused(zones, tmp_path, arguments, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("link", str(tmp_path), *arguments)
    assert not LinkageRun.objects.exists() and not Delivery.objects.exists()


def test_an_unknown_provider_is_named(zones, tmp_path):
    (tmp_path / "mi5").mkdir()
    with pytest.raises(CommandError, match="mi5: No provider has this code"):
        call_command("link", str(tmp_path), "--release", "2026.1")


def test_deliveries_are_received_once_and_wait_for_an_analyst(zones, tmp_path):
    sent = a_delivery.write_delivery(tmp_path / "sent" / "police").parent
    about = {"provider": "police", "delivery": "2026-02", "cut": "2026-02-28"}
    (sent / "police" / "delivery.json").write_text(json.dumps(about))
    for _ in range(2):
        assert "police 2026-02: Received, not looked at yet" in said("receive", str(sent))
    assert (zones.inbox / "cjs_linked" / "police" / "2026-02" / "delivery.json").is_file()
    assert Delivery.objects.count() == 1 and not LinkageRun.objects.exists()
    with pytest.raises(CommandError, match="There is no delivery in it"):
        call_command("receive", str(tmp_path / "nothing"))


def of_november(sent: Path) -> Path:
    """The folder in which the police have sent their delivery 2026-11."""
    (sent / "police").mkdir(parents=True)
    about = {"provider": "police", "delivery": "2026-11", "cut": "2026-11-30"}
    (sent / "police" / "delivery.json").write_text(json.dumps(about))
    return sent


def test_a_delivery_in_the_hands_of_a_linkage_is_not_received_again(zones, tmp_path):
    sent = of_november(tmp_path / "sent")
    said("receive", str(sent))
    linkage.request(dataset="cjs_linked", deliveries=Delivery.objects.all(), name="2026.2", by=person("lin"), at=now())
    with pytest.raises(CommandError, match="is in the hands of a linkage"):
        call_command("receive", str(sent))


def test_a_failed_linkage_is_tried_again_by_a_person_and_over_the_same_deliveries(zones, tmp_path, monkeypatch):
    monkeypatch.setattr(tasks.link_deliveries, "delay", lambda pk: None)
    sent = of_november(tmp_path / "sent")
    run = a_run("failed", name="2026.2")
    with pytest.raises(CommandError, match="Your role does not let you retry"):
        call_command("link", str(sent), "--release", "2026.2")
    with pytest.raises(CommandError, match="Nobody has that user name"):
        call_command("link", str(sent), "--release", "2026.2", "--by", "nobody")
    call_command("link", str(sent), "--release", "2026.2", "--by", "lin", "--queue", stdout=StringIO())
    run.refresh_from_db()
    assert run.state == "requested"
    a_delivery_of("cps")
    run.deliveries.add(Delivery.objects.get(provider="cps"))
    LinkageRun.objects.update(state="failed")
    with pytest.raises(CommandError, match="of other deliveries"):
        call_command("link", str(sent), "--release", "2026.2", "--by", "lin")


def test_a_release_that_was_built_before_is_left_alone_and_that_is_said(zones, tmp_path):
    a_release("published", name="2026.2")
    Delivery.objects.update(sha256="")
    told = said("link", str(of_november(tmp_path / "sent")), "--release", "2026.2")
    assert "was built before, and nothing was done. It is: published" in told


def test_other_content_under_the_name_of_what_was_accepted_is_refused(zones, tmp_path):
    Delivery.objects.filter(pk=a_delivery_of().pk).update(sha256="ab" * 32)
    with pytest.raises(CommandError, match="was accepted before, with other content: a new delivery needs a name"):
        said("link", str(of_november(tmp_path / "sent")), "--release", "2026.3", "--truth", str(tmp_path))
    assert not LinkageRun.objects.exists() and not (zones.truth / "cjs_linked").exists()


def test_a_database_without_tables_is_told_of_in_a_sentence():
    with pytest.raises(CommandError, match=r"run manage\.py migrate"), problems_as_sentences():
        raise OperationalError("no such table: people_user")
    with pytest.raises(OperationalError), problems_as_sentences():
        raise OperationalError("database is locked")


def test_work_goes_on_when_nobody_reads_along(monkeypatch):
    def broken(text):
        raise BrokenPipeError

    command = Command()
    command.told = ""
    monkeypatch.setattr(command.stdout, "write", broken)
    command.tell(Stage.LINKING, "Scoring", 0.5)
    assert command.told.endswith("Scoring")


def test_releases_are_listed_with_their_states(zones):
    assert "There is no release yet" in said("release", "list")
    a_release()
    assert "2026.2       Built, waiting for publication" in said("release", "list")


def test_a_release_is_published_and_withdrawn_in_the_name_of_a_person(zones):
    release = a_release()
    person("rae")
    assert "Published" in said("release", "publish", "2026.2", "--by", "rae", "--reasons", "Good.")
    assert "Withdrawn" in said("release", "withdraw", "2026.2", "--by", "rae", "--reasons", "Wrong links.")
    release.refresh_from_db()
    assert release.state == "withdrawn"
    assert release.withdrawn_because.startswith("Wrong links. (By command, account ")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("publish", "2026.2", "--by", "lin", "--reasons", "x"), "Your role does not let you publish this"),
        (("publish", "2026.2", "--by", "nobody", "--reasons", "x"), "Nobody has that user name"),
        (("publish", "2026.9", "--by", "rae", "--reasons", "x"), "There is no release cjs_linked 2026.9"),
        (("withdraw", "2026.2", "--by", "rae", "--reasons", " "), "Say why"),
        (("verify", "2026.2"), "manifest.json is missing"),
    ],
)
def test_what_is_not_for_this_person_or_release_is_refused(zones, arguments, reason):
    a_release()
    with pytest.raises(CommandError, match=reason):
        call_command("release", *arguments)
