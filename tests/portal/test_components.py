"""Every component gives the HTML that the design system's own examples ask for.

The examples (`fixtures/`) are options in and HTML out, published with GOV.UK Frontend. Two pieces of
HTML are the same here when they have the same elements, texts and attributes in the same order;
white space between and around texts, and the order of attributes, do not count.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils.safestring import mark_safe

import portal
from portal.govuk_components import component

FIXTURES = Path(__file__).parent / "fixtures"
TEMPLATES = Path(portal.__file__).parent / "templates" / "components"
EXAMPLES = [
    (path.stem, example) for path in sorted(FIXTURES.glob("*.json")) for example in json.loads(path.read_text())
]

# Options that the design system writes twice, as text and as HTML: ours is one, safe or not.
TWICE = {"title_text": "title", "summary_text": "summary", "description_text": "description"}

# Everything that a component takes is in its examples and none is left out, but for one thing: the
# footer's crown, licence logo and Crown copyright, which only the government may use.
VOID = {"input", "br", "hr", "img"}


def snake(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def our_options(given):
    """The options of an example as ours: snake case, and one `text` where there were text and html."""
    if isinstance(given, list):
        return [our_options(item) for item in given]
    if not isinstance(given, dict):
        return given
    options, html = {}, {}
    for key, value in given.items():
        name = snake(key)
        if name.endswith("attributes"):
            options[name] = value
        elif name == "slots":
            options[name] = {
                snake(slot): mark_safe(html) if isinstance(html, str) else our_options(html)
                for slot, html in value.items()
            }
        elif name == "html" or name.endswith("_html"):
            html["text" if name == "html" else name.removesuffix("_html")] = mark_safe(value) if value else value
        else:
            options[TWICE.get(name, name)] = our_options(value)
    return options | {name: text for name, text in html.items() if text}


class Normalised(HTMLParser):
    """HTML as a list of what is opened, said and closed."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.pieces = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        values = {name: " ".join(sorted(value.split())) if name == "class" else value or "" for name, value in attrs}
        self.pieces.append((tag, tuple(sorted(values.items()))))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.pieces.append(f"</{tag}>")

    def handle_data(self, data):
        if text := " ".join(data.split()):
            self.pieces.append(text)


def normalised(html):
    return Normalised(html).pieces


def without_crown(html):
    """A footer's example without what belongs to the government alone."""
    html = re.sub(r"<svg[^>]*govuk-footer__(crown|licence-logo).*?</svg>", "", html, flags=re.DOTALL)
    html = re.sub(r'<span class="govuk-footer__licence-description">.*?</span>', "", html, flags=re.DOTALL)
    copyright = r'<div class="govuk-footer__meta-item">\s*<a[^>]*copyright-logo.*?</a>\s*</div>'
    html = re.sub(copyright, "", html, flags=re.DOTALL)
    return html.replace('class="govuk-footer', 'class="govuk-footer gh-footer', 1)


def test_there_are_examples_for_every_component():
    own = {"other-field", "gh-progress", "gh-status", "gh-timeline"}
    templates = {path.stem for path in TEMPLATES.glob("*.html") if not path.stem.startswith("_")}
    assert {name for name, _ in EXAMPLES} == templates - own
    assert len(EXAMPLES) == 653


@pytest.mark.parametrize(
    ("name", "example"), EXAMPLES, ids=[f"{name}: {example['name']}" for name, example in EXAMPLES]
)
def test_a_component_is_as_the_design_system_has_it(name, example):
    options = our_options(example["options"])
    wanted = without_crown(example["html"]) if name == "footer" else example["html"]
    assert normalised(component(name, options)) == normalised(wanted)
