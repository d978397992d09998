"""Somebody stands in for somebody else in a role; and the hash of the certificate that was read is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_suspended_grants"),
    ]

    operations = [
        migrations.AddField(
            model_name="rolegrant",
            name="stands_in_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stand_ins",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="training",
            name="certificate_sha256",
            field=models.CharField(blank=True, help_text="Of the PDF that was read, if any.", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stands_in_for__isnull", True),
                    models.Q(
                        models.Q(("stands_in_for", models.F("person")), _negated=True), ("ends_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="a_stand_in_is_somebody_else_for_a_while",
            ),
        ),
    ]
