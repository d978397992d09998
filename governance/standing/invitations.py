"""Invitations: who may ask whom to make an account of which organisation, and what becomes of it."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from governance.act import act, begin
from governance.audit import trail
from governance.notices import outbox
from governance.people.grants import roles_everywhere, vouches_in
from governance.people.lifecycle import OPEN, SENT, UNCONFIRMED
from governance.people.models import EmailDomain, Invitation, Organisation, User
from governance.people.models.invitations import GOOD_FOR
from governance.people.roles import Role
from governance.workflow import Refused

Address = Callable[[str], str]  # token -> the address of the page on which it is taken up
NOT_GOOD = "This link does not work any more: ask whoever invited you, or research support, for a new one."


def send_message(to: str, subject: str, text: str, *, key: str, at: datetime) -> None:
    """The one way by which a message leaves: written to the outbox with what it tells of, and sent by a worker.

    The outbox forgets the text, and with it a link's token, once the message has left.
    """
    outbox.post(to=to, subject=subject, body=text, key=f"invitation:{key}", at=at)


def may_invite(person: User, organisation: Organisation, at: datetime) -> bool:
    """Research support invites for every organisation, a vouching contact for their own."""
    own = person.is_active and organisation.contact_id == person.pk
    return own or Role.SUPPORT in roles_everywhere(person, at)


@transaction.atomic
def invite(email: str, *, organisation: Organisation, address: Address, by: User, at: datetime) -> Invitation:
    """Ask somebody to make an account. Sent at once, unless the organisation's contact has to confirm the address.

    Raises Refused for who may not invite, for an address that has an account or an open invitation, and where the
    address is of a strange domain and nobody could confirm it.
    """
    email = email.strip().lower()
    if not may_invite(by, organisation, at):
        raise Refused(f"Only research support and the vouching contact of {organisation} invite its people.")
    if User.objects.filter(email__iexact=email).exists():
        raise Refused("There is an account with this email address already.")
    if Invitation.objects.filter(email=email, state__in=OPEN).exists():
        raise Refused("This address is invited already: send that invitation again, or take it back first.")
    vouched = organisation.owns(email) or organisation.contact_id == by.pk
    if not vouched and organisation.contact is None:
        raise Refused(
            f"The address is of no verified domain of {organisation}, which has no vouching contact who could confirm "
            "it: record a domain or a contact first."
        )
    invitation = begin(
        Invitation(email=email, organisation=organisation, invited_by=by),
        "invite",
        by=by,
        at=at,
        details={"organisation": organisation.name},
    )
    if vouched:
        invitation = confirm(invitation, address=address, by=by, at=at)
    _tell_contact(invitation, by=by, at=at)
    return invitation


@transaction.atomic
def confirm(invitation: Invitation, *, address: Address, by: User, at: datetime) -> Invitation:
    """Confirmed, and so sent: by research support for an address of a verified domain, by the contact for any."""
    return _send(act(invitation, "confirm", by=by, at=at), address, at)


@transaction.atomic
def resend(invitation: Invitation, *, address: Address, by: User, at: datetime) -> Invitation:
    """Send it again, with a new link that is good for another week. The link before stops working."""
    return _send(act(invitation, "resend", by=by, at=at), address, at)


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Take it back: its link stops working."""
    return act(invitation, "withdraw", by=by, at=at, token_sha256="")


def to_take_up(token: str, at: datetime) -> Invitation | None:
    """The invitation that a link's token opens at this moment; None for one that is used, over, or was never made."""
    found = Invitation.objects.select_related("organisation").filter(token_sha256=_hashed(token), state=SENT).first()
    return None if found is None or found.has_expired(at) else found


