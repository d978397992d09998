"""The audit trail's pages: auditors alone, filters, and a download that verifies without Gatehouse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from extracts.zones import Zones
from governance.audit import chain, trail
from governance.audit.models import Entry
from portal.demo import CAST
from tests import builders
from tests.cast import let_in, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client, settings, tmp_path):
    settings.GATEHOUSE_DATA = tmp_path
    let_in(client, person("ada"))
    return client


def shown(answer) -> list[int]:
    return [entry.seq for entry in answer.context["page"]]


def downloaded(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("username", [one.username for one in CAST if one.username != "ada"])
@pytest.mark.parametrize("address", ["/trail/", "/trail/export"])
def test_nobody_but_an_auditor_finds_the_trail(client, username, address):
    let_in(client, person(username))
    assert client.get(address).status_code == 404
    assert not Entry.objects.filter(action__in=["read trail", "download trail"]).exists()


@pytest.mark.parametrize("address", ["/trail/", "/trail/export"])
def test_a_visitor_is_asked_to_sign_in(client, address):
    assert client.get(address).url.startswith("/sign-in?next=")


def test_ada_reads_newest_first_and_her_visit_is_the_newest(ada):
    builders.a_project("triage")
    answer = ada.get("/trail/")
    assert shown(answer) == sorted(shown(answer), reverse=True)
    newest = answer.context["page"][0]
    assert (newest.actor, newest.action) == ("ada", "read trail")
    assert newest.pk == Entry.objects.last().pk == trail.head().seq


def test_each_page_of_the_trail_is_a_visit(ada):
    for _ in range(3):
        ada.get("/trail/")
    assert Entry.objects.filter(action="read trail").count() == 3


@pytest.mark.parametrize(
    ("filters", "is_met"),
    [
        ({"actor": "sam"}, lambda entry: entry.actor == "sam"),
        ({"action": "submit"}, lambda entry: entry.action == "submit"),
        ({"actor": "ruth", "action": "edit"}, lambda entry: (entry.actor, entry.action) == ("ruth", "edit")),
        ({"subject": "victims why"}, lambda entry: "Why victims withdraw" in entry.subject),
    ],
)
def test_filters_leave_what_meets_all_of_them(ada, filters, is_met):
    builders.a_project("owners")
    found = shown(ada.get("/trail/", filters))
    assert found == [entry.seq for entry in Entry.objects.order_by("-seq") if is_met(entry)]
    assert found


def test_one_projects_entries_are_found_by_its_reference(ada):
    first, second = builders.a_project("owners"), builders.a_project("owners")
    page = ada.get("/trail/", {"project": first.reference}).context["page"]
    assert {entry.project for entry in page} == {first.reference}
    assert first.reference != second.reference


def test_what_was_looked_for_is_on_the_trail_but_free_words_are_not(ada):
    ada.get("/trail/", {"actor": "ruth", "subject": "anything at all"})
    assert Entry.objects.last().details == {"actor": "ruth", "subject": True}


def test_filters_that_nothing_meets_say_so(ada):
    assert "No entry meets these filters." in ada.get("/trail/", {"actor": "nobody"}).content.decode()


def test_a_filter_that_is_too_long_is_refused_with_a_reason(ada):
    answer = ada.get("/trail/", {"action": "x" * 41})
    assert answer.status_code == 422
    assert "must be 40 characters or fewer" in answer.content.decode()


@pytest.mark.slow
def test_further_pages_show_the_trail_as_it_was_when_first_read(ada):
    for _ in range(120):
        trail.append(actor=person("sam"), action="count", at=timezone.now())
    first = ada.get("/trail/", {"action": "count"})
    following = ada.get(f"/trail/?action=count&page=2&up_to={first.context['request'].GET['up_to']}")
    last = ada.get(f"/trail/?action=count&page=3&up_to={first.context['request'].GET['up_to']}")
    assert f"up_to={first.context['request'].GET['up_to']}" in first.content.decode()
    assert len(shown(first)) == 50
    assert shown(first) + shown(following) + shown(last) == [
        entry.seq for entry in Entry.objects.filter(action="count").order_by("-seq")
    ]


@pytest.mark.parametrize("up_to", ["", "x", "-1", "9" * 30, "9" * 5000, "²"])
def test_a_made_up_place_to_start_from_is_ignored(ada, up_to):
    answer = ada.get("/trail/", {"up_to": up_to})
    assert answer.context["page"][0].seq == trail.head().seq


@pytest.mark.slow
def test_the_download_is_whole_and_verifies_without_gatehouse(ada, tmp_path, capsys):
    builders.an_output("checked_once")
    answer = ada.get("/trail/export")
    content = downloaded(answer)
    assert "attachment" in answer["Content-Disposition"]
    assert json.loads(content.splitlines()[-1])["action"] == "download trail"

    trail.export(tmp_path / "same.jsonl")
    assert (tmp_path / "same.jsonl").read_bytes() == content

    (tmp_path / "trail.jsonl").write_bytes(content)
    key = Ed25519PrivateKey.generate()
    (tmp_path / "key.pem").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    arguments = [str(tmp_path / "trail.jsonl"), "--key", str(tmp_path / "key.pem")]
    assert chain.main(arguments) == 0

    (tmp_path / "trail.jsonl").write_bytes(content.replace(b'"actor_name":"Sam"', b'"actor_name":"Eve"', 1))
    assert chain.main(arguments) == 1
    assert "was altered" in capsys.readouterr().out


def test_without_a_signed_head_the_page_says_so(ada):
    assert "No head has been signed yet." in ada.get("/trail/").content.decode()


def test_the_last_signed_head_is_shown(ada, tmp_path):
    sign(tmp_path, 7, "aa" * 32)
    sign(tmp_path, 12, "bb" * 32)
    text = ada.get("/trail/").content.decode()
    assert "Last signed head: 12" in text
    assert "bb" * 32 in text
    assert "000000000012.json" in text
    assert "signed on 22 November 2026, 2:05pm" in text


def test_a_signed_head_that_cannot_be_read_is_named(ada, tmp_path):
    sign(tmp_path, 7, "aa" * 32).write_text("{")
    assert "The last signed head cannot be read." in ada.get("/trail/").content.decode()


def sign(data: Path, seq: int, digest: str) -> Path:
    folder = Zones(data).trail_heads
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{seq:012d}.json"
    path.write_text(
        json.dumps(chain.signed_head(seq, digest, at="2026-11-22T14:05:00+00:00", key=Ed25519PrivateKey.generate()))
    )
    return path


def test_the_trail_takes_the_same_few_queries_whatever_its_length(ada, django_assert_max_num_queries):
    def queries() -> int:
        with django_assert_max_num_queries(20) as counted:
            ada.get("/trail/")
        return len(counted)

    few = queries()
    for _ in range(100):
        trail.append(actor=person("sam"), action="count", at=timezone.now())
    assert queries() == few
