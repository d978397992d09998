"""Pages of stand-ins: naming one, the auditor's decision, the shared vote, and the end by either of the two."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.people.models import RoleGrant, User
from governance.people.roles import Role
from tests import builders
from tests.builders import a_project, a_stand_in
from tests.cast import person
from tests.portal.pages import decide, read, send, signed_in

pytestmark = pytest.mark.django_db


def typed(**other):
    today = timezone.localdate()
    return {
        "role": "panel", "person": "olu", "because": "Away until June.", "begins_on": today.isoformat(),
        "ends_on": (today + timedelta(days=20)).isoformat(),
    } | other  # fmt: skip


def of_the_panel(*names):
    User.objects.filter(username__in=names).update(organisation=person("pia").organisation)


def test_pia_names_olu_ada_confirms_and_both_read_it():
    of_the_panel("olu")
    pia, ada, olu = signed_in("pia"), signed_in("ada"), signed_in("olu")
    assert "Who stands in for you" in read(pia, "you") and "Nobody stands in for you" in read(pia, "standins")
    send(pia, "standin_name", **typed())
    grant = RoleGrant.objects.get(stands_in_for=person("pia"))
    page = read(ada, "role_decide", grant.pk)
    assert "Stands in for Pia of Statistics Panel" in page and "Away until June." in page
    send(ada, "role_decide", grant.pk, verdict="confirm", reasons="Seen.")
    for client in (pia, olu):
        assert "Counts" in read(client, "standins")
        page = read(client, "role", grant.pk)
        assert "Stands in for" in page and "End it now" in page and "Ada" not in page, "who decided is not named"
        assert "Pia, who stands in for" not in page, "naming somebody is no vote in their place"
    assert "stands in for Pia" in read(signed_in("sam"), "roles")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"person": "nobody"}, "There is nobody in your organisation"),
        ({"person": "ruth"}, "There is nobody in your organisation"),
        ({"person": "piers"}, "with a vote of their own"),
        ({"ends_on": "2099-01-01"}, "at most 90 days"),
        ({"begins_on": "2020-01-01"}, "today or later"),
        ({"role": "owner"}, "Select"),
    ],
)
def test_a_refusal_is_a_sentence_and_loses_nothing(other, said):
    of_the_panel("olu")
    page = send(signed_in("pia"), "standin_name", status=422, **typed(**other))
    assert said in page and "Away until June." in page
    assert not RoleGrant.objects.filter(stands_in_for__isnull=False).exists()


@pytest.mark.parametrize("who", ["ruth", "cass", "ada", "lin"])
def test_who_does_not_decide_names_nobody(who):
    read(signed_in(who), "standin_name", status=404)
    assert "Who stands in for you" not in read(signed_in(who), "you")


def test_what_others_stand_in_for_is_not_shown():
    grant = a_stand_in()
    read(signed_in("piers"), "role", grant.pk, status=404)
    assert "Olu" not in read(signed_in("piers"), "standins")


@pytest.mark.slow
def test_the_vote_of_one_is_the_vote_of_both_on_the_pages_too():
    a_stand_in()
    project = a_project("panel")
    assert "Decide on the project as a whole" in read(signed_in("olu"), "home")
    decide("olu", project, "approve")
    for who in ("olu", "pia"):
        assert "Decide on the project as a whole" not in read(signed_in(who), "home")
    assert "Decide on the project as a whole" in read(signed_in("piers"), "home")
    builders.declare(project, "pia")
    assert "one vote together" in read(signed_in("pia"), "project", project.pk)
    told = "Olu, who stands in for Pia (pia)"
    assert told in read(signed_in("sam"), "project", project.pk)
    assert "Olu" not in (page := read(signed_in("ruth"), "project", project.pk)) and "Pia" not in page


@pytest.mark.parametrize("who", ["olu", "pia"])
def test_either_ends_it(who):
    grant, client = a_stand_in(), signed_in(who)
    assert "stands in for Pia" in read(client, "role_end", grant.pk)
    assert "Give your reasons" in send(client, "role_end", grant.pk, status=422, reasons="")
    send(client, "role_end", grant.pk, reasons="Back early.")
    assert RoleGrant.objects.get(pk=grant.pk).state == "taken_back"


def test_one_s_own_role_has_no_button_to_end_it():
    own = RoleGrant.objects.get(person=person("pia"), role=Role.PANEL)
    page = read(signed_in("pia"), "role", own.pk)
    assert "Take the role back" not in page and "End it now" not in page
    read(signed_in("pia"), "role_end", own.pk, status=302)
