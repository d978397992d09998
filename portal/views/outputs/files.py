"""Pages of the files of an output request: add, look, describe, remove."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from extracts.disclosure.description import FileDescription
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.suggest import suggest
from extracts.output_policy import policy_for
from governance.outputs import services
from governance.outputs.models import FileRole, OutputFile, OutputRequest
from governance.workflow import Refused
from portal.access import SignedIn, visible_or_404
from portal.entering import refuse_unless_allowed, sent, status_of
from portal.findings import Bounds, shown
from portal.forms import descriptions
from portal.forms.outputs import AddFiles, evidence_choices
from portal.output_files import (
    MOST_BYTES_SHOWN,
    ON_ITS_OWN_PAGE,
    description_of,
    parts,
    report_of,
    start_of,
    table_of,
)
from portal.records import allowed_actions
from portal.sight import Sight, record_opening, sight_of, why_not_described_by
from portal.told_by_session import Filled, Told, fill, told_by

# What the author reads of a file to describe it; another researcher of the project reads its headings.
FIRST_ROWS = Bounds(rows=8, columns=30)
HEADINGS_ALONE = Bounds(rows=0, columns=30)


def add_file(request: SignedIn, pk: int) -> HttpResponse:
    """Upload files to the request: all of those selected, or none."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    refuse_unless_allowed(output, "edit", request.user, at)
    form = AddFiles(sent(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        files = {file.name: file for file in form.cleaned_data["files"]}
        told = told_by({name: file.read() for name, file in files.items() if file.size <= MOST_BYTES_SHOWN})
        try:
            filled = _keep(output, files, FileRole(form.cleaned_data["role"]), told, request.user, at)
        except Refused as refusal:
            form.add_error("files", str(refusal))
        else:
            _say_what_was_added(request, files.keys() - told.read.keys(), filled, told)
            return redirect(output)
    context = {"output": output, "form": form}
    return render(request, "outputs/add_file.html", context, status=status_of(form))


@transaction.atomic
def _keep(output: OutputRequest, files: Mapping[str, Any], role: FileRole, told: Told, by: Any, at: datetime) -> Filled:
    """Keep what was uploaded, but for what only describes other files: that fills the form."""
    for name in files.keys() - told.read.keys():
        files[name].seek(0)
        own = FileRole.EVIDENCE if name in told.evidence else role
        services.add_file(output, name=name, content=files[name].read(), role=own, by=by, at=at)
    return fill(output, told, by=by, at=at) if told.cases else Filled()


def _say_what_was_added(request: SignedIn, names: Set[str], filled: Filled, told: Told) -> None:
    if names:
        messages.success(request, f"{min(names)} added." if len(names) == 1 else f"{len(names)} files added.")
    for sentence in (*told.problems, *filled.sentences()):
        messages.warning(request, sentence)


def file(request: SignedIn, pk: int, file: int) -> HttpResponseBase:
    """One file: what was found in it, and of its content what the reader may see. Each opening is on the trail."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    stored = _file_or_404(output, file)
    sight = sight_of(output, request.user, at)
    if "whole" in request.GET:
        return _whole(output, stored, sight, request.user, at)
    report = report_of(output)
    judged = report is not None and any(one.name == stored.name for one in report.files)
    part = parts([stored], report if judged else None, sight, ON_ITS_OWN_PAGE, only=stored.name)[0]
    if part.is_opened:
        record_opening(output, [stored], sight.value, by=request.user, at=at)
    context = {
        "output": output,
        "file": stored,
        "part": part,
        "report": report,
        "opens": sight is Sight.WHOLE,
        "is_mine": sight is Sight.FLAGGED,
        "described": description_of(stored) if stored.description else None,
        "can_edit": "edit" in allowed_actions(output, request.user, at),
        "is_evidence": stored.role == FileRole.EVIDENCE,
    }
    return render(request, "outputs/file.html", context)


def _file_or_404(output: OutputRequest, pk: int) -> OutputFile:
    """A file of this request; one of another request does not exist here."""
    return get_object_or_404(output.files.select_related("request__project"), pk=pk)


def _whole(output: OutputRequest, file: OutputFile, sight: Sight, person: Any, at: datetime) -> FileResponse:
    """The file's bytes, for a checker's eyes. Authors get files by release alone."""
    if sight is not Sight.WHOLE:
        raise Refused(
            "Only output checkers who may check this request open its files whole; "
            "the author receives them when they are released."
        )
    record_opening(output, [file], "the whole file", by=person, at=at)
    response = FileResponse(
        file.content.open("rb"), as_attachment=True, filename=file.name, content_type="application/octet-stream"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def describe(request: SignedIn, pk: int, file: int) -> HttpResponse:
    """Say what is in a file; the form starts from what its columns seem to hold."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    stored = _file_or_404(output, file)
    if stored.role == FileRole.EVIDENCE:
        raise Http404("Evidence needs no description.")
    refuse_unless_allowed(output, "edit", request.user, at)
    if reason := why_not_described_by(output, request.user, at):
        raise Refused(reason)
    table, problem = _table(stored)
    started, suggested = _started(stored)
    first = FIRST_ROWS if output.author_id == request.user.pk else HEADINGS_ALONE
    form = descriptions.Describe(
        sent(request),
        name=stored.name,
        table=table,
        rows_seen=first.rows,
        evidence=evidence_choices(stored, list(output.files.all())),
        started=started,
        policy=policy_for(output.project),
        initial=descriptions.initial(started, table),
    )
    if request.method == "POST" and form.is_valid():
        try:
            _save(stored, form, request.user, at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _say_what_is_saved(request, stored, form)
            return redirect(output)
    if table:
        record_opening(output, [stored], f"headings and the first {first.rows} rows", by=request.user, at=at)
    context = {
        "output": output,
        "file": stored,
        "form": form,
        "problem": problem,
        "suggested": suggested,
        "table": shown("first", table, (), first).table if table else None,
    }
    return render(request, "outputs/describe.html", context, status=status_of(form))


def _table(file: OutputFile) -> tuple[Table | None, str]:
    """The table in the file, or why there is none to describe column by column."""
    try:
        return table_of(file), ""
    except CannotRead as unreadable:
        return None, f"{unreadable.problem} {unreadable.cure}"


def _started(file: OutputFile) -> tuple[FileDescription, bool]:
    """What the form starts from, and whether it is a suggestion of the rules."""
    if file.description:
        return description_of(file), False
    try:
        return suggest(file.name, start_of(file)), True
    except CannotRead:
        return FileDescription(file.name), False


def _save(file: OutputFile, form: descriptions.Describe, by: Any, at: datetime) -> None:
    described = form.description()
    services.describe_file(file, text=described.text, description=described.to_json(), by=by, at=at)


def _say_what_is_saved(request: SignedIn, file: OutputFile, form: descriptions.Describe) -> None:
    messages.success(request, f"Description of {file.name} saved.")
    for sentence in form.still_asked():
        messages.warning(request, f"{file.name}: {sentence}")


def remove_file(request: SignedIn, pk: int, file: int) -> HttpResponse:
    """Ask once more, then take the file out of the request."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    stored = _file_or_404(output, file)
    refuse_unless_allowed(output, "edit", request.user, at)
    if request.method == "POST":
        services.remove_file(stored, by=request.user, at=at)
        messages.success(request, f"{stored.name} removed.")
        return redirect(output)
    return render(request, "outputs/remove_file.html", {"output": output, "file": stored})
