"""The pages of linkage: who sees them, what a run says of itself, and how one is started."""

import re

import pytest
from django.urls import reverse

from extracts.lifecycle.linkage import Stage
from extracts.models import LinkageRun
from extracts.services import linkage
from governance.audit import trail
from tests import linked
from tests.builders import now
from tests.portal.pages import read, send, signed_in, text_of

pytestmark = pytest.mark.django_db

RUN = {
    "counts": {"records": 850, "pairs": 9100, "persons": 610, "new_thing": 4},
    "stable_ids": {"kept": 500, "merged": 3, "split": 2, "new": 110, "gone": 1},
    "contradictions": {"two dates of birth": 5},
    "thresholds": [0.8, 0.95],
    "phases": [{"name": "standardise", "seconds": 1.25, "peak_mib": 210}, {"name": "score", "seconds": 3.5}],
}
CHARTS = {
    "match_weights": [
        {"comparison_name": "date_of_birth", "label_for_charts": "Day and month swapped", "log2_bayes_factor": 9.1},
        {"comparison_name": "date_of_birth", "label_for_charts": "Differs", "log2_bayes_factor": -7.2},
        {"comparison_name": "date_of_birth", "label_for_charts": "not known", "log2_bayes_factor": None},
    ],
    "waterfalls": [
        {"title": "A pair that moved", "records": [
            {"column_name": "Prior", "label_for_charts": "Starting match weight (prior)", "log2_bayes_factor": -10.0},
            {"column_name": "names", "label_for_charts": "Exact", "log2_bayes_factor": 14.5},
            {"column_name": "Final score", "label_for_charts": "Final score", "log2_bayes_factor": 4.5},
        ]},
    ],
    "unlinkables": [{"match_weight": weight, "cum_prop": weight / 40} for weight in range(0, 20)],
}  # fmt: skip


def a_measured_run():
    run = linked.a_run("running")
    linkage.record_stage(run, Stage.LINKING, RUN, charts=CHARTS, model_name="cjs-1", model_version="3")
    linkage.record_stage(run, Stage.MEASURING, linked.QUALITY)
    return LinkageRun.objects.get()


@pytest.mark.parametrize("who", ["ruth", "coral", "sam", "petra", "lena", "pia", "cass", "olu"])
def test_nobody_else_finds_the_pages(who):
    """They answer as for a run that does not exist, and nothing comes of asking."""
    run, client = linked.a_run("failed"), signed_in(who)
    read(client, "linkage", status=404)
    read(client, "linkage_start", status=404)
    for name in ("linkage_run", "linkage_cancel"):
        assert read(client, name, run.pk, status=404) == read(client, name, run.pk + 1, status=404)
    for name in ("linkage_retry", "linkage_cancel"):
        send(client, name, run.pk, status=404)
    run.refresh_from_db()
    assert run.state == "failed"
    assert not trail.of(run).filter(actor=who).exists()


@pytest.mark.parametrize("who", ["lin", "rae", "ada"])
def test_the_linkage_team_the_release_manager_and_the_auditor_read_them(who):
    run = a_measured_run()
    client = signed_in(who)
    assert "99.1% (98.1 to 100.0)" in read(client, "linkage")
    assert "Linkage 2026.2" in read(client, "linkage_run", run.pk)
    assert trail.of(run).filter(action="view", actor=who).count() == 1


def test_with_nothing_there_the_page_says_what_to_wait_for():
    text = read(signed_in("lin"), "linkage")
    for sentence in ("No linkage has been measured yet", "There is no linkage yet", "No provider has delivered",
                     "No linkage has put pairs up"):  # fmt: skip
        assert sentence in text
    assert "Start a linkage" not in text
    assert "Nothing has been delivered yet" in read(signed_in("lin"), "linkage_start")


def test_a_refused_delivery_says_where_and_why_and_no_value():
    linked.a_delivery("cps", state="refused")
    text = read(signed_in("lin"), "linkage")
    assert "payload/pol_crime, row 17: A date is no date." in " ".join(text.split()).replace("</span>", "")
    assert "None kept" in text


def ask(client, status, **data):
    """What the form to start a linkage answers."""
    response = client.post(reverse("linkage_start"), {"dataset": linked.DATASET, **data})
    assert response.status_code == status
    return text_of(response)


def test_a_run_is_started_over_chosen_deliveries():
    delivery, client = linked.a_delivery(), signed_in("lin")
    received = linked.a_delivery("cps", state="received")
    linked.a_delivery("hmcts", state="refused")
    page = read(client, "linkage_start")
    assert "police 2026-11 (850 identity and 700 payload records)" in page
    assert "cps 2026-11 (received; it is looked at first)" in page
    assert "hmcts" not in page, "not what was refused"
    ask(client, 302, deliveries=[delivery.pk, received.pk], name="2026.2")
    run = LinkageRun.objects.get()
    assert (run.name, set(run.deliveries.all()), run.requested_by.username) == ("2026.2", {delivery, received}, "lin")


def test_what_is_missing_or_refused_is_said_beside_what_was_typed():
    delivery, client = linked.a_delivery(), signed_in("lin")
    text = ask(client, 422, name="a b")
    assert "Use letters, digits, dots and hyphens" in text and "Select at least one delivery" in text
    assert 'value="a b"' in text
    linked.a_run(name="2026.1")
    text = ask(client, 422, name="9", deliveries=[delivery.pk])
    assert "is under way" in text and 'value="9"' in text


