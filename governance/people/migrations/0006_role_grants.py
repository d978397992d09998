"""Roles of the service become records of their own. Who held one through a group holds it from now on by a grant."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

import governance.people.lifecycle


def from_groups(apps, schema_editor):
    """A grant for each membership of a group of a role's name; the groups go."""
    at, groups = timezone.now(), apps.get_model("auth", "Group").objects
    field = apps.get_model("people", "RoleGrant")._meta.get_field("role")
    for group in groups.filter(name__in=[value for value, _ in field.choices]):
        for person in apps.get_model("people", "User").objects.filter(groups=group):
            person.role_grants.create(
                role=group.name,
                because="Held through a group before roles were records.",
                begins_on=timezone.localtime(at).date(),
                state="in_force",
                state_since=at,
                created_at=at,
            )
        group.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_public_list"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("auditor", "Auditor"),
                            ("checker", "Output checker"),
                            ("linker", "Linkage analyst"),
                            ("owner", "Data owner"),
                            ("panel", "Accreditation panel member"),
                            ("steward", "Release manager"),
                            ("support", "Research support officer"),
                            ("worker", "Worker"),
                        ],
                        max_length=20,
                    ),
                ),
                ("because", models.TextField()),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("in_force", "in force"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("taken_back", "taken back"),
                        ],
                        default=governance.people.lifecycle.RoleGrantState["PROPOSED"],
                        max_length=12,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
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
                        related_name="role_grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "role of the service",
                "verbose_name_plural": "roles of the service",
                "ordering": ("-created_at", "-pk"),
                "indexes": [models.Index(fields=["person", "state"], name="roles_of_a_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True), name="roles_carry_reasons"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("begins_on"))), name="role_ends_after_it_begins"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by", models.F("person")), _negated=True),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                        ),
                        name="nobody_confirms_a_role_of_their_own",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("person", "role"), name="one_proposal_a_role"
                    ),
                ],
            },
        ),
        migrations.RunPython(from_groups, migrations.RunPython.noop),
    ]
