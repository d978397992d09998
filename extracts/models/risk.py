"""What was found of an extract's re-identification risk, and what research support decided on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from extracts.models.extract import Extract
from extracts.risk import Remedy, RiskReport


class RiskAssessment(models.Model):
    """The newest assessment of an extract.

    basis    the SHA-256 of what was assessed and what was found: specification, release, key and report
    decided  about this basis: another one clears it
    """

    class Decision(models.TextChoices):
        LET_THROUGH = "let_through", "Let through"
        REFUSED = "refused", "Refused"

    extract = models.OneToOneField(Extract, on_delete=models.PROTECT, related_name="risk")
    report_json = models.JSONField()
    remedies_json = models.JSONField(default=list)
    basis = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    decision = models.CharField(max_length=20, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="decided_risks"
    )
    decided_at = models.DateTimeField(null=True)
    reasons = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decisions_on_risk_name_who_decided",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True, reasons="")
                | ~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reasons=""),
            )
        ]

    def __str__(self) -> str:
        return f"Risk of extract {self.extract_id}"

    @property
    def report(self) -> RiskReport:
        return RiskReport.from_json(self.report_json)

    @property
    def remedies(self) -> list[Remedy]:
        return [Remedy.from_json(stored) for stored in self.remedies_json]

    @property
    def is_let_through(self) -> bool:
        return self.decision == self.Decision.LET_THROUGH
