"""The specification of an extract: as a page, as the data that it is, and as the queries that it becomes."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from extracts.models import Extract
from extracts.sentences import tables_said
from extracts.specification import ExtractSpec
from governance.catalogue.cohort import in_words
from portal.access import SignedIn, visible_or_404
from portal.catalogues import described_in


def specification(request: SignedIn, pk: int) -> HttpResponse:
    """What one extract is built by, in words and as queries; with `?as=json` the stored form, to keep or compare."""
    extract = visible_or_404(Extract, pk, to=request.user, at=timezone.now())
    if request.GET.get("as") == "json":
        name = f"{extract.project.reference}-extract-{extract.pk}-specification.json"
        return JsonResponse(
            extract.specification,
            json_dumps_params={"indent": 2, "ensure_ascii": False},
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    spec, catalogue = ExtractSpec.from_json(extract.specification), described_in(extract.release)
    context = {
        "extract": extract,
        "spec": spec,
        "digest": spec.digest(),
        "cohort": in_words(spec.cohort, catalogue.cohort_frame),
        "tables": list(tables_said(spec, catalogue)),
    }
    return render(request, "extracts/specification.html", context)
