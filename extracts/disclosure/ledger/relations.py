"""Relations between the labels of released tables: what their words say, as far as the numbers do not deny it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pandas as pd

from extracts.disclosure.audit.wholes import adds_up
from extracts.disclosure.ledger import bands, places, within
from extracts.disclosure.ledger.times import Months, calendar, moment, stretches
from extracts.disclosure.ledger.values import Label, Values, label, one, union
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared

# Per dimension of a table: its variable, and the set that each label stands for.
Meaning = dict[str, tuple[str, dict[str, Values]]]
# Per variable: label -> itself and the labels whose people are all among its own.
Holds = Mapping[str, Mapping[Label, frozenset[Label]]]

# The variable of forces and regions, and how many of a dimension's labels must be names of either.
PLACE = "place on the map"
NEARLY_ALL = 0.8
# The last word of dimensions whose labels are stretches of the calendar.
TIME = re.compile(
    r"(?:^|_)(?:(?:financial|fiscal|calendar)_year|year|quarter|month|period|date|time|half_year|fy|yr|year_month|year_quarter)$"
)


def cumulated(cells: Cells, dimension: str, sets: dict[str, Values]) -> dict[str, Values]:
    """The sets of a dimension's labels where sums run on: each with all that come before it; none where they do not."""
    times = {text: time for text in sets if (time := moment(text))}
    if len(times) < 2 or not _runs(cells, dimension):
        return {}
    found = {}
    for text, (kind, far) in times.items():
        found[text] = union(sets[other] for other, (own, end) in times.items() if own == kind and end <= far)
    return found


def _runs(cells: Cells, dimension: str) -> bool:
    """Whether sums run on along this dimension: it says so, or is the last one whose labels are times."""
    if within.is_cumulative(dimension):
        return True
    times = [name for name in cells.dimensions if all(moment(text) for text in cells.labels[name].unique())]
    return dimension in times[-1:]


def left_over(labels: Sequence[str], sets: Mapping[str, Values]) -> dict[str, Values]:
    """The sets of the totals among the labels that are said to leave somebody out."""
    ordered = any(values.numbers for values in sets.values())
    known = {within.words(text): text for text in sets}
    found = {}
    for text in labels:
        if said := within.leaves_out(text):
            out = [sets[name] for name in within.named(said, known)] or [_said(said, ordered)]
            without = union(out)
            found[text] = Values(numbers=~without.numbers, missing=not without.missing) if ordered else ~without
    return found


def _said(text: str, ordered: bool) -> Values:
    if as_compared(text) in bands.UNKNOWN:
        return Values(labels=frozenset([label(text)]), missing=True)
    numbers = bands.band(text) if ordered else None
    return Values(numbers=numbers) if numbers is not None else one(text)


def by_calendar(meanings: Mapping[int, Meaning], used: Collection[str]) -> dict[int, Meaning]:
    """The meanings, in which years, quarters and months of the calendar are labels of one variable.

    used  variables that filters name: these keep their name
    """
    everything: dict[str, set[str]] = {}
    for own in meanings.values():
        for name, sets in own.values():
            everything.setdefault(name, set()).update(sets)
    timed = {name for name, texts in everything.items() if TIME.search(name) and all(map(calendar, texts))}
    kinds: dict[str, set[int]] = {}
    for name in timed:
        lengths = {months.end - months.start for months in stretches(everything[name]).values()}
        kinds.setdefault(TIME.sub("", name), set()).update(lengths)
    chosen = {name for name in timed - set(used) if len(kinds[TIME.sub("", name)]) > 1}
    return {place: {name: _on_calendar(*one, chosen) for name, one in own.items()} for place, own in meanings.items()}


def _on_calendar(name: str, sets: dict[str, Values], chosen: set[str]) -> tuple[str, dict[str, Values]]:
    if name not in chosen:
        return name, sets
    labels = {text: Label(_stretch(months), text) for text, months in stretches(sets).items()}
    return f"{TIME.sub('', name)} period".strip(), {
        text: Values(labels=frozenset([own])) for text, own in labels.items()
    }


def _stretch(months: Months) -> str:
    return f"{months.start} to {months.end}"