@pytest.mark.parametrize("who", ["rae", "ada"])
def test_who_only_reads_is_refused_by_name(who):
    delivery, client = linked.a_delivery(), signed_in(who)
    answer = client.post(reverse("linkage_start"), {"deliveries": [delivery.pk], "name": "1"}, follow=True)
    assert "Only linkage analysts start a linkage." in answer.content.decode()
    assert not LinkageRun.objects.exists()


def test_a_running_linkage_is_followed():
    run = linked.a_run("running")
    linkage.start_stage(run, Stage.LINKING, at=now(), lease=linked.LEASE)
    linkage.keep(run, at=now(), lease=linked.LEASE, what="Scoring, chunk 3 of 8", share=0.5)
    address, client = run.get_absolute_url(), signed_in("lin")
    for page in (read(client, "linkage_run", run.pk), read(client, "linkage")):
        assert 'data-poll-url="' in page and 'value="30"' in page and "Scoring, chunk 3 of 8" in page
    text = read(client, "linkage_run", run.pk)
    assert f'data-poll-url="{address}"' in text and "Cancel the linkage" in text
    assert 'aria-current="step">Linking persons and cases' in text


def test_cancelling_asks_once_more():
    run, client = linked.a_run("running"), signed_in("lou")
    assert "Cancel this linkage?" in read(client, "linkage_cancel", run.pk)
    send(client, "linkage_cancel", run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert client.get(reverse("linkage_cancel", args=[run.pk])).status_code == 302


def test_a_failed_linkage_says_why_and_is_tried_again():
    run = linked.a_run("failed")
    text = read(signed_in("lin"), "linkage_run", run.pk)
    assert "The linkage failed (MemoryError)." in text and "Try again" in text
    assert "Try again" not in read(signed_in("rae"), "linkage_run", run.pk)
    send(signed_in("lin"), "linkage_retry", run.pk)
    run.refresh_from_db()
    assert run.state == "requested"


def test_a_measured_run_says_how_good_its_links_are_and_for_whom():
    text = read(signed_in("lin"), "linkage_run", a_measured_run().pk)
    assert "For people whose sex is recorded as Female, more links are missed: 3.9% (2.9 to 4.9)" in text
    assert re.search(r"Of the links made, 0\.\d\d% \(0\.\d\d to 1\.\d\d\) are wrong", text)
    assert text.count("Too few to show") == 2, "a count and a rate that stand for too few people"
    for heading in ("Sex", "Ethnic group", "Pair of sources"):
        assert f">{heading}</caption>" in " ".join(text.split())
    assert "gh-span__mark" in text
    assert "62.0% (61.0 to 63.0) for everyone" in text


def test_the_groups_are_read_at_each_threshold():
    run, client = a_measured_run(), signed_in("lin")

    def at(ids):
        return client.get(reverse("linkage_run", args=[run.pk]), {"ids": ids}).content.decode()

    assert "99.6% (98.6 to 100.0)" in at("person_095") and "rates-sex" not in at("person_095")
    assert at("'; DROP TABLE").count("Female") == at("person_id").count("Female")


def test_a_run_says_what_it_did_and_what_it_took():
    text = " ".join(read(signed_in("lin"), "linkage_run", a_measured_run().pk).split())
    for said in ("Pairs scored in all", "9,100", "New thing", "Kept their id", "Two dates of birth", "cjs-1, version 3",
                 "0.80, 0.95", "210 MiB", "Not measured", "Standardise"):  # fmt: skip
        assert said in text


def test_the_model_is_drawn_and_told():
    text = read(signed_in("lin"), "linkage_run", a_measured_run().pk)
    assert "Day and month swapped" in text and "9.1" in text and "gh-span__bar--down" in text
    assert "not known" not in text, "a level without weight has no bar"
    assert "A pair that moved" in text and "-10.0" in text and "4.5" in text
    assert "gh-curve__line" in text and "Records that cannot be linked" in text


@pytest.mark.parametrize(
    "charts",
    [{}, {"match_weights": None}, {"waterfall": [[]]}, {"unlinkables": [{"match_weight": 1}]},
     {"match_weights": {"data": {"values": []}}}, {"waterfall": CHARTS["waterfalls"][0]["records"]}],
)  # fmt: skip
def test_charts_that_were_not_made_are_not_missed(charts):
    run = a_measured_run()
    LinkageRun.objects.update(charts=charts)
    assert "How good the links are" in read(signed_in("lin"), "linkage_run", run.pk)


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    client = signed_in("lin")

    def queries(name, *args):
        client.get(reverse(name, args=args))  # the visit is on the trail once
        with django_assert_max_num_queries(30) as counted:
            read(client, name, *args)
        return len(counted)

    first = linked.a_release(name="1")
    linked.pairs(first.run, 3)
    few = queries("linkage"), queries("linkage_run", first.run.pk)
    for number in range(2, 6):
        release = linked.a_release(name=str(number))
        linked.a_delivery(f"other{number}")
    linked.pairs(release.run, 30)
    assert (queries("linkage"), queries("linkage_run", first.run.pk)) == few
