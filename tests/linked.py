"""Starting points for tests of linkage and releases: each goes through the services, as a worker and people do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from extracts.lifecycle.linkage import Stage
from extracts.models import ClericalPair, Delivery, LinkageRun, Release
from extracts.services import clerical, deliveries, linkage, releases
from governance.people.grants import worker
from tests.builders import now
from tests.cast import person

DATASET = "cjs_linked"
LEASE = timedelta(minutes=1)
COUNTS = {"identity/pol_victim": 610, "identity/pol_suspect": 240, "payload/pol_crime": 700}
TABLES = {
    "pol_crime": {"rows": 700, "sha256": "c1" * 32},
    "crt_case": {"rows": 60, "sha256": "c2" * 32},
    "xjs_link": {"rows": 850, "sha256": "c3" * 32},
}
CLEAN: dict[str, Any] = {  # as extracts.scanning writes it
    "clean": True, "verdict": "pass", "findings": [], "rules": ["Every text is compared."],
    "compared": {"records": 5120, "sources": 12, "columns": 31},
}  # fmt: skip


def rate(value: float, reach: float = 0.01) -> dict[str, float]:
    return {"value": value, "low": max(0.0, value - reach), "high": min(1.0, value + reach)}


def measure(ids: str, by: str, group: str, precision: float, recall: float, **more: Any) -> dict[str, Any]:
    """One row of a quality report, as `extracts.linkage.quality` writes it."""
    pairs = {
        "precision": rate(precision), "recall": rate(recall), "f1": rate(2 * precision * recall / (precision + recall)),
        "missed": rate(1 - recall), "false": rate(1 - precision),
    }  # fmt: skip
    row = {"ids": ids, "by": by, "group": group, "persons": 600, "true_pairs": 1500, "linked_pairs": 1480, **pairs}
    return {**row, **more}


PERSONS = {
    "cluster_precision": rate(0.97), "cluster_recall": rate(0.96), "cluster_f1": rate(0.965),
    "split": rate(0.02), "mixed": rate(0.004),
}  # fmt: skip
QUALITY: dict[str, Any] = {
    "basis": "truth",
    "records": 850,
    "persons": 600,
    "measures": [
        measure("person_id", "overall", "Everyone", 0.991, 0.982, **PERSONS),
        measure("person_id", "sex", "Female", 0.993, 0.961),
        measure("person_id", "sex", "Male", 0.990, 0.988),
        {**measure("person_id", "sex", "Not recorded", 0.9, 0.9), "recall": None, "persons": None},
        measure("person_id", "ethnicity", "Asian", 0.985, 0.958),
        measure("person_id", "ethnicity", "White", 0.992, 0.985),
        measure("person_id", "source_pair", "crown_xhibit - pol_suspect", 0.98, 0.97),
        measure("person_080", "overall", "Everyone", 0.984, 0.987),
        measure("person_095", "overall", "Everyone", 0.996, 0.971),
    ],
    "worst": [
        {"ids": "person_id", "by": "sex", "group": "Female", "harm": "missed",
         "rate": rate(0.039), "rest": rate(0.012)},
    ],
    "link_rates": [
        {"by": "overall", "group": "Everyone", "records": 850, "linked": rate(0.62)},
        {"by": "sex", "group": "Female", "records": 410, "linked": rate(0.55)},
        {"by": "sex", "group": "Male", "records": 440, "linked": rate(0.68)},
    ],
    "agency_pairs": [{"of": "pol_suspect", "in": "crown_xhibit", "persons": 240, "linked": rate(0.4)}],
}  # fmt: skip


def a_delivery(provider: str = "police", name: str = "2026-11", state: str = "accepted", **more: Any) -> Delivery:
    """A delivery: received, accepted or refused."""
    delivery = deliveries.receive(dataset=DATASET, provider=provider, name=name, sha256="", by=worker(), at=now())
    if state == "accepted" and delivery.state == "received":
        return deliveries.accept(delivery, counts=COUNTS, at=now(), **more)
    if state == "refused":
        finding = {"file": "payload/pol_crime", "row": 17, "reason": "A date is no date."}
        return deliveries.refuse(delivery, findings=[finding], at=now())
    return delivery


def a_run(state: str = "requested", *, name: str = "2026.2", by: str = "lin") -> LinkageRun:
    """A linkage run: requested, running, failed or cancelled. One that built a release comes with `a_release`."""
    run = linkage.request(dataset=DATASET, deliveries=[a_delivery()], name=name, by=person(by), at=now())
    if state == "requested":
        return run
    if state == "cancelled":
        return linkage.cancel(run, by=person(by), at=now())
    claimed = linkage.claim(run.pk, at=now(), lease=LEASE)
    assert claimed is not None
    if state == "failed":
        return linkage.fail(claimed, reason="The linkage failed (MemoryError).", at=now())
    return claimed


def a_release(
    state: str = "built", *, name: str = "2026.2", by: str = "lin", quality: dict[str, Any] | None = None
) -> Release:
    """A release that a run of Lin's built: built, published or withdrawn."""
    run = a_run("running", name=name, by=by)
    quality = QUALITY if quality is None else quality
    linkage.record_stage(run, Stage.MEASURING, quality)
    release = releases.register_built_release(
        run, title="Linked criminal justice data", tables=TABLES, manifest_sha256="ab" * 32, quality=quality,
        difference={}, scan=CLEAN, move=lambda: None, at=now(),
    )  # fmt: skip
    if state == "built":
        return release
    release = releases.publish(release, reasons="Quality is as before.", by=person("rae"), at=now())
    if state == "withdrawn":
        return releases.withdraw(release, reasons="Wrong links in Eastmoor.", by=person("rae"), at=now())
    return release


def pairs(run: LinkageRun, number: int = 1) -> list[ClericalPair]:
    """Pairs of a run that wait for review."""
    tokens = [f"{run.pk:04x}{which:028x}" for which in range(number)]
    clerical.queue(run, [{"token": token, "reason": "grey zone", "stratum": "0.4-0.6"} for token in tokens], at=now())
    return list(ClericalPair.objects.filter(token__in=tokens))


def decide(pair: ClericalPair, *verdicts: str, reviewers: Sequence[str] = ("lin", "lou", "lara")) -> ClericalPair:
    """The verdicts of the reviewers in turn."""
    for who, verdict in zip(reviewers, verdicts, strict=False):
        pair = clerical.decide(pair, verdict=verdict, by=person(who), at=now())
    return pair
