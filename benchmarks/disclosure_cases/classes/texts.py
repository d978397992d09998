"""Logs, code, model objects and damaged files: what no rule can clear is for a person."""

from __future__ import annotations

import pickle
from random import Random

from benchmarks.disclosure_cases.draft import Draft, Expect, File


def logs(random: Random, unsafe: bool) -> Draft:
    """A log that prints records with identifiers; the safe twin prints none, and is still for a person."""
    lines = ["2024-03-01 10:00:01 INFO reading the extract", "2024-03-01 10:00:09 INFO fitting the model"]
    if unsafe:
        lines += [
            f"{place} P{100_000 + 37 * place} {random.randint(1950, 2005)}-03-1{random.randint(0, 9)}"
            f" {random.choice('MF')} {random.randint(5, 900)}"
            for place in range(random.randint(8, 30))
        ]
    lines.append("2024-03-01 10:02:30 INFO done")
    expect = Expect("fail" if unsafe else "review", exhaustive=False, may=["review"] if unsafe else ["pass"])
    return Draft("a log", "text", [File("run.log", ("\n".join(lines) + "\n").encode())], expect, fixed=True)


def code(random: Random, unsafe: bool) -> Draft:
    """A program; the unsafe one has a person's number in it."""
    person = f"P{random.randint(10**5, 10**6)}"
    line = f"data = data[data.person_id != '{person}']  # J. Abbott, see his file" if unsafe else "data = data.dropna()"
    text = f"import pandas as pd\n\ndata = pd.read_parquet('extract.parquet')\n{line}\nprint(data.shape)\n"
    expect = Expect("review", exhaustive=False, may=["fail"] if unsafe else ["pass"])
    return Draft("a program", "text", [File("analysis.py", text.encode())], expect, fixed=True)


def objects(random: Random, unsafe: bool) -> Draft:
    """Pickled objects: never opened, so never passed."""
    kept = {"coef": [random.random() for _ in range(5)]} | ({"rows": list(range(2_000))} if unsafe else {})
    expect = Expect("review", exhaustive=False, may=["fail"])
    return Draft("a pickled model", "model", [File("model.pkl", pickle.dumps(kept, protocol=4))], expect, fixed=True)


def damaged(random: Random, unsafe: bool) -> Draft:
    """Files that are not what their names say, or no longer anything."""
    content = random.choice((
        random.randbytes(random.randint(50, 4_000)), b"", b"PK\x03\x04" + random.randbytes(200), b"\x00" * 500,
        b"%PDF-1.7\n" + random.randbytes(300),
    ))  # fmt: skip
    name = random.choice(("table.csv", "table.xlsx", "table.pdf", "table.parquet"))
    expect = Expect("review", exhaustive=False, may=["fail"])
    return Draft("a damaged file", "frequency", [File(name, content)], expect, fixed=True)
