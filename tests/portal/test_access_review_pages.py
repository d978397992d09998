"""The page of a review of access: everything is answered, nothing typed is lost, and only those meant may send it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from extracts import notice_tasks
from governance.people.models import RoleGrant
from governance.permissions.models import RoleReview, TeamReview
from governance.projects.models import ProjectUserObjectPermission
from tests.builders import a_project
from tests.cast import person
from tests.portal.pages import signed_in

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=200)


@pytest.fixture
def review() -> TeamReview:
    """Of a team whose grants are old, opened by the daily task."""
    a_project("approved")
    began = timezone.now() - LONG_AGO
    ProjectUserObjectPermission.objects.update(granted_at=began)
    RoleGrant.objects.filter(person=person("pia")).update(begins_on=began.date())
    notice_tasks.open_reviews()
    notice_tasks.open_reviews()
    return TeamReview.objects.get()


def answers(review, **why) -> dict[str, str]:
    given = {}
    for grant in review.listed():
        given[f"verdict_{grant.pk}"] = "end" if grant.user.username in why else "keep"
        given[f"why_{grant.pk}"] = why.get(grant.user.username, "")
    return given


def test_the_lead_finds_it_in_the_list_and_answers_for_everybody(review):
    ruth = signed_in("ruth")
    assert review.get_absolute_url() in ruth.get("/").content.decode()
    page = ruth.get(review.get_absolute_url()).content.decode()
    assert "Coral" in page and "The lead stays" in page
    response = ruth.post(review.get_absolute_url(), answers(review, coral="Her part is done."), follow=True)
    assert "The review is confirmed" in response.content.decode()
    assert not review.project.grants.filter(user=person("coral"), ended_at__isnull=True).exists()


def test_what_was_typed_is_kept_while_something_is_missing(review):
    ruth = signed_in("ruth")
    given = answers(review, coral="Her part is done.")
    lead = review.listed().get(user=person("ruth"))
    del given[f"verdict_{lead.pk}"]
    response = ruth.post(review.get_absolute_url(), given)
    assert response.status_code == 422 and "Her part is done." in response.content.decode()
    given = answers(review, coral="")
    response = ruth.post(review.get_absolute_url(), given)
    assert response.status_code == 422 and "Say why it ends" in response.content.decode()
    review.refresh_from_db()
    assert review.state == "open"


def test_others_of_the_team_read_it_and_cannot_answer(review):
    coral = signed_in("coral")
    assert "Confirm the review" not in coral.get(review.get_absolute_url()).content.decode()
    coral.post(review.get_absolute_url(), answers(review))
    review.refresh_from_db()
    assert review.state == "open"
    assert signed_in("olu").get(review.get_absolute_url()).status_code == 404


def test_the_auditor_reviews_roles_and_the_person_reads_of_it(review):
    roles = RoleReview.objects.get()
    (grant,) = roles.listed()
    assert signed_in("pia").get(roles.get_absolute_url()).status_code == 200
    given = {f"verdict_{grant.pk}": "end", f"why_{grant.pk}": "Left the panel."}
    signed_in("ada").post(roles.get_absolute_url(), given)
    grant.refresh_from_db()
    assert grant.state == "taken_back"
