"""Every page asks who you are, unless it stands on this list."""

import pytest
from django.urls import get_resolver

PUBLIC = {
    "home", "accessibility", "about_the_data", "account_login", "account_logout", "account_signup", "account_inactive",
    "mfa_authenticate", "openid_connect_login", "openid_connect_callback", "invitation_accept", "invitation_follow",
    "healthz", "readyz", "register", "register_project", "register_researchers", "register_figures", "catalogue",
    "catalogue_dataset", "catalogue_table", "catalogue_variable", "catalogue_twin", "releases", "release",
    "permission_matrix",
}  # fmt: skip
SAMPLE = {
    "pk": 1,
    "file": 1,
    "person": 1,
    "attachment": 1,
    "link": 1,
    "incident": 1,
    "key": "dpia",
    "about": "title",
    "table": "pol_crime",
    "variable": "force_code",
    "code": "cjs_linked",
    "reference": "GH-2026-0001",
    "token": "0" * 32,
    "provider_id": "institution",
}
PATTERNS = [pattern for pattern in get_resolver().url_patterns if pattern.name not in PUBLIC]


def address(pattern):
    """An address that the pattern matches."""
    parts = pattern.pattern._route.split("/")
    filled = [str(SAMPLE[part.strip("<>").split(":")[1]]) if part.startswith("<") else part for part in parts]
    return "/" + "/".join(filled)


def test_the_list_is_of_pages_that_exist():
    assert {pattern.name for pattern in get_resolver().url_patterns} >= PUBLIC
    assert len(PATTERNS) > 30


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in(client, pattern, method):
    response = getattr(client, method)(address(pattern))
    assert response.status_code == 302, response
    assert response.url.startswith("/sign-in?next=")
