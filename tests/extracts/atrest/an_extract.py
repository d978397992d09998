"""A sealed folder as it lies in a workspace, and the process in which a person opens it."""

import json
import os
import subprocess
import sys
from hashlib import sha256

import pyarrow as pa
from pyarrow import csv, parquet

from extracts.atrest import gatehouse_workspace as gw
from extracts.atrest.seal import Seal, delivered
from extracts.atrest.tables import PAGES

KEY, OLD = bytes(range(32)), bytes(range(1, 33))
BIG = 2**62 + 1  # a key that no decimal number holds

CRIMES = pa.table({"id": pa.array([BIG, BIG + 1, None], pa.int64()), "place": ["Nörth", None, "South"]})
VICTIMS = pa.table({"id": pa.array([BIG, BIG], pa.int64()), "age": pa.array([10, 70], pa.int64())})


def sealed_extract(folder, *, key=KEY):
    """Two tables as Parquet, one of them as CSV too, a text over several chunks, the manifest, and the opener."""
    (folder / "codelists").mkdir(parents=True)
    seal, entries = Seal(key), []
    for name, table in (("crime", CRIMES), ("victim", VICTIMS)):
        path = folder / f"{name}.parquet"
        with parquet.ParquetWriter(path, table.schema, encryption_properties=seal.parquet(path.name), **PAGES) as out:
            out.write_table(table)
        digest = gw.ContentDigest(table.schema)
        for batch in table.to_batches():
            digest.update(batch)
        entries.append({"name": path.name, "content_sha256": digest.hexdigest()})
    plain = pa.BufferOutputStream()
    csv.write_csv(CRIMES, plain)
    for name, content in (
        ("crime.csv", plain.getvalue().to_pybytes()),
        ("codelists/places.csv", b"code,label\nN,North\n"),
        ("long.txt", b"0123456789" * 250_000),
        ("empty.txt", b""),
    ):
        with seal.writer(folder / name, name) as out:
            out.write(content)
        entries.append({"name": name, "content_sha256": sha256(content).hexdigest()})
    (folder / "manifest.json").write_text(json.dumps({"files": entries}))
    for name, text in delivered().items():
        (folder / name).write_text(text)
    return folder


def key_file(path, *keys):
    lines = [f"{version} {key.hex()}\n" for version, key in enumerate(keys, 1)]
    path.write_text("# Keys of the workspace of DEMO-1\n" + "".join(lines))
    path.chmod(0o600)
    return path


def python(code, *, folder, key=None, cwd):
    """Run Python that imports the delivered module, with nothing of Gatehouse on its path."""
    script = f"import sys; sys.path.insert(0, {str(folder)!r})\nimport gatehouse_workspace as gw\n{code}"
    return _run([sys.executable, "-B", "-P", "-c", script], key, cwd)


def r(code, *, folder, key=None, cwd):
    """Run R that sources the delivered script."""
    return _run(["Rscript", "--vanilla", "-e", f"source('{folder}/gatehouse_workspace.R')\n{code}"], key, cwd)


def _run(command, key, cwd):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "LC_ALL": "C.UTF-8", **({gw.KEY_VARIABLE: str(key)} if key else {})}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)
