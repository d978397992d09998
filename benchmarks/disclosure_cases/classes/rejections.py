"""What output checkers send back, in the published mix of one research environment.

Of a public sample: unrounded counts about 30 %, too little context 25 %, low counts left in 20 %, missing underlying
data 10 %, wrong file type 10 %; the rest are records here. The policy hides counts up to 7 and rounds the others to 5.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.disclosure_cases.classes.formats import parquet
from benchmarks.disclosure_cases.classes.records import extracts
from benchmarks.disclosure_cases.crosstab import Crosstab, Labels, filled
from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, Value, cell
from benchmarks.disclosure_cases.words import dimensions

POLICY = {"name": "opensafely-7-5"}


def mixed(random: Random, unsafe: bool) -> Draft:
    """One rejected output by the weights of the sample, or one that meets the policy."""
    [make] = random.choices([one for one, _ in MIX], [weight for _, weight in MIX]) if unsafe else [good]
    draft = make(random)
    draft.policy = POLICY
    draft.fixed = True  # other endings than .csv are among what is rejected
    return draft


def _rounded(random: Random) -> Crosstab:
    over = dimensions(random, 2, most=5)
    return Crosstab(over, filled(over, lambda: 5 * random.randint(2, 120)))


def _draft(title: str, tab: Crosstab, shown: dict[Labels, int], rule: str, changed: list[Labels]) -> Draft:
    tab = Crosstab(tab.dimensions, shown, tab.measure)
    cells = [cell(tab.key(labels), rule) for labels in changed]
    return Draft(title, "frequency", [File("table.csv", tab.wide())], Expect("fail" if cells else "pass", cells),
                 tab.layout("wide"), {"rounding": {"base": 5}})  # fmt: skip


def good(random: Random) -> Draft:
    tab = _rounded(random)
    return _draft("rounded counts", tab, {labels: int(str(n)) for labels, n in tab.shown.items()}, "", [])


def unrounded(random: Random) -> Draft:
    """Every count as it was counted; only those that are no multiple of 5 show it."""
    tab = _rounded(random)
    shown = {labels: int(str(count)) + random.randint(0, 4) for labels, count in tab.shown.items()}
    return _draft("unrounded counts", tab, shown, "rounding", [labels for labels, n in shown.items() if n % 5])


def low(random: Random) -> Draft:
    """One or two counts of 1 to 7 left in a table that is rounded otherwise."""
    tab = _rounded(random)
    shown = {labels: int(str(count)) for labels, count in tab.shown.items()}
    changed = random.sample(sorted(shown), random.choice((1, 2)))
    shown |= {labels: random.randint(1, 7) for labels in changed}
    return _draft("low counts left in", tab, shown, "threshold", changed)


def no_context(random: Random) -> Draft:
    """Numbers under headings that say nothing, and no word of what they are."""
    rows: list[list[Value]] = [
        [f"v{place}", *(5 * random.randint(2, 90) for _ in range(3))] for place in range(random.randint(3, 6))
    ]
    table = Table(["Unnamed: 0", "V1", "V2", "V3"], rows)
    expect = Expect("review", exhaustive=False, may=["fail"])
    return Draft("too little context", "", [File("output.csv", table)], expect)


def no_counts(random: Random) -> Draft:
    """Means by group without the number of contributors."""
    [over] = dimensions(random, 1)
    table = Table([over.name, "mean_days"], [[label, f"{random.uniform(20, 200):.1f}"] for label in over.labels])
    return Draft(
        "missing underlying data", "magnitude", [File("table.csv", table)],
        Expect("review", exhaustive=False, may=["fail"]),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "measure": "mean"}, {"statistic": "mean"},
    )  # fmt: skip


def wrong_type(random: Random) -> Draft:
    """A file type that is not let out whatever is in it."""
    tab = _rounded(random)
    name, content = random.choice((
        ("table.parquet", parquet(tab.wide())), ("model.rds", b"\x1f\x8b" + random.randbytes(200)),
        ("run.sqlite", b"SQLite format 3\x00" + random.randbytes(400)), ("archive.zip", b"PK\x05\x06" + b"\x00" * 18),
    ))  # fmt: skip
    return Draft("wrong file type", "frequency", [File(name, content)],
                 Expect("fail", exhaustive=False, may=["review"]), fixed=True)  # fmt: skip


def of_records(random: Random) -> Draft:
    return extracts(random, True)


MIX: tuple[tuple[Callable[[Random], Draft], int], ...] = (
    (unrounded, 30), (no_context, 25), (low, 20), (no_counts, 10), (wrong_type, 10), (of_records, 5),
)  # fmt: skip
