"""The pages of extracts: Ruth asks, a worker builds, and the page says how far it is and what came of it."""

import json
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.urls import reverse

from extracts import services
from extracts.atrest import gatehouse_workspace as gw
from extracts.formats.known import FORMATS, Format
from extracts.models import Extract
from extracts.zones import Zones
from governance.agreements import services as agreements
from governance.people.models import local_day
from governance.working_days import add_working_days
from portal.views.extracts import duration, openings
from tests.builders import an_agreement, catalogue, now
from tests.cast import person
from tests.extracts.second_release import second_release
from tests.workspaces import key_at_hand

pytestmark = pytest.mark.django_db
LEASE = timedelta(minutes=1)


@pytest.fixture
def project(release):
    """Ruth's approved project, with the release known."""
    return an_agreement().project


def requested(project):
    """An extract that waits for a worker."""
    return services.request(project, catalogue=catalogue(), by=person("ruth"), at=now())


def page(extract, name="extract"):
    return reverse(name, args=[extract.pk])


def html(response):
    return response.content.decode()


def test_ruth_sees_what_will_be_built_before_she_asks(as_, project):
    shown = html(as_("ruth").get(reverse("extract_request", args=[project.pk])))
    assert "offence_subgroup" in shown and "1 January 2019 to 31 December 2026" in shown
    assert "Pseudonym, made for this project" in shown
    assert not Extract.objects.exists(), "looking asks for nothing"


def test_an_extract_that_waits_says_by_when_it_should_be_there(as_, project):
    extract = requested(project)
    due = add_working_days(local_day(extract.state_since), 10)
    assert f"Due by {due:%-d %B %Y}." in html(as_("ruth").get(page(extract)))


@pytest.mark.slow
def test_an_extract_is_built_and_its_page_says_what_it_holds(as_, project, django_capture_on_commit_callbacks):
    client = as_("ruth")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("extract_request", args=[project.pk]))
    extract = Extract.objects.get()
    assert answer.url == extract.get_absolute_url() and extract.state == "delivered"

    shown = html(client.get(page(extract)))
    folder = Zones(Path(configured.GATEHOUSE_DATA)).workspace(project.reference) / extract.folder
    manifest = json.loads((folder / "manifest.json").read_text())
    for file in manifest["files"]:
        assert file["name"] in shown and f'title="{file["sha256"]}"' in shown
    assert extract.folder in shown and "never hands out record-level data" in shown
    assert f'sys.path.insert(0, "{extract.folder}")' in unescape(shown) and "pandas.read_parquet" not in shown
    assert str(folder.parent) not in shown, "no path of the machine"
    assert "data-poll-url" not in shown, "nothing to wait for any more"


@pytest.mark.slow
def test_formats_are_chosen_and_each_delivered_one_is_explained(as_, project, django_capture_on_commit_callbacks):
    client, address = as_("ruth"), reverse("extract_request", args=[project.pk])
    shown = html(client.get(address))
    assert "Codes become numbers with value labels" in shown and "At most 1,000,000 rows of a table." in shown
    assert shown.count('type="checkbox"') == 4 and shown.count(" checked") == 2, (
        "CSV alone is ticked, Parquet is no choice, and pseudonyms are numbers"
    )
    assert "may have more" not in shown
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"formats": ["stata", "r"], "pseudonyms": "hex128"})
    extract = Extract.objects.get()
    assert extract.state == "delivered" and extract.specification["formats"] == ["parquet", "stata", "r"]
    assert extract.specification["pseudonyms"] == "hex128"
    shown = unescape(html(client.get(page(extract))))
    assert 'gh_read("' in shown and ".rds" in shown and ".dta" in shown
    assert ".sav" not in shown and '.csv", "/dev' not in shown
    folder = Zones(Path(configured.GATEHOUSE_DATA)).workspace(project.reference) / extract.folder
    with key_at_hand(folder), gw.open("suggested-citation.txt", folder) as file:
        assert project.reference in file.read().decode()


