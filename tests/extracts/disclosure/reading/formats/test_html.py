"""Pages: tables, the data of charts in scripts, and everything a reader does not see; no script ever runs."""

import base64
import json
import time

import pandas as pd
import pytest

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading import script_data
from extracts.disclosure.reading.contents import PartKind
from extracts.disclosure.reading.formats import read
from extracts.disclosure.reading.script_data import literals
from extracts.disclosure.reading.triage import CannotRead

from .parts import concealed, kinds, tables, texts

TABLE = "<table><tr><th>area</th><th>n</th></tr><tr><td>North</td><td>10</td></tr></table>"
WANTED = [("area", "n"), ("North", "10")]


def page(inside: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>Counts</title></head><body>{TABLE}{inside}</body></html>".encode()


def test_a_clean_page() -> None:
    contents = read(page("<p>All is well.</p>"), "a.html", SRS_10)
    assert (tables(contents), concealed(contents)) == ({"table 1": WANTED}, [])
    assert "Counts All is well." in texts(contents)


def test_tables_as_pandas_writes_them() -> None:
    frame = pd.DataFrame({("M", "n"): [1, 2], ("M", "%"): [3, 4]}, index=["North", "South"])
    contents = read(frame.to_html().encode(), "a.html", SRS_10)
    assert tables(contents) == {"table 1": [("column 1", "M / n", "M / %"), ("North", "1", "3"), ("South", "2", "4")]}
    assert concealed(contents) == []


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body>a</body></html>7 people", b"<html><body>a</body></html><p>7 people</p>",
        b"<p>a</p></html>7 people", b"<p>a</p></body>7 people",
        b"<html><body>a</body>7 people</html>", b"<html><head><x>7 people</x></head><body>a</body></html>",
        b"<html>7 people<body>a</body></html>", b"<html><body>a</body></html><html><body>7 people</body></html>",
        b"<table><tr><td>a</td></tr>7 people</table>", b"<table>7 people<tr><td>a</td></tr></table>",
        b"<p>a</p><select><option>7 people</option></select>", b"<p>a</p><textarea>7 people</textarea>",
        b"<p>a</p><plaintext>7 people", b"<p>a</p><noframes>7 people</noframes>", b"<p>a<xmp>7 people</xmp>",
    ],
)  # fmt: skip
def test_no_word_of_a_page_is_lost_wherever_it_stands(content: bytes) -> None:
    assert "7 people" in texts(read(content, "a.html", SRS_10))


def test_tables_within_tables_and_cells_that_span() -> None:
    inner = "<table><tr><td>k</td><td>v</td></tr><tr><td>y</td><td>5</td></tr></table>"
    outer = f"<table><tr><td rowspan=2>x<td>n<tr><td>{inner}7</table>"
    found = tables(read(outer.encode(), "a.html", SRS_10))
    assert [("k", "v"), ("y", "5")] in found.values()
    assert any("7" in row for rows in found.values() for row in rows)


def test_a_number_that_spans_stands_once() -> None:
    content = b"<table><tr><th>a<th>b<th>c<tr><td>x<td colspan=2>12<tr><td>y<td>3<td>4</table>"
    assert tables(read(content, "a.html", SRS_10))["table 1"][1] == ("x", "12", "")


PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
UNSEEN = {
    "a comment": ("<!-- 7 people -->", ("hidden_content", "fail")),
    "no display": ('<p style="display: none">7</p>', ("hidden_content", "fail")),
    "invisible": ('<p style="visibility:hidden">7</p>', ("hidden_content", "fail")),
    "no opacity": ('<p style="opacity:0">7</p>', ("hidden_content", "fail")),
    "white": ('<p style="color:#fff">7</p>', ("hidden_content", "fail")),
    "far away": ('<p style="position:absolute;left:-9999px">7</p>', ("hidden_content", "fail")),
    "the attribute": ("<p hidden>7</p>", ("hidden_content", "fail")),
    "a hiding class": ("<style>.x{display:none}</style><p class='y x'>7</p>", ("hidden_content", "fail")),
    "a hiding id": ("<style>p#x{display:none}</style><p id=x>7</p>", ("hidden_content", "fail")),
    "another hiding rule": ("<style>p > b{display:none}</style><p><b>7</b></p>", ("hidden_content", "review")),
    "a template": ("<template>7</template>", ("hidden_content", "fail")),
    "a hidden field": ("<input type=hidden value=7>", ("hidden_content", "fail")),
    "data of an element": ("<p data-n='7'>x</p>", ("hidden_content", "review")),
    "a script": ("<script>alert(1)</script>", ("active_content", "review")),
    "a reaction": ("<p onclick='f()'>x</p>", ("active_content", "review")),
    "another page": ("<iframe src='//x.org/7'></iframe>", ("active_content", "review")),
    "a picture elsewhere": ("<img src='https://x.org/7.png'>", ("active_content", "review")),
    "a link that runs": ("<a href='javascript:f()'>x</a>", ("active_content", "review")),
    "a file of somebody": ("<a href='file:///home/a/7'>x</a>", ("metadata", "review")),
    "packed data": (
        f"<a href='data:text/csv;base64,{base64.b64encode(b'a,n').decode()}'>x</a>",
        ("hidden_content", "fail"),
    ),
    "packed script data": (f"<script>var a='{'QUJD' * 200}'</script>", ("hidden_content", "fail")),
    "a number in an attribute": ("<p about='7 people'>x</p>", ("hidden_content", "review")),
    "a comment in a style": ("<style>/* 7 people */ p {color: red}</style>", ("hidden_content", "review")),
    "a long value": (f"<p about='{'7' * 600}'>x</p>", ("hidden_content", "review")),
}


@pytest.mark.parametrize("what", UNSEEN)
def test_what_a_reader_does_not_see_is_found(what: str) -> None:
    inside, wanted = UNSEEN[what]
    contents = read(page(inside), "a.html", SRS_10)
    assert wanted in concealed(contents)
    if "7" in inside and what not in ("packed data", "packed script data"):
        assert "7" in texts(contents), "and what it says can be searched"


def test_packed_files_are_read_like_any_other() -> None:
    packed = base64.b64encode(b"area,n\nSouth,7\n").decode()
    contents = read(page(f"<a href='data:text/csv;base64,{packed}'>x</a>"), "a.html", SRS_10)
    assert tables(contents)["packed file"] == [("area", "n"), ("South", "7")]


SCRIPTS = {
    "plotly": 'Plotly.newPlot("a", [{"type": "bar", "x": ["p", "q"], "y": [7, 8]}], {"title": "t"})',
    "chart.js": "new Chart(c, {data: {labels: ['p', \"q\"], datasets: [{label: 'n', data: [7, 8,], f: g(1)}]}})",
    "highcharts": "H.chart('a', {xAxis: {categories: ['p','q']}, series: [{data: [7, 8]}], f: function(){}})",
    "vega": 'vegaEmbed("#a", {"mark": "bar", "data": {"values": [{"k": "p", "n": 7}, {"k": "q", "n": 8}]}})',
    "plain": "const rows = [{k: 'p', n: 7}, {k: 'q', n: 8}]; // what is shown",
}


@pytest.mark.parametrize("library", SCRIPTS)
def test_the_data_of_charts_are_tables(library: str) -> None:
    contents = read(page(f"<script>{SCRIPTS[library]}</script>"), "a.html", SRS_10)
    charts = [part for part in contents.parts if part.kind == PartKind.CHART and part.table is not None]
    values = {value for part in charts if part.table for row in part.table.rows for value in row}
    assert {"p", "q", "7", "8"} <= values


@pytest.mark.slow
def test_a_script_of_nothing_but_openings_takes_no_time() -> None:
    started = time.monotonic()
    assert list(literals("f('a', [{type: 'bar', x: ['North <td>\\n" * 2_000)) == []
    assert time.monotonic() - started < 20, "about 1 s on an idle machine"


