"""Two questions that a load balancer asks: is the process up, and can it work? Both tell nothing else."""

from __future__ import annotations

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.starting.ready import what_is_missing

logger = logging.getLogger("gatehouse.health")


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. Asks no database, so that a slow one does not restart the web server."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, migrations and Redis are in order, else 503. Which of them goes to the log only."""
    if missing := what_is_missing():
        logger.warning("Not ready. %s", " ".join(missing))
        return HttpResponse("not ready\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")
