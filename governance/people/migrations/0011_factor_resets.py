"""A lost second factor is reset by two people: the record of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import governance.people.lifecycle


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_stand_ins_and_certificates"),
    ]

    operations = [
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("because", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("done", "done"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("run_out", "run out"),
                        ],
                        default=governance.people.lifecycle.FactorResetState["ASKED"],
                        max_length=12,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="factor_resets",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "reset of a second factor",
                "verbose_name_plural": "resets of second factors",
                "ordering": ("-created_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True), name="resets_say_how_identity_was_proven"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("person")), _negated=True),
                        name="nobody_asks_for_a_reset_of_their_own",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by__isnull", True), models.Q(("state", "done"), _negated=True)),
                            models.Q(
                                ("confirmed_by__isnull", False),
                                ("state", "done"),
                                models.Q(("confirmed_by", models.F("person")), _negated=True),
                                models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_reset_takes_two_other_people",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("person",), name="one_open_reset_a_person"
                    ),
                ],
            },
        ),
    ]
