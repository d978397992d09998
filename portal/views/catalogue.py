"""The public catalogue: datasets, tables, variables, and a search across them. It describes; it holds no records."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from extracts.models import Release
from governance.catalogue.catalogue import (
    Catalogue,
    CodeList,
    Match,
    Sensitivity,
    Table,
    UnknownName,
    Variable,
    available,
    search,
)
from portal import linkage_quality, variable_page
from portal.catalogues import described_and_published
from portal.release_figures import figures_of, looks_like, rule_of, told
from portal.twins import SIZES

MOST_MATCHES = 60
MOST_CODES = 50
COLOURS = {
    Sensitivity.DI: "red",
    Sensitivity.KEY: "purple",
    Sensitivity.QI: "orange",
    Sensitivity.SC: "magenta",
    Sensitivity.CO: "yellow",
    Sensitivity.SV: "blue",
    Sensitivity.OR: "grey",
}


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every dataset; with `?q=` the tables and variables that match."""
    words = request.GET.get("q", "").strip()
    known = [catalogue_or_404(dataset.code) for dataset in available(settings.GATEHOUSE_CATALOGUES)]
    found = sorted(
        ((catalogue, match) for catalogue, _ in known for match in search(catalogue, words)),
        key=lambda pair: -pair[1].score,
    )
    return render(
        request,
        "catalogue/index.html",
        {
            "words": words,
            "datasets": [about_dataset(*one) for one in known],
            "matches": [about_match(catalogue, match) for catalogue, match in found[:MOST_MATCHES]],
            "found": len(found),
        },
    )


@login_not_required
@require_safe
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """One dataset and its tables."""
    catalogue, release = catalogue_or_404(code)
    about = about_dataset(catalogue, release)
    tables = [
        {"table": table, "owner": catalogue.owner(table.owner), "rows": rows_of(table, release)}
        for table in catalogue.tables
    ]
    quality = release.quality if release else {}
    linked = {
        "overall": linkage_quality.overall_link_rate(quality),
        "groups": linkage_quality.link_rates(quality),
        "words": linkage_quality.words(quality),
    }
    return render(
        request, "catalogue/dataset.html", {**about, "catalogue": catalogue, "tables": tables, "linked": linked}
    )


@login_not_required
@require_safe
def table(request: HttpRequest, code: str, table: str) -> HttpResponse:
    """One table and every variable of it; `?q=` leaves those that hold all the words."""
    catalogue, release = catalogue_or_404(code)
    try:
        chosen = catalogue[table]
    except UnknownName:
        raise Http404 from None
    words = request.GET.get("q", "").strip()
    figures = figures_of(release, chosen.name)
    variables = [about_variable(catalogue, one, figures.get(one.name)) for one in chosen.variables]
    for variable in variables:
        variable["hidden"] = not all(word in variable["text"] for word in words.casefold().split())
    return render(
        request,
        "catalogue/table.html",
        {
            "catalogue": catalogue,
            "dataset": catalogue.dataset,
            "table": chosen,
            "owner": catalogue.owner(chosen.owner),
            "release": release,
            "rows": rows_of(chosen, release),
            "variables": variables,
            "shown": sum(not variable["hidden"] for variable in variables),
            "words": words,
            "rule": rule_of(release) if figures else "",
            "sizes": SIZES,
        },
    )


@login_not_required
@require_safe
def variable(request: HttpRequest, code: str, table: str, variable: str) -> HttpResponse:
    """One variable: levels, codes, what is missing, over time and by release; figures of the newest release."""
    catalogue, release = catalogue_or_404(code)
    try:
        chosen = catalogue[table]
        one = chosen[variable]
    except UnknownName:
        raise Http404 from None
    figures = figures_of(release, chosen.name).get(one.name, {})
    context = {
        "dataset": catalogue.dataset,
        "table": chosen,
        "owner": catalogue.owner(chosen.owner),
        "release": release,
        "rows": rows_of(chosen, release),
        "rule": rule_of(release) if figures else "",
        "about": about_variable(catalogue, one, figures),
        "asks_for": variable_page.asks_for(one, catalogue),
        "is_described": variable_page.is_described(one),
        "levels": variable_page.levels_of(one, catalogue, figures),
        "codes": variable_page.codes_of(one, catalogue, figures),
        "percentiles": variable_page.percentiles_of(figures),
        "quarters": variable_page.quarters_of(figures),
        "more_quarters": figures.get("more_quarters", 0),
        "curve": variable_page.drawn_over_time(figures, one.label),
        "known_breaks": [known for known in catalogue.breaks if chosen.name in known.tables],
        "over_releases": variable_page.over_releases(one, code, variable_page.labels_of(one, catalogue)),
    }
    return render(request, "catalogue/variable.html", context)


def catalogue_or_404(code: str) -> tuple[Catalogue, Release | None]:
    """How the dataset is described now, and its published release."""
    try:
        return described_and_published(code)
    except UnknownName:
        raise Http404 from None


def about_dataset(catalogue: Catalogue, release: Release | None) -> dict[str, Any]:
    return {
        "dataset": catalogue.dataset,
        "owners": catalogue.owners,
        "number_of_tables": len(catalogue.tables),
        "number_of_variables": sum(len(table.variables) for table in catalogue.tables),
        "release": release,
    }


def about_match(catalogue: Catalogue, match: Match) -> dict[str, Any]:
    return {
        "dataset": catalogue.dataset,
        "table": match.table,
        "variable": match.variable,
        "owner": catalogue.owner(match.table.owner),
        "colour": COLOURS[match.variable.sensitivity] if match.variable else "",
    }


def about_variable(catalogue: Catalogue, variable: Variable, figures: Any = None) -> dict[str, Any]:
    """A variable with its code list, levels, what the release holds of it, and the text that the filter reads."""
    codes = catalogue.code_list(variable.codelist) if variable.codelist else None
    levels = catalogue.levels(variable)
    kind, handling = care_of(variable)
    first_codes = codes.rows[:MOST_CODES] if codes else ()
    labels = {row[0]: row[1] for row in codes.rows} if codes and figures else {}
    read = (variable.name, variable.label, variable.dtype, variable.note, variable.range,
            kind, handling,
            *(level.label for level in levels), *(row[1] for row in first_codes))  # fmt: skip
    return {
        "variable": variable,
        "kind": kind,
        "handling": handling,
        "colour": COLOURS[variable.sensitivity],
        "codes": first_codes,
        "number_of_codes": len(codes.rows) if codes else 0,
        "code_sources": sources(codes),
        "levels": levels,
        "key_domain": catalogue.dataset.keys.get(variable.key_domain, ""),
        "text": " ".join(read).casefold(),
        "figures": told(figures, labels) if figures else None,
        "looks": looks_like(figures, labels) if figures else "",
    }


def care_of(variable: Variable) -> tuple[str, str]:
    """Its class of sensitivity and what follows from it. A key of no kind of thing is never replaced by a pseudonym."""
    if variable.sensitivity is Sensitivity.KEY and not variable.pseudonymised:
        return "Sequence number", "A number inside its parent record, given as it is."
    return variable.sensitivity.label, variable.sensitivity.handling


def sources(codes: CodeList | None) -> tuple[str, ...]:
    """Where a code list comes from, when a few words say it."""
    return codes.sources if codes and len(codes.sources) <= 3 else ()


def rows_of(table: Table, release: Release | None) -> int | None:
    """Rows of the table in the release, or None when it is not in one."""
    published = release.tables.get(table.name) if release else None
    return published["rows"] if published else None
