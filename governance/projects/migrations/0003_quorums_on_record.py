"""Applications that were submitted before owners had quorums are decided by one person each, as they were begun."""

from django.db import migrations


def one_each(apps, schema_editor):
    projects = apps.get_model("projects", "Project").objects
    for project in projects.filter(submitted_at__isnull=False):
        quorums = {owner: 1 for owner in project.owners}
        projects.filter(pk=project.pk).update(quorums=quorums, panel_quorum=1 if project.state == "panel" else None)


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_votes_and_interests")]

    operations = [migrations.RunPython(one_each, migrations.RunPython.noop)]
