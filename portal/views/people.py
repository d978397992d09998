"""Pages of people's standing as researchers: one's own; and, for research support, everybody's."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.incidents import services as incidents
from governance.incidents.models import Incident, IncidentPerson
from governance.people import accreditation as conditions
from governance.people import declarations
from governance.people.grants import roles_everywhere
from governance.people.lifecycle import REQUESTED, RESET_ASKED
from governance.people.models import Accreditation, Organisation, Sanction, User, local_day
from governance.people.models.standing import Route
from governance.people.roles import DECIDING, Role
from governance.people.standing import FETCHED
from governance.projects.leaving import led_by
from governance.standing import services
from governance.workflow import Refused
from portal import certificate_page, standing_page
from portal.access import SignedIn, note_view, one_of_or_404, visible_or_404
from portal.entering import refuse_unless_allowed, sent, status_of, turned_away
from portal.forms import people as forms
from portal.records import allowed_actions, hindrances_of

PAGE = 25
SEES_PEOPLE = frozenset({Role.SUPPORT, Role.AUDITOR})


@require_safe
def you(request: SignedIn) -> HttpResponse:
    """One's own standing: every condition, until when it holds, who can cure it."""
    at, person = timezone.now(), _with_standing().get(pk=request.user.pk)
    context = standing_page.context_of(person, at)
    vouches = Organisation.objects.filter(contact=person).first()
    stands_in = roles_everywhere(person, at) & DECIDING or person.stand_ins.exists()
    reset = person.factor_resets.filter(state=RESET_ASKED).first()
    shown = {"person": person, "vouches": vouches, "stands_in": stands_in, "reset": reset, **context}
    return render(request, "people/you.html", shown)


def _with_standing() -> QuerySet[User]:
    return User.objects.select_related("organisation").prefetch_related(*FETCHED)


def declaration(request: SignedIn) -> HttpResponse:
    """Read the declaration that is in force, and sign it."""
    at = timezone.now()
    wanted = declarations.in_force(local_day(at))
    if request.method == "POST":
        services.sign_declaration(version=request.POST.get("version", ""), by=request.user, at=at)
        messages.success(request, "You signed the declaration.")
        return redirect("you")
    title, *paragraphs = wanted.text.split("\n\n")
    signed = request.user.signed_declarations.filter(version=wanted.version).first()
    context = {"wanted": wanted, "title": title.removeprefix("# "), "paragraphs": paragraphs, "signed": signed}
    return render(request, "people/declaration.html", context)


def ask(request: SignedIn) -> HttpResponse:
    """Ask for accreditation or its renewal; a renewal begins with what was said last time."""
    at, person = timezone.now(), request.user
    if waiting := person.accreditations.filter(state=REQUESTED).first():
        messages.info(request, "Your request waits for research support.")
        return redirect(waiting)
    last = person.accreditations.select_related("supervisor").first()
    first = (
        {
            "route": last.route,
            "evidence": last.evidence,
            "supervisor": last.supervisor and last.supervisor.username,
            "public_number": last.public_number,
        }
        if last
        else {}
    )
    form = forms.AskForAccreditation(sent(request), initial=first)
    if form.is_valid():
        try:
            asked = services.ask_for_accreditation(by=person, at=at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "You asked for accreditation. Research support decides on it.")
            return redirect(asked)
    context = {"form": form, "renews": bool(last and last.number)}
    return render(request, "people/ask.html", context, status=status_of(form))


@require_safe
def accreditation(request: SignedIn, pk: int) -> HttpResponse:
    """One accreditation: what was asked for, on which evidence, and what became of it."""
    at = timezone.now()
    visible_or_404(Accreditation, pk, to=request.user, at=at)
    one = Accreditation.objects.select_related("person__organisation", "supervisor__organisation").get(pk=pk)
    context = {
        "accreditation": one,
        "route": Route(one.route).label,
        "own": one.person_id == request.user.pk,
        "actions": allowed_actions(one, request.user, at),
        "hindrances": hindrances_of(one, request.user, at),
        "missing": one.why_not_grantable(at) if one.state == REQUESTED else None,
        "listed": one.on_the_public_list(at),
    }
    return render(request, "people/accreditation.html", context)


