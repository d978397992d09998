"""The pages of releases: anyone reads of what was published, those who decide read the rest and confirm."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from extracts import services
from extracts.models import Release
from extracts.services import releases
from governance.audit import trail
from governance.people.grants import worker
from tests import linked
from tests.builders import an_agreement, catalogue, now
from tests.cast import person
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db

DIFFERENCE = {
    "against": "1",
    "rule": "Counts are rounded.",
    "lines": ["pol_crime: 100 rows added.", "Persons: 5 are as they were."],
    "tables": {"pol_crime": {"rows_before": 600, "rows_after": 700}},
}


def with_difference(release):
    Release.objects.filter(pk=release.pk).update(difference=DIFFERENCE)
    return release


def an_extract(state="delivered"):
    extract = services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())
    if state == "requested":
        return extract
    job = services.claim(extract.pk, at=now(), lease=timedelta(minutes=1))
    return services.deliver(job, folder="x", manifest={"files": []}, move=lambda: None, catalogue=catalogue(), at=now())


def test_anyone_reads_of_what_was_published(client):
    release = linked.a_release("published")
    assert "2026.2" in read(client, "releases")
    text = read(client, "release", release.pk)
    for said in ("Release 2026.2", "99.1% (98.1 to 100.0)", "more links are missed: 3.9%", "Who was linked at all",
                 "pol_suspect in other sources", "40.0% (39.0 to 41.0)", "pol_crime",
                 "c1" * 32, "ab" * 32, "No identifier found: 31 columns"):  # fmt: skip
        assert said in text
    for inside in ("History", "Who uses it", "Against the release before", "asked for by", "/linkage/", "Withdraw"):
        assert inside not in text


def test_anyone_reads_that_a_release_was_withdrawn_and_its_makers_why(client):
    release = linked.a_release("withdrawn")
    text = read(client, "release", release.pk)
    assert "Do not use it" in text and "Eastmoor" not in text
    assert "Wrong links in Eastmoor." in read(signed_in("rae"), "release", release.pk)


@pytest.mark.parametrize("who", ["", "ruth", "coral", "sam", "petra", "lena", "pia", "cass", "olu"])
def test_what_was_never_published_only_its_makers_see(who):
    release, client = linked.a_release(), signed_in(who) if who else Client()
    assert "2026.2" not in read(client, "releases")
    read(client, "release", release.pk, status=404)
    if who:
        for name in ("release_publish", "release_withdraw"):
            read(client, name, release.pk, status=404)
            send(client, name, release.pk, status=404, reasons="x")


@pytest.mark.slow
@pytest.mark.parametrize("who", ["lin", "rae", "ada"])
def test_its_makers_read_the_rest(who):
    linked.a_release("published", name="1")
    release = with_difference(linked.a_release())
    client = signed_in(who)
    assert "Waiting for publication" in read(client, "releases")
    text = " ".join(read(client, "release", release.pk).split())
    for said in ("History", "Who uses it", "No extract has been made from it", "asked for by Lin",
                 "pol_crime, rows after",
                 "700"):  # fmt: skip
        assert said in text
    assert trail.of(release).filter(action="view", actor=who).count() == 1


@pytest.mark.slow
def test_anyone_reads_what_changed_and_its_makers_every_figure(client):
    release = with_difference(linked.a_release("published"))
    text = read(client, "release", release.pk)
    assert "pol_crime: 100 rows added." in text and "Compared with release 1:" in text and "Counts are rounded." in text
    assert "pol_crime, rows after" not in text
    assert "pol_crime, rows after" in read(signed_in("rae"), "release", release.pk)


def test_with_nothing_published_the_list_says_so(client):
    assert "Nothing has been published yet." in read(client, "releases")
    linked.a_release()
    assert "Nothing has been published yet." in read(client, "releases")


@pytest.mark.slow
def test_publishing_asks_for_reasons_and_that_one_has_looked():
    linked.a_release("published", name="1")
    release, client = linked.a_release(), signed_in("rae")
    assert "Release 1 is superseded" in read(client, "release_publish", release.pk)
    text = send(client, "release_publish", release.pk, status=422, reasons="As good as before.")
    assert "Tick the box to go on" in text and "As good as before." in text
    send(client, "release_publish", release.pk, reasons="As good as before.", looked="on")
    assert services.current_release(linked.DATASET) == release
    entry = trail.of(release).get(action="publish")
    assert (entry.actor, entry.note) == ("rae", "As good as before.")
    assert "As good as before." in read(client, "release", release.pk)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["lin", "ada"])
def test_who_only_reads_is_sent_back_with_the_reason(who):
    release, client = linked.a_release(), signed_in(who)
    assert "Publish" not in read(client, "release", release.pk)
    for name in ("release_publish", "release_withdraw"):
        answer = client.post(reverse(name, args=[release.pk]), {"reasons": "x", "looked": "on"}, follow=True)
        assert "Your role does not let you" in answer.content.decode()
    release.refresh_from_db()
    assert release.state == "built"


def test_what_a_guard_forbids_is_said_on_the_page():
    release, client = linked.a_release(quality={}), signed_in("rae")
    assert "You cannot publish this. Its quality was not measured" in " ".join(
        read(client, "release", release.pk).split()
    )
    answer = client.get(reverse("release_publish", args=[release.pk]), follow=True)
    assert "Its quality was not measured" in answer.content.decode()


@pytest.mark.slow
def test_withdrawing_says_what_will_stop_and_stops_it():
    release, client = linked.a_release("published"), signed_in("rae")
    delivered, waiting = an_extract(), an_extract("requested")
    text = " ".join(read(client, "release_withdraw", release.pk).split())
    assert "1 build stops, 1 delivered extract is recalled" in text
    assert "Say what is wrong with it" in send(client, "release_withdraw", release.pk, status=422, reasons=" ")
    send(client, "release_withdraw", release.pk, reasons="Wrong links in Eastmoor.")
    for extract, state in ((delivered, "recalled"), (waiting, "release_withdrawn")):
        extract.refresh_from_db()
        assert extract.state == state
    ruth = read(signed_in("ruth"), "extract", delivered.pk)
    assert "Recalled: its release was withdrawn" in ruth and "Wrong links in Eastmoor." in ruth
    assert "A release was withdrawn: stop using this extract" in read(signed_in("ruth"), "home")


@pytest.mark.slow
def test_what_is_typed_is_kept_when_the_release_has_moved_on():
    release, client = linked.a_release("published"), signed_in("rae")
    releases.withdraw(release, reasons="Wrong.", by=person("rae"), at=now())
    text = send(client, "release_withdraw", release.pk, status=422, reasons="Also wrong in Northshire.")
    assert "Also wrong in Northshire." in text and "while it is withdrawn" in text


@pytest.mark.slow
def test_who_uses_a_release_is_counted_by_project():
    release = linked.a_release("published")
    extract = an_extract()
    text = read(signed_in("rae"), "release", release.pk)
    assert extract.project.reference in text and extract.project.title in text
    assert extract.project.title not in read(Client(), "release", release.pk)


def test_a_release_that_was_only_loaded_says_that_nobody_measured_it(client):
    release = services.register_release(
        code="cook_county_2019", version="7", title="R", tables={"intake": {"rows": 3}}, by=worker(), at=now()
    )
    assert "quality of its links was not measured here" in read(client, "release", release.pk)


@pytest.mark.slow
def test_an_extract_carries_the_quality_statement_of_its_release():
    linked.a_release("published")
    extract = an_extract()
    for page in (read(signed_in("ruth"), "extract", extract.pk),
                 read(signed_in("ruth"), "extract_request", extract.project.pk)):  # fmt: skip
        assert re.search(r"Of the links made, 0\.\d\d% \(0\.\d\d to 1\.\d\d\) are wrong", page)
        assert "For people whose sex is recorded as Female" in page


def test_the_catalogue_shows_how_records_are_linked(client):
    linked.a_release("published")
    text = " ".join(read(client, "catalogue_dataset", linked.DATASET).split())
    assert "Of all records, 62.0% (61.0 to 63.0) belong to a person who has a record in another source too" in text
    assert "Sex: linked to another source" in text


FIGURES = {
    "rule": "Counts are rounded to 10.",
    "tables": {"pol_crime": {"rows": 700, "variables": {
        "offence_subgroup": {"missing": 0, "missing_percent": 0.0, "distinct": 9, "more_codes": 3,
                             "codes": [{"code": "1n", "count": 300, "percent": 42.9},
                                       {"code": "zz", "count": 20, "percent": None}]},
        "recorded_date": {"missing": 120, "missing_percent": 17.1, "first_quarter": "2023Q1", "last_quarter": "2025Q4"},
        "outcome_date": {"missing": None, "missing_percent": None, "first_quarter": "2024Q2", "last_quarter": "2024Q2"},
    }}},
}  # fmt: skip


@pytest.mark.slow
def test_the_catalogue_shows_what_the_release_holds(client, zones):
    release = linked.a_release("published")
    folder = zones.release(release.code, release.version)
    folder.mkdir(parents=True)
    (folder / "figures.json").write_text(json.dumps(FIGURES))
    text = " ".join(read(client, "catalogue_table", linked.DATASET, "pol_crime").split())
    for said in ("Counts are rounded to 10.", "17.1% of rows, in release 2026.2",
                 "From quarter 1 of 2023 to quarter 4 of 2025",
                 "Never, in release 2026.2", "42.9%", "and 4 others", "Too few rows to say"):  # fmt: skip
        assert said in text, said


@pytest.mark.parametrize("content", [None, "", "[", "{}"])
def test_a_release_without_figures_shows_what_the_description_says(client, zones, content):
    release = linked.a_release("published")
    folder = zones.release(release.code, release.version)
    folder.mkdir(parents=True)
    if content is not None:
        (folder / "figures.json").write_text(content)
    assert "Variables" in read(client, "catalogue_table", linked.DATASET, "pol_crime")


def test_the_release_manager_is_told_of_what_waits_and_the_analysts_of_a_withdrawal():
    linked.a_release()
    assert "Decide whether the release is published" in read(signed_in("rae"), "home")
    linked.a_release("withdrawn", name="3")
    assert "A release was withdrawn: read what is wrong with it" in read(signed_in("lou"), "home")
    assert "A release was withdrawn: read" not in read(signed_in("ruth"), "home")


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    client = signed_in("rae")
    release = linked.a_release("published", name="1")

    def queries(name, *args):
        client.get(reverse(name, args=args))
        with django_assert_max_num_queries(30) as counted:
            read(client, name, *args)
        return len(counted)

    an_extract()
    few = queries("releases"), queries("release", release.pk)
    for number in range(2, 6):
        an_extract()
        linked.a_release(name=str(number))
    assert (queries("releases"), queries("release", release.pk)) == few


def test_who_publishes_is_told_that_nobody_measured():
    release = linked.a_release(quality={"basis": "truth", "measures": [], "link_rates": []})
    assert "nobody knows how many links are wrong" in read(signed_in("rae"), "release_publish", release.pk)
    assert "nobody knows" not in read(signed_in("rae"), "release_publish", linked.a_release(name="2026.7").pk)
