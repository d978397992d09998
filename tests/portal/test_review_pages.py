"""Clerical review: names are shown to reviewers alone, each opening is on the trail, and reviews are blind."""

import json
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.urls import reverse

from extracts.models import ClericalDecision, ClericalPair
from extracts.services import clerical
from governance.audit import trail
from governance.audit.models import Entry
from tests import linked
from tests.builders import now
from tests.cast import person
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db

CONTENT = {
    "fields": ["forename", "surname", "aliases", "date_of_birth", "sex", "postcode", "new_field"],
    "records": [
        {"source": "pol_suspect", "person_role": "suspect", "forename": "Katherine", "surname": "Ashdown",
         "aliases": "KATE ASHDOWN|KATHY MARLOWE", "date_of_birth": "1988-03-07", "sex": "F", "postcode": "EX12 4CK"},
        {"source": "crown_xhibit", "person_role": None, "forename": "Kathryn", "surname": "Marlowe",
         "date_of_birth": "1988-07-03", "sex": "F", "postcode": None, "new_field": "x"},
    ],
    "comparison": {"forename": "close", "surname": "different", "date_of_birth": "different", "sex": "same"},
}  # fmt: skip
NAMES = ("Katherine", "Ashdown", "Kathryn", "Marlowe", "1988-03-07", "EX12 4CK")


def store(pair, content=None):
    folder = Path(configured.GATEHOUSE_DATA) / "clerical" / linked.DATASET / "pairs"
    folder.mkdir(parents=True, exist_ok=True)
    written = json.dumps({"token": pair.token, **CONTENT}) if content is None else content
    (folder / f"{pair.token}.json").write_text(written)


@pytest.fixture
def pairs(zones):
    """Three pairs that wait, with their records."""
    found = linked.pairs(linked.a_run("running"), 3)
    for pair in found:
        store(pair)
    return found


def test_two_records_stand_side_by_side_and_what_differs_is_said(pairs):
    text = " ".join(read(signed_in("lin"), "review_pair", pairs[0].token).split())
    for name in NAMES:
        assert name in text
    assert "2 fields differ" in text
    assert "pol_suspect, suspect" in text and "KATE ASHDOWN, KATHY MARLOWE" in text
    for word, number in (("Differs", 2), ("Nearly the same", 1), ("Same</td>", 1), ("On one side only", 3)):
        assert text.count(word) == number, word
    assert "New field" in text


def test_an_answer_leads_to_the_next_pair_at_once(pairs):
    client = signed_in("lin")
    answer = client.post(pairs[0].get_absolute_url(), {"verdict": "different", "note": "moved"})
    assert answer.url == pairs[1].get_absolute_url()
    decision = ClericalDecision.objects.get()
    assert (decision.pair, decision.verdict, decision.note) == (pairs[0], "different", "moved")
    for pair in pairs[1:]:
        answer = client.post(pair.get_absolute_url(), {"verdict": "same", "note": ""}, follow=True)
    assert "That was the last pair that waits for you." in answer.content.decode()


def test_a_pair_that_was_left_for_later_comes_last(pairs):
    client = signed_in("lin")
    assert f'href="{pairs[1].get_absolute_url()}">Leave this pair for later' in read(
        client, "review_pair", pairs[0].token
    )
    assert client.post(pairs[1].get_absolute_url(), {"verdict": "same"}).url == pairs[2].get_absolute_url()
    assert client.post(pairs[2].get_absolute_url(), {"verdict": "same"}).url == pairs[0].get_absolute_url()


def test_an_answer_that_is_none_is_asked_for_again(pairs):
    client = signed_in("lin")
    for data in ({}, {"verdict": "maybe"}):
        text = send(client, "review_pair", pairs[0].token, status=422, **data)
        assert "Choose an answer" in text and "Katherine" in text
    assert not ClericalDecision.objects.exists()


def test_each_answer_has_a_key_and_the_keys_can_be_turned_off(pairs):
    text = read(signed_in("lin"), "review_pair", pairs[0].token)
    for key, value in (("s", "same"), ("d", "different"), ("u", "unsure")):
        assert f'value="{value}" data-key="{key}" aria-keyshortcuts="{key}"' in text
    assert "data-keys-switch" in text


def test_no_page_tells_a_reviewer_what_another_decided_or_how_likely_the_link_is(pairs):
    """The page of a second and of a third reviewer is the page of a first."""
    _, two, three = pairs
    linked.decide(two, "same", reviewers=["lou"])
    linked.decide(three, "same", "different", reviewers=["lou", "lara"])

    def page(pair):
        return read(signed_in("lin"), "review_pair", pair.token).replace(pair.token, "").replace(pair.token[:8], "")

    pages = [page(pair) for pair in pairs]
    following = [pair.get_absolute_url() for pair in pairs]
    for text in pages:
        assert not [word for word in ("probab", "0.4-0.6", "Lou", "Lara", "disagree") if word in text]
    lines = [[line for line in text.splitlines() if "/linkage/review/" not in line] for text in pages]
    assert lines[0] == lines[1] == lines[2], following