def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Research support grants or refuses, with reasons."""
    at = timezone.now()
    one = visible_or_404(Accreditation, pk, to=request.user, at=at)
    if away := turned_away(request, one, "refuse", keeps=True):
        return away
    form = forms.Decide(sent(request))
    if form.is_valid():
        verdict, reasons = form.cleaned_data["verdict"], form.cleaned_data["reasons"]
        try:
            if verdict == "grant":
                services.grant(one, reasons=reasons, by=request.user, at=at)
            else:
                services.refuse(one, reasons=reasons, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The accreditation is granted." if verdict == "grant" else "You refused it.")
            return redirect(one)
    context = {"accreditation": one, "form": form, "missing": one.why_not_grantable(at)}
    context["listed"] = one.on_the_public_list(at)
    return render(request, "people/decide.html", context, status=status_of(form))


def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take one's request back, after a question."""
    at = timezone.now()
    one = visible_or_404(Accreditation, pk, to=request.user, at=at)
    if away := turned_away(request, one, "withdraw"):
        return away
    if request.method == "POST":
        services.withdraw(one, by=request.user, at=at)
        messages.success(request, "You took your request back.")
        return redirect("you")
    return render(request, "people/withdraw.html", {"accreditation": one})


def revoke(request: SignedIn, pk: int) -> HttpResponse:
    """Take an accreditation away, with reasons."""
    at = timezone.now()
    one = visible_or_404(Accreditation, pk, to=request.user, at=at)
    if away := turned_away(request, one, "revoke", keeps=True):
        return away
    form = forms.Reasons(sent(request))
    if form.is_valid():
        try:
            services.revoke(one, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The accreditation is revoked. Nothing can be used on it from now on.")
            return redirect(one)
    return render(request, "people/revoke.html", {"accreditation": one, "form": form}, status=status_of(form))


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Requests first, then everybody with a part in research, or whoever is searched, with their standing."""
    one_of_or_404(request.user, SEES_PEOPLE)
    day, form = local_day(timezone.now()), forms.Search(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    people = _people(chosen.get("words", ""))
    if chosen.get("lapsed"):
        lapsed = [one.pk for one in people if conditions.why_not(one.standing_on(day), on=day)]
        people = _with_standing().filter(pk__in=lapsed).order_by("name", "pk")
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    listed = [
        (one, conditions.ends_on(standing := one.standing_on(day)), conditions.why_not(standing, on=day))
        for one in page.object_list
    ]
    waiting = list(Accreditation.objects.filter(state=REQUESTED).select_related("person__organisation"))
    context = {"form": form, "page": page, "listed": listed, "waiting": waiting, "chosen": any(chosen.values())}
    return render(request, "people/index.html", context, status=status_of(form))


def _people(words: str) -> QuerySet[User]:
    """People on a project's team, and those of whom something is on record as a researcher; of all who are searched."""
    asked = Accreditation.objects.filter(person=OuterRef("pk"))
    people = _with_standing().exclude(username="worker")
    if not words.split():
        people = people.filter(Q(Exists(asked)) | Q(memberships__isnull=False) | Q(trainings__isnull=False))
    for word in words.split():
        people = people.filter(
            Q(name__icontains=word) | Q(username__icontains=word) | Q(organisation__name__icontains=word)
        )
    return people.distinct().order_by("name", "pk")


def _somebody(request: SignedIn, pk: int, roles: frozenset[Role]) -> User:
    """The person, for whoever holds one of the roles; 404 otherwise. The worker is nobody."""
    one_of_or_404(request.user, roles)
    person = _with_standing().filter(pk=pk).exclude(username="worker").first()
    if person is None:
        raise Http404
    return person


@require_safe
def person(request: SignedIn, pk: int) -> HttpResponse:
    """Everything on record of one person's standing, and what research support can do."""
    at = timezone.now()
    one = _somebody(request, pk, SEES_PEOPLE)
    note_view(one, by=request.user, at=at)
    context = {
        "person": one,
        **standing_page.context_of(one, at),
        "may_record": Role.SUPPORT in one_of_or_404(request.user, SEES_PEOPLE) and one != request.user,
        "memberships": list(one.memberships.select_related("project")),
        "led": led_by(one),
        "resets": list(one.factor_resets.all()),
        "incidents": list(Incident.for_staff(request.user).filter(people__person=one)),
    }
    return render(request, "people/person.html", context)


def training(request: SignedIn, pk: int) -> HttpResponse:
    """Record a training that the person passed. A certificate that is chosen is read first, into the boxes."""
    at = timezone.now()
    one = _somebody(request, pk, frozenset({Role.SUPPORT}))
    chosen = certificate_page.is_chosen(request)
    reading = forms.ReadCertificate(*((request.POST, request.FILES) if chosen else ()))
    found, stale = certificate_page.found_by(reading, request.POST, one)
    given = certificate_page.proposed(request.POST, found)
    form = forms.RecordTraining(
        None if chosen else sent(request), initial=given, today=local_day(at), person=one, found=found
    )
    if stale and form.is_bound:
        form.add_error(None, stale)
    if form.is_valid():
        try:
            services.record_training(one, found=found, by=request.user, at=at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The training of {one} is on record.")
            return redirect("person", one.pk)
    shown = {"found": found, "kept": certificate_page.kept(found, one), "is_theirs": found and found.is_of(one.name)}
    context = {"person": one, "form": form, "reading": reading, **shown}
    status = 422 if reading.errors else status_of(form)
    return render(request, "people/training.html", context, status=status)


def sanction(request: SignedIn, pk: int) -> HttpResponse:
    """Impose a sanction after a breach; the page says what stops."""
    at = timezone.now()
    one = _somebody(request, pk, frozenset({Role.SUPPORT}))
    link = _incident_link(request, one)
    form = forms.Impose(sent(request), initial=forms.after_incident(link) if link else None)
    if form.is_valid():
        try:
            if link:
                incidents.impose(link, by=request.user, at=at, **form.cleaned_data)
            else:
                services.impose(one, by=request.user, at=at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The sanction on {one} is in force.")
            return redirect(link.incident if link else reverse("person", args=[one.pk]))
    context = {"person": one, "form": form, "incident": link.incident if link else None}
    return render(request, "people/sanction.html", context, status=status_of(form))


def _incident_link(request: SignedIn, one: User) -> IncidentPerson | None:
    """The person's part in the incident from which the page was opened; 404 for one that the reader may not see."""
    asked = request.GET.get("incident", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        raise Http404
    mine = Incident.for_staff(request.user).values("pk")
    return get_object_or_404(
        IncidentPerson.objects.select_related("incident"), incident=int(asked), incident__in=mine, person=one
    )


def sanction_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One sanction, as whoever it is on reads it too; research support lifts it here, with reasons."""
    at = timezone.now()
    one = visible_or_404(Sanction, pk, to=request.user, at=at)
    if request.method == "POST":
        refuse_unless_allowed(one, "lift", request.user, at)
    form = forms.Reasons(sent(request))
    if form.is_valid():
        services.lift(one, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        messages.success(request, "The sanction is lifted.")
        return redirect("person", one.person_id)
    actions = allowed_actions(one, request.user, at)
    context = {"sanction": one, "form": form, "actions": actions, "own": one.person_id == request.user.pk}
    return render(request, "people/sanction_detail.html", context, status=status_of(form))
