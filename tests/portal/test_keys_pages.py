"""The pages of a project's keys: what the team reads of them, and how Sam rotates one."""

import pytest
from django.urls import reverse

from extracts import services, tasks
from extracts.models import ProjectKey
from extracts.services import keys, rotation
from governance.notices.models import Notice
from tests.builders import a_project, an_agreement, catalogue, now
from tests.cast import person
from tests.extracts.telling.telling import spread
from tests.portal.pages import text_of

pytestmark = pytest.mark.django_db
WHY = "A list of pseudonyms was left on a train."


@pytest.fixture
def project(release):
    """Ruth's approved project, with the release known."""
    return an_agreement().project


@pytest.fixture
def used(project):
    """The same, with an extract that was built under version 1."""
    extract = services.request(project, catalogue=catalogue(), by=person("ruth"), at=now())
    tasks.generate_extract(extract.pk)
    return project


def page(project, name="project_keys"):
    return reverse(name, args=[project.pk])


def test_before_anything_is_built_there_is_none(as_, project):
    shown = text_of(as_("ruth").get(page(project)))
    assert "No key has been made yet. Version 1 is made when the first extract is built." in shown
    assert "Rotate" not in shown


def test_the_team_reads_versions_and_fingerprints_and_no_key(as_, used):
    ring = tasks.key_ring()
    client = as_("coral")
    assert f'href="{page(used)}"' in client.get(used.get_absolute_url()).content.decode()
    response = client.get(page(used))
    shown = text_of(response)
    assert "Version 1" in shown and "In use" in shown and ring.fingerprint(used.reference, 1) in shown
    assert "Rotate" not in shown
    for secret in (ring.project_key(used.reference, 1), ring.workspace_key(used.reference, 1)):
        assert secret.hex() not in response.content.decode()


@pytest.mark.parametrize("who", ["olu", "lin", "otto", "rae", "pia", "sian"])
def test_who_has_nothing_to_do_with_the_project_finds_no_page(as_, used, who):
    assert as_(who).get(page(used)).status_code == 404
    assert as_(who).post(page(used, "key_rotate"), {"reasons": WHY}).status_code == 404
    assert services.current_key_version(used) == 1


def test_sam_rotates_after_a_page_that_says_what_follows(as_, used):
    client = as_("sam")
    assert page(used, "key_rotate") in client.get(page(used)).content.decode()
    asks = text_of(client.get(page(used, "key_rotate")))
    assert "It cannot be undone" in asks and "1 delivered extract is built again under the new version" in asks
    assert ProjectKey.objects.count() == 1, "looking changes nothing"
    answer = client.post(page(used, "key_rotate"), {"reasons": ""})
    assert answer.status_code == 422 and "Enter your reasons" in text_of(answer)
    answer = client.post(page(used, "key_rotate"), {"reasons": WHY}, follow=True)
    shown = text_of(answer)
    assert "Key version 2 is in use from now on" in shown and "Retired" in shown and "Not used yet" in shown
    assert "Extracts of an earlier version" in shown and WHY in shown
    assert services.current_key_version(used) == 2


def test_sending_it_twice_rotates_once(as_, used):
    client = as_("sam")
    for _ in range(2):
        answer = client.post(page(used, "key_rotate"), {"reasons": WHY})
    assert answer.status_code == 422 and "nothing to rotate" in text_of(answer)
    assert services.current_key_version(used) == 2


def test_the_team_reads_why_and_not_who(as_, used):
    rotation.rotate(used, reasons=WHY, by=person("sam"), at=now())
    shown = text_of(as_("ruth").get(page(used)))
    assert WHY in shown and str(person("sam")) not in shown
    assert str(person("sam")) in text_of(as_("ada").get(page(used)))


@pytest.mark.slow
def test_the_notice_leads_to_the_page_and_is_read_there(as_, used):
    key = rotation.rotate(used, reasons=WHY, by=person("sam"), at=now())
    spread()
    notice = Notice.objects.get(person=person("ruth"), record_type="extracts.projectkey", record_pk=key.pk)
    answer = as_("ruth").post(reverse("notice_open", args=[notice.pk]), follow=True)
    assert answer.request["PATH_INFO"] == page(used)
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_who_is_not_research_support_is_sent_back_with_the_reason(as_, used):
    answer = as_("ruth").get(page(used, "key_rotate"), follow=True)
    assert answer.request["PATH_INFO"] == page(used) and "Your role does not let you" in text_of(answer)


def test_of_an_unused_key_sam_reads_why_not(as_, project):
    client = as_("sam")
    assert "there is nothing to rotate" in text_of(client.get(page(project)))
    answer = client.get(page(project, "key_rotate"), follow=True)
    assert answer.request["PATH_INFO"] == page(project)


def test_destroyed_keys_are_told_of(as_, used):
    told = tasks.key_ring().destroy(used.reference, at=now())
    keys.note_destroyed(used, fingerprints=told.fingerprints, at=now())
    shown = text_of(as_("ruth").get(page(used)))
    assert "Destroyed" in shown and told.fingerprints[1] in shown
    assert "Rotate" not in text_of(as_("sam").get(page(used)))


def test_a_draft_has_its_page_for_its_team_alone(as_):
    draft = a_project("draft")
    assert as_("ruth").get(page(draft)).status_code == 200
    assert as_("sam").get(page(draft)).status_code == 404
