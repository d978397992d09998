"""Releases that were known before they had a life: the newest of each dataset is the published one."""

from django.db import migrations

BECAUSE = "Withdrawn before reasons were kept."


def give_states(apps, schema_editor):
    newest = set()
    for release in apps.get_model("extracts", "Release").objects.order_by("code", "-created_at", "-pk"):
        release.published_at = release.created_at
        if release.withdrawn_at is not None:
            release.state, release.state_since, release.withdrawn_because = "withdrawn", release.withdrawn_at, BECAUSE
        else:
            release.state = "superseded" if release.code in newest else "published"
            release.state_since = release.created_at
            newest.add(release.code)
        release.save()


class Migration(migrations.Migration):
    dependencies = [("extracts", "0002_linkage_and_releases")]
    operations = [migrations.RunPython(give_states, migrations.RunPython.noop)]
