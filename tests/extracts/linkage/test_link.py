"""Whole files from end to end, as the command line links them: a person's records come together, others stay apart."""

import json
import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from extracts.linkage.__main__ import main
from extracts.linkage.configuration import BadConfiguration, configuration
from extracts.linkage.evaluate import BadTruth, evaluate
from extracts.linkage.link import link
from extracts.linkage.reading import BadRecords

pytestmark = pytest.mark.long


def test_the_command_links_and_its_result_is_nearly_the_truth(records, capsys):
    out = records / "clusters.parquet"
    asked = ["link", str(records / "all.csv"), "--config", str(records / "config.toml"), "--out", str(out), "--json"]

    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["records"] == len(pq.read_table(out)) > 1_400
    assert told["persons"] == len(set(pq.read_table(out)["person_id"].to_pylist()))
    assert set(told["seconds"]) == {"read", "standardise", "block and train", "score", "cluster"}

    assert main(["evaluate", str(out), "--truth", str(records / "truth.csv"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["f1"] > 0.97
    assert found["precision_interval"][0] <= found["precision"] <= found["precision_interval"][1]


def test_a_model_that_was_trained_once_links_other_records_to_the_byte(records, tmp_path, capsys):
    trained = tmp_path / "model.json"
    files = ["--config", str(records / "config.toml"), "--quiet"]
    half = pd.read_csv(records / "all.csv", dtype=str).iloc[::2]
    half.to_csv(tmp_path / "half.csv", index=False)
    for model in (trained, tmp_path / "again.json"):
        assert main(["train", str(tmp_path / "half.csv"), *files, "--out", str(model)]) == 0
    assert trained.read_bytes() == (tmp_path / "again.json").read_bytes()
    assert not {"smith", "jones"} & set(trained.read_text().lower().split('"')), "a model holds no value of a record"

    outs = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    for out in outs:
        asked = ["link", str(records / "all.csv"), *files, "--out", str(out), "--model", str(trained)]
        assert main(asked) == 0
    capsys.readouterr()
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert evaluate(outs[0], records / "truth.csv")["f1"] > 0.96


def two_files(folder: Path) -> list[Path]:
    left = pd.DataFrame({"id": ["a1", "a2"], "name": ["Anna Bellweather", "Anna Bellweather"],
                         "dob": ["1980-02-29", "1980-02-29"]})  # fmt: skip
    right = left.assign(id=["b1", "b2"])
    for name, table in (("left", left), ("right", right)):
        table.to_csv(folder / f"{name}.csv", index=False)
    return [folder / "left.csv", folder / "right.csv"]


def test_one_to_one_never_puts_two_records_of_a_file_together(tmp_path):
    told = {"data": {"id": "id", "mode": "link", "one_to_one": True}, "columns": {"name": "full_name", "dob": "dob"}}
    link(two_files(tmp_path), configuration(told), out=tmp_path / "out.parquet")
    made = pd.read_parquet(tmp_path / "out.parquet")
    assert all(len(ids) == len({one[0] for one in ids}) for ids in made.groupby("person_id")["record_id"].agg(list))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("id,name\n1,A\n1,B\n", "row 2: the id was there before"),
        ("id,name\n,A\n2,B\n", "row 1: the id is missing"),
        ("number,name\n1,A\n", "has no column id; it has number, name"),
        ("", "bad.csv is empty"),
    ],
)
def test_bad_files_are_refused_with_the_row_and_without_the_value(tmp_path, content, reason):
    (tmp_path / "bad.csv").write_text(content)
    wanted = configuration({"data": {"id": "id"}, "columns": {"name": "full_name"}})
    with pytest.raises((BadRecords, BadConfiguration), match=reason):
        link([tmp_path / "bad.csv"], wanted, out=tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"columns": {"a": "surname"}}, "names no id column"),
        ({"data": {"id": "i"}, "columns": {}}, "empty"),
        ({"data": {"id": "i"}, "columns": {"a": "shoe size"}}, "is no role"),
        ({"data": {"id": "i", "mode": "guess"}, "columns": {"a": "surname"}}, "mode guess is not known"),
        ({"data": {"id": "i", "threshold": 2}, "columns": {"a": "surname"}}, "between 0 and 1"),
        ({"data": {"id": "i"}, "columns": {"i": "surname"}}, "is the id"),
    ],
)
def test_a_configuration_that_cannot_be_followed_says_what_to_change(told, reason):
    with pytest.raises(BadConfiguration, match=reason):
        configuration(told)


@pytest.mark.parametrize(
    ("file", "out", "reason"),
    [
        ("none.csv", "out.parquet", "there is no such file"),
        ("all.csv", "nowhere/out.parquet", "there is no folder .*nowhere for --out"),
        ("all.csv", "out.csv", "out.csv must not end in .csv"),
    ],
)
def test_the_command_looks_at_its_arguments_first(records, tmp_path, capsys, file, out, reason):
    told = ["link", str(records / file), "--config", str(records / "config.toml"), "--out", str(tmp_path / out)]
    assert main(told) == 1
    assert re.search(reason, capsys.readouterr().err)


def test_evaluation_counts_pairs_of_persons_and_pairs_alike(tmp_path):
    made = pd.DataFrame({"record_id": list("abcde"), "person_id": [1, 1, 1, 2, 3]})
    made.to_parquet(tmp_path / "made.parquet")
    persons = pd.DataFrame({"record_id": list("abcde"), "person_id": [7, 7, 8, 8, 9]})
    persons.to_csv(tmp_path / "persons.csv", index=False)
    pairs = pd.DataFrame({"record_id_a": ["b", "c"], "record_id_b": ["a", "d"]})
    pairs.to_csv(tmp_path / "pairs.csv", index=False)

    by_persons, by_pairs = (evaluate(tmp_path / "made.parquet", tmp_path / f"{n}.csv") for n in ("persons", "pairs"))
    assert by_persons == by_pairs
    # a-b, a-c and b-c were linked; a-b and c-d are true: one of three, one of two.
    assert (by_persons["precision"], by_persons["recall"], by_persons["f1"]) == pytest.approx((1 / 3, 1 / 2, 0.4))


def test_a_truth_without_its_columns_is_refused(tmp_path):
    pd.DataFrame({"record_id": ["a"], "person_id": [1]}).to_csv(tmp_path / "made.csv", index=False)
    pd.DataFrame({"who": ["a"]}).to_csv(tmp_path / "truth.csv", index=False)
    with pytest.raises(BadTruth, match="record_id and person_id"):
        evaluate(tmp_path / "made.csv", tmp_path / "truth.csv")
