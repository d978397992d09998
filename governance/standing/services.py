"""What people do with their standing, and what research support records of it. Each change is on the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from governance.act import act, begin
from governance.audit import trail
from governance.people import declarations
from governance.people.accreditation import STOPS_USE
from governance.people.certificates import Certificate
from governance.people.grants import roles_everywhere
from governance.people.lifecycle import REQUESTED
from governance.people.models import (
    Accreditation,
    ListedResearcher,
    Sanction,
    SignedDeclaration,
    Training,
    User,
    local_day,
)
from governance.people.models.standing import Kind, Route
from governance.people.public_list import Listed
from governance.people.roles import Role
from governance.workflow import Refused

ACCREDITED_YEARS = 5
SUSPENDED_MONTHS = range(6, 13)  # at level 2 (codelist breach_levels)


@transaction.atomic
def ask_for_accreditation(
    *,
    route: str,
    evidence: str,
    supervisor: User | None = None,
    on_the_register: bool = True,
    public_number: str = "",
    by: User,
    at: datetime,
) -> Accreditation:
    """Ask for accreditation, or for its renewal. Without degree and experience it is provisional, under a supervisor.

    public_number  under which the person stands in the public list of accredited researchers, if they do

    Raises Refused while another request waits, without evidence, and for a route that the supervisor does not fit.
    """
    route = Route(route)
    User.objects.select_for_update().get(pk=by.pk)  # two requests at once are one and a refusal
    if by.accreditations.filter(state=REQUESTED).exists():
        raise Refused("Your last request still waits for research support: withdraw it first.")
    if by.organisation_id is None:
        raise Refused("You belong to no organisation on record: ask research support to record it.")
    if not on_the_register:
        raise Refused("Accredited researchers stand in the public register: accreditation needs your agreement to it.")
    if not evidence.strip():
        raise Refused("Say what your accreditation rests on: research support decides by it.")
    if (route == Route.SUPERVISED) != (supervisor is not None):
        raise Refused("A supervisor is named by those, and only by those, who have neither degree nor experience.")
    if supervisor == by:
        raise Refused("Nobody supervises themselves.")
    return begin(
        Accreditation(
            person=by,
            kind=Kind.PROVISIONAL if supervisor else Kind.FULL,
            route=route,
            evidence=evidence.strip(),
            supervisor=supervisor,
            on_the_register=on_the_register,
            public_number=public_number.strip(),
        ),
        "ask",
        by=by,
        at=at,
    )


@transaction.atomic
def grant(accreditation: Accreditation, *, reasons: str, by: User, at: datetime) -> Accreditation:
    """Research support grants it, for five years from today, under the next number."""
    trail.lock()  # so that no two take one number
    day = local_day(at)
    return act(
        accreditation,
        "grant",
        by=by,
        at=at,
        note=_with_reasons(reasons),
        number=_next_number(),
        accredited_from=day,
        accredited_until=years_after(day, ACCREDITED_YEARS),
    )


def _next_number() -> str:
    last = Accreditation.objects.filter(number__startswith="AR-").order_by("-number").first()
    return f"AR-{int(last.number.removeprefix('AR-')) + 1 if last and last.number else 1:05d}"


def years_after(day: date, years: int) -> date:
    """The last day of so many years that begin on `day`: of those that begin on 1 March or 29 February, 28 February."""
    leap = (day.month, day.day) == (2, 29)
    following = date(day.year + years, 3, 1) if leap else day.replace(year=day.year + years)
    return following - date.resolution


def refuse(accreditation: Accreditation, *, reasons: str, by: User, at: datetime) -> Accreditation:
    """Research support refuses the request."""
    return act(accreditation, "refuse", by=by, at=at, note=_with_reasons(reasons))


def withdraw(accreditation: Accreditation, *, by: User, at: datetime) -> Accreditation:
    """Whoever asked takes the request back."""
    return act(accreditation, "withdraw", by=by, at=at)


def revoke(accreditation: Accreditation, *, reasons: str, by: User, at: datetime) -> Accreditation:
    """Research support takes an accreditation away: nothing can be used on it from now on."""
    return act(accreditation, "revoke", by=by, at=at, note=_with_reasons(reasons))


@transaction.atomic
def import_public_list(lines: Sequence[Listed], *, sha256: str, by: User, at: datetime) -> int:
    """Put the public list of accredited researchers in place of the one before; how many lines. Raises Refused."""
    if Role.SUPPORT not in roles_everywhere(by, at):
        raise Refused("Only research support imports the public list.")
    if not lines:
        raise Refused("The list is empty: the one before stays.")
    ListedResearcher.objects.all().delete()
    ListedResearcher.objects.bulk_create(
        [ListedResearcher(**vars(line), imported_at=at) for line in lines], batch_size=1000
    )
    details = {"lines": len(lines), "sha256": sha256}
    trail.append(actor=by, action="import public list", details=details, at=at)
    return len(lines)


@transaction.atomic
def sign_declaration(*, version: str, by: User, at: datetime) -> SignedDeclaration:
    """Sign the declaration in force. Raises Refused when `version`, which was read, is another. Twice is once."""
    wanted = declarations.in_force(local_day(at))
    if wanted.version != version:
        raise Refused("The declaration has changed since you opened it: read it again.")
    signed, made = SignedDeclaration.objects.get_or_create(
        person=by, version=wanted.version, defaults={"sha256": wanted.sha256, "signed_at": at}
    )
    if made:
        details = {"version": wanted.version, "sha256": wanted.sha256}
        trail.append(actor=by, action="sign declaration", subject=signed, details=details, at=at)
    return signed


@transaction.atomic
def record_training(
    person: User,
    *,
    certificate: str,
    passed_on: date,
    valid_until: date,
    found: Certificate | None = None,
    is_theirs: bool = False,
    by: User,
    at: datetime,
) -> Training:
    """Research support records a training that somebody else passed. Raises Refused.

    found      what was read in the certificate, if one was given: its hash is kept, and the file is not
    is_theirs  that the certificate is the person's, although the name on it is not theirs
    """
    _only_support(by, about=person, what="record training", at=at)
    if passed_on > local_day(at):
        raise Refused("A training is recorded once it was passed: its day lies ahead.")
    if valid_until < passed_on:
        raise Refused("The training would end before it was passed.")
    if person.trainings.filter(certificate=certificate).exists():
        raise Refused(f"Certificate {certificate} of {person} is on record already.")
    differs = found is not None and not found.is_of(person.name)
    if differs and not is_theirs:
        raise Refused(f"The name on the certificate is not that of {person}: say that it is theirs, or take another.")
    training = Training.objects.create(
        person=person,
        certificate=certificate,
        passed_on=passed_on,
        valid_until=valid_until,
        certificate_sha256=found.sha256 if found else "",
        recorded_by=by,
        recorded_at=at,
    )
    details = {"passed_on": passed_on.isoformat(), "valid_until": valid_until.isoformat()}
    if found:
        details |= {"sha256": found.sha256, "name": "confirmed, though it differs" if differs else "matches"}
    trail.append(actor=by, action="record training", subject=training, details=details, at=at)
    return training


@transaction.atomic
def impose(person: User, *, level: int, reasons: str, months: int | None = None, by: User, at: datetime) -> Sanction:
    """Research support imposes what a breach of this level brings. From level 2 on, use stops at once.

    months  how long level 2 suspends, 6 to 12; the other levels have no such end
    Raises Refused.
    """
    _only_support(by, about=person, what="impose sanctions", at=at)
    if (level == STOPS_USE) != (months is not None) or (months is not None and months not in SUSPENDED_MONTHS):
        raise Refused("A serious breach suspends for 6 to 12 months; other levels have no such end.")
    day = local_day(at)
    until = months_after(day, months) if months else None
    sanction = Sanction(person=person, level=level, reasons=_with_reasons(reasons), since=day, until=until)
    return begin(sanction, "impose", by=by, at=at, details={"level": level, "until": str(until or "")})


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    last = (date(day.year + years + (month + 1) // 12, (month + 1) % 12 + 1, 1) - date.resolution).day
    return date(day.year + years, month + 1, min(day.day, last))


def lift(sanction: Sanction, *, reasons: str, by: User, at: datetime) -> Sanction:
    """Research support lifts a sanction, such as after an appeal."""
    return act(sanction, "lift", by=by, at=at, note=_with_reasons(reasons))


def _only_support(by: User, *, about: User, what: str, at: datetime) -> None:
    if Role.SUPPORT not in roles_everywhere(by, at):
        raise Refused(f"Only research support can {what}.")
    if by == about:
        raise Refused("It is about yourself, so others decide.")


def _with_reasons(reasons: str) -> str:
    if not reasons.strip():
        raise Refused("Please give reasons: the person and the trail need them.")
    return reasons.strip()
