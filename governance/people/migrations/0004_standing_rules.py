from django.db import migrations, models

import governance.people.lifecycle


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_what_was_on_record"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="accreditation",
            name="trained_until",
        ),
        migrations.AddConstraint(
            model_name="accreditation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            [
                                governance.people.lifecycle.AccreditationState["GRANTED"],
                                governance.people.lifecycle.AccreditationState["REVOKED"],
                            ],
                        ),
                        _negated=True,
                    ),
                    models.Q(
                        ("accredited_from__isnull", False),
                        ("accredited_until__isnull", False),
                        ("number__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="what_was_granted_has_number_and_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "full"), ("supervisor__isnull", True)),
                    models.Q(("kind", "provisional"), ("supervisor__isnull", False)),
                    _connector="OR",
                ),
                name="provisional_means_supervised",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditation",
            constraint=models.CheckConstraint(
                condition=models.Q(("supervisor", models.F("person")), _negated=True),
                name="nobody_supervises_themselves",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "requested")), fields=("person",), name="one_request_a_person"
            ),
        ),
    ]