def test_an_extract_from_before_files_were_encrypted_is_opened_by_the_programs_themselves(project):
    extract = requested(project)
    extract.folder = "extract-1-abc"
    extract.manifest = {"files": [{"name": f"t{suffix}", "rows": 1} for suffix in (".parquet", ".sav")]}
    assert [(one.format, one.ways[0]) for one in openings(extract)] == [
        ("Parquet", ("pandas", 'pandas.read_parquet("extract-1-abc/t.parquet")')),
        ("SPSS", ("SPSS", "GET FILE='extract-1-abc/t.sav'.")),
    ]


def test_a_format_that_is_none_is_refused(as_, project):
    answer = as_("ruth").post(reverse("extract_request", args=[project.pk]), {"formats": ["xlsx"]})
    assert answer.status_code == 422 and not Extract.objects.exists()


def test_a_table_that_may_be_too_large_for_a_format_is_named_before_asking(as_, project, monkeypatch):
    small = Format("spss", "SPSS", ".sav", "", "For SPSS.", most_rows=10)
    monkeypatch.setitem(FORMATS, "spss", small)
    shown = html(as_("ruth").get(reverse("extract_request", args=[project.pk])))
    assert "At most 10 rows of a table. pol_crime" in shown and "may have more" in shown


def test_a_table_that_is_too_large_stops_the_build_with_what_to_do(
    as_, project, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setitem(FORMATS, "spss", Format("spss", "SPSS", ".sav", "", "For SPSS.", most_rows=10))
    client = as_("ruth")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("extract_request", args=[project.pk]), {"formats": ["spss"]})
    extract = Extract.objects.get()
    assert extract.state == "failed"
    assert "SPSS files hold at most 10 rows of a table" in html(client.get(page(extract)))
    assert "leave SPSS out and open the Parquet file instead" in extract.reason


def test_the_page_follows_the_build(as_, project):
    extract = services.claim(requested(project).pk, at=now(), lease=LEASE)
    services.keep(
        extract, at=now(), lease=LEASE, table_now="pol_crime", tables_done=1, tables_total=2, rows_done=500,
        rows_expected=1000, all_done=1500, all_expected=2000, all_kept=1000,
        work_began=now() - timedelta(minutes=2),
    )  # fmt: skip
    shown = html(as_("ruth").get(page(extract)))
    assert f'data-poll-url="{page(extract)}"' in shown and "Refresh" in shown
    assert '<progress class="gh-progress__bar" id="progress" value="75"' in shown
    assert "1 of 2 tables done" in shown and "500 of 1,000 rows" in shown
    assert "about 2 minutes" in shown and "left" in shown, "500 rows took two minutes, and 500 are left"


def test_cancelling_asks_once_more(as_, project):
    extract, client = requested(project), as_("ruth")
    assert "Cancel this extract?" in html(client.get(page(extract, "extract_cancel")))
    client.post(page(extract, "extract_cancel"))
    extract.refresh_from_db()
    assert extract.state == "cancelled"
    assert "Request a new extract" in html(client.get(page(extract)))
    assert client.get(page(extract, "extract_cancel")).status_code == 302, "nothing to cancel any more"


@pytest.mark.slow
def test_a_failed_extract_says_why_and_can_be_tried_again(as_, project, django_capture_on_commit_callbacks):
    extract = services.claim(requested(project).pk, at=now(), lease=LEASE)
    services.fail(extract, reason="The build failed (MemoryError).", at=now())
    client = as_("ruth")
    assert "The build failed (MemoryError)." in html(client.get(page(extract)))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page(extract, "extract_retry"))
    extract.refresh_from_db()
    assert extract.state == "delivered"


