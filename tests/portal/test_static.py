"""What is sent to browsers keeps to the content security policy and to what we may show."""

import re
import runpy
from pathlib import Path

import pytest
from django.template.loader import get_template

import portal

HOUSE = Path(portal.__file__).parent
TEMPLATES = sorted((HOUSE / "templates").rglob("*.html"))
STYLES = (HOUSE / "static" / "govuk" / "gatehouse.css").read_text()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE / "templates")))
def test_no_template_holds_inline_style_or_script(path):
    html = path.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", html)
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", html))


def test_the_style_sheet_asks_for_nothing_else():
    assert "url(" not in STYLES and "@font-face" not in STYLES and "@import" not in STYLES
    assert "GDS Transport" not in STYLES and "crest" not in STYLES


def test_the_style_sheet_is_made_of_todays_sources():
    """When this fails: `python portal/assets/build.py`."""
    assert runpy.run_path(str(HOUSE / "assets" / "build.py"))["built_from"]() in STYLES


@pytest.mark.parametrize("name", ["govuk/gatehouse.css", "govuk/govuk-frontend.min.js", "govuk/LICENSE.txt"])
def test_the_licence_travels_with_what_it_covers(name):
    assert "Permission is hereby granted" in (HOUSE / "static" / name).read_text()


def test_modules_import_files_that_are_there():
    for path in [HOUSE / "static" / "gatehouse.js", *(HOUSE / "static" / "gatehouse").glob("*.js")]:
        for imported in re.findall(r'from "([^"]+)"', path.read_text()):
            assert (path.parent / imported).resolve().is_file(), f"{path.name} imports {imported}"


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_nothing_to_be_shown(name):
    """Django gives some of them no request, and none may fail while something else is failing."""
    html = get_template(f"{name}.html").render({})
    assert html.count("<h1") == 1 and 'id="main-content"' in html and "</html>" in html


def test_the_last_resort_asks_no_other_template():
    assert "{%" not in (HOUSE / "templates" / "500.html").read_text()


def luminance(colour):
    parts = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = (int(parts[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("selector", "text", "ground"),
    [
        (".gh-header{", "#fff", None),
        (".gh-cell--fail{", None, None),
        (".gh-cell--review{", None, None),
        (".gh-cell--pass{", None, None),
        (".gh-timeline__when{", None, "#eef5f6"),
        (".gh-header__strap{", None, "#0b4f5c"),
    ],
)
def test_text_stands_out_from_its_ground(selector, text, ground):
    """WCAG 2.2, 1.4.3 (AA): 4.5 to 1."""
    bodies = [STYLES[at.end() :].split("}", 1)[0] for at in re.finditer(re.escape(selector), STYLES)]
    body = next(body for body in bodies if "color:" in body or "background:" in body)
    text = text or re.search(r"(?<![-\w])color:(#\w+)", body)[1]
    ground = ground or re.search(r"background:(#\w+)", body)[1]
    assert contrast(text, ground) >= 4.5
