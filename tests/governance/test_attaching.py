"""Files of an application: taken by what is in them, scanned, and closed until they were."""

from __future__ import annotations

import io
import zipfile

import pytest

from governance.audit.models import Entry
from governance.projects import answering, attaching, services
from governance.projects.attaching import Scanned
from governance.projects.attachment_rules import DOCX, MOST_BYTES, NotAttachable, kind_of, plain_name
from governance.projects.models import Attachment
from governance.projects.papers import Scan
from governance.workflow import Refused
from tests.builders import a_project, catalogue, declare, now
from tests.cast import person

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def docx(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("dpia.pdf", PDF, "application/pdf"),
        ("scan.PNG", PNG, "image/png"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("letter.docx", docx("word/document.xml"), DOCX),
    ],
)
def test_these_kinds_are_taken(name, content, kind):
    assert kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.pdf", PDF + b"0" * MOST_BYTES, "larger than 10 MB"),
        ("a.pdf", b"MZ\x90\x00", "no PDF"),
        ("a.exe", PDF, "something else than its name says"),
        ("a.pdf", PNG, "something else than its name says"),
        ("a.docx", docx("xl/workbook.xml"), "no PDF"),
        ("a.docx", docx("word/document.xml", "word/vbaProject.bin"), "no PDF"),
        ("a.docx", b"PK\x03\x04broken", "no PDF"),
        ("a.html", b"<script>", "no PDF"),
    ],
)
def test_other_files_are_not(name, content, why):
    with pytest.raises(NotAttachable, match=why):
        kind_of(name, content)


@pytest.mark.parametrize(("given", "kept"), [("a/b/c.pdf", "c.pdf"), ("C:\\x\\y.pdf", "y.pdf"), (" z.pdf ", "z.pdf")])
def test_a_name_is_kept_without_its_folders(given, kept):
    assert plain_name(given) == kept


@pytest.mark.parametrize("name", ["", "a\nb.pdf", "x" * 121, "a<b>.pdf"])
def test_a_name_that_no_system_keeps_is_refused(name):
    with pytest.raises(NotAttachable):
        plain_name(name)


def says(scan: Scan, note: str = "") -> attaching.Scanner:
    return lambda content: Scanned(scan, note)


CLEAN = says(Scan.CLEAN)


def attach(project, *, scanner=CLEAN, by="ruth", name="dpia.pdf", content=PDF, question="dpia"):
    return attaching.attach(
        project, question, name=name, content=content, scanner=scanner, by=person(by), at=now()
    )  # fmt: skip


@pytest.mark.django_db
class TestAttaching:
    @pytest.fixture(autouse=True)
    def folder(self, zones):
        """Files go into the test's own data folder."""

    def test_a_file_becomes_part_of_the_answer(self):
        project = a_project()
        project = answering.save(project, {"dpia": {"text": ""}}, by=person("ruth"), at=now())
        assert "data protection impact assessment" in project.missing()
        file = attach(project)
        project.refresh_from_db()
        assert project.missing() == []
        [part] = project.own_answer("dpia")["files"]
        assert part == {"id": file.pk, "name": "dpia.pdf", "sha256": file.sha256}
        assert file.can_be_opened and "dpia" not in file.content.name

    def test_saving_the_text_keeps_the_files(self):
        project = a_project()
        attach(project)
        project = answering.save(project, {"dpia": {"text": "See the file."}}, by=person("ruth"), at=now())
        assert project.own_answer("dpia")["text"] == "See the file." and len(project.own_answer("dpia")["files"]) == 1

    def test_what_could_not_be_scanned_is_kept_and_closed(self):
        file = attach(a_project(), scanner=says(Scan.WAITING, "No malware scanner is set up."))
        assert not file.can_be_opened and file.scanned_at is None

    def test_malware_is_no_answer(self):
        project = a_project()
        with pytest.raises(Refused, match=r"holds malware \(Eicar\)"):
            attach(project, scanner=says(Scan.INFECTED, "Eicar"))
        project.refresh_from_db()
        assert project.own_answer("dpia")["files"] == []
        assert Attachment.objects.get().scan == Scan.INFECTED

    @pytest.mark.slow
    def test_only_the_teams_researchers_attach_and_only_to_questions_that_take_files(self):
        for project, by, question in ((a_project("triage"), "ruth", "dpia"), (a_project("returned"), "coral", "dpia"),
                                      (a_project(), "ruth", "design"), (a_project(), "ruth", "nothing")):  # fmt: skip
            with pytest.raises(Refused):
                attach(project, by=by, question=question)
            assert not project.attachments.exists()

    def test_a_file_that_is_taken_off_stays_for_rounds_that_it_was_part_of(self):
        project = a_project()
        file = attach(project)
        project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
        declare(project, "sam")
        services.send_back(project, reasons="Why?", round=1, by=person("sam"), at=now())
        project = attaching.detach(file, by=person("ruth"), at=now())
        assert project.own_answer("dpia")["files"] == [] and Attachment.objects.filter(pk=file.pk).exists()
        assert project.submissions.get().answers["dpia"]["files"][0]["id"] == file.pk

    def test_support_alone_sends_a_file_to_the_scanner_again(self):
        file = attach(a_project(), scanner=says(Scan.WAITING))
        with pytest.raises(Refused):
            attaching.rescan(file, content=PDF, scanner=says(Scan.CLEAN), by=person("ruth"), at=now())
        with pytest.raises(Refused, match="not the one that was uploaded"):
            attaching.rescan(file, content=PDF + b"!", scanner=says(Scan.CLEAN), by=person("sam"), at=now())
        file = attaching.rescan(file, content=PDF, scanner=says(Scan.CLEAN), by=person("sam"), at=now())
        assert file.can_be_opened and Entry.objects.filter(action="scan file", actor="sam").exists()
        again = attaching.rescan(file, content=PDF, scanner=says(Scan.INFECTED), by=person("sam"), at=now())
        assert again.can_be_opened, "what was scanned is not scanned again"
