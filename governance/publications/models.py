"""Publications, as stored. Who recorded one is on the trail, and nowhere that the public reads from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.outputs.models import OutputRequest
from governance.people.roles import ON_PROJECTS
from governance.projects.models import Project
from governance.publications.citation import MOST_IN_DOI, doi_address
from governance.publications.lifecycle import LISTED, PUBLICATION, WAITING, PublicationState


class Kind(models.TextChoices):
    ARTICLE = "article", "Article"
    PREPRINT = "preprint", "Preprint"
    REPORT = "report", "Report"
    CHAPTER = "chapter", "Book or chapter"
    THESIS = "thesis", "Thesis"
    PRESENTATION = "presentation", "Presentation or poster"
    CODE = "code", "Code"
    DATASET = "dataset", "Dataset"
    OTHER = "other", "Something else"


class Publication(models.Model):
    """What was published from a project.

    reasons  why it is out of the register; "" while it is in it
    """

    LIFECYCLE = PUBLICATION
    WAITING = WAITING
    STATES = PublicationState
    VISIBLE_TO = ON_PROJECTS

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="publications")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=300)
    authors = models.CharField(max_length=1000)
    appeared_in = models.CharField(max_length=200)
    published_on = models.DateField()
    doi = models.CharField(max_length=MOST_IN_DOI, blank=True)
    address = models.CharField(max_length=500, blank=True)
    outputs = models.ManyToManyField(OutputRequest, blank=True, related_name="publications")
    no_outputs_because = models.TextField(blank=True)
    reasons = models.TextField(blank=True, editable=False)
    state = models.CharField(max_length=10, choices=PublicationState.choices(), default=LISTED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-published_on", "-pk")
        constraints = [
            models.UniqueConstraint(
                name="one_publication_a_doi_a_project",
                fields=["project", "doi"],
                condition=Q(state__in=["listed", "hidden"]) & ~Q(doi=""),
            ),
            models.CheckConstraint(
                name="publications_out_of_the_register_say_why",
                condition=Q(state="listed", reasons="") | ~Q(state="listed") & ~Q(reasons=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Publication {self.pk} of {self.project.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("publication", args=[self.pk])

    @property
    def link(self) -> str:
        """Where it can be read: by its DOI where it has one; "" where nobody said."""
        return doi_address(self.doi) if self.doi else self.address
