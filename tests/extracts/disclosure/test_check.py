"""The check fails closed: what is odd, unknown or unsaid is for a person, and look-alikes are left in peace."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.disclosure.check import OutputFile, SameName, check
from extracts.disclosure.description import OUTPUT_TYPES, Description, FileDescription, Regression
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import SRS_10, Policy

from .tables import NAME, checked, counts, found, long_counts, model, of_rule, shares

SAFE = b"year,count\n2019,20\n2020,30\n"
SAID = FileDescription(NAME, "FREQ", layout=Layout(rows=("year",), counts=("count",)))
SIZE = Regression(n_obs=100, parameters=10)


def test_a_safe_table_passes() -> None:
    report = checked(SAFE, SAID)
    assert (report.verdict, report.findings, report.files[0].examined.counts) == ("pass", (), 2)
    assert (report.policy, report.policy_version) == ("srs-10", SRS_10.version)


@pytest.mark.parametrize(
    "content",
    [
        SAFE,
        b"\xef\xbb\xbf" + SAFE,
        SAFE.replace(b"\n", b"\r\n"),
        b"year,count\n\n2019,20\n2020,30",
        b' "year" ,count\n1,20',
    ],
    ids=["plain", "byte order mark", "Windows", "empty line", "stray quotation mark"],
)
def test_dialects(content: bytes) -> None:
    assert checked(content, SAID).verdict == ("review" if b'"' in content else "pass")


def test_tabs_by_name() -> None:
    said = FileDescription("table.tsv", "FREQ", layout=SAID.layout)
    assert checked(SAFE.replace(b",", b"\t"), said).verdict == "pass"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"",                                         "is empty"),
        (b" \r\n\n",                                  "is empty"),
        (b"\xef\xbb\xbf",                             "is empty"),
        (b",,\n,,\n",                                 "No table could be found"),
        (b"year,count\n",                             "headings but no rows"),
        (b"year,count\n2019,20,4\n",                  "what these columns hold: column 3"),
        (b"year,count\n2019,20\n\n57\n",              "1 numbers, which nobody"),
        (b"year,count,count\n2019,20,3\n",            "what these columns hold: count (2)"),
        (b"year,count,\n2019,20,3\n",                 "what these columns hold: column 3"),
        (b"year,count,extra\n2019,20,3\n",            "what these columns hold: extra"),
        (b"year,count\n2019,20\n2019,30\n",           "same labels"),
        (b"year,count\n2019,\n2020,[c]\n",            "No number in this table"),
        (b"year,count\n2019,20\n2020,about 9\n",      "cannot be read as a number"),
        (b"year,count\n2019,20\n2020,-3\n",           "whole number"),
        (b"year,count\n2019,20\n2020,12.5\n",         "whole number"),
        (b"year,count\n2019,20\n2020,1e999\n",        "cannot be read as a number"),
        (b"year,count\n2019,20\n2020," + b"9" * 400,  "cannot be read as a number"),
        (b'year,count\n2019,"20\n',                   "quotation mark"),
        (b"year,count\n2019,20\xff\n",                "cannot be read as a number"),
        (b"y\x00e,count\n2019,20\n",                  "type that the engine"),
        (b"PK\x03\x04....",                           "damaged package"),
        (b"%PDF-1.7",                                 "PDF is damaged"),
        (b"\x89PNG\r\n",                              "No table could be found"),
        (b"<table><tr>",                              "HTML"),
    ],
)  # fmt: skip
def test_whatever_is_odd_is_for_a_person(content: bytes, problem: str) -> None:
    report = checked(content, SAID)
    assert report.verdict == "review"
    assert any(problem in finding.problem for finding in report.findings), report.findings
    assert all(finding.cure for finding in report.findings)


@pytest.mark.slow
@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_content_breaks_the_check_or_passes_unread(content: bytes) -> None:
    report = checked(content, SAID)
    assert report.verdict != "pass" or report.files[0].examined.counts > 0


@pytest.mark.long
@settings(deadline=None)
@given(st.lists(st.text(max_size=8), max_size=6))
def test_no_value_of_a_count_breaks_the_check(values: list[str]) -> None:
    rows = "".join(f'{n},"{value}"\n' for n, value in enumerate(values))
    report = checked(("year,count\n" + rows).encode("utf-8", "replace"), SAID)
    assert report.verdict in ("pass", "review", "fail")


@pytest.mark.parametrize(
    "content",
    [b"year;count\n2019;20\n", "year,count\n2019,20\n".encode("utf-16"), b"Table 1\nyear,count\n2019,20\n"],
)
def test_other_separators_encodings_and_titles_are_read(content: bytes) -> None:
    assert checked(content, SAID).verdict == "pass"


@pytest.mark.parametrize("policy", [Policy("small", "1", max_bytes=10), Policy("few", "1", max_cells=3)])
def test_tables_that_are_too_large_are_for_a_person(policy: Policy) -> None:
    assert checked(SAFE, SAID, policy).verdict == "review"


@pytest.mark.slow
def test_a_file_of_another_kind_is_for_a_person() -> None:
    assert checked(SAFE, FileDescription("table.txt", "FREQ", layout=SAID.layout)).verdict == "review"


# The numbers behind a chart or a map are a table of counts.
@pytest.mark.parametrize("code", ["", "OTHER", *sorted(set(OUTPUT_TYPES) - {"FREQ", "GRAPH", "MAP"})])
def test_no_other_kind_of_output_passes_as_a_frequency_table_does(code: str) -> None:
    report = checked(SAFE, FileDescription(NAME, code, layout=SAID.layout))
    assert report.verdict == "review"


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ('"1,234"', "pass"),
        ("1234.0",  "pass"),
        ("1.2e3",   "pass"),
        ("99999999999999999999", "pass"),
        ('"12,34"', "review"),
        ("12 34",   "review"),
        ("[c]",     "pass"),
        ("*",       "pass"),
        ("<10",     "pass"),
        ("<4",      "review"),
        ("",        "review"),  # a blank may be taken for a zero
        ("[z]",     "review"),
        ("9",       "fail"),
        ("nine",    "review"),
        ("12%",     "review"),
    ],
)  # fmt: skip
def test_ways_to_write_a_number(numbers: str, verdict: str) -> None:
    assert checked(f"year,count\n2019,{numbers}\n2020,50\n".encode(), SAID).verdict == verdict


def test_files_and_descriptions_must_match() -> None:
    undescribed = check({"table.csv": SAFE, "other.csv": SAFE}, Description((SAID,)), SRS_10)
    assert [(file.name, str(file.verdict)) for file in undescribed.files] == [
        ("other.csv", "review"),
        ("table.csv", "pass"),
    ]
    assert check({}, Description((SAID,)), SRS_10).verdict == "review"
    assert check({}, Description(), SRS_10).verdict == "review"
    assert check({NAME: SAFE}, Description((SAID, SAID)), SRS_10).verdict == "review"


def test_a_described_file_is_checked_even_if_it_is_evidence_for_another() -> None:
    small = FileDescription("small.csv", "FREQ", layout=SAID.layout)
    said = FileDescription(NAME, "FREQ", layout=SAID.layout, evidence="small.csv")
    report = check({NAME: SAFE, "small.csv": b"year,count\n2019,3\n"}, Description((said, small)), SRS_10)
    assert {file.name: str(file.verdict) for file in report.files}["small.csv"] == "fail"


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(SameName):
        check([OutputFile(NAME, SAFE), OutputFile(NAME, SAFE)], Description((SAID,)), SRS_10)


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("cases", "3 4"),
        ("n", "9 8"),
        ("pct_guilty", "3 4"),
        ("mean_days", "3 4"),
        ("max", "3 4"),
        ("odds_ratio", "1.2 2"),
    ],
)
def test_numbers_described_as_something_harmless_are_noticed(heading: str, values: str) -> None:
    first, second = values.split()
    layout = Layout(rows=("year",), counts=("count",), others=(heading,))
    content = f"year,count,{heading}\n2019,20,{first}\n2020,30,{second}\n".encode()
    assert checked(content, FileDescription(NAME, "FREQ", layout=layout)).verdict == "review"


def test_minima_among_the_rows_are_noticed() -> None:
    report = long_counts("stat, count\nn, 200\nmin, 22\nmax, 354")
    assert report.verdict == "review"
    assert any("minima" in finding.problem for finding in report.findings)


@pytest.mark.slow
def test_look_alikes_of_small_counts_pass() -> None:
    """Years, months, ranks, ages, codes, bins, percentages and coefficients are not counts."""
    assert long_counts("year, month, rank, count\n2018, 1, 1, 410\n2019, 2, 2, 388\n2020, 3, 3, 275").verdict == "pass"
    assert long_counts("bin_left, bin_right, count\n0.0, 0.9, 20\n0.9, 1.8, 20").verdict == "pass"
    assert long_counts("age, count\n9, 20\n10, 30").verdict == "pass"
    assert long_counts("offence_code, count\n1, 20\n7, 30").verdict == "pass"
    assert shares("group, n, pct\na, 400, 4.5\nb, 400, 7.25").verdict == "pass"
    assert model(df_residual=100).verdict == "pass"


def test_counts_beside_coefficients_are_noticed_or_judged() -> None:
    content = b"term,coef,se,n\nconst,-0.06,0.27,100\nage,1.2,0.3,3\n"
    silent = FileDescription(NAME, "REGR", layout=Layout(rows=("term",), others=("coef", "se")), regression=SIZE)
    assert checked(content, silent).verdict == "review"
    layout = Layout(rows=("term",), others=("coef", "se"), counts=("n",))
    told = FileDescription(NAME, "REGR", layout=layout, regression=SIZE)
    assert found(checked(content, told), "threshold") == ["term age, n"]


def test_findings_beyond_the_limit_are_counted() -> None:
    rows = "\n".join(f"{year}, 3, 4" for year in range(1990, 2000))
    report = counts("year, a, b\n" + rows, policy=Policy("few", "1", max_findings=5))
    assert (len(report.findings), report.files[0].left_out) == (5, 15)
    assert report.verdict == "fail"


@pytest.mark.slow
def test_the_order_of_files_and_findings_does_not_depend_on_the_order_given() -> None:
    files = {name: b"year,count\n2019,3\n2020,4\n" for name in ("b.csv", "a.csv")}
    said = [FileDescription(name, "FREQ", layout=SAID.layout) for name in files]
    one = check(files, Description(tuple(said)), SRS_10)
    other = check(dict(reversed(files.items())), Description(tuple(reversed(said))), SRS_10)
    assert one == other
    assert [finding.cell.row for finding in of_rule(one, "threshold") if finding.cell] == [2, 3, 2, 3]
