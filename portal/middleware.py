"""Refusals become messages: the person reads why, on the page they came from, and nothing has changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from governance.workflow import Refused

RECORD = re.compile(
    r"/(projects|agreements|extracts|outputs|linkage|releases|people|accreditations|sanctions|invitations|handovers|resets)/\d+/"
)


class RefusalsMiddleware:
    """Catch `Refused` from a view and send the person back with the sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        messages.error(request, str(exception))
        return redirect(came_from(request))


def came_from(request: HttpRequest) -> str:
    """The page of this site that the person came from, else that of the record that the address names.

    Never the page that was asked for, which would refuse again, and at last the home page.
    """
    referer = request.headers.get("referer", "")
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(referer, allowed_hosts=here, require_https=request.is_secure())
    if safe and not (request.method == "GET" and urlsplit(referer).path == request.path):
        return referer
    record = RECORD.match(request.path)
    return record[0] if record and record[0] != request.path else "/"