@transaction.atomic
def accept(token: str, *, name: str, password: str, at: datetime) -> User:
    """Make the account of whoever was invited. Raises Refused when the link opens nothing, also a moment later."""
    invitation = to_take_up(token, at)
    if invitation is None:
        raise Refused(NOT_GOOD)
    trail.lock()  # two who follow one link at once are one account and a refusal
    person = User(
        username=_free_username(invitation.email),
        name=name.strip(),
        email=invitation.email,
        organisation=invitation.organisation,
    )
    person.set_password(password)
    person.save()
    taken = Invitation.objects.filter(pk=invitation.pk, state=SENT, token_sha256=_hashed(token)).update(person=person)
    if not taken:
        raise Refused(NOT_GOOD)
    act(invitation, "accept", by=person, at=at)
    if (contact := invitation.organisation.contact) and contact.is_active:
        text = f"{person.name} took up the invitation to {invitation.organisation} and now has an account."
        send_message(contact.email, "An invitation was taken up", text, key=f"{invitation.pk}:taken", at=at)
    return person


@transaction.atomic
def record_organisation(
    organisation: Organisation, *, domains: Sequence[str], contact: User | None, by: User, at: datetime
) -> None:
    """Research support records which domains are verified to be the organisation's, and who vouches for its people."""
    if Role.SUPPORT not in roles_everywhere(by, at):
        raise Refused("Only research support records domains and contacts of organisations.")
    wanted = {domain.strip().lower() for domain in domains if domain.strip()}
    taken = (
        EmailDomain.objects.filter(domain__in=wanted).exclude(organisation=organisation).select_related("organisation")
    )
    if taken:
        raise Refused(" ".join(f"{one} is verified to be of {one.organisation}." for one in taken))
    if contact is not None and contact.organisation_id != organisation.pk:
        raise Refused(f"{contact} is not of {organisation}, so does not vouch for its people.")
    held = set(organisation.email_domains.values_list("domain", flat=True))
    organisation.email_domains.exclude(domain__in=wanted).delete()
    EmailDomain.objects.bulk_create(
        EmailDomain(organisation=organisation, domain=domain, verified_by=by, verified_at=at)
        for domain in sorted(wanted - held)
    )
    organisation.contact = contact
    organisation.save(update_fields=["contact"])
    details = {"domains": sorted(wanted), "contact": contact.username if contact else ""}
    trail.append(actor=by, action="record organisation", subject=organisation, details=details, at=at)


def _send(invitation: Invitation, address: Address, at: datetime) -> Invitation:
    """Give the invitation a new link, and send that to the address; only its hash stays."""
    token = secrets.token_urlsafe(32)
    invitation.token_sha256, invitation.sent_at = _hashed(token), at
    invitation.save(update_fields=["token_sha256", "sent_at"])
    text = INVITES.format(organisation=invitation.organisation, address=address(token), days=GOOD_FOR.days)
    key = f"{invitation.pk}:{invitation.token_sha256[:16]}"
    send_message(invitation.email, "You are invited to Gatehouse", text, key=key, at=at)
    return invitation


def _tell_contact(invitation: Invitation, *, by: User, at: datetime) -> None:
    """The vouching contact reads of every invitation in the organisation's name that is not their own doing."""
    contact = invitation.organisation.contact
    if contact is None or not contact.is_active or vouches_in(invitation, by):
        return
    asks = (
        "Sign in and confirm it, or take it back."
        if invitation.state == UNCONFIRMED
        else "If that is wrong, sign in and take it back."
    )
    text = f"{invitation.email} is invited to make an account of {invitation.organisation}, for which you vouch. {asks}"
    subject = f"An invitation in the name of {invitation.organisation}"
    send_message(contact.email, subject, text, key=f"{invitation.pk}:{invitation.state}", at=at)


INVITES = """Somebody at {organisation} asks you to make an account with Gatehouse,
where researchers apply for linked justice data.

Follow this link within {days} days. It works once:

{address}

If you do not know what this is about, do nothing.
"""


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _free_username(email: str) -> str:
    """A user name after the part before the @, with a number where that is taken."""
    wanted = re.sub(r"[^a-z0-9.+_-]", "", email.partition("@")[0].lower())[:140] or "person"
    taken = set(User.objects.filter(username__istartswith=wanted).values_list("username", flat=True))
    lower = {name.lower() for name in taken}
    return next(
        name
        for number in range(1, len(lower) + 2)
        if (name := wanted if number == 1 else f"{wanted}{number}") not in lower
    )
