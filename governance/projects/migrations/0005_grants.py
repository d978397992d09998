"""Grants on projects get a cause and an end, and stay on record once they have ended."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("projects", "0004_taken_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterUniqueTogether(
            name="projectuserobjectpermission",
            unique_together=set(),
        ),
        migrations.AddField(
            model_name="projectuserobjectpermission",
            name="because",
            field=models.CharField(default="Before causes were kept.", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="projectuserobjectpermission",
            name="ended_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="projectuserobjectpermission",
            name="ended_because",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="projectuserobjectpermission",
            name="ends_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="projectuserobjectpermission",
            name="entry",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="projectuserobjectpermission",
            name="granted_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="projectuserobjectpermission",
            name="granted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="projectuserobjectpermission",
            name="content_object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="grants", to="projects.project"
            ),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("submitted_at__isnull", False)),
                fields=["-state_since", "-id"],
                name="submitted_projects",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectuserobjectpermission",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("user", "content_object"),
                name="one_grant_a_person_a_project",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectuserobjectpermission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_because", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("ended_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="ended_grants_say_why",
            ),
        ),
    ]
