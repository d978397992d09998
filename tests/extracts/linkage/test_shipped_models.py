"""Models that come with Gatehouse: whole, told where they are from, and good for records they never saw."""

import json

import pytest

from extracts.linkage.__main__ import main
from extracts.linkage.configuration import read_configuration
from extracts.linkage.model import SHIPPED, as_json, shipped
from extracts.linkage.spine_records import ROLES
from tests.extracts.linkage.made_up import write_records

pytestmark = pytest.mark.long

NAMES = sorted(path.stem for path in SHIPPED.glob("*.json"))


def test_there_is_one_for_criminal_justice():
    assert "cjs-1" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_loaded_as_it_was_written_and_says_what_it_was_trained_on(name):
    model = shipped(name)
    assert as_json(model) == (SHIPPED / f"{name}.json").read_text(encoding="utf-8")
    assert (model.name, model.form) == (name, "clear text")
    assert "synthetic" in model.trained_on and "seed" in model.trained_on


def test_it_was_trained_with_every_role_that_the_service_links_on():
    trained = read_configuration(SHIPPED / "cjs-1.toml")
    assert set(trained.columns.values()) == set(ROLES) - {"event_date"}


def test_a_configuration_that_names_it_links_records_it_never_saw(tmp_path, capsys):
    """Enough of them for the choice of the cut to be steady: of some hundred persons, one decides."""
    write_records(tmp_path, records=5_000, seed=6)
    config, out = tmp_path / "config.toml", tmp_path / "clusters.parquet"
    config.write_text(config.read_text().replace("[columns]", 'model = "cjs-1"\n\n[columns]'))
    assert main(["link", str(tmp_path / "all.csv"), "--config", str(config), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "cjs-1"

    assert main(["evaluate", str(out), "--truth", str(tmp_path / "truth.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["f1"] >= 0.99
