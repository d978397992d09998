"""Linkage without names by the public commands: providers encode, the linker links, with nearly the same result."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from extracts.linkage.__main__ import main
from extracts.linkage.encode import main as encode

pytestmark = pytest.mark.long

# What the linker has to know of encoded files: nothing of columns.
LINKER = '[data]\nid = "record_id"\n'
F1_AT_LEAST = {"tokens": 0.97, "clk": 0.93}


@pytest.fixture(scope="module")
def run(tmp_path_factory, records):
    """A run of two providers: their files, encoded in both forms under its key, and one under a key of another run."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "linker.toml").write_text(LINKER)
    for key in ("key", "other_key"):
        assert encode(["new-key", str(folder / key)]) == 0
    every = pd.read_csv(records / "all.csv", dtype=str)
    for name, part in (("north", every.iloc[::2]), ("south", every.iloc[1::2])):
        part.to_csv(folder / f"{name}.csv", index=False)
        for form in F1_AT_LEAST:
            assert encode(encoding(folder, records, name, form, "key")) == 0
    assert encode(encoding(folder, records, "south", "tokens", "other_key", out="elsewhere")) == 0
    return folder


def encoding(folder, records, name, form, key, out=None):
    return [
        "encode", str(folder / f"{name}.csv"), "--config", str(records / "config.toml"), "--key", str(folder / key),
        "--form", form, "--out", str(folder / (f"{out}.parquet" if out else f"{name}.{form}.parquet")),
    ]  # fmt: skip


def linking(folder, *files, out):
    return ["link", *(str(folder / file) for file in files), "--config", str(folder / "linker.toml"), "--out", str(out),
            "--json"]  # fmt: skip


@pytest.mark.parametrize("form", F1_AT_LEAST)
def test_encoded_files_are_linked_as_clear_text_is(run, records, tmp_path, capsys, form):
    out = tmp_path / "clusters.parquet"
    capsys.readouterr()
    assert main(linking(run, f"north.{form}.parquet", f"south.{form}.parquet", out=out)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["records"] == len(pd.read_csv(records / "all.csv"))
    assert set(told["seconds"]) == {"read", "standardise", "block and train", "score", "cluster"}
    assert pq.read_schema(out).names == ["record_id", "person_id"]

    assert main(["evaluate", str(out), "--truth", str(records / "truth.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["f1"] > F1_AT_LEAST[form]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (("north.tokens.parquet", "elsewhere.parquet"), "elsewhere.parquet was encoded with another key than north"),
        (("north.tokens.parquet", "south.clk.parquet"), "files of clk and tokens cannot be linked with each other"),
        (("north.csv", "south.tokens.parquet"), "files of clear text and tokens cannot be linked with each other"),
        (("north.csv", "south.csv"), "only encoded files can do without"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(run, tmp_path, capsys, files, reason):
    assert main(linking(run, *files, out=tmp_path / "out.parquet")) == 1
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize("form", F1_AT_LEAST)
def test_nothing_in_an_encoded_file_can_be_read_but_the_record_s_own_number(run, form):
    clear = pd.read_csv(run / "north.csv", dtype=str).drop(columns="record_id")
    values = {value.lower() for column in clear for value in clear[column].dropna() if len(value) > 2}
    table = pq.read_table(run / f"north.{form}.parquet")
    kinds = {str(table[name].type) for name in table.column_names if name != "record_id"}
    assert kinds <= {"int64", "list<element: int64>", "fixed_size_binary[128]"}
    numbers = {str(value) for name in table.column_names[1:] for value in table[name].to_pylist()}
    assert not values & numbers
    content = (run / f"north.{form}.parquet").read_bytes().lower()
    names = {name.lower().encode() for name in clear["surname"].dropna() if len(name) > 5}
    assert not [name for name in names if name in content]


def test_a_model_of_tokens_is_for_tokens(run, records, tmp_path, capsys):
    model, out = tmp_path / "model.json", tmp_path / "out.parquet"
    told = ["--config", str(run / "linker.toml"), "--quiet"]
    assert main(["train", str(run / "north.tokens.parquet"), *told, "--out", str(model)]) == 0
    with_model = ["--model", str(model), "--quiet"]
    assert main([*linking(run, "south.tokens.parquet", out=out), *with_model]) == 0
    clear = ["link", str(run / "south.csv"), "--config", str(records / "config.toml"), "--out", str(out), *with_model]
    assert main(clear) == 1
    assert "is for records of the form tokens; these are clear text" in capsys.readouterr().err


def test_the_commands_of_the_guide_work_as_they_stand(tmp_path):
    root = Path(__file__).parents[3]
    guide = (root / "docs" / "how-to" / "link-without-names.md").read_text(encoding="utf-8")
    steps = "\n".join(re.findall(r"^```sh\n(.*?)^```", guide, flags=re.DOTALL | re.MULTILINE))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-eu", "-c", steps], cwd=tmp_path, env={**os.environ, "PATH": path, "PYTHONPATH": str(root)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    persons = pq.read_table(tmp_path / "clusters.parquet").to_pydict()
    of = dict(zip(persons["record_id"], persons["person_id"], strict=True))
    assert of["n1"] == of["s1"] and of["n2"] == of["s2"]
    assert len(set(of.values())) == 4
    assert not {"run.key", "north.parquet", "south.parquet"} & {file.name for file in tmp_path.iterdir()}
