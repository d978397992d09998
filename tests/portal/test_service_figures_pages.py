"""The public service figures: right, from the trail, and telling nothing of fewer than ten."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.models import Extract
from governance.agreements.models import Agreement
from governance.audit import trail
from governance.people.grants import worker
from governance.projects.boards import Verdict
from governance.projects.models import Decision, Project
from governance.safe_figures import FEW, FEWEST, WITHHELD, Count, Shown, Spread, shown, shown_sum, spread
from governance.service_figures import service_figures
from governance.standing import services as standing
from governance.working_days import working_days_between
from portal.service_figures_page import COLUMNS, page_at
from tests.builders import a_project, now
from tests.cast import person
from tests.portal.pages import text_of
from tests.promises import many

ADDRESS = "/register/figures"
SMALL = st.integers(0, 40)


@pytest.mark.parametrize(
    ("count", "young", "said"),
    [
        (Count(0, 0), False, Shown(FEW, FEW)),
        (Count(9, 9), False, Shown(FEW, FEW)),
        (Count(9, 10), False, Shown(FEW, "10")),
        (Count(10, 20), False, Shown("10", "20")),
        (Count(10, 19), False, Shown(WITHHELD, "19")),  # nine before: the difference would say so
        (Count(12, 12), False, Shown(WITHHELD, "12")),  # none before
        (Count(12, 12), True, Shown("12", "12")),  # the service is younger than the difference
    ],
)
def test_counts_and_their_differences(count, young, said):
    assert shown(count, young=young) == said


@given(SMALL, SMALL)
def test_no_count_and_no_difference_of_counts_tells_of_fewer_than_ten(year, before):
    said = shown(Count(year, year + before), young=False)
    told = [int(text) for text in (said.year, said.ever) if text.isdigit()]
    assert all(number >= FEWEST for number in told)
    assert len(told) < 2 or told[1] - told[0] >= FEWEST


@given(st.lists(SMALL, min_size=3, max_size=3), SMALL)
def test_a_sum_less_the_parts_that_are_shown_tells_of_fewer_than_ten_never(parts, under_way):
    whole = Count(0, sum(parts) + under_way)
    said = shown_sum(whole, [Count(0, part) for part in parts], young=True)
    if said.ever.isdigit():
        assert int(said.ever) - sum(part for part in parts if part >= FEWEST) >= FEWEST
    assert said.year == said.ever


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (range(1, 10), Spread(FEW, FEW)),
        (range(1, 11), Spread("5.5", "9")),
        ([3] * 11, Spread("3", "3")),
        (range(1, 102), Spread("51", "91")),
    ],
)
def test_median_and_centile_of_ten_or_more(days, said):
    assert spread(list(days)) == said


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), min_size=10, max_size=60))
def test_nine_in_ten_are_no_longer_than_the_centile(days):
    centile = int(spread(days).centile)
    assert sum(day <= centile for day in days) >= 0.9 * len(days) > sum(day < centile for day in days)


def told(project: Project, *steps: tuple[int, str, str, str]) -> None:
    """Entries of the trail about the project: (days ago, action, before, after)."""
    today = now()
    for ago, action, before, after in steps:
        at = today - timedelta(days=ago)
        trail.append(actor=worker(), action=action, subject=project, before=before, after=after, at=at)


def histories(number: int, *steps: tuple[int, str, str, str]) -> list[Project]:
    """So many projects with the same history; the one that they are copies of is in no stage of the service."""
    first = a_project("draft")
    made = many.copies(first, [{"reference": f"{Project.objects.count()}-{which}"} for which in range(number)])
    for project in made:
        told(project, *steps)
    return made


APPROVED = (
    (400, "submit", "draft", "triage"), (393, "return", "triage", "returned"), (380, "submit", "returned", "triage"),
    (379, "accept", "triage", "ethics"), (379, "waive", "ethics", "owners"), (365, "refer", "owners", "panel"),
    (360, "approve", "panel", "approved"),
)  # fmt: skip


def between(first: int, last: int) -> int:
    since, until = (now() - timedelta(days=ago) for ago in (first, last))
    return working_days_between(since.date(), until.date())


@pytest.mark.django_db
def test_the_figures_are_those_of_the_trail():
    histories(12, *APPROVED)
    figures = service_figures(at=now())
    triage = [between(400, 393)] * 12 + [between(380, 379)] * 12
    assert figures.times["triage"].ever == spread(triage)
    assert figures.times["triage"].year == Spread(FEW, FEW), "both stays ended more than a year ago"
    assert figures.times["panel"].year == spread([between(365, 360)] * 12)
    assert "ethics" not in figures.times, "it was waived"
    with_applicants = between(393, 380)
    assert figures.times["applicants"].ever == spread([with_applicants] * 12)
    assert figures.times["service"].ever == spread([between(400, 360) - with_applicants] * 12)
    assert figures.counts["approved"] == Shown(WITHHELD, "12")  # all of them in the year, none before
    assert figures.counts["returned"] == Shown(FEW, "12")
    assert figures.counts["submitted"] == Shown(FEW, WITHHELD)  # less the approved ones, nobody is left


@pytest.mark.django_db
def test_provision_is_the_services_time_from_the_agreement_to_the_first_extract():
    """The project takes ten days to ask for the extract: those are not the service's."""
    steps = (
        (40, "countersign", "agreement", "signed", "in_force"), (30, "request", "extract", "", "requested"),
        (29, "start", "extract", "requested", "building"), (26, "deliver", "extract", "building", "delivered"),
        (9, "request", "extract", "", "requested"),
    )  # fmt: skip
    for project in histories(10, *APPROVED):
        for ago, action, kind, before, after in steps:
            subject = (Agreement if kind == "agreement" else Extract)(pk=project.pk, project=project)
            at = now() - timedelta(days=ago)
            trail.append(actor=worker(), action=action, subject=subject, before=before, after=after, at=at)
    histories(1, *APPROVED)
    figures = service_figures(at=now())
    assert figures.times["provision"].year == spread([between(30, 26)] * 10)
    (row,) = [one for one in page_at(now()).stages if one.name == "Provision of the first extract"]
    assert (row.target, row.times) == (10, figures.times["provision"])


