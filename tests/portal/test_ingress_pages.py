"""Bringing files in, on pages: from the project's page to the workspace, and what others see of it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from extracts.ingress_tasks import bring_in, take_out
from governance.audit.models import Entry
from governance.ingress import services
from governance.ingress.models import Ingress
from tests.builders import AREAS, a_wish, an_agreement, an_ingress, clean, now
from tests.cast import person
from tests.portal.clamd_server import MALWARE, clamd
from tests.portal.pages import read, send, signed_in, text_of

pytestmark = pytest.mark.django_db
TYPED = {
    "kind": "data", "title": "Police force areas", "purpose": "To name them.", "source": "The statistics office.",
    "licence": "OGL v3.0", "personal": "no",
}  # fmt: skip
NAMES = ("ingress", "ingress_edit", "ingress_add_file", "ingress_submit", "ingress_withdraw", "ingress_remove")


def upload(name: str = "areas.csv", content: bytes = AREAS) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.slow
def test_from_the_project_page_into_the_workspace(zones, settings):
    project, ruth, cass = an_agreement().project, signed_in("ruth"), signed_in("cass")
    assert reverse("ingress_new", args=[project.pk]) in read(ruth, "project", project.pk)
    send(ruth, "ingress_new", project.pk, **TYPED)
    ingress = Ingress.objects.get()
    assert "There are no files yet" in read(ruth, "ingress", ingress.pk)
    with clamd() as settings.GATEHOUSE_CLAMD_URL:
        send(ruth, "ingress_add_file", ingress.pk, chosen=[upload(), upload("run.csv", b"a\n1\n")])
    assert "areas.csv" in read(ruth, "ingress_submit", ingress.pk)
    send(ruth, "ingress_submit", ingress.pk)
    assert "Police force areas" in read(cass, "ingresses")
    assert "Look at the files that are to come in" in read(cass, "home")
    send(cass, "ingress_decide", ingress.pk, verdict="approve", reasons="Areas alone.", round=1)
    bring_in(ingress.pk)
    ingress.refresh_from_db()
    assert ingress.folder in read(ruth, "project_workspace", project.pk)
    assert "In the workspace" in read(ruth, "project", project.pk)
    page = read(ruth, "ingress", ingress.pk)
    assert "Areas alone." in page and "Cass" not in page, "checkers are anonymous to the team"
    assert "Cass" in read(signed_in("ada"), "ingress", ingress.pk)
    send(ruth, "ingress_remove", ingress.pk, reasons="Done with.")
    take_out(ingress.pk)
    assert "Taken out of the workspace" in read(ruth, "ingress", ingress.pk)


@pytest.mark.slow
def test_a_form_with_a_mistake_keeps_what_was_typed():
    page = send(signed_in("ruth"), "ingress_new", an_agreement().project.pk, status=422, **TYPED | {"title": ""})
    assert "Enter a title" in page and "The statistics office." in page


def test_who_says_that_it_is_about_people_is_told_where_to_go(zones):
    ingress = an_ingress(personal="yes")
    page = read(signed_in("ruth"), "ingress", ingress.pk)
    assert "Ask research support whether the data owners can add them" in page
    send(signed_in("ruth"), "ingress_submit", ingress.pk)
    ingress.refresh_from_db()
    assert ingress.state == "draft"


@pytest.mark.slow
def test_of_several_files_those_that_are_taken_are_kept_and_each_other_is_told_of(zones, settings):
    ingress, ruth = an_ingress(), signed_in("ruth")
    files = [upload("good.csv"), upload("bad.exe"), upload("evil.csv", MALWARE)]
    with clamd() as settings.GATEHOUSE_CLAMD_URL:
        page = send(ruth, "ingress_add_file", ingress.pk, status=422, chosen=files)
    assert "bad.exe cannot be brought in" in page and "evil.csv holds malware" in page and "good.csv added" in page
    assert [file.name for file in ingress.files.all()] == ["areas.csv", "good.csv"]


def test_without_a_scanner_files_stay_closed_to_everybody(zones):
    project, ruth = an_agreement().project, signed_in("ruth")
    ingress = services.start(project, a_wish(), by=person("ruth"), at=now())
    send(ruth, "ingress_add_file", ingress.pk, chosen=[upload()])
    file = ingress.files.get()
    assert "No malware scanner is set up." in read(ruth, "ingress", ingress.pk)
    read(ruth, "ingress_file", ingress.pk, file.pk, status=404)
    send(ruth, "ingress_rescan", ingress.pk, file.pk)
    file.refresh_from_db()
    assert not file.can_be_opened


def test_code_is_shown_escaped_with_its_lines_numbered_and_hints_marked(zones):
    code = b"x <- 1\n<script>alert(1)</script>\nmail('a@b.example')\nif (ad\xe2\x80\xaemin) y\n"
    ingress = an_ingress("submitted", name="run.R", content=code, kind="code")
    file, cass = ingress.files.get(), signed_in("cass")
    raw = cass.get(reverse("ingress_file", args=[ingress.pk, file.pk])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in raw and "<script>alert" not in raw
    page = read(cass, "ingress_file", ingress.pk, file.pk)
    assert 'id="line-4"' in page and "⟨U+202E⟩" in page and "\u202e" not in page
    assert "An e-mail address" in page and "Characters that cannot be seen" in page
    assert page.count("gh-cell--review") == 2
    assert "An e-mail address" in read(cass, "ingress_decide", ingress.pk)


def test_a_long_file_is_read_page_by_page_and_each_is_on_the_trail(zones):
    content = "".join(f"{number}\n" for number in range(1, 1001)).encode()
    ingress = an_ingress("submitted", content=content)
    file, cass = ingress.files.get(), signed_in("cass")
    address = reverse("ingress_file", args=[ingress.pk, file.pk])
    assert 'id="line-400"' in text_of(cass.get(address)) and 'id="line-1000"' in text_of(cass.get(f"{address}?page=3"))
    opened = Entry.objects.filter(action="open file", actor="cass").values_list("details", flat=True)
    assert [one["shown"] for one in opened.order_by("seq")] == ["page 1", "page 3"]
    whole = cass.get(f"{address}?whole=1")
    assert b"".join(whole.streaming_content) == content and "attachment" in whole["Content-Disposition"]


@pytest.mark.slow
def test_who_reads_what_is_in_the_files(zones):
    ingress = an_ingress("submitted")
    file = ingress.files.get()
    for who, status in (("ruth", 200), ("cass", 200), ("coral", 404), ("sam", 404), ("ada", 404), ("olu", 404)):
        read(signed_in(who), "ingress_file", ingress.pk, file.pk, status=status)
    draft = an_ingress("draft", name="other.csv")
    read(signed_in("cass"), "ingress_file", draft.pk, draft.files.get().pk, status=404)
    read(signed_in("ruth"), "ingress_file", ingress.pk, draft.files.get().pk, status=404)


@pytest.mark.parametrize("who", ["olu", "petra", "pia", "sian", "lin", "rae", "otto"])
def test_others_find_nothing_there(who, zones):
    ingress, client = an_ingress("submitted"), signed_in(who)
    file = ingress.files.get()
    for name in NAMES:
        read(client, name, ingress.pk, status=404)
    for name in ("ingress_try_again", "ingress_submit", "ingress_withdraw", "ingress_decide"):
        send(client, name, ingress.pk, status=404)
    for name in ("ingress_remove_file", "ingress_rescan"):
        send(client, name, ingress.pk, file.pk, status=404)
    assert ingress.title not in read(client, "ingresses")
    ingress.refresh_from_db()
    assert ingress.state == "submitted"


def test_nobody_decides_on_their_own(zones):
    ingress = an_ingress("submitted")
    send(signed_in("ruth"), "ingress_decide", ingress.pk, verdict="approve", reasons="Mine.", round=1)
    ingress.refresh_from_db()
    assert ingress.state == "submitted"


def test_a_decision_on_an_earlier_round_is_refused_and_its_text_kept(zones):
    ingress, cass = an_ingress("returned"), signed_in("cass")
    services.submit(ingress, by=person("ruth"), at=now())
    page = send(cass, "ingress_decide", ingress.pk, status=422, verdict="approve", reasons="Typed long.", round=1)
    assert "It has changed since you opened it" in page and "Typed long." in page


def test_a_stopped_one_says_why_and_can_be_tried_again(zones):
    ingress, ruth = an_ingress("approved"), signed_in("ruth")
    services.stop(ingress, reason="The ethics decision ended.", at=now())
    assert "The ethics decision ended." in read(ruth, "ingress", ingress.pk)
    send(ruth, "ingress_try_again", ingress.pk)
    ingress.refresh_from_db()
    assert ingress.state == "approved"


def test_empty_lists_say_so():
    person("ruth")
    assert "have brought nothing in yet" in read(signed_in("ruth"), "ingresses")
    assert "Nothing waits for a review" in read(signed_in("cass"), "ingresses")


@pytest.mark.slow
def test_the_files_of_another_request_cannot_be_removed_through_ones_own(zones):
    mine, other = an_ingress(), an_ingress("submitted", name="other.csv")
    send(signed_in("ruth"), "ingress_remove_file", mine.pk, other.files.get().pk, status=404)
    services.add_file(mine, name="b.csv", content=b"1", scanner=clean, by=person("ruth"), at=now())
    send(signed_in("ruth"), "ingress_remove_file", mine.pk, mine.files.get(name="b.csv").pk)
    assert mine.files.count() == other.files.count() == 1
