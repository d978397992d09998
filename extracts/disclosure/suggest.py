"""Suggestions: a draft description of a file, for a form to show and a researcher to correct."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from extracts.disclosure.description import TOTAL_LABELS, FileDescription
from extracts.disclosure.layout import FIELDS, Layout, Percentage
from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.columns import COEFFICIENTS, ENDPOINTS, kind_by_heading, kind_of_column, words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.fit import all_fit
from extracts.disclosure.reading.following import follows
from extracts.disclosure.reading.number_labels import scales
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.opening import first_table
from extracts.disclosure.reading.results import of_a_test, results_layout
from extracts.disclosure.reading.statistics import (
    QUARTER,
    are_quarters,
    kind_of_statistic,
    quarters,
)
from extracts.disclosure.reading.suspicion import LIMIT, name_statistics, names_a_bound, names_a_model

# What the headings of a wide table are called until the researcher says.
UNNAMED = "category"
# Kinds that the words of a heading tell apart, where `kind_of_column` knows but numbers.
FINER = frozenset({"endpoint", "position", "mode", "shape", "index"})
MOST_OFTEN = (["most", "common"], ["most", "frequent"])
PADDED = re.compile(r"0\d[\d.]*")


def suggest(name: str, content: bytes, policy: Policy = SRS_10) -> FileDescription:
    """A draft that says what each column of a file seems to hold. Raises CannotRead for a file that is no table."""
    return suggest_for(name, first_table(name, content, policy))


def suggest_for(name: str, table: Table) -> FileDescription:
    """A draft that says what each column of a table seems to hold.

    Years, ages, ranks, codes, percentages and coefficients are not taken for counts. A draft is a
    guess: the kind of output may be "" and a percentage may lack its base.
    """
    if all_fit(table) or of_a_test(table):
        return FileDescription(name, "TEST", layout=results_layout(table, table.columns[:1]))
    kinds = {heading: _kind(heading, table.column(heading)) for heading in table.columns}
    kinds |= dict(_among_others(table, kinds))
    kinds |= dict.fromkeys(scales(table), "label")
    kinds |= {name: "count" for name in quarters(table.columns) if kinds[name] == "position"}
    kinds |= {name: "other" for name in follows(table) if kinds[name] != "label"}
    layout = _layout(table, kinds)
    return FileDescription(name, output_type=_output_type(table, kinds), layout=layout)


def _among_others(table: Table, kinds: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Headings that mean something else beside others: `2.5 %` by estimates, `t` by those at risk, Q1 by Q4."""
    words = {word for name in table.columns for word in words_of(name)}
    quarters = [name for name in table.columns if QUARTER.fullmatch(name.strip())]
    for name in quarters if are_quarters(quarters) else ():
        yield name, kind_of_column("n", table.column(name))
    for name in table.columns:
        if LIMIT.fullmatch(name.strip()) and (COEFFICIENTS & words or "ratio" in kinds.values()):
            yield name, "other"
        elif words_of(name) == ["t"] and {"risk", "surv", "survival"} & words:
            yield name, "label"


def suggest_beneath(name: str, table: Table) -> tuple[Table, FileDescription]:
    """A table of counts and a description of it: headings with a common first word are categories of that name.

    `outcome_yes` and `outcome_no` are the categories yes and no of outcome, under the labels that the draft gives.
    """
    numbers = tuple(heading for heading in table.columns if kind_of_column("n", table.column(heading)) == "count")
    rows = tuple(heading for heading in table.columns if heading not in numbers)
    if not rows:
        rows, numbers = numbers[:1], numbers[1:]
    wide, common = len(numbers) > 1, _common(numbers)
    short = {heading: heading[len(common) + 1 :] for heading in numbers} if wide and common else {}
    if len({*short.values(), *rows}) == len(short) + len(rows):
        table = replace(table, columns=tuple(short.get(heading, heading) for heading in table.columns))
        numbers = tuple(short.get(heading, heading) for heading in numbers)
    layout = Layout("wide" if wide else "long", rows, (common or UNNAMED) if wide else "", counts=numbers)
    return table, FileDescription(name, "FREQ", layout=layout)


def _common(headings: Sequence[str]) -> str:
    """The first word that all headings share, before an underscore or a space, or ""."""
    first = {re.split(r"[_ ]", heading, maxsplit=1)[0] for heading in headings if re.search(r"[_ ]", heading)}
    return first.pop() if len(first) == 1 and all(re.search(r"[_ ]", heading) for heading in headings) else ""


def _kind(heading: str, values: Sequence[str]) -> str:
    """What a column seems to hold. Numbers that begin with a zero before another digit, as 01.5, are codes."""
    if any(PADDED.fullmatch(value) for value in values):
        return "label"
    if (names_a_model(heading) or names_a_bound(heading)) and any("." in value for value in values):
        return "other"
    kind, statistic = kind_of_column(heading, values), kind_of_statistic(heading)
    if is_plainly(statistic, heading):
        return statistic
    if {"weighted", "wtd"} & set(words_of(heading)) and kind in ("count", "mean", "other"):
        return "weighted"
    if statistic == "endpoint" and kind == "label" and kind_of_column("n", values) == "count":
        return statistic
    return statistic if statistic in FINER and kind not in ("label", "identifier", "percentage", "ratio") else kind