def test_a_stopped_extract_names_the_condition(as_, project, django_capture_on_commit_callbacks):
    agreement = project.agreements.get()
    with django_capture_on_commit_callbacks(execute=True):
        extract = requested(project)
        agreements.revoke(agreement, reasons="A breach.", by=person("sam"), at=now())
    extract.refresh_from_db()
    assert extract.state == "revoked"
    shown = html(as_("ruth").get(page(extract)))
    assert "Stopped: the approval was revoked" in shown and "Agreement 1 of" in shown and "was revoked" in shown


@pytest.mark.slow
def test_a_delivered_extract_is_refreshed_when_there_is_a_newer_release(
    as_, project, zones, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        extract = requested(project)
    client = as_("ruth")
    assert "Refresh from the newest release" not in html(client.get(page(extract))), "there is nothing newer"
    assert client.post(page(extract, "extract_refresh")).status_code == 302
    assert Extract.objects.count() == 1

    second_release(zones)
    assert "Refresh from the newest release" in html(client.get(page(extract)))
    asked = html(client.get(page(extract, "extract_refresh")))
    assert "built from release 2026.2" in asked and "for 30 days" in asked
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page(extract, "extract_refresh"))
    newer = Extract.objects.exclude(pk=extract.pk).get()
    extract.refresh_from_db()
    assert (newer.state, newer.replaces, extract.state) == ("delivered", extract, "replaced"), newer.reason
    assert "Replaced by a newer extract" in html(client.get(page(extract)))


@pytest.mark.slow
def test_without_an_agreement_or_a_release_nothing_is_asked_for(as_, project):
    client = as_("ruth")
    services.current_release("cjs_linked").delete()
    assert client.get(reverse("extract_request", args=[project.pk])).status_code == 302
    agreements.revoke(project.agreements.get(), reasons="A breach.", by=person("sam"), at=now())
    answer = client.post(reverse("extract_request", args=[project.pk]), follow=True)
    assert "No agreement of this project is in force" in html(answer)
    assert not Extract.objects.exists()


def test_one_extract_at_a_time(as_, project):
    extract, client = requested(project), as_("ruth")
    address = reverse("extract_request", args=[project.pk])
    assert f'href="{page(extract)}">Follow it' in html(client.get(address))
    client.post(address)
    assert Extract.objects.count() == 1


@pytest.mark.parametrize("name", ["coral", "sam", "petra", "ada"])
def test_only_researchers_of_the_project_see_the_page_to_ask_for_one(as_, project, name):
    client, address = as_(name), reverse("extract_request", args=[project.pk])
    for answer in (client.get(address, follow=True), client.post(address, follow=True)):
        assert "Only researchers of the project request extracts." in html(answer)
        assert "Build this extract" not in html(answer)
    assert not Extract.objects.exists()


@pytest.mark.parametrize("name", ["coral", "sam", "petra", "ada"])
def test_others_on_the_project_look_but_do_not_act(as_, project, name):
    extract, client = requested(project), as_(name)
    shown = html(client.get(page(extract)))
    assert "Cancel the extract" not in shown
    client.post(page(extract, "extract_cancel"))
    extract.refresh_from_db()
    assert extract.state == "requested"


@pytest.mark.parametrize("name", ["olu", "stella", "pia"])
def test_outsiders_find_nothing(as_, project, name):
    extract, client = requested(project), as_(name)
    assert client.get(page(extract)).status_code == 404
    assert client.post(page(extract, "extract_cancel")).status_code == 404
    assert client.post(page(extract, "extract_retry")).status_code == 404


def test_checkers_read_of_the_agreement_but_get_no_link_to_it(as_, project):
    extract = requested(project)
    link = extract.agreement.get_absolute_url()
    assert link in html(as_("ruth").get(page(extract)))
    assert link not in html(as_("cass").get(page(extract)))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "less than a second"), (1, "1 second"), (65, "1 minute 5 seconds"), (7201, "2 hours 1 second")],
)
def test_lengths_of_time_in_words(seconds, said):
    assert duration(timedelta(seconds=seconds)) == said
