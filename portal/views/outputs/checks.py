"""Pages of checkers: decide, release; and the download of what was released."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from extracts.zones import Zones
from governance.audit import trail
from governance.outputs import services
from governance.outputs.lifecycle import RELEASED
from governance.outputs.models import CheckVerdict, OutputRequest
from governance.people.grants import roles_on
from governance.people.roles import TEAM_ROLES, Role
from governance.workflow import Refused
from portal.access import SignedIn, visible_or_404
from portal.entering import refuse_unless_allowed, sent, status_of
from portal.forms.outputs import Decision, Release, rejection_reasons
from portal.output_files import report_of

log = logging.getLogger("gatehouse.outputs")


def check(request: SignedIn, pk: int) -> HttpResponse:
    """One checker's decision. What the other one decided is neither shown here nor anywhere else before both did."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    if request.method != "POST" or Role.CHECKER not in roles_on(output.project, request.user, at):
        refuse_unless_allowed(output, "check", request.user, at)
    form = Decision(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            _record(output, form.cleaned_data, request.user, at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after_decision(request, output)
    context = {"output": output, "form": form, "report": report_of(output), "usual": rejection_reasons()}
    return render(request, "outputs/check.html", context, status=status_of(form))


def _after_decision(request: SignedIn, output: OutputRequest) -> HttpResponse:
    """The first checker goes on to the queue; the second one reads what both decisions led to."""
    output.refresh_from_db()
    if output.is_blind:
        messages.success(request, "Your decision is recorded. Both are shown once two checkers have decided.")
        return redirect("outputs")
    outcome = OutputRequest.STATES(output.state).label.lower()
    messages.success(request, f"Your decision is recorded. With both decisions the request is now: {outcome}.")
    return redirect(output)


def _record(output: OutputRequest, decided: dict[str, Any], by: Any, at: datetime) -> None:
    verdict = CheckVerdict(decided["verdict"])
    services.check(output, verdict=verdict, reasons=decided["reasons"], round=decided["round"], by=by, at=at)


def release(request: SignedIn, pk: int) -> HttpResponse:
    """Say what leaves, then release it."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    refuse_unless_allowed(output, "release", request.user, at)
    form = Release(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.release(output, round=form.cleaned_data["round"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Released. The worker packs and signs the files.")
            return redirect(output)
    context = {"output": output, "form": form, "files": list(output.released_files())}
    return render(request, "outputs/release.html", context, status=status_of(form))


@require_GET
def download(request: SignedIn, pk: int) -> FileResponse:
    """The signed package, for the project's team. Its bytes are verified first, and the download is on the trail."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    if not roles_on(output.project, request.user, at) & TEAM_ROLES:
        raise Refused("Only members of the project's team download its packages.")
    if output.state != RELEASED:
        raise Refused("There is no package yet: the request has not been released.")
    package = _verified(output)
    trail.append(
        actor=request.user, action="download", subject=output, details={"sha256": output.package_sha256}, at=at
    )
    response = FileResponse(package, as_attachment=True, filename=output.package, content_type="application/zip")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _verified(output: OutputRequest) -> Any:
    """The package, open at its first byte, once the bytes of this very handle are the ones that were signed."""
    path = Zones(Path(settings.GATEHOUSE_DATA)).released / output.project.reference / output.package
    try:
        package = path.open("rb")
    except FileNotFoundError:
        log.error("output %s: the package is missing", output.pk)
        raise Refused("The package is missing from storage: tell research support.") from None
    if hashlib.file_digest(package, "sha256").hexdigest() != output.package_sha256:
        package.close()
        log.error("output %s: the package is not the one that was signed", output.pk)
        raise Refused("The stored package is not the one that was signed: tell research support.")
    package.seek(0)
    return package
