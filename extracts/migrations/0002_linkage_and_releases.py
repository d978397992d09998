"""Deliveries, linkage runs, clerical pairs; releases with a life; extracts that are recalled."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import extracts.lifecycle.clerical
import extracts.lifecycle.delivery
import extracts.lifecycle.extract
import extracts.lifecycle.linkage
import extracts.lifecycle.release


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0001_initial"),
        ("extracts", "0001_initial"),
        ("projects", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField(model_name="release", old_name="loaded_at", new_name="created_at"),
        migrations.CreateModel(
            name="ClericalDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("same", "The same person"),
                            ("different", "Different people"),
                            ("unsure", "Cannot be told from these records"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("variant", "Spelling, nickname or alias"),
                            ("changed", "Married or changed name"),
                            ("swapped", "Names or parts of a date swapped"),
                            ("moved", "Moved home"),
                            ("twin", "Twin"),
                            ("household", "Another person of the household"),
                            ("namesake", "Namesake"),
                            ("too_little", "Too little recorded"),
                        ],
                        max_length=20,
                    ),
                ),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("decided_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ClericalPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=64, unique=True)),
                ("reason", models.CharField(max_length=120)),
                ("stratum", models.CharField(blank=True, max_length=60)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("same", "The same person"),
                            ("different", "Different people"),
                            ("unsure", "Cannot be told from these records"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for two reviewers"),
                            ("one_decided", "One of two reviewers has decided"),
                            ("two_decided", "Both reviewers have decided"),
                            ("disagreed", "The two disagree: waiting for a third"),
                            ("settled", "Settled"),
                        ],
                        default=extracts.lifecycle.clerical.PairState["WAITING"],
                        max_length=20,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dataset", models.SlugField(max_length=60)),
                ("provider", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=60)),
                ("counts", models.JSONField(default=dict, editable=False)),
                ("findings", models.JSONField(default=list, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received, not looked at yet"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                        ],
                        default=extracts.lifecycle.delivery.DeliveryState["RECEIVED"],
                        max_length=20,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ("-created_at", "provider"),
            },
        ),
        migrations.CreateModel(
            name="LinkageRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempt", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("dataset", models.SlugField(max_length=60)),
                ("name", models.CharField(help_text="The version of the release that it builds.", max_length=20)),
                ("seed", models.PositiveBigIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Waiting for a worker"),
                            ("running", "Running"),
                            ("built", "Built a release"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default=extracts.lifecycle.linkage.RunState["REQUESTED"],
                        max_length=20,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepting", "Accepting the deliveries"),
                            ("linking", "Linking persons and cases"),
                            ("measuring", "Measuring the quality of the links"),
                            ("building", "Building the release"),
                            ("scanning", "Looking for identifiers in the release"),
                        ],
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("what", models.CharField(blank=True, editable=False, max_length=120)),
                ("share", models.FloatField(default=0, editable=False)),
                ("model_name", models.CharField(blank=True, editable=False, max_length=60)),
                ("model_version", models.CharField(blank=True, editable=False, max_length=40)),
                ("report", models.JSONField(default=dict, editable=False)),
                ("charts", models.JSONField(default=dict, editable=False)),
            ],
            options={
                "ordering": ("-created_at", "-pk"),
            },
        ),
        migrations.AlterModelOptions(
            name="release",
            options={"ordering": ("code", "-created_at", "-pk")},
        ),
        migrations.RemoveConstraint(
            model_name="extract",
            name="delivered_extracts_have_a_folder",
        ),
        migrations.AddField(
            model_name="release",
            name="difference",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="release",
            name="manifest_sha256",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="release",
            name="published_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="release",
            name="quality",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="release",
            name="scan",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="release",
            name="state",
            field=models.CharField(
                choices=[
                    ("built", "Built, waiting for publication"),
                    ("published", "Published"),
                    ("superseded", "Superseded"),
                    ("withdrawn", "Withdrawn"),
                ],
                default=extracts.lifecycle.release.ReleaseState["BUILT"],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="state_since",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="release",
            name="withdrawn_because",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AlterField(
            model_name="extract",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Waiting for a worker"),
                    ("building", "Being built"),
                    ("delivered", "Delivered"),
                    ("stopped", "Stopped: the approval no longer holds"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                    ("recalled", "Recalled: its release was withdrawn"),
                ],
                default=extracts.lifecycle.extract.ExtractState["REQUESTED"],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="release",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="extract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("delivered_at__isnull", False),
                        ("state__in", ["delivered", "recalled"]),
                        models.Q(("folder", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state__in", ["delivered", "recalled"]), _negated=True),
                        ("delivered_at__isnull", True),
                        ("folder", ""),
                    ),
                    _connector="OR",
                ),
                name="delivered_extracts_have_a_folder",
            ),
        ),
        migrations.AddField(
            model_name="clericaldecision",
            name="reviewer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clerical_decisions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="clericaldecision",
            name="pair",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="extracts.clericalpair"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("dataset", "provider", "name"), name="one_delivery_a_name"),
        ),
        migrations.AddField(
            model_name="linkagerun",
            name="deliveries",
            field=models.ManyToManyField(related_name="runs", to="extracts.delivery"),
        ),
        migrations.AddField(
            model_name="linkagerun",
            name="requested_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="linkage_runs", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="clericalpair",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="pairs", to="extracts.linkagerun"
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="run",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="release",
                to="extracts.linkagerun",
            ),
        ),
        migrations.AddConstraint(
            model_name="clericaldecision",
            constraint=models.UniqueConstraint(fields=("pair", "reviewer"), name="one_decision_a_reviewer"),
        ),
        migrations.AddConstraint(
            model_name="linkagerun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("dataset", "name"),
                name="one_run_a_release_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="linkagerun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["requested", "running"])),
                fields=("dataset",),
                name="one_run_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="clericalpair",
            index=models.Index(fields=["state", "run"], name="pair_by_state"),
        ),
        migrations.AddConstraint(
            model_name="clericalpair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "settled"), models.Q(("outcome", ""), _negated=True)),
                    models.Q(models.Q(("state", "settled"), _negated=True), ("outcome", "")),
                    _connector="OR",
                ),
                name="settled_pairs_have_an_outcome",
            ),
        ),
    ]
