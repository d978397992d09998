"""Requesting an extract, and the row that says whose job it is."""

from datetime import timedelta

import pytest

from extracts import services
from extracts.lifecycle.extract import LAPSED
from extracts.models import Extract
from governance.projects.models import Project
from governance.workflow import Refused
from tests.builders import a_project, an_agreement, catalogue, now
from tests.cast import person

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=60)


def request(project, who="ruth"):
    return services.request(project, catalogue=catalogue(), by=person(who), at=now())


def deliver(job, moved=None):
    moved = [] if moved is None else moved
    return services.deliver(
        job, folder="x", manifest={"files": []}, move=lambda: moved.append(1), catalogue=catalogue(), at=now()
    )


@pytest.fixture
def extract(release):
    return request(an_agreement().project)


def test_it_is_compiled_from_the_agreement_alone(extract):
    tables = {
        table["name"]: {column["name"]: column.get("level", "") for column in table["columns"]}
        for table in extract.specification["tables"]
    }
    assert tables == {
        "pol_crime": {"crime_id_hash": "", "offence_subgroup": "subgroup", "recorded_date": "month"},
        "crt_case": {"case_id_hash": "", "row_id_hash": "", "case_outcome": "", "sex": ""},
    }
    assert extract.state == "requested"


@pytest.mark.parametrize("state", ["drawn_up", "signed"])
def test_no_extract_before_both_signatures(release, state):
    with pytest.raises(Refused, match="have to sign one"):
        request(an_agreement(state).project)


def test_only_its_researchers_request(release):
    project = an_agreement().project
    for who in ("coral", "sam", "olu", "ada"):
        with pytest.raises(Refused, match="researchers"):
            request(project, who)


def test_a_dataset_without_a_release_is_refused(db):
    with pytest.raises(Refused, match="No release"):
        request(an_agreement().project)


def test_one_at_a_time(extract):
    with pytest.raises(Refused, match="being built"):
        request(extract.project)
    services.cancel(extract, by=person("ruth"), at=now())
    assert request(extract.project).state == "requested"


def test_of_two_workers_one_gets_the_job(extract):
    mine = services.claim(extract.pk, at=now(), lease=LEASE)
    assert (mine.attempt, mine.state) == (1, "building")
    assert services.claim(extract.pk, at=now(), lease=LEASE) is None


def test_a_silent_worker_loses_the_job_and_can_do_no_harm(extract):
    first = services.claim(extract.pk, at=now(), lease=LEASE)
    second = services.claim(extract.pk, at=now() + 2 * LEASE, lease=LEASE)
    assert second.attempt == 2

    for step in (
        lambda: services.keep(first, at=now(), lease=LEASE),
        lambda: deliver(first),
        lambda: services.fail(first, reason="late", at=now()),
        lambda: services.stop(first, services.Failing(LAPSED, "late"), at=now()),
    ):
        with pytest.raises(services.Superseded):
            step()
    assert Extract.objects.get().state == "building"
    assert deliver(second).state == "delivered"


def test_a_job_that_never_finishes_ends_as_failed_and_can_be_tried_again(extract):
    at = now()
    for number in range(services.MOST_ATTEMPTS):
        assert services.claim(extract.pk, at=at + 2 * number * LEASE, lease=LEASE)
    assert services.claim(extract.pk, at=at + 100 * LEASE, lease=LEASE) is None
    extract.refresh_from_db()
    assert (extract.state, extract.reason) == ("failed", "It was tried 5 times and did not finish.")
    assert services.retry(extract, catalogue=catalogue(), by=person("ruth"), at=now()).attempt == 0
    assert services.claim(extract.pk, at=at, lease=LEASE)


def test_a_cancelled_job_is_nobodys(extract):
    mine = services.claim(extract.pk, at=now(), lease=LEASE)
    services.cancel(extract, by=person("ruth"), at=now())
    with pytest.raises(services.Superseded):
        services.keep(mine, at=now(), lease=LEASE)
    assert services.claim(extract.pk, at=now() + 2 * LEASE, lease=LEASE) is None


def test_a_draft_has_no_extracts(release):
    with pytest.raises(Refused):
        request(a_project("draft"))
    assert Project.objects.get().extracts.count() == 0


def test_a_cancelled_build_is_not_moved(extract):
    mine, moved = services.claim(extract.pk, at=now(), lease=LEASE), []
    services.cancel(extract, by=person("ruth"), at=now())
    with pytest.raises(services.Superseded):
        deliver(mine, moved)
    assert moved == []


def test_a_table_that_the_release_does_not_hold_is_refused_at_once(release):
    release.tables = {"pol_crime": release.tables["pol_crime"]}
    release.save()
    with pytest.raises(Refused, match="does not hold crt_case"):
        request(an_agreement().project)


def test_a_table_that_nothing_places_in_the_period_is_refused_at_once(release):
    with pytest.raises(Refused, match="has no date of its own"):
        request(an_agreement(wish={"xjs_link": ["source_dataset"]}).project)
