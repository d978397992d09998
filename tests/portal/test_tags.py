"""The short tags: pieces inside a tag reach the component around, and text stays text."""

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory


def rendered(template, **context):
    html = Template("{% load govuk gatehouse %}" + template).render(Context(context))
    return " ".join(html.split())


def test_a_summary_list_gathers_its_rows():
    html = rendered(
        "{% summary_list card='Agreement' %}{% for name in names %}{% row 'Signed by' %}{{ name }}"
        "{% row_action 'Change' '/x' 'name' %}{% endrow %}{% endfor %}"
        "{% row 'Ends' %}2027{% endrow %}{% endsummary_list %}",
        names=["Ruth", "<Coral>"],
    )
    assert html.count("govuk-summary-list__row") == 3 + 1  # the last one also says that it has no actions
    assert "&lt;Coral&gt;" in html and "<Coral>" not in html
    assert 'Change<span class="govuk-visually-hidden"> name (Agreement)</span>' in html


def test_numbers_line_up_under_a_numeric_head():
    html = rendered(
        "{% table caption='Findings' head='Area|Count:numeric' %}"
        "{% tr %}{% th %}North{% endth %}{% td classes='gh-cell--fail' %}3{% endtd %}{% endtr %}{% endtable %}"
    )
    assert 'govuk-table__header--numeric">Count</th>' in html
    assert '<td class="govuk-table__cell govuk-table__cell--numeric gh-cell--fail">3</td>' in html
    assert '<th scope="row" class="govuk-table__header">North</th>' in html
    assert '<div class="gh-scroll" role="region" aria-label="Findings" tabindex="0">' in html


def test_a_piece_outside_its_component_is_a_mistake():
    with pytest.raises(TemplateSyntaxError, match="inside"):
        rendered("{% row 'Name' %}Ruth{% endrow %}")


def test_pages_keep_the_rest_of_the_query():
    page = Paginator(range(100), 10).page(3)
    request = RequestFactory().get("/trail", {"actor": "ruth", "page": "3"})
    html = rendered("{% pagination page %}", page=page, request=request)
    assert 'href="?actor=ruth&amp;page=4" rel="next"' in html
    assert 'aria-label="Page 3" aria-current="page"' in html


def test_one_page_needs_no_links():
    assert rendered("{% pagination page %}", page=Paginator([1], 10).page(1)) == ""


def test_breadcrumbs_end_with_the_page_itself():
    html = rendered("{% breadcrumbs 'Projects' '/projects/' title %}", title="A & B")
    assert 'href="/projects/">Projects</a>' in html
    assert '<li class="govuk-breadcrumbs__list-item" aria-current="page">A &amp; B</li>' in html


def test_names_with_data_become_attributes():
    html = rendered("{% button 'Save' look='secondary' data_job=12 aria_label='Save it' %}")
    assert 'class="govuk-button govuk-button--secondary"' in html
    assert 'data-job="12"' in html and 'aria-label="Save it"' in html


@pytest.mark.parametrize(("value", "maximum", "percent"), [(1, 3, 33), (5, 3, 100), (-1, 3, 0), (0, 0, 100)])
def test_progress_stays_between_nothing_and_everything(value, maximum, percent):
    html = rendered("{% progress value maximum 'Building' %}", value=value, maximum=maximum)
    assert f'value="{percent}" max="100"' in html


def test_no_component_brings_a_style_or_a_script_of_its_own():
    """The content security policy would refuse both."""
    html = rendered("{% progress 1 2 %}{% state_line 'Draft' %}With Ruth{% endstate_line %}{% tabs %}{% endtabs %}")
    assert "style=" not in html and "<script" not in html
