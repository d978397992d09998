"""Invitations: who may ask whom, what a link opens, and for how long."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.test import TestCase

from governance.audit.models import Entry
from governance.notices.models import Message
from governance.people.grants import roles_for
from governance.people.models import Invitation, Organisation, User
from governance.people.roles import Role
from governance.standing import invitations as services
from governance.workflow import Refused, grid
from tests.builders import now
from tests.cast import person
from tests.tables import parse

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
LINKS: list[str] = []


def address(token: str) -> str:
    LINKS.append(token)
    return f"https://gatehouse.example/invited/{token}"


@pytest.fixture
def northshire() -> Organisation:
    """A university with a verified domain, northshire.example, and Coral as its contact."""
    person("coral")
    LINKS.clear()
    return Organisation.objects.get(name="Northshire University")


def invited(email="nia@northshire.example", *, to="Northshire University", by="sam", at=None) -> Invitation:
    """Messages are sent when it is safe: within a test, at the end of this."""
    sender, organisation = person(by), Organisation.objects.get(name=to)
    with TestCase.captureOnCommitCallbacks(execute=True):
        return services.invite(email, organisation=organisation, address=address, by=sender, at=at or now())


def accepted(token=None, *, at=None, name="Nia") -> User:
    return services.accept(token or LINKS[-1], name=name, password=PASSWORD, at=at or now())


def test_who_may_do_what():
    assert grid(Invitation.LIFECYCLE) == parse("""
                    | support          | contact          | self
        unconfirmed | confirm, withdraw | confirm, withdraw |
        sent        | resend, withdraw | resend, withdraw | accept
        accepted    |                  |                  |
        withdrawn   |                  |                  |
    """)


def test_support_invites_at_a_verified_domain_and_the_contact_is_told(northshire):
    invitation = invited("Nia@Northshire.example ")
    assert (invitation.state, invitation.email) == ("sent", "nia@northshire.example")
    to_nia, to_contact = Message.objects.order_by("pk")
    assert to_nia.to == "nia@northshire.example" and LINKS[0] in to_nia.body and "within 7 days" in to_nia.body
    assert to_contact.to == "coral@gatehouse.example" and "nia@northshire.example" in to_contact.body
    assert LINKS[0] not in to_contact.body, "the contact is told, and cannot follow the link"


def test_only_the_hash_of_the_token_is_kept(northshire):
    invitation = invited()
    kept = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert LINKS[0] not in str(kept) and len(LINKS[0]) >= 43
    assert kept["token_sha256"] == hashlib.sha256(LINKS[0].encode()).hexdigest()
    assert LINKS[0] not in str([entry.as_hashed() for entry in Entry.objects.all()])


def test_another_domain_waits_for_the_contact(northshire):
    invitation = invited("nia@elsewhere.example")
    assert invitation.state == "unconfirmed" and not invitation.token_sha256 and LINKS == []
    assert [message.to for message in Message.objects.all()] == ["coral@gatehouse.example"]
    with pytest.raises(Refused, match="its vouching contact confirms it"):
        services.confirm(invitation, address=address, by=person("sam"), at=now())
    with pytest.raises(Refused, match="does not let you confirm"):
        services.confirm(invitation, address=address, by=person("olu"), at=now())
    assert services.confirm(invitation, address=address, by=person("coral"), at=now()).state == "sent"
    assert accepted().organisation == northshire


@pytest.mark.parametrize(
    "email", ["nia@northshire.example.evil.example", "nia@sub.northshire.example", "northshire.example@x.example"]
)
def test_a_domain_that_only_looks_alike_is_another(northshire, email):
    assert invited(email).state == "unconfirmed"


def test_without_domain_and_contact_nobody_is_invited(northshire):
    with pytest.raises(Refused, match="no vouching contact who could confirm"):
        invited("nia@eastmoor.example", to="Eastmoor Institute")
    assert not Invitation.objects.exists() and not Message.objects.exists()


def test_the_contact_invites_for_the_own_organisation_only(northshire):
    assert invited("nia@elsewhere.example", by="coral").state == "sent", "the contact's word is the confirmation"
    with pytest.raises(Refused, match="Only research support and the vouching contact of Eastmoor"):
        invited("ned@eastmoor.example", to="Eastmoor Institute", by="coral")


@pytest.mark.parametrize("who", ["ruth", "pia", "ada", "worker"])
def test_nobody_else_invites(northshire, who):
    with pytest.raises(Refused, match="Only research support"):
        invited(by=who)


def test_a_contact_who_has_left_vouches_for_nobody(northshire):
    User.objects.filter(username="coral").update(is_active=False)
    with pytest.raises(Refused, match="Only research support"):
        invited(by="coral")


def test_an_address_with_an_account_or_an_open_invitation_is_not_invited_again(northshire):
    with pytest.raises(Refused, match="an account with this email address"):
        invited("RUTH@gatehouse.example")
    invited()
    with pytest.raises(Refused, match="invited already"):
        invited("NIA@northshire.example")


def test_a_link_makes_one_account(northshire):
    invited()
    nia = accepted()
    assert (nia.username, nia.name, nia.email, nia.organisation) == ("nia", "Nia", "nia@northshire.example", northshire)
    assert nia.check_password(PASSWORD) and nia.is_active and not nia.is_staff
    last = Entry.objects.last()
    assert (last.action, last.actor, last.after) == ("accept", "nia", "accepted")
    with pytest.raises(Refused, match="does not work any more"):
        accepted(name="Somebody else")
    assert User.objects.filter(email="nia@northshire.example").count() == 1


def test_two_who_are_called_alike_get_names_of_their_own(northshire):
    invited("ruth@northshire.example")
    assert accepted(name="Another Ruth").username == "ruth2"


@pytest.mark.parametrize(("later", "good"), [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)])
def test_a_link_is_good_for_seven_days(northshire, later, good):
    at = now()
    invitation = invited(at=at)
    assert invitation.has_expired(at + later) is not good
    assert (services.to_take_up(LINKS[0], at + later) is not None) is good
    if not good:
        with pytest.raises(Refused):
            accepted(at=at + later)
        assert not User.objects.filter(email=invitation.email).exists()


def test_sent_again_means_a_new_link_and_a_new_week(northshire):
    at = now()
    invitation = invited(at=at)
    later = at + timedelta(days=30)
    assert services.resend(invitation, address=address, by=person("coral"), at=later).good_until == later + timedelta(
        days=7
    )
    first, second = LINKS
    with pytest.raises(Refused):
        accepted(first, at=later)
    assert accepted(second, at=later).username == "nia"


def test_taken_back_means_no_link(northshire):
    invitation = services.withdraw(invited(), by=person("sam"), at=now())
    assert invitation.state == "withdrawn" and not invitation.token_sha256
    with pytest.raises(Refused):
        accepted()
    with pytest.raises(Refused):
        services.resend(invitation, address=address, by=person("sam"), at=now())
    assert invited().state == "sent", "the address is free again"


@pytest.mark.parametrize("token", ["", "x" * 43])
def test_a_made_up_token_opens_nothing(northshire, token):
    invited("nia@elsewhere.example")  # waits, and so has no token
    assert services.to_take_up(token, now()) is None


def test_the_contacts_role_is_on_records_of_the_own_organisation_alone(northshire):
    ours, theirs = invited(), Invitation(organisation=Organisation.objects.get(name="Eastmoor Institute"))
    assert Role.CONTACT in roles_for(ours, person("coral"), now())
    assert Role.CONTACT not in roles_for(theirs, person("coral"), now())
    assert Role.CONTACT not in roles_for(ours, person("ruth"), now())


def record(organisation, *, domains=(), contact=None, by="sam"):
    services.record_organisation(
        organisation, domains=list(domains), contact=contact and person(contact), by=person(by), at=now()
    )


def test_support_records_domains_and_contact(northshire):
    eastmoor = Organisation.objects.get(name="Eastmoor Institute")
    record(eastmoor, domains=["Eastmoor.example"], contact="olu")
    assert eastmoor.owns("someone@EASTMOOR.example") and eastmoor.contact == person("olu")
    assert Entry.objects.last().details == {"domains": ["eastmoor.example"], "contact": "olu"}
    record(eastmoor)
    assert not eastmoor.owns("someone@eastmoor.example") and eastmoor.contact is None


def test_a_domain_is_of_one_organisation_and_a_contact_of_the_own(northshire):
    eastmoor = Organisation.objects.get(name="Eastmoor Institute")
    with pytest.raises(Refused, match="verified to be of Northshire University"):
        record(eastmoor, domains=["northshire.example"])
    with pytest.raises(Refused, match="is not of Eastmoor Institute"):
        record(eastmoor, contact="ruth")
    with pytest.raises(Refused, match="Only research support"):
        record(northshire, contact="ruth", by="coral")
