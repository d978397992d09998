"""Forms: what people typed stays, errors say what to do and link to the box where to do it."""

from datetime import date

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict

from portal.govuk_forms import DateField, GovukForm, MultipleFileField, RadioSelect

KINDS = [("table", "Table"), ("figure", "Figure"), ("other", "Something else")]


class Request(GovukForm):
    title = forms.CharField(label="Project title", max_length=20, help_text="As in the register.")
    summary = forms.CharField(label="Summary", widget=forms.Textarea, max_length=500, required=False)
    starts_on = DateField(label="Start date")
    rows = forms.IntegerField(label="Number of rows", min_value=1)
    kind = forms.ChoiceField(
        label="Kind of output", choices=KINDS, widget=RadioSelect(hints={"table": "Counts"}, reveals={"other": "which"})
    )
    which = forms.CharField(label="Which kind?", required=False)
    variables = forms.MultipleChoiceField(label="Variables", choices=[("a", "Age"), ("b", "Sex")])
    agreed = forms.BooleanField(label="I have read the rules")


def request_with(query):
    return Request(QueryDict(query))


def rendered(template, **context):
    return Template("{% load govuk %}" + template).render(Context(context))


def test_an_empty_form_asks_for_each_answer_in_words():
    assert {name: errors[0] for name, errors in request_with("").errors.items()} == {
        "title": "Enter project title",
        "starts_on": "Enter start date",
        "rows": "Enter number of rows",
        "kind": "Select kind of output",
        "variables": "Select variables",
        "agreed": "Tick the box to say: I have read the rules",
    }


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("title=A title that is far too long", "title", "Project title must be 20 characters or fewer"),
        ("rows=many", "rows", "Number of rows must be a whole number"),
        ("rows=0", "rows", "Number of rows must be 1 or more"),
        ("kind=song", "kind", "Select kind of output from the list"),
        ("starts_on-day=31&starts_on-month=2&starts_on-year=2026", "starts_on", "Start date must be a real date"),
        ("starts_on-day=3&starts_on-year=2026", "starts_on", "Start date must include a month"),
        ("starts_on-day=3&starts_on-month=2&starts_on-year=26", "starts_on", "The year must have 4 digits"),
    ],
)
def test_a_wrong_answer_is_explained(query, field, message):
    assert request_with(query).errors[field][0] == message


@pytest.mark.parametrize("month", ["3", "03", "mar", "March"])
def test_months_are_numbers_or_names(month):
    form = request_with(f"starts_on-day=4&starts_on-month={month}&starts_on-year=2026")
    form.is_valid()
    assert form.cleaned_data["starts_on"] == date(2026, 3, 4)


def test_a_messages_own_wording_is_kept():
    class Own(GovukForm):
        title = forms.CharField(error_messages={"required": "Say what it is called"})

    assert Own({}).errors["title"] == ["Say what it is called"]


def test_a_wrong_date_keeps_what_was_typed_and_marks_the_box():
    html = rendered(
        "{% field form.starts_on %}", form=request_with("starts_on-day=4&starts_on-month=x&starts_on-year=26")
    )
    assert 'id="id_starts_on-month" name="starts_on-month" type="text" value="x"' in html
    assert html.count("govuk-input--error") == 1
    year = html[html.index('class="govuk-input govuk-date-input__input govuk-input--error') :]
    assert year.index("id_starts_on-year") < year.index(">")


def test_a_date_shows_its_first_value():
    form = Request(initial={"starts_on": date(2026, 3, 4)})
    assert [f'value="{part}"' in str(form["starts_on"]) for part in ("4", "3", "2026")] == [True] * 3
    same = QueryDict("starts_on-day=4&starts_on-month=3&starts_on-year=2026")
    assert "starts_on" not in Request(same, initial={"starts_on": date(2026, 3, 4)}).changed_data


def test_the_error_summary_links_to_the_first_wrong_box():
    html = rendered("{% error_summary form %}", form=request_with("starts_on-day=4&starts_on-year=2026"))
    assert '<a href="#id_title">Enter project title</a>' in html
    assert '<a href="#id_starts_on-month">Start date must include a month</a>' in html
    assert '<a href="#id_kind">' in html and 'id="id_kind"' in rendered("{% field form.kind %}", form=request_with(""))


def test_there_is_no_summary_without_mistakes():
    assert rendered("{% error_summary form %}", form=Request()) == ""


def test_a_field_is_described_by_its_hint_and_its_error():
    html = rendered("{% field form.title label_size='m' width=10 %}", form=request_with(""))
    assert 'aria-describedby="id_title-hint id_title-error"' in html
    assert 'class="govuk-label govuk-label--m" for="id_title"' in html
    assert 'class="govuk-input govuk-input--width-10 govuk-input--error"' in html
    assert "required" not in html and "maxlength" not in html


def test_a_limit_on_a_long_answer_counts_down():
    html = rendered("{% field form.summary %}", form=Request())
    assert 'data-maxlength="500"' in html and "You can enter up to 500 characters" in html
    assert "Summary (optional)" in html


def test_a_limit_in_words_is_written_as_the_script_wants_it():
    class Said(GovukForm):
        summary = forms.CharField(widget=forms.Textarea(attrs={"maxwords": 250}))

    html = rendered("{% field form.summary %}", form=Said())
    assert 'data-maxlength="250"' in html and 'data-count-type="words"' in html and "maxwords" not in html
    assert "You can enter up to 250 words" in html


def test_a_file_that_cannot_be_taken_is_named():
    class Sent(GovukForm):
        several = MultipleFileField(label="Files", max_length=12)

    empty, long = SimpleUploadedFile("a.csv", b""), SimpleUploadedFile("far_too_long.csv", b"n")
    form = Sent({}, MultiValueDict({"several": [empty, long]}))
    assert form.errors["several"] == [
        "a.csv: the file is empty: select one with something in it",
        "far_too_long.csv: the file's name must be 12 characters or fewer",
    ]


def test_a_choice_opens_the_field_that_it_reveals():
    html = rendered("{% field form.kind %}", form=request_with("kind=other&which=A+map"))
    assert 'id="conditional-id_kind-3"' in html and 'value="A map"' in html
    assert "Counts" in html and "Which kind?" in html and "(optional)" not in html


def test_django_renders_the_same_field():
    form = request_with("title=Prison+%3Cscript%3E")
    assert form["title"].as_field_group().strip() == rendered("{% field form.title %}", form=form)
    assert "Prison &lt;script&gt;" in str(form["title"].as_field_group())


def test_several_choices_become_boxes_with_the_ticks_kept():
    html = rendered("{% field form.variables small=True %}", form=request_with("variables=b"))
    assert "govuk-checkboxes--small" in html
    assert html.count(" checked") == 1 and html.index('value="b" checked') > 0


def test_a_password_is_never_sent_back():
    class SignIn(forms.Form):
        password = forms.CharField(widget=forms.PasswordInput)

    html = rendered("{% field form.password %}", form=SignIn({"password": "a long secret"}))
    assert 'type="password"' in html and "a long secret" not in html


def test_no_file_is_asked_for():
    class Upload(GovukForm):
        files = MultipleFileField(label="Output files")

    form = Upload({}, {})
    assert form.errors["files"] == ["Select output files"]
    assert " multiple" in rendered("{% field form.files %}", form=form)
