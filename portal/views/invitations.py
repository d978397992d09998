"""Pages of invitations: for those who invite, and the one page for whoever was invited."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.people.grants import roles_everywhere
from governance.people.models import Invitation, Organisation, User
from governance.people.roles import Role
from governance.standing import invitations as services
from governance.workflow import Refused
from portal.access import SignedIn, visible_or_404
from portal.entering import sent, status_of
from portal.forms import invitations as forms
from portal.records import allowed_actions

PAGE = 25


def _organisations(person: User, *roles: Role) -> QuerySet[Organisation]:
    """All organisations for holders of the roles, and for others those for which they vouch."""
    every = bool(roles_everywhere(person, timezone.now()) & set(roles))
    return Organisation.objects.filter(Q() if every else Q(contact=person))


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """The invitations that a person may see, the newest first, each with its state."""
    seen = _organisations(request.user, Role.SUPPORT, Role.AUDITOR)
    if not seen.exists():
        raise Http404
    at = timezone.now()
    invitations = Invitation.objects.filter(organisation__in=seen).select_related("organisation", "invited_by")
    page = Paginator(invitations, PAGE).get_page(request.GET.get("page"))
    listed = [(one, one.has_expired(at)) for one in page.object_list]
    may_invite = _organisations(request.user, Role.SUPPORT).exists()
    return render(request, "invitations/index.html", {"page": page, "listed": listed, "may_invite": may_invite})


def new(request: SignedIn) -> HttpResponse:
    """Invite somebody."""
    organisations = _organisations(request.user, Role.SUPPORT)
    if not organisations.exists():
        raise Http404
    form = forms.Invite(sent(request), organisations=organisations)
    if form.is_valid():
        email, organisation = form.cleaned_data["email"], form.cleaned_data["organisation"]
        try:
            made = services.invite(
                email, organisation=organisation, address=_address(request), by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The invitation is sent." if made.sent_at else WAITS)
            return redirect(made)
    return render(request, "invitations/new.html", {"form": form}, status=status_of(form))


WAITS = "The invitation waits: the address is of no verified domain, so the organisation's contact has to confirm it."


def _address(request: HttpRequest) -> services.Address:
    return lambda token: request.build_absolute_uri(reverse("invitation_follow", args=[token]))


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    """One invitation: how far it is, and what can be done with it."""
    at = timezone.now()
    one = visible_or_404(Invitation, pk, to=request.user, at=at)
    context = {"invitation": one, "actions": allowed_actions(one, request.user, at), "expired": one.has_expired(at)}
    return render(request, "invitations/detail.html", context)


@require_POST
def confirm(request: SignedIn, pk: int) -> HttpResponse:
    """The vouching contact confirms the address."""
    at = timezone.now()
    one = visible_or_404(Invitation, pk, to=request.user, at=at)
    services.confirm(one, address=_address(request), by=request.user, at=at)
    messages.success(request, "You confirmed the invitation, and it is sent.")
    return redirect(one)


@require_POST
def resend(request: SignedIn, pk: int) -> HttpResponse:
    """Send it again, under a new link."""
    at = timezone.now()
    one = visible_or_404(Invitation, pk, to=request.user, at=at)
    services.resend(one, address=_address(request), by=request.user, at=at)
    messages.success(request, "The invitation is sent again. The link before does not work any more.")
    return redirect(one)


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take it back."""
    at = timezone.now()
    one = visible_or_404(Invitation, pk, to=request.user, at=at)
    services.withdraw(one, by=request.user, at=at)
    messages.success(request, "The invitation is taken back. Its link does not work any more.")
    return redirect(one)


@login_not_required
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation. What opens it goes into the session, and so into no log of what follows."""
    request.session[FOLLOWED] = token
    return redirect("invitation_accept")


FOLLOWED = "invitation_token"


@login_not_required
def accept(request: HttpRequest) -> HttpResponse:
    """Whoever was invited says who they are, chooses a password, and sets up a second factor next."""
    token = request.session.get(FOLLOWED, "")
    invitation = services.to_take_up(token, timezone.now())
    if invitation is None:
        return render(request, "invitations/over.html", status=410)
    form = forms.Accept(sent(request), email=invitation.email)
    if form.is_valid():
        try:
            person = _made(token, form)
        except Refused:
            return render(request, "invitations/over.html", status=410)
        logout(request)  # whoever was signed in at this browser is not the one who was invited
        record_authentication(request, person, "password")
        answer: HttpResponse = perform_login(request, person, redirect_url=reverse("mfa_index"))
        return answer
    return render(request, "invitations/accept.html", {"form": form, "invitation": invitation}, status=status_of(form))


@transaction.atomic
def _made(token: str, form: forms.Accept) -> User:
    """The account, with the address proved: the link had come to it."""
    given = form.cleaned_data
    person = services.accept(token, name=given["name"], password=given["password"], at=timezone.now())
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person
