"""The outbox of changes, notices, preferences and messages."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.notices.groups import Group, How, Kind

PERSON = settings.AUTH_USER_MODEL


class Event(models.Model):
    """One change of a record, written in its transaction. Whoever is to know is told from this row, later.

    told_at  when everybody was told; until then it is tried again, ever more rarely, and never given up
    problem  the kind of error of the last attempt, never a value
    """

    record_type = models.CharField(max_length=60)
    record_pk = models.BigIntegerField()
    action = models.CharField(max_length=40)
    actor = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=80, blank=True, editable=False)

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=["due_at"], condition=Q(told_at__isnull=True), name="events_to_be_told")]

    def __str__(self) -> str:
        return f"{self.action} of {self.record_type} {self.record_pk}"


class Message(models.Model):
    """One e-mail, until it has been sent or given up. Its text is emptied when it has: it may hold an invitation.

    key       what it stands for: there is one message a key
    due_at    when it may be tried next; moved on before each attempt, so that a killed worker loses nothing
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        DEAD = "dead", "Given up"
        DISCARDED = "discarded", "Discarded"

    key = models.CharField(max_length=150, unique=True)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="messages")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=80, blank=True, editable=False)

    class Meta:
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="messages_to_be_sent"),
            models.Index(fields=["made_at"], condition=Q(state="dead"), name="messages_given_up"),
        ]
        constraints = [
            models.CheckConstraint(
                name="sent_messages_have_a_time",
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}"

    @property
    def domain(self) -> str:
        """All of the address that an operator reads."""
        return self.to.rpartition("@")[2]


class Notice(models.Model):
    """One thing that one person is told, on their page of notices.

    key      what it tells of: a person is told of it once
    says     a neutral sentence; reference and kind alone go into e-mail
    address  of the page to open; record_type and record_pk of the record that it is about, if there is one
    how      how it goes by e-mail, as chosen when it was made; `message` is the one it went with
    """

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="notices")
    key = models.CharField(max_length=150)
    group = models.CharField(max_length=12, choices=[(one.value, one.label) for one in Group])
    kind = models.CharField(max_length=8, choices=[(one.value, one.said) for one in Kind])
    reference = models.CharField(max_length=120)
    says = models.CharField(max_length=250)
    address = models.CharField(max_length=200)
    record_type = models.CharField(max_length=60, blank=True)
    record_pk = models.BigIntegerField(null=True)
    how = models.CharField(max_length=8, choices=[(one.value, one.label) for one in How])
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="notices")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = [models.UniqueConstraint(name="a_person_is_told_once", fields=["person", "key"])]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="notices_of_a_person"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="unread_notices_of_a_person"),
            models.Index(
                fields=["at"], condition=Q(how="digest", message__isnull=True, read_at__isnull=True),
                name="notices_for_a_digest",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.reference}: {self.says}"


class Preference(models.Model):
    """How one person wants the notices of one group by e-mail."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="notice_preferences")
    group = models.CharField(max_length=12, choices=[(one.value, one.label) for one in Group])
    how = models.CharField(max_length=8, choices=[(one.value, one.label) for one in How])

    class Meta:
        constraints = [models.UniqueConstraint(name="one_preference_a_group", fields=["person", "group"])]

    def __str__(self) -> str:
        return f"{self.group}: {self.how}"
