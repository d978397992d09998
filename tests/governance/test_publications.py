"""Publications on record: who records what of which project, on which outputs it rests, and what makes no sense."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.audit.models import Entry
from governance.outputs.models import Clearance, OutputRequest
from governance.people.roles import Role
from governance.projects import services as projects
from governance.projects.models import Project
from governance.publications import services
from governance.publications.citation import (
    NotADoi,
    doi_address,
    normalised,
    why_not_linked,
    why_not_on,
    why_not_resting,
)
from governance.publications.lifecycle import PUBLICATION
from governance.publications.models import Publication
from governance.register import public_projects
from governance.workflow import Refused, grid
from tests.builders import a_citation, a_project, a_publication, a_released_output, now
from tests.cast import person
from tests.tables import parse


def test_who_may_do_what():
    assert grid(PUBLICATION) == parse("""
                  | researcher        | support
        listed    | correct, withdraw | hide
        hidden    | correct, withdraw | show again
        withdrawn |                   |
    """)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  10.1234/abc  ", "10.1234/abc"),
        ("10.1234/ABC", "10.1234/abc"),
        ("10.1000.10/123", "10.1000.10/123"),
        ("doi:10.1234/abc", "10.1234/abc"),
        ("DOI: 10.1234/abc", "10.1234/abc"),
        ("https://doi.org/10.1234/abc", "10.1234/abc"),
        ("HTTP://DX.DOI.ORG/10.1234/abc", "10.1234/abc"),
        ("doi.org/10.1234/abc", "10.1234/abc"),
        ("https://doi.org/10.1002/(SICI)1097-0258%3C1::AID%3E3.0", "10.1002/(sici)1097-0258<1::aid>3.0"),
        ("10.1234/a/b", "10.1234/a/b"),
    ],
)
def test_a_doi_is_kept_bare_however_it_was_typed(typed, kept):
    assert normalised(typed) == kept
    assert normalised(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "abc", "10.123/abc", "10.1234", "10.1234/", "11.1234/abc", "10.1234/a b", "10.1234/a\u202eb", "see 10.1234/abc",
        "https://evil.example/10.1234/abc", "https://doi.org/", f"10.1234/{'x' * 200}", "https://doi.org/10.1234/a%0Ab",
    ],
)  # fmt: skip
def test_what_is_no_doi_is_refused(typed):
    with pytest.raises(NotADoi, match="A DOI is 10"):
        normalised(typed)


def test_a_doi_leads_to_an_address_that_holds_nothing_but_it():
    assert doi_address("10.1234/abc") == "https://doi.org/10.1234/abc"
    assert doi_address('10.1234/a"b<c>#?') == "https://doi.org/10.1234/a%22b%3Cc%3E%23%3F"


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("", ""),
        ("https://journal.example/article?id=7#top", ""),
        ("https://journal.example:8443/a", ""),
        ("http://journal.example/a", "begins with https"),
        ("javascript:alert(1)", "begins with https"),
        ("journal.example/a", "begins with https"),
        ("https://journal.example/a b", "no spaces"),
        ("https://journal.example/\u202ea", "no spaces"),
        ("https://journal.example\\@evil.example", "no spaces"),
        ("https://[journal", "begins with https"),
        ("https://journal.example:port/", "begins with https"),
        ("https://localhost/a", "a whole host"),
        ("https:///a", "a whole host"),
        ("https://doi.org@evil.example/a", "a whole host"),
        ("https://doi.org/10.1234/abc", "enter it as the DOI"),
    ],
)
def test_a_link_leads_to_a_whole_https_address(address, wrong):
    found = why_not_linked(address)
    assert (wrong in found) if wrong else (found is None)


@pytest.mark.parametrize(
    ("day", "wrong"),
    [
        (date(2026, 5, 3), ""),
        (date(2026, 5, 9), ""),
        (date(2026, 5, 10), "in the future"),
        (date(2026, 5, 2), "before the project's approval, on 3 May 2026"),
    ],
)
def test_the_day_lies_between_approval_and_today(day, wrong):
    found = why_not_on(day, approved_on=date(2026, 5, 3), today=date(2026, 5, 9))
    assert (wrong in found) if wrong else (found is None)


def test_either_outputs_or_a_sentence_why_none():
    assert why_not_resting(1, "") is None and why_not_resting(0, "A method.") is None
    assert "Select the outputs" in why_not_resting(0, "  ")
    assert "only where you select none" in why_not_resting(2, "A method.")


def record(project: Project, who: str = "ruth", outputs: tuple[OutputRequest, ...] = (), **said: object) -> Publication:
    return services.record(project, a_citation(**said), outputs=outputs, by=person(who), at=now())


@pytest.mark.django_db
class TestOnRecord:
    def test_a_researcher_records_it_and_the_register_has_it_at_once(self):
        output = a_released_output()
        publication = a_publication(output, doi="https://doi.org/10.1234/CASES.7")
        assert (publication.doi, publication.state, publication.link) == (
            "10.1234/cases.7", "listed", "https://doi.org/10.1234/cases.7",
        )  # fmt: skip
        (project,) = public_projects()
        (listed,) = project.listed_publications
        assert listed == publication and listed.rests_on == [output]
        entry = Entry.objects.get(subject_type="publication", action="record")
        assert (entry.actor, entry.details) == ("ruth", {"kind": "article", "outputs": [output.pk]})

    @pytest.mark.parametrize("who", ["coral", "sam", "olu", "pia", "petra", "ada", "cass"])
    def test_nobody_else_records_or_changes_one(self, who):
        publication = a_publication()
        with pytest.raises(Refused, match="Only researchers of the project"):
            record(publication.project, who, doi="")
        for change in (
            lambda: services.correct(publication, a_citation(title="X"), outputs=[], by=person(who), at=now()),
            lambda: services.withdraw(publication, reasons="Mine.", by=person(who), at=now()),
        ):
            with pytest.raises(Refused):
                change()
        publication.refresh_from_db()
        assert (publication.title, publication.state) == ("Where victims leave", "listed")

    def test_whose_use_is_over_records_what_appears_afterwards(self):
        project = a_project("approved")
        Project.objects.filter(pk=project.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
        assert record(project).state == "listed"

    @pytest.mark.parametrize("state", ["triage", "panel"])
    def test_of_approved_projects_alone(self, state):
        with pytest.raises(Refused, match="no entry in the register"):
            record(a_project(state))

    def test_of_a_revoked_project_no_more_and_none_is_corrected(self):
        publication = a_publication()
        project = publication.project
        Project.objects.filter(pk=project.pk).update(state="revoked")
        with pytest.raises(Refused, match="no entry in the register"):
            record(project, doi="")
        with pytest.raises(Refused, match="Only an approved project"):
            services.correct(publication, a_citation(), outputs=[], by=person("ruth"), at=now())
        assert services.withdraw(publication, reasons="Over.", by=person("ruth"), at=now()).state == "withdrawn"

    @pytest.mark.slow
    def test_it_rests_on_published_outputs_of_its_own_project_alone(self):
        own, other = a_released_output(), a_released_output()
        with pytest.raises(Refused, match="outputs of this project that were released for publication"):
            record(own.project, outputs=(other,), no_outputs_because="")
        OutputRequest.objects.filter(pk=own.pk).update(clearance=Clearance.PRE_PUBLICATION)
        with pytest.raises(Refused, match="outputs of this project that were released for publication"):
            record(own.project, outputs=(own,), no_outputs_because="")
        assert list(services.can_rest_on(own.project)) == []

    def test_what_makes_no_sense_is_told_all_at_once(self):
        tomorrow = timezone.localdate() + timedelta(days=1)
        with pytest.raises(Refused) as refusal:
            record(
                a_project("approved"), kind="song", title=" ", authors="", appeared_in="", published_on=tomorrow,
                doi="7", address="ftp://x", no_outputs_because=" ",
            )  # fmt: skip
        for sentence in (
            "Enter the title.", "Enter the authors.", "Enter where it appeared.", "Select what kind",
            "in the future", "A DOI is 10", "begins with https", "Select the outputs",
        ):  # fmt: skip
            assert sentence in str(refusal.value)
        assert not Publication.objects.exists()

    def test_a_doi_stands_once_on_a_project_until_it_is_withdrawn(self):
        publication = a_publication()
        again = {"doi": "doi:10.1234/Cases.7", "title": "Another"}
        with pytest.raises(Refused, match="This DOI is on record already: “Where victims leave”, article of"):
            record(publication.project, **again)
        services.hide(publication, reasons="Of another project.", by=person("sam"), at=now())
        with pytest.raises(Refused, match="hidden by research support"):
            record(publication.project, **again)
        services.withdraw(publication, reasons="Of another project.", by=person("ruth"), at=now())
        assert record(publication.project, **again).title == "Another"
        assert a_publication().doi == publication.doi, "another project may have it too"

    def test_the_database_holds_a_doi_once_and_reasons_with_what_is_out(self):
        first = a_publication()
        record(first.project, doi="10.1234/other")
        for wrong in ({"doi": first.doi}, {"state": "hidden"}, {"reasons": "Why?"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Publication.objects.filter(doi="10.1234/other").update(**wrong)

    def test_a_correction_is_told_by_part_on_the_trail_and_keeps_its_own_doi(self):
        output = a_released_output()
        publication = record(output.project)
        said = a_citation(title="Where witnesses leave", no_outputs_because="")
        services.correct(publication, said, outputs=[output], by=person("ruth"), at=now())
        publication.refresh_from_db()
        assert publication.title == "Where witnesses leave" and list(publication.outputs.all()) == [output]
        entry = Entry.objects.get(subject_type="publication", action="correct")
        assert entry.note == "Changed: title, no outputs because, outputs."

    def test_what_is_hidden_or_withdrawn_leaves_the_register_with_a_reason(self):
        publication = a_publication()
        with pytest.raises(Refused, match="give reasons"):
            services.hide(publication, reasons=" ", by=person("sam"), at=now())
        publication = services.hide(publication, reasons="Of another project.", by=person("sam"), at=now())
        assert public_projects()[0].listed_publications == []
        services.correct(publication, a_citation(title="Mended"), outputs=[], by=person("ruth"), at=now())
        assert public_projects()[0].listed_publications == [], "a correction does not bring it back"
        publication = services.show_again(publication, by=person("sam"), at=now())
        assert [one.title for one in public_projects()[0].listed_publications] == ["Mended"]
        assert publication.reasons == ""
        publication = services.withdraw(publication, reasons="Retracted.", by=person("ruth"), at=now())
        assert public_projects()[0].listed_publications == []
        assert (publication.reasons, publication.state) == ("Retracted.", "withdrawn")
        with pytest.raises(Refused):
            services.show_again(publication, by=person("sam"), at=now())

    def test_who_belongs_to_the_team_hides_nothing_of_it(self):
        publication = a_publication()
        sam = person("sam")
        projects.admit(publication.project, sam, role=Role.COORDINATOR, because="A test.", by=sam, at=now())
        with pytest.raises(Refused, match="so others decide"):
            services.hide(publication, reasons="Mine.", by=sam, at=now())
