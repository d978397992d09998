"""What workers do for a request to take results out: check its files, and pack and sign those that were approved.

Each is done under `attempt`, which leaves alone what has moved on. Record-level data are not opened here.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from extracts import delivery
from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.repairs import repairs
from extracts.disclosure.report import Verdict
from extracts.output_policy import policy_for
from extracts.sealed import kind_and_place
from governance.audit import trail
from governance.outputs import services as outputs
from governance.outputs.models import FileRole, OutputFile, OutputRequest
from governance.workflow import Refused

log = logging.getLogger("gatehouse.tasks")


def attempt(output_id: int, state: str, work: Callable[[OutputRequest], None]) -> None:
    """Do the work that a request's state waits for. What fails is queued again by the sweep, a few times."""
    output = OutputRequest.objects.select_related("project", "author").get(pk=output_id)
    if output.state != state or not outputs.another_attempt(output, at=timezone.now()):
        return
    try:
        work(output)
    except Refused as refusal:  # the request has moved on meanwhile: another run of this task did it
        log.info("output %s left alone: %s", output.pk, refusal)
    except Exception as problem:
        log.error("output %s: %s", output.pk, kind_and_place(problem))


def checked(output: OutputRequest) -> None:
    """Put every file of the request to the disclosure rules and record the report, or withhold what was altered.

    With what fails, the report tells ways to make it safe that were audited.
    """
    files = list(output.files.all())
    if altered := [file.name for file in files if _bytes_differ(file)]:
        reason = f"Stored bytes are not those that were uploaded: {', '.join(altered)}. Upload them again."
        outputs.withhold(output, reason=reason, at=timezone.now())
        return
    contents, described = {file.name: _content(file) for file in files}, _described(files)
    policy = policy_for(output.project)
    report = check(contents, described, policy)
    offered = repairs(contents, described, policy).repairs if report.verdict is Verdict.FAIL else ()
    content = {**report.to_json(), "repairs": [one.to_json() for one in offered]}
    outputs.record_report(output, round=output.round, verdict=report.verdict.value, content=content, at=timezone.now())


def _described(files: list[OutputFile]) -> Description:
    """What the author said of each file that would leave."""
    stored = [{**file.description, "name": file.name} for file in files if file.role == FileRole.OUTPUT]
    return Description.of(FileDescription.from_json(one) for one in stored)


def _content(file: OutputFile) -> bytes:
    with file.content.open("rb") as stored:
        return bytes(stored.read())


def _bytes_differ(file: OutputFile) -> bool:
    return hashlib.sha256(_content(file)).hexdigest() != file.sha256


def packed(output: OutputRequest, *, into: Path, signing_key: Callable[[], Ed25519PrivateKey]) -> None:
    """Pack and sign what was approved, in the project's folder of `into`, or withhold it with a reason.

    signing_key  opens the key, which is not done for what is withheld
    """
    if reason := output.why_no_agreement(timezone.now()):
        outputs.withhold(output, reason=reason, at=timezone.now())
        return
    folder = into / output.project.reference
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{output.project.reference}-output-{output.pk}.zip"
    files = [
        delivery.PackedFile(name=file.name, path=Path(file.content.path), sha256=file.sha256)
        for file in output.released_files()
    ]
    try:
        sha256 = delivery.pack_release(
            files, manifest=_statement(output), signing_key=signing_key(), into=folder / name
        )
    except delivery.WrongBytes:
        reason = "Stored bytes are not those that were checked. Upload the files again."
        outputs.withhold(output, reason=reason, at=timezone.now())
        return
    outputs.record_package(output, package=name, sha256=sha256, at=timezone.now())


def _statement(output: OutputRequest) -> dict[str, Any]:
    """What a released package says of itself: project, rules met, when it was checked and where that is on the trail.

    The checkers are anonymous to the project; the trail's numbers lead an auditor to their names.
    """
    report = output.reports.get(round=output.round)
    checks = list(output.checks_now().select_related("checker"))
    return {
        "project": output.project.reference,
        "project_title": output.project.title,
        "output": output.pk,
        "title": output.title,
        "clearance": output.get_clearance_display(),
        "author": output.author.name,
        "cleared_at": max(one.decided_at for one in checks).astimezone(UTC).isoformat(),
        "checks": [
            {
                "checker": which,
                "decided_at": one.decided_at.astimezone(UTC).isoformat(),
                "trail_entry": trail.of(output).filter(action="check", actor=one.checker.username)[0].seq,
            }
            for which, one in zip(("first", "second"), checks, strict=True)
        ],
        "rules": {
            "verdict": report.verdict,
            **{name: report.content.get(name) for name in ("policy", "policy_version", "engine_version", "criteria")},
        },
    }
