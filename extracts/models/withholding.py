"""Which records later extracts leave out, version by version. The list itself is a file."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Kind(models.TextChoices):
    OPT_OUT = "opt_out", "People who opted out"
    SEALED = "sealed", "Sealed records"


class Withholding(models.Model):
    """One addition to the list of a dataset. Version 1 is the first; each holds all that came before it.

    added   how many keys came in with it that were not on the list; `total` how many it holds
    sha256  of the file that holds the list of this version
    """

    OF_THE_SERVICE = True

    dataset = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    domain = models.CharField(max_length=60)
    added = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    reasons = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("dataset", "-version")
        constraints = [models.UniqueConstraint(name="one_withholding_a_version", fields=["dataset", "version"])]

    def __str__(self) -> str:
        return f"Withheld records of {self.dataset}, version {self.version}"