@pytest.mark.django_db
def test_an_owners_time_ends_with_the_vote_that_settles_it():
    projects = histories(10, (30, "submit", "draft", "triage"), (30, "accept", "triage", "owners"))
    Project.objects.update(quorums={"police": 2, "cps": 1})
    votes = ((20, "police", "petra"), (9, "police", "percy"))
    for ago, owner, who in votes:
        for project in projects:
            Decision.objects.create(
                project=project, round=1, stage="owner", owner=owner, person=person(who), verdict=Verdict.APPROVE,
                reasons="Yes.", decided_at=now() - timedelta(days=ago),
            )  # fmt: skip
    figures = service_figures(at=now())
    assert figures.times["owner:police"].year == spread([between(30, 9)] * 10)
    assert "owner:cps" not in figures.times
    assert "owners" not in figures.times, "the stage goes on"


@pytest.mark.django_db
def test_paused_days_and_stays_that_were_withdrawn_are_in_no_duration():
    histories(
        10, (40, "submit", "draft", "triage"), (36, "pause", "triage", "triage"), (16, "take up", "triage", "triage"),
        (12, "accept", "triage", "ethics"), (5, "withdraw", "ethics", "withdrawn"),
    )  # fmt: skip
    figures = service_figures(at=now())
    assert figures.times["triage"].year == spread([between(40, 36) + between(16, 12)] * 10)
    assert "ethics" not in figures.times
    assert figures.counts["withdrawn"] == Shown("10", "10")


@pytest.mark.django_db
def test_a_revoked_project_is_counted_as_revoked_and_not_as_approved():
    for project in histories(11, *APPROVED):
        told(project, (50, "revoke", "approved", "revoked"))
    figures = service_figures(at=now())
    assert figures.counts["approved"] == Shown(FEW, FEW)
    assert figures.counts["revocations"].ever == "11"
    assert figures.counts["submitted"].ever == "11"


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    for more in (1, 20):
        histories(more, *APPROVED)
        with django_assert_num_queries(8):
            service_figures(at=now())


def read(client) -> str:
    return " ".join(text_of(client.get(ADDRESS)).split())


def rows(client) -> Sequence[dict[str, str]]:
    answer = client.get(f"{ADDRESS}?format=csv")
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.mark.django_db
def test_anyone_reads_the_page_also_when_nothing_happened_yet(client):
    person("ruth")
    page = read(client)
    assert "Service figures" in page and "HMCTS" in page
    assert {row["all_time"] for row in rows(client)} == {FEW}
    assert {row["last_12_months"] for row in rows(client)} == {FEW}


@pytest.mark.django_db
def test_page_csv_and_json_say_the_same(client):
    histories(12, *APPROVED)
    found = rows(client)
    assert tuple(found[0]) == COLUMNS
    (approved,) = [row for row in found if row["of"] == "Approved, and on the register"]
    assert (approved["last_12_months"], approved["all_time"]) == (WITHHELD, "12")
    median, _ = [row for row in found if (row["figure"], row["of"]) == ("stage", "Panel")]
    assert (median["target_working_days"], median["all_time"]) == ("5", str(between(365, 360)))
    as_json = json.loads(client.get(f"{ADDRESS}?format=json").content)
    assert [{name: value or "" for name, value in row.items()} for row in as_json] == found
    page = read(client)
    for row in found:
        assert row["of"] in page and row["all_time"] in page


@pytest.mark.django_db
def test_few_sanctions_are_told_by_no_number(client):
    for _ in range(3):
        standing.impose(person("ruth"), level=1, reasons="A breach.", by=person("sam"), at=now())
    sanctions = [row for row in rows(client) if row["figure"] == "sanctions"]
    assert [row["of"][:7] for row in sanctions] == ["Level 0", "Level 1", "Level 2", "Level 3"]
    assert {row["all_time"] for row in sanctions} == {FEW}
    assert "Ruth" not in read(client)


@pytest.mark.django_db
def test_the_page_follows_the_trail_at_once(client):
    histories(9, *APPROVED)
    assert {row["all_time"] for row in rows(client) if row["of"] == "Panel"} == {FEW}
    histories(1, *APPROVED)
    assert FEW not in {row["all_time"] for row in rows(client) if row["of"] == "Panel"}


@pytest.mark.django_db
def test_the_register_and_every_page_lead_to_it(client):
    for address in ("/register/", "/accessibility"):
        assert f'href="{reverse("register_figures")}"' in text_of(client.get(address))
