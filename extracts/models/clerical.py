"""Pairs of the grey zone, and what people decided about them. The records themselves are not here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from extracts.lifecycle import clerical
from extracts.models.linkage import LinkageRun
from governance.people.models import User
from governance.people.roles import Role

VERDICTS = [
    (clerical.Verdict.SAME.value, "The same person"),
    (clerical.Verdict.DIFFERENT.value, "Different people"),
    (clerical.Verdict.UNSURE.value, "Cannot be told from these records"),
]


class Ground(models.TextChoices):
    """Why a reviewer decided so. A list, because anything could be written into a free text, names included."""

    VARIANT = "variant", "Spelling, nickname or alias"
    CHANGED = "changed", "Married or changed name"
    SWAPPED = "swapped", "Names or parts of a date swapped"
    MOVED = "moved", "Moved home"
    TWIN = "twin", "Twin"
    HOUSEHOLD = "household", "Another person of the household"
    NAMESAKE = "namesake", "Namesake"
    TOO_LITTLE = "too_little", "Too little recorded"


class ClericalPair(models.Model):
    """Two records that the model could not tell apart. `token` names the file that holds them.

    reason   why it is shown: "grey zone", "contradiction", "sample"
    stratum  the part of the sample that it was drawn from, for weighting
    outcome  what it was settled as, or ""
    """

    LIFECYCLE = clerical.CLERICAL_PAIR
    WAITING = clerical.WAITING
    STATES = clerical.PairState
    OF_THE_SERVICE = True
    VISIBLE_TO = frozenset({Role.LINKER, Role.WORKER})

    run = models.ForeignKey(LinkageRun, on_delete=models.PROTECT, related_name="pairs")
    token = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=120)
    stratum = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=10, choices=VERDICTS, blank=True, editable=False)
    state = models.CharField(max_length=20, choices=clerical.PairState.choices(), default=clerical.UNSEEN)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=["state", "run"], name="pair_by_state")]
        constraints = [
            models.CheckConstraint(
                name="settled_pairs_have_an_outcome",
                condition=Q(state="settled") & ~Q(outcome="") | ~Q(state="settled") & Q(outcome=""),
            )
        ]

    def __str__(self) -> str:
        return f"Pair {self.token[:8]}"

    def get_absolute_url(self) -> str:
        return reverse("review_pair", args=[self.token])

    def decided_by(self, person: User) -> bool:
        return self.decisions.filter(reviewer=person).exists()


class ClericalDecision(models.Model):
    """What one reviewer decided. Nobody else sees it before the pair is settled."""

    pair = models.ForeignKey(ClericalPair, on_delete=models.CASCADE, related_name="decisions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="clerical_decisions")
    verdict = models.CharField(max_length=10, choices=VERDICTS)
    note = models.CharField(max_length=20, choices=Ground.choices, blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("decided_at", "pk")
        constraints = [models.UniqueConstraint(name="one_decision_a_reviewer", fields=["pair", "reviewer"])]

    def __str__(self) -> str:
        return f"Decision {self.pk} on {self.pair}"
