"""Publications on pages: recorded, corrected, withdrawn and hidden; and what the public reads of them."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from extracts.telling.table import rows_for
from governance.projects.models import Project
from governance.publications import services
from governance.publications.models import Publication
from tests.builders import a_project, a_publication, a_released_output, now
from tests.cast import person
from tests.extracts.telling.telling import spread, told
from tests.portal.pages import read, send, signed_in, text_of

pytestmark = pytest.mark.django_db
CAST = ("ruth", "coral", "sam", "petra", "pia", "cass", "ada", "olu")


def typed(**said: object) -> dict[str, object]:
    """What the form sends."""
    today = timezone.localdate()
    usual = {
        "kind": "article",
        "title": "Where victims leave",
        "authors": "R. Researcher",
        "appeared_in": "Journal of Cases",
        "published_on-day": today.day,
        "published_on-month": today.month,
        "published_on-year": today.year,
        "doi": "https://doi.org/10.1234/Cases.7",
        "address": "",
        "no_outputs_because": "It describes the method alone.",
    }
    return usual | said


def on(day: object) -> dict[str, object]:
    return {f"published_on-{part}": getattr(day, part) for part in ("day", "month", "year")}


def entry(client, project: Project) -> str:
    """What anyone reads of the project."""
    return text_of(client.get(reverse("register_project", args=[project.reference])))


def rows(client) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get("/register/?format=csv").content.decode())))


@pytest.mark.slow
def test_ruth_records_an_article_and_anyone_reads_of_it_at_once(client):
    output = a_released_output()
    project, ruth = output.project, signed_in("ruth")
    assert "No publication has been recorded." in read(ruth, "project", project.pk)
    assert "No publication has been recorded." in entry(client, project)
    assert "None recorded yet" in text_of(client.get("/register/"))
    assert output.title in read(ruth, "publication_new", project.pk)
    send(ruth, "publication_new", project.pk, **typed(outputs=[output.pk], no_outputs_because=""))
    publication = Publication.objects.get()
    assert publication.doi == "10.1234/cases.7" and list(publication.outputs.all()) == [output]
    page = read(ruth, "publication", publication.pk)
    assert "In the register" in page and f"{output.title}, released on" in page
    assert "Where victims leave" in read(ruth, "project", project.pk)
    page = entry(client, project)
    assert 'rel="noopener" href="https://doi.org/10.1234/cases.7"' in page
    for shown in ("Where victims leave", "R. Researcher", "Journal of Cases", f"{output.title}, released on"):
        assert shown in page
    assert "1, the last of" in text_of(client.get("/register/"))


def test_the_public_reads_not_who_recorded_it(client):
    output = a_released_output()
    Project.objects.filter(pk=output.project_id).update(lead=person("olu"))
    publication = a_publication(output, authors="The authors")
    services.hide(publication, reasons="Sam says so.", by=person("sam"), at=now())
    services.show_again(publication, by=person("sam"), at=now())
    public = entry(client, output.project) + client.get("/register/?format=json").content.decode()
    for name in ("Ruth", "ruth", "Sam"):
        assert name not in public


def test_without_a_link_there_is_none_and_without_outputs_the_sentence(client):
    publication = a_publication(doi="", address="")
    page = entry(client, publication.project)
    assert "No link is on record" in page and "noopener" not in page
    assert "No released output: It describes the method alone." in page


def test_any_text_is_escaped(client):
    publication = a_publication(
        title="<script>alert(1)</script>",
        authors='"><img src=x onerror=alert(1)>',
        doi='10.1234/"onmouseover="alert(1)',
        no_outputs_because="<b>None</b>",
    )
    raw = client.get(reverse("register_project", args=[publication.project.reference])).content.decode()
    raw += signed_in("ruth").get(publication.get_absolute_url()).content.decode()
    raw += signed_in("ruth").get(publication.project.get_absolute_url()).content.decode()
    for harmful in ("<script>alert", "<img src=x", "<b>None", '"onmouseover'):
        assert harmful not in raw
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in raw


def test_nothing_typed_is_lost_and_each_mistake_is_told_at_its_field():
    project, ruth = a_project("approved"), signed_in("ruth")
    page = send(
        ruth, "publication_new", project.pk, status=422,
        **typed(title="", doi="7/11", address="http://x.example", no_outputs_because="", authors="A. Typed"),
    )  # fmt: skip
    for sentence in ("Enter the title", "A DOI is 10", "begins with https://", "say why it rests on none"):
        assert sentence in page
    for kept in ("A. Typed", "7/11", "http://x.example", "Journal of Cases"):
        assert kept in page
    assert "No output of the project has been released for publication yet." in page
    page = send(ruth, "publication_new", project.pk, status=422, **typed(kind="", **{"published_on-month": "Smarch"}))
    assert "Select what it is" in page and "Smarch" in page and "must be a real date" in page
    page = send(ruth, "publication_new", project.pk, status=422, **typed(outputs=["999"]))
    assert "Journal of Cases" in page
    assert not Publication.objects.exists()


def test_a_day_in_the_future_or_before_the_approval_is_refused():
    project, ruth, today = a_project("approved"), signed_in("ruth"), timezone.localdate()
    page = send(ruth, "publication_new", project.pk, status=422, **typed(**on(today + timedelta(days=1))))
    assert "The date of publication is in the future" in page
    page = send(ruth, "publication_new", project.pk, status=422, **typed(**on(today - timedelta(days=1))))
    assert "before the project's approval, on" in page


def test_the_same_doi_is_refused_by_the_name_of_what_is_there():
    publication = a_publication()
    ruth = signed_in("ruth")
    page = send(ruth, "publication_new", publication.project_id, status=422, **typed(title="Another"))
    assert "This DOI is on record already: “Where victims leave”, article of" in page and "Another" in page
    send(ruth, "publication_correct", publication.pk, **typed(title="A better title"))
    publication.refresh_from_db()
    assert publication.title == "A better title"


def test_a_correction_starts_with_what_is_on_record():
    publication = a_publication(a_released_output())
    page = read(signed_in("ruth"), "publication_correct", publication.pk)
    for shown in ("Where victims leave", "10.1234/cases.7", "checked"):
        assert shown in page
    page = send(signed_in("ruth"), "publication_correct", publication.pk, status=422, **typed(title=""))
    assert "Enter the title" in page and "only where you select none" not in page


def test_ruth_withdraws_it_with_a_reason(client):
    publication = a_publication()
    ruth = signed_in("ruth")
    assert "cannot be undone" in read(ruth, "publication_withdraw", publication.pk)
    assert "Enter your reasons" in send(ruth, "publication_withdraw", publication.pk, status=422, reasons="")
    send(ruth, "publication_withdraw", publication.pk, reasons="It was retracted.")
    page = read(ruth, "publication", publication.pk)
    assert "Withdrawn" in page and "It was retracted." in page and "Correct it" not in page
    assert publication.title not in entry(client, publication.project)
    assert "It was retracted." not in entry(client, publication.project)
    assert publication.title in read(ruth, "project", publication.project_id), "it stays on record"
    page = send(ruth, "publication_withdraw", publication.pk, status=422, reasons="Once more, at length.")
    assert "You cannot withdraw this while it is withdrawn." in page and "Once more, at length." in page


def test_sam_hides_it_and_shows_it_again_and_the_team_reads_why_but_not_who(client):
    publication = a_publication()
    sam, ruth = signed_in("sam"), signed_in("ruth")
    read(sam, "publication_hide", publication.pk)
    send(sam, "publication_hide", publication.pk, reasons="It belongs to another project.")
    assert publication.title not in entry(client, publication.project)
    page = read(ruth, "publication", publication.pk)
    assert "It belongs to another project." in page and "Sam" not in page
    assert "It belongs to another project." in read(ruth, "publication_correct", publication.pk)
    send(ruth, "publication_correct", publication.pk, **typed(title="Mended"))
    assert "Mended" not in entry(client, publication.project)
    send(sam, "publication_show_again", publication.pk)
    assert "Mended" in entry(client, publication.project)


@pytest.mark.slow
def test_others_read_it_and_change_nothing():
    publication = a_publication()
    for who in ("coral", "pia", "ada", "sam"):
        client = signed_in(who)
        assert "Correct it" not in read(client, "publication", publication.pk)
        assert "Record a publication" not in read(client, "project", publication.project_id)
        for name, pk in (
            ("publication_new", publication.project_id),
            ("publication_correct", publication.pk),
            ("publication_withdraw", publication.pk),
        ):
            read(client, name, pk, status=302)
            send(client, name, pk, **typed(title="Changed", reasons="Changed"))
    read(signed_in("coral"), "publication_hide", publication.pk, status=302)
    for name in ("publication", "publication_correct", "publication_withdraw", "publication_hide"):
        read(signed_in("olu"), name, publication.pk, status=404)
    publication.refresh_from_db()
    assert (publication.title, publication.state) == ("Where victims leave", "listed")
    assert Publication.objects.count() == 1


def test_of_a_revoked_project_they_stay_on_record_and_their_page_says_where_they_are_not(client):
    publication = a_publication()
    Project.objects.filter(pk=publication.project_id).update(state="revoked")
    ruth = signed_in("ruth")
    page = read(ruth, "publication", publication.pk)
    assert "no entry in the register any more" in page and "See it in the register" not in page
    page = read(ruth, "project", publication.project_id)
    assert publication.title in page and "Record a publication" not in page
    assert client.get(reverse("register_project", args=[publication.project.reference])).status_code == 404


def test_the_team_is_told_and_whoever_did_it_is_not():
    publication = a_publication()
    services.hide(publication, reasons="Of another project.", by=person("sam"), at=now())
    spread()
    recorded, hidden = (rows_for("Publication", action)[-1].says for action in ("record", "hide"))
    assert {who for who in CAST if recorded in told(who)} == {"coral"}
    assert {who for who in CAST if hidden in told(who)} == {"ruth", "coral"}


def test_research_support_is_told_to_look_at_what_the_register_shows_at_once():
    a_publication()
    spread()
    to_look = rows_for("Publication", "record")[0].says
    assert {who for who in CAST if to_look in told(who)} == {"sam"}


def test_a_project_that_is_not_approved_has_no_publications():
    project, ruth = a_project("panel"), signed_in("ruth")
    assert "Publications" not in read(ruth, "project", project.pk)
    read(ruth, "publication_new", project.pk, status=302)
    page = send(ruth, "publication_new", project.pk, status=422, **typed())
    assert "no entry in the register" in page and "Journal of Cases" in page


@pytest.mark.slow
def test_the_files_have_a_row_for_each_publication_with_what_it_rests_on(client):
    output = a_released_output()
    a_publication(output, title="=1+1", authors="@team", appeared_in="-", doi="")
    publication = a_publication(address="https://x.example/a", doi="")
    release, resting = (row for row in rows(client) if row["reference"] == output.project.reference)
    assert (release["release_title"], release["publication_title"]) == (output.title, "")
    assert (resting["release_title"], resting["publication_title"]) == ("", "'=1+1")
    assert (resting["publication_authors"], resting["publication_appeared_in"]) == ("'@team", "'-")
    assert resting["publication_rests_on"] == output.title
    assert resting["publication_rests_on_sha256"] == release["release_sha256"]
    (other,) = (row for row in rows(client) if row["reference"] == publication.project.reference)
    assert (other["publication_link"], other["publication_doi"]) == ("https://x.example/a", "")
    assert other["publication_rests_on_none_because"] == "It describes the method alone."
    listed = json.loads(client.get("/register/?format=json").content)
    assert [one["publication_title"] for one in listed] == ["Where victims leave", None, "=1+1"]
