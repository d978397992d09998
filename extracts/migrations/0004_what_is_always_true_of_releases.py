"""Rules of the release table, once the releases that were there keep them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("extracts", "0003_releases_that_were_loaded")]
    operations = [
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "published")), fields=("code",), name="one_published_release_a_dataset"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "withdrawn"),
                        ("withdrawn_at__isnull", False),
                        models.Q(("withdrawn_because", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "withdrawn"), _negated=True),
                        ("withdrawn_at__isnull", True),
                        ("withdrawn_because", ""),
                    ),
                    _connector="OR",
                ),
                name="withdrawn_releases_have_a_date_and_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["published", "superseded"]), _negated=True),
                    ("published_at__isnull", False),
                    _connector="OR",
                ),
                name="published_releases_have_a_date",
            ),
        ),
    ]