VAIN = {
    "objects that never begin": "{",
    "comments that never end": "[/*",
    "comments to the end of a line that has none": "[//",
    "strings that never end": "[\\`",
    "names that never end": '{"a',
}


@pytest.mark.long
@pytest.mark.parametrize("what", VAIN)
def test_the_work_on_scripts_that_lead_nowhere_is_bounded(what: str) -> None:
    """Four times as much takes about four times as long; it took sixteen times."""
    script = VAIN[what]

    def seconds(times: int) -> float:
        started = time.process_time()
        assert list(literals("\n" * 1_000 + script * times)) == []
        return time.process_time() - started

    assert seconds(16_000) < 10 * max(seconds(4_000), 0.005)


def test_a_bracket_that_begins_no_json_is_dismissed_by_the_text_next_to_it() -> None:
    """Errors count the lines before them, which took 80 microseconds for each of 200,000 brackets."""
    with pytest.raises(json.JSONDecodeError) as error:
        script_data._json_at("{" * 100_000, 50_000)
    assert len(error.value.doc) <= script_data.FIRST_PIECE


def test_what_is_looked_at_in_vain_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each bracket looks 3,000 letters ahead: without a bound this takes half a second."""
    monkeypatch.setattr(script_data, "MOST_WORK", 10_000)
    looked_ahead: list[int] = []
    real = script_data._past_expression
    monkeypatch.setattr(
        script_data, "_past_expression", lambda text, place: looked_ahead.append(place) or real(text, place)
    )
    assert list(literals("[f(" * 1_000)) == []
    assert 2 <= len(looked_ahead) < 20


def test_data_behind_much_that_leads_nowhere_are_read() -> None:
    data = [{"k": "a long label " * 300, "n": 7}] * 30
    assert list(literals(f"{'f({a);' * 2_000} x = {json.dumps(data)};")) == [data]
    assert list(literals("x = [`${a} of ${b}`, {n: 7}]")) == [[None, {"n": 7}]]


def test_json_in_a_page_is_data_and_runs_nothing() -> None:
    data = json.dumps([{"k": "p", "n": 7}, {"k": "q", "n": 8}])
    contents = read(page(f'<script type="application/json">{data}</script>'), "a.html", SRS_10)
    assert tables(contents)["script 1"] == [("k", "n"), ("p", "7"), ("q", "8")]
    assert concealed(contents) == []


def test_a_drawing_in_a_page_is_read_as_a_drawing() -> None:
    contents = read(page("<svg><text>n = 7</text></svg>"), "a.html", SRS_10)
    assert PartKind.PICTURE in kinds(contents) and "n = 7" in texts(contents)


@pytest.mark.parametrize(
    ("script", "values"),
    [
        ("f([1, 2])", [[1, 2]]),
        ("a = {x: [1,], 'y': .5, z: g(3, [4])};", [{"x": [1], "y": 0.5, "z": None}]),
        ("if (a) { b = [1]; }", [[1]]),
        ("/* [9 */ x = ['a\\u0031', 2] // [3", [["a1", 2]]),
        ("x = [1, 2", []),
        ("{" * 5_000, []),
    ],
)
def test_lists_and_objects_of_scripts(script: str, values: list[object]) -> None:
    assert list(literals(script)) == values


def test_pages_nested_too_deeply_are_not_read_in_part() -> None:
    with pytest.raises(CannotRead, match="nested"):
        read(b"<div>" * 400 + b"7 people" + b"</div>" * 400, "a.html", SRS_10)


def test_too_many_cells() -> None:
    with pytest.raises(CannotRead, match="more than 3 cells"):
        read(page(""), "a.html", Policy("few", "1", max_cells=3))
    huge = b"<table>" + b"<tr><td rowspan=1000 colspan=1000>x" * 600 + b"</table>"
    with pytest.raises(CannotRead, match="cells"):
        read(huge, "a.html", SRS_10)
