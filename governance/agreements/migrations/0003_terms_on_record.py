"""Agreements that were drawn up before terms were stored get theirs: scope and dates, which is what was signed."""

import hashlib
import json

from django.db import migrations


def write_terms(apps, schema_editor):
    agreements = apps.get_model("agreements", "Agreement").objects
    for agreement in agreements.select_related("project"):
        terms = {
            "reference": agreement.project.reference,
            "title": agreement.project.title,
            "agreement": agreement.version,
            "parties": [],
            "scope": agreement.scope_json,
            "conditions": [],
            "ends_on": agreement.ends_on.isoformat(),
            "declaration": "",
            "undertakings_version": "",
            "undertakings": [],
        }
        text = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        agreements.filter(pk=agreement.pk).update(terms=terms, sha256=sha256)
        agreement.signatures.update(sha256=sha256)


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_terms_and_conditions")]

    operations = [migrations.RunPython(write_terms, migrations.RunPython.noop)]