@pytest.mark.parametrize("who", ["rae", "ada", "lena", "ruth", "cass", "sam", "olu"])
def test_nobody_else_sees_a_name_or_that_there_is_a_pair(pairs, who):
    client = signed_in(who)
    read(client, "review", status=404)
    text = read(client, "review_pair", pairs[0].token, status=404)
    assert not [name for name in NAMES if name in text]
    send(client, "review_pair", pairs[0].token, status=404, verdict="same")
    send(client, "review_undo", pairs[0].token, status=404)
    assert not trail.of(pairs[0]).exists()


def test_every_opening_is_on_the_trail_without_a_value(pairs):
    client = signed_in("lin")
    for _ in range(2):
        read(client, "review_pair", pairs[0].token)
    entries = trail.of(pairs[0]).filter(action="open pair")
    assert [entry.actor for entry in entries] == ["lin", "lin"]
    stored = json.dumps([entry.as_hashed() for entry in Entry.objects.all()], default=str)
    assert not [name for name in NAMES if name in stored]


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"records": [1, 2], "fields": ["sex"]}', '{"records": []}'])
def test_a_file_that_cannot_be_read_is_said_to_be_so(pairs, content):
    store(pairs[0], content)
    text = read(signed_in("lin"), "review_pair", pairs[0].token, status=404)
    assert "The records of this pair cannot be shown" in text and "Go on to the next pair" in text


@pytest.mark.slow
def test_a_file_that_is_not_there_is_said_to_be_so(zones):
    (pair,) = linked.pairs(linked.a_run("running"))
    assert "cannot be shown" in read(signed_in("lin"), "review_pair", pair.token, status=404)


@pytest.mark.parametrize("token", ["..", "0" * 16, "identifiers", "ABCDEF0123456789"])
def test_a_token_of_no_pair_leads_nowhere(pairs, token):
    assert signed_in("lin").get(f"/linkage/review/{token}").status_code == 404


@pytest.mark.slow
def test_a_token_that_is_no_plain_number_opens_no_file(zones):
    run = linked.a_run("running")
    clerical.queue(run, [{"token": "not-hex-at-all-000", "reason": "grey zone"}], at=now())
    store(ClericalPair.objects.get())  # the file is there: only the look at the token keeps it shut
    page = read(signed_in("lin"), "review_pair", "not-hex-at-all-000", status=404)
    assert not [name for name in NAMES if name in page]


def test_a_decision_is_taken_back_until_somebody_else_decides(pairs):
    client = signed_in("lin")
    send(client, "review_pair", pairs[0].token, verdict="same")
    assert "Take back my last decision" in read(client, "review")
    send(client, "review_undo", pairs[0].token)
    assert not ClericalDecision.objects.exists()
    send(client, "review_pair", pairs[0].token, verdict="different")
    linked.decide(ClericalPair.objects.get(pk=pairs[0].pk), "different", reviewers=["lou"])
    assert "Take back my last decision" not in read(client, "review")
    answer = client.post(reverse("review_undo", args=[pairs[0].token]), follow=True)
    assert "You cannot undo this while it is settled." in answer.content.decode()


def test_a_pair_that_one_has_decided_is_not_shown_to_one_again(pairs):
    client = signed_in("lin")
    send(client, "review_pair", pairs[0].token, verdict="same")
    answer = client.get(pairs[0].get_absolute_url(), follow=True)
    assert "You have decided on that pair" in answer.content.decode()
    assert "Katherine" not in answer.content.decode()


def test_the_queue_says_how_much_is_done_and_left(pairs):
    linked.decide(pairs[0], "same", "same")
    text = " ".join(read(signed_in("lin"), "review").split())
    assert "2 pairs wait for you. You have decided 1." in text
    assert '<span class="gh-figures__number">1</span>settled' in text


def test_an_empty_queue_says_so(zones):
    assert "No linkage has put pairs up" in read(signed_in("lin"), "review")
    (pair,) = linked.pairs(linked.a_run("running"))
    linked.decide(pair, "same", reviewers=["lin"])
    assert "None waits for you" in read(signed_in("lin"), "review")


@pytest.mark.slow
def test_the_reviewers_are_told_once_however_many_pairs_wait(zones):
    linked.pairs(linked.a_run("running"), 40)
    text = read(signed_in("lou"), "home")
    assert text.count("Review pairs of records") == 1 and "40 pairs" in text


def test_the_number_of_queries_does_not_grow(zones, django_assert_max_num_queries):
    run, client = linked.a_run("running"), signed_in("lin")

    def queries(token):
        with django_assert_max_num_queries(30) as counted:
            read(client, "review_pair", token)
        return len(counted)

    first, _ = linked.pairs(run, 2)
    store(first)
    read(client, "review_pair", first.token)
    few = queries(first.token)
    linked.pairs(run, 50)
    assert queries(first.token) == few


def test_a_reviewer_is_a_person_of_the_linkage_team(pairs):
    assert {who for who in ("lin", "lou", "lara") if person(who).organisation.name == "Linkage team"} == {
        "lin", "lou", "lara"
    }  # fmt: skip