def is_plainly(statistic: str, heading: str) -> bool:
    """Whether a heading is that of a mode or of a numbered percentile, though its values or words are of labels."""
    words = words_of(heading)
    if statistic == "mode":
        return words == ["mode"] or words[:1] in (["modal"], ["commonest"]) or words[:2] in MOST_OFTEN
    return statistic in ("position", "endpoint") and "percentile" in words and any(word[0].isdigit() for word in words)


def _layout(table: Table, kinds: dict[str, str]) -> Layout:
    """Columns sorted by kind. It is wide when two headings of numbers name no kind, or one does beside a total."""
    by_kind = {kind: tuple(name for name in table.columns if kinds[name] == kind) for kind in set(kinds.values())}
    columns: dict[str, Any] = {field: by_kind.get(kind, ()) for field, kind in FIELDS.items()}
    plain = [name for field in ("counts", "totals", "means") for name in columns[field]]
    body = [name for name in plain if not kind_by_heading(name) or _is_total(name) or QUARTER.fullmatch(name.strip())]
    wide = len(body) > 1 and not all(_is_total(name) for name in body)
    rows = tuple(name for name in table.columns if kinds[name] in ("label", "identifier"))
    layout = Layout(
        form="wide" if wide else "long",
        rows=rows,
        columns=_name_of_headings(table, body) if wide else "",
        percentages=tuple(_percentage(table, name, columns["counts"]) for name in by_kind.get("percentage", ())),
        others=tuple(name for name in table.columns if kinds[name] == "other"),
        statistic=next((name for name in rows if name_statistics(name, table.column(name))), ""),
    )
    return replace(layout, **columns)


def _name_of_headings(table: Table, body: list[str]) -> str:
    """A name for the dimension across the columns: year when they are years, and none that is in use."""
    years = all(name.isdigit() and len(name) == 4 for name in body if not _is_total(name))
    name = "year" if years else UNNAMED
    return f"{name} across" if name in table.columns else name


def _is_total(heading: str) -> bool:
    return heading.casefold() in {label.casefold() for label in TOTAL_LABELS}


def _percentage(table: Table, name: str, counts: tuple[str, ...]) -> Percentage:
    """A percentage with the count that seems to be its base: the only one, or one that is called base or n."""
    called = [count for count in counts if {"base", "denominator", "n"} & set(words_of(count))]
    base = called[0] if len(called) == 1 else counts[0] if len(counts) == 1 else ""
    if base and _share_out(table, name, base):
        base = ""  # each is a share of all of them together, not of the count beside it
    values = [value for value in table.column(name) if value and value[-1].isdigit()]
    proportion = bool(values) and not any(value.endswith("%") for value in values) and _at_most_one(values)
    return Percentage(name, base, 1 if proportion else 100)


def _share_out(table: Table, name: str, count: str) -> bool:
    """Whether percentages are those of a count's rows out of the whole column, which they share out between them."""
    pairs = zip(table.column(name), table.column(count), strict=True)
    read = [(read_number(share.removesuffix("%")), read_number(n).value) for share, n in pairs]
    known = [(share.value, share.spread, n) for share, n in read if share.state == "number" and n == n]
    if len(known) < 2:
        return False
    whole = max(max(n for _, _, n in known), 1.0)
    if 2 * whole < sum(n for _, _, n in known) * 0.999:  # no row is the total of the others
        whole = sum(n for _, _, n in known)
    return all(
        any(abs(share - out_of * n / whole) <= 1.01 * spread for out_of in (1, 100)) for share, spread, n in known
    )


def _at_most_one(values: list[str]) -> bool:
    """Whether all the values lie between 0 and 1, some with decimals."""
    try:
        return all(0 <= float(value) <= 1 for value in values) and any("." in value for value in values)
    except ValueError:
        return False


def _output_type(table: Table, kinds: dict[str, str]) -> str:
    """The kind of output the columns point to, or "" when they point nowhere."""
    words = {word for name in table.columns for word in words_of(name)}
    labels = {value.casefold() for name, kind in kinds.items() if kind == "label" for value in table.column(name)}
    found, named = set(kinds.values()), {kind_of_statistic(label) for label in labels & ENDPOINTS}
    signs = (
        ("SURV", bool({"risk", "surv", "survival"} & words) and bool({"time", "t", "month", "day", "week"} & words)),
        ("REGR", COEFFICIENTS & words),
        ("QUANT", "position" in found or "position" in named),
        ("MINMAX", {"endpoint", "mode"} & (found | named)),
        ("MAGN", found & {"total", "mean", "shape", "index"}),
        ("RATIO", found & {"percentage", "ratio"}),
        ("FREQ", found & {"count", "weighted"}),
    )
    return next((code for code, sign in signs if sign), "")
