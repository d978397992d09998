"""Before what matters one is asked again who one is: these pages, and each of them."""

import pytest
from django.urls import get_resolver

from tests.cast import let_in, person
from tests.promises.test_pages_ask_who_you_are import address

# Deciding, signing, releasing, publishing, standing and what ends it, who acts for an organisation, keys.
WHEN_OPENED = {
    "project_decide", "agreement_sign", "agreement_revoke", "output_release", "release_publish", "release_withdraw",
    "accreditation_decide", "accreditation_revoke", "person_sanction", "organisation_edit",
    "person_leave", "person_back", "handover_propose", "role_propose", "role_decide", "role_end", "standin_name",
    "project_revoke", "key_rotate", "amendment_decide", "factor_reset_ask", "factor_reset_decide",
    "extract_decide", "ingress_decide", "closure_confirm",
}  # fmt: skip
WHEN_SENT = {"sanction", "handover_answer", "team_review", "role_review", "factor_reset_end"}
PATTERNS = {pattern.name: pattern for pattern in get_resolver().url_patterns}
STALE = 301


def test_the_list_is_that_of_the_site():
    asking = {name for name, pattern in PATTERNS.items() if getattr(pattern.callback, "asks_again", False)}
    assert asking == WHEN_OPENED | WHEN_SENT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "method"),
    [(name, method) for name in sorted(WHEN_OPENED) for method in ("get", "post")]
    + [(name, "post") for name in sorted(WHEN_SENT)],
)
def test_who_signed_in_long_ago_is_asked_and_brought_back(client, name, method):
    page = address(PATTERNS[name])
    let_in(client, person("sam"), seconds_ago=STALE)
    response = getattr(client, method)(page)
    assert response.status_code == 302
    assert response.url.startswith("/confirm/password?next=%2F")
    let_in(client, person("sam"), seconds_ago=STALE - 60)
    response = getattr(client, method)(page)
    assert "confirm" not in getattr(response, "url", "")
