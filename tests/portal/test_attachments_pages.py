"""Attachments through the pages, with a scanner that speaks clamd's protocol over TCP, and without one."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from governance.people.roles import Role
from governance.projects import services
from governance.projects.models import Attachment, Project
from governance.projects.papers import Scan
from portal.clamd import scanner
from tests.builders import a_project, advance, catalogue, now
from tests.cast import person
from tests.governance.test_attaching import PDF
from tests.portal.clamd_server import MALWARE, clamd
from tests.portal.pages import read, send, signed_in, text_of


@pytest.mark.slow
def test_the_scanner_is_asked_over_its_own_protocol(settings):
    with clamd() as settings.GATEHOUSE_CLAMD_URL:
        assert scanner(PDF).scan == Scan.CLEAN
        assert scanner(b"x" * 300_000).scan == Scan.CLEAN
        found = scanner(PDF + MALWARE)
        assert (found.scan, found.note) == (Scan.INFECTED, "Test-Malware")


@pytest.mark.slow
@pytest.mark.parametrize("how", [{"most_bytes": 1000}, {"garbled": True}])
def test_an_answer_that_does_not_say_clean_leaves_the_file_waiting(settings, how):
    with clamd(**how) as settings.GATEHOUSE_CLAMD_URL:
        told = scanner(b"x" * 300_000)
    assert told.scan == Scan.WAITING and told.note


@pytest.mark.parametrize("url", ["", "tcp://127.0.0.1:1", "unix:///no/such/socket", "http://127.0.0.1", "nonsense"])
def test_without_a_scanner_files_wait(settings, url):
    settings.GATEHOUSE_CLAMD_URL = url
    assert scanner(PDF).scan == Scan.WAITING


@pytest.mark.django_db
class TestPages:
    @pytest.fixture(autouse=True)
    def folder(self, zones):
        """Files go into the test's own data folder."""

    def attach(self, project: Project, content: bytes = PDF, *, name: str = "dpia.pdf", status: int = 302) -> str:
        response = signed_in("ruth").post(
            reverse("project_attach", args=[project.pk, "dpia"]), {"chosen": SimpleUploadedFile(name, content)}
        )
        assert response.status_code == status
        return text_of(response)

    @pytest.mark.slow
    def test_a_scanned_file_is_handed_out_to_those_who_read_its_question(self, settings):
        project = a_project()
        services.add_member(project, person("coral"), role=Role.COORDINATOR, by=project.lead, at=now())
        with clamd() as settings.GATEHOUSE_CLAMD_URL:
            self.attach(project)
        advance(services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now()), "owners")
        address = reverse("attachment", args=[project.pk, Attachment.objects.get().pk])
        for who, status in (("ruth", 200), ("coral", 200), ("sam", 200), ("petra", 200), ("ada", 200), ("pia", 404),
                            ("cass", 404), ("olu", 404), ("connie", 404)):  # fmt: skip
            response = signed_in(who).get(address)
            assert response.status_code == status, who
        response = signed_in("petra").get(address)
        assert b"".join(response) == PDF and response["Content-Disposition"].startswith("attachment")

    @pytest.mark.slow
    def test_a_file_that_waits_is_closed_to_everybody_and_only_its_uploader_and_support_read_why(self):
        project = a_project()
        services.add_member(project, person("coral"), role=Role.COORDINATOR, by=project.lead, at=now())
        self.attach(project)
        file = Attachment.objects.get()
        assert file.scan == Scan.WAITING
        services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
        for who in ("ruth", "coral", "sam", "ada"):
            read(signed_in(who), "attachment", project.pk, file.pk, status=404)
            page = read(signed_in(who), "project", project.pk)
            assert "dpia.pdf" in page
            assert ("Not scanned for malware yet" in page) is (who in ("ruth", "sam"))

    def test_a_waiting_file_does_not_stand_in_the_way_of_submitting(self):
        project = a_project()
        self.attach(project)
        send(signed_in("ruth"), "project_submit", project.pk, declared="on")
        project.refresh_from_db()
        assert project.state == "triage"

    @pytest.mark.slow
    def test_support_sees_what_waits_and_tries_again(self, settings):
        project = a_project()
        self.attach(project)
        sam, file = signed_in("sam"), Attachment.objects.get()
        page = read(sam, "attachments")
        assert "dpia.pdf" in page and "No malware scanner is set up" in page
        send(sam, "attachment_scan", file.pk)
        with clamd() as settings.GATEHOUSE_CLAMD_URL:
            send(sam, "attachment_scan", file.pk)
        file.refresh_from_db()
        assert file.can_be_opened and "dpia.pdf" not in read(sam, "attachments").split("Every attachment was")[1]
        for who in ("ruth", "petra", "ada"):
            read(signed_in(who), "attachments", status=404)
            send(signed_in(who), "attachment_scan", file.pk, status=404)

    @pytest.mark.slow
    def test_what_is_not_taken_says_why(self, settings):
        project = a_project()
        assert "no PDF" in self.attach(project, b"MZ", name="a.pdf", status=422)
        with clamd() as settings.GATEHOUSE_CLAMD_URL:
            assert "holds malware (Test-Malware)" in self.attach(project, PDF + MALWARE, status=422)
        assert "Select files" in text_of(
            signed_in("ruth").post(reverse("project_attach", args=[project.pk, "dpia"]), {})
        )
        read(signed_in("ruth"), "project_attach", project.pk, "design", status=404)

    def test_a_file_is_taken_off_on_the_page_and_what_was_typed_beside_it_is_saved(self):
        project = a_project()
        self.attach(project)
        file = Attachment.objects.get()
        page = send(
            signed_in("ruth"), "project_section", project.pk, "lawfulness", status=200,
            **{"dpia-text": "In the annex.", "necessity": "Typed.", "remove_file": file.pk},
        )  # fmt: skip
        assert "dpia.pdf" not in page
        project.refresh_from_db()
        assert project.own_answer("dpia") == {"text": "In the annex.", "files": []}
        assert project.own_answer("necessity") == "Typed."
