"""A refusal lands where the person can go on: the page they came from, or the record; never in a circle."""

import pytest
from django.test import RequestFactory

from portal.middleware import came_from


@pytest.mark.parametrize(
    ("method", "path", "referer", "lands"),
    [
        ("post", "/projects/1/submit", "http://testserver/projects/1/data", "http://testserver/projects/1/data"),
        ("post", "/projects/1/submit", "http://testserver/projects/1/submit", "http://testserver/projects/1/submit"),
        ("get", "/projects/1/extracts/request", "", "/projects/1/"),
        ("get", "/projects/1/extracts/request", "http://testserver/projects/1/extracts/request", "/projects/1/"),
        ("get", "/outputs/4/", "http://testserver/outputs/4/", "/"),
        ("post", "/outputs/4/check", "https://elsewhere.example/outputs/4/", "/outputs/4/"),
        ("get", "/trail/", "", "/"),
    ],
)
def test_where_a_refusal_lands(method, path, referer, lands):
    request = getattr(RequestFactory(), method)(path, headers={"referer": referer})
    assert came_from(request) == lands
