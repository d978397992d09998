"""Pages of linkage: what was delivered, which runs there are, and everything that one run says of itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from extracts.lifecycle.delivery import CAN_BE_LINKED
from extracts.lifecycle.linkage import UNFINISHED, Stage
from extracts.models import Delivery, LinkageRun
from extracts.models.linkage import OF_LINKAGE
from extracts.services import clerical
from extracts.services import linkage as services
from governance.catalogue.catalogue import available
from governance.people.roles import Role
from governance.workflow import Refused
from portal import linkage_page, linkage_quality
from portal.access import SignedIn, one_of_or_404, visible_or_404
from portal.entering import sent, status_of
from portal.forms.linkage import StartLinkage
from portal.records import allowed_actions

PAGE = 20


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Runs, deliveries, how much waits for review, and how good the newest links are."""
    roles = one_of_or_404(request.user, OF_LINKAGE)
    runs = Paginator(LinkageRun.objects.select_related("requested_by"), PAGE).get_page(request.GET.get("page"))
    listed = list(runs.object_list)
    measured = next((run for run in listed if linkage_quality.measured(run.part(Stage.MEASURING))), None)
    deliveries = Paginator(Delivery.objects.all(), PAGE).get_page(request.GET.get("deliveries"))
    context = {
        "runs": runs,
        "listed": [(run, linkage_quality.short_headline(run.part(Stage.MEASURING), "person_id")) for run in listed],
        "running": next((run for run in listed if run.is_unfinished), None),
        "deliveries": deliveries,
        "measured": measured,
        "headlines": linkage_quality.headlines(measured.part(Stage.MEASURING)) if measured else [],
        "queue": clerical.progress(),
        "links": Role.LINKER in roles,
        "mine": clerical.waiting_for(request.user).count() if Role.LINKER in roles else 0,
        "can_start": Role.LINKER in roles and Delivery.objects.filter(state__in=CAN_BE_LINKED).exists(),
    }
    return render(request, "linkage/index.html", context)


def start(request: SignedIn) -> HttpResponse:
    """Choose deliveries, name the release, begin."""
    at = timezone.now()
    roles = one_of_or_404(request.user, OF_LINKAGE)
    if Role.LINKER not in roles:
        raise Refused("Only linkage analysts start a linkage.")
    datasets = datasets_delivered()
    dataset = request.POST.get("dataset") or request.GET.get("dataset") or next(iter(datasets), "")
    form = StartLinkage(sent(request), dataset=dataset)
    if form.is_valid():
        try:
            run = services.request(
                dataset=dataset,
                deliveries=list(form.cleaned_data["deliveries"]),
                name=form.cleaned_data["name"],
                by=request.user,
                at=at,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The linkage is requested. This page follows it.")
            return redirect(run)
    context = {"form": form, "dataset": dataset, "datasets": datasets, "title": datasets.get(dataset, dataset)}
    return render(request, "linkage/start.html", context, status=status_of(form))


def datasets_delivered() -> dict[str, str]:
    """Code -> title of the datasets of which something was delivered that was not refused."""
    codes = (
        Delivery.objects.filter(state__in=CAN_BE_LINKED)
        .order_by("dataset")
        .values_list("dataset", flat=True)
        .distinct()
    )
    titles = {dataset.code: dataset.title for dataset in available(settings.GATEHOUSE_CATALOGUES)}
    return {code: titles.get(code, code) for code in codes}


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    """Where the run stands, what it took, and how good its links are, for whom."""
    at = timezone.now()
    visible_or_404(LinkageRun, pk, to=request.user, at=at)
    run = LinkageRun.objects.select_related("requested_by", "release").prefetch_related("deliveries").get(pk=pk)
    quality, ids = run.part(Stage.MEASURING), linkage_quality.ids_asked(request.GET.get("ids", ""))
    drawn, table = linkage_page.unlinkables(run)
    context: dict[str, Any] = {
        "run": run,
        "release": getattr(run, "release", None),
        "deliveries": list(run.deliveries.all()),
        "actions": allowed_actions(run, request.user, at),
        "running": run.state in UNFINISHED,
        "stages": stages_of(run),
        "phases": linkage_page.phases(run),
        "counts": linkage_page.counts(run),
        "changes": linkage_page.changes(run),
        "thresholds": linkage_page.thresholds(run),
        "contradictions": linkage_page.contradictions(run),
        "queue": clerical.progress_of(run),
        "words": linkage_quality.words(quality),
        "headlines": linkage_quality.headlines(quality),
        "everyone": linkage_quality.everyone(quality, ids),
        "grouped": linkage_quality.grouped(quality, ids),
        "link_rates": linkage_quality.link_rates(quality),
        "agency_pairs": linkage_quality.agency_pairs(quality),
        "ids": ids,
        "kinds": [kind for kind in linkage_quality.IDS.items() if linkage_quality.everyone(quality, kind[0])],
        "reviewed": linkage_quality.as_reviewed(quality),
        "overall_link_rate": linkage_quality.overall_link_rate(quality),
        "match_weights": linkage_page.match_weights(run),
        "waterfalls": linkage_page.waterfalls(run),
        "unlinkables": drawn,
        "unlinkable_rows": table,
    }
    return render(request, "linkage/detail.html", context)


def stages_of(run: LinkageRun) -> list[dict[str, str]]:
    """Each stage with its standing: done, now, or still to come."""
    order = [stage.value for stage in Stage]
    now = order.index(run.stage) if run.stage in order else -1
    ended = run.state == "built"
    return [
        {
            "label": stage.label,
            "standing": "done" if ended or number < now else "now" if number == now else "to come",
        }
        for number, stage in enumerate(Stage)
    ]


def cancel(request: SignedIn, pk: int) -> HttpResponse:
    """Ask once more, then stop the linkage."""
    at = timezone.now()
    run = visible_or_404(LinkageRun, pk, to=request.user, at=at)
    if request.method == "POST":
        services.cancel(run, by=request.user, at=at)
        messages.success(request, "The linkage is cancelled. No release is built.")
        return redirect(run)
    if "cancel" not in allowed_actions(run, request.user, at):
        raise Refused("This linkage cannot be cancelled by you now.")
    return render(request, "linkage/cancel.html", {"run": run})


@require_POST
def retry(request: SignedIn, pk: int) -> HttpResponse:
    """Queue a failed linkage again."""
    at = timezone.now()
    run = visible_or_404(LinkageRun, pk, to=request.user, at=at)
    services.retry(run, by=request.user, at=at)
    messages.success(request, "The linkage is queued again.")
    return redirect(run)