def by_place(meanings: Mapping[int, Meaning], used: Collection[str]) -> dict[int, Meaning]:
    """The meanings, in which police forces and the regions that hold them are labels of one variable.

    used  variables that filters name: these keep their name, and so do those of a table that shows both
    """
    everything: dict[str, set[str]] = {}
    for own in meanings.values():
        for name, sets in own.values():
            everything.setdefault(name, set()).update(sets)
    kinds = (("force", places.force), ("region", places.region))
    found = {kind: {name for name, texts in everything.items() if _mostly(texts, called)} for kind, called in kinds}
    found["force"] -= found["region"]
    both = any(
        {name for name, _ in own.values()} & found["force"] and {name for name, _ in own.values()} & found["region"]
        for own in meanings.values()
    )
    if both or not all(found.values()) or (found["force"] | found["region"]) & set(used):
        return dict(meanings)
    named = {name: (kind, called) for kind, called in kinds for name in found[kind]}
    return {
        place: {dimension: _on_map(name, sets, *named[name]) if name in named else (name, sets)
                for dimension, (name, sets) in own.items()}
        for place, own in meanings.items()
    }  # fmt: skip


def _mostly(texts: Collection[str], called: Callable[[str], str]) -> bool:
    """Whether there are two labels or more, and nearly all of them are of a kind."""
    known = sum(bool(called(text)) for text in texts)
    return known > 1 and known >= NEARLY_ALL * len(texts)


def _on_map(
    name: str, sets: dict[str, Values], kind: str, called: Callable[[str], str]
) -> tuple[str, dict[str, Values]]:
    known = {text: Label(f"{kind} {called(text)}", text) for text in sets if called(text)}
    return PLACE, sets | {text: Values(labels=frozenset([own])) for text, own in known.items()}


def _of_regions(labels: Collection[Label]) -> set[tuple[Label, Label]]:
    """Pairs of a force and its region."""
    known = {one.compared: one for one in labels}
    pairs = ((f"force {force}", f"region {region}") for force, region in places.REGION_OF.items())
    return {(known[part], known[whole]) for part, whole in pairs if part in known and whole in known}


def held(tables: Iterable[tuple[Cells, Meaning]]) -> dict[str, dict[Label, frozenset[Label]]]:
    """Per variable, the labels that hold others, each with all that it holds."""
    texts: dict[str, dict[str, Label]] = {}
    denied: dict[str, set[tuple[str, str]]] = {}
    for cells, meaning in tables:
        for dimension, (name, sets) in meaning.items():
            single = {text: next(iter(values.labels)) for text, values in sets.items() if _is_label(values)}
            texts.setdefault(name, {}).update(single)
            pairs = within.parts(list(single))
            denied.setdefault(name, set()).update(_denied(cells, dimension, pairs) if pairs else set())
    found = {}
    for name, known in texts.items():
        within_others = {(known[part], known[whole]) for part, whole in within.parts(list(known)) - denied[name]}
        if name == PLACE:
            within_others |= _of_regions(known.values())
        if within_others:
            found[name] = _closed(within_others)
    return found


def _is_label(values: Values) -> bool:
    return len(values.labels) == 1 and not (values.others or values.missing or values.numbers or values.days)


def _closed(pairs: Collection[tuple[Label, Label]]) -> dict[Label, frozenset[Label]]:
    """Each label with itself, its parts, their parts and so on."""
    found: dict[Label, frozenset[Label]] = {whole: frozenset([whole]) for pair in pairs for whole in pair}
    for _ in range(len(found)):
        before = dict(found)
        for part, whole in pairs:
            found[whole] |= found[part]
        if found == before:
            break
    return found


def _denied(cells: Cells, dimension: str, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Pairs of which the part is larger on some line; all pairs where a total is the sum of all the labels."""
    counted = cells.of_kind("count")
    if not len(counted):
        return set()
    total = counted.is_total(dimension)
    if total.any() and adds_up(counted, dimension):
        return set(pairs)
    frame = pd.DataFrame(
        {"line": counted.lines(dimension), "label": counted.labels[dimension].astype(str).to_numpy(),
         "low": counted.numbers("low"), "high": counted.numbers("high")}
    )  # fmt: skip
    low = frame.pivot_table(index="line", columns="label", values="low", aggfunc="min", dropna=False)
    high = frame.pivot_table(index="line", columns="label", values="high", aggfunc="max", dropna=False)
    return {
        (part, whole)
        for part, whole in pairs
        if part in low.columns and whole in high.columns and (low[part] > high[whole]).any()
    }
