"""The public service figures: how long stages take, and how applications end."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.downloads import FORMATS, as_file
from portal.service_figures_page import COLUMNS, page_at, rows_of


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The figures; `?format=csv` or `json` gives the same as a file."""
    page = page_at(timezone.now())
    if request.GET.get("format") in FORMATS:
        return as_file(request.GET["format"], "gatehouse-service-figures", COLUMNS, rows_of(page))
    return render(request, "register/figures.html", {"figures": page})
