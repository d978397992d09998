"""Trainings become records of their own, and accreditations that were on record are granted ones."""

from datetime import UTC, datetime, time

from django.db import migrations


def give_states(apps, schema_editor):
    """Each accreditation is granted since its first day; the training that it named becomes a record of its own."""
    accreditations = apps.get_model("people", "Accreditation").objects.all()
    trainings = apps.get_model("people", "Training").objects
    for one in accreditations:
        since = datetime.combine(one.accredited_from, time(), UTC)
        accreditations.filter(pk=one.pk).update(state="granted", state_since=since, created_at=since)
        trainings.create(
            person_id=one.person_id,
            certificate=f"with {one.number}",
            passed_on=min(one.accredited_from, one.trained_until),
            valid_until=one.trained_until,
            recorded_at=since,
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0002_standing")]

    operations = [migrations.RunPython(give_states, migrations.RunPython.noop)]
