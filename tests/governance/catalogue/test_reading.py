"""Reading a small description, and every way in which one can be wrong."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from governance.catalogue.catalogue import (
    BadCatalogue,
    PeriodParent,
    Sensitivity,
    UnknownName,
    available,
    copy_description,
    find,
    read_catalogue,
)
from governance.catalogue.risk_rules import Ceiling, RiskRules
from tests.governance.catalogue.descriptions import a_description, spoil


def test_a_description_says_what_there_is(tmp_path: Path) -> None:
    catalogue = read_catalogue(a_description(tmp_path))

    left_on, port = catalogue["voyage"]["left_on"], catalogue["voyage"]["port"]
    assert catalogue.dataset.keys == {"voyage": "A voyage"}
    assert catalogue.owner(catalogue["sailor"].owner).label == "Harbour office"
    assert (left_on.default_level, left_on.source_format, left_on.duckdb_type) == (
        "month",
        "%d/%m/%Y",
        "DATE",
    )
    assert (port.sensitivity, port.missing_pct) == (Sensitivity.QI, 2.5)
    assert catalogue["voyage"]["coast"].missing_pct is None
    assert catalogue["sailor"].primary_key == ("voyage_id", "sailor_seq")
    assert catalogue["sailor"].period_parent == PeriodParent("voyage", ("voyage_id",))
    assert catalogue["sailor"]["rank"].choices == ("mate", "master")
    assert [level.name for level in catalogue.levels(port)] == ["port", "coast"]
    assert catalogue.levels(catalogue["sailor"]["rank"]) == ()


def test_direct_identifiers_are_never_selectable(tmp_path: Path) -> None:
    sailor = read_catalogue(a_description(tmp_path))["sailor"]

    assert [variable.name for variable in sailor.variables if not variable.selectable] == ["name"]
    assert [variable.name for variable in sailor.defaults] == [
        "voyage_id",
        "sailor_seq",
        "age",
    ]


def test_only_keys_with_a_domain_are_pseudonymised(tmp_path: Path) -> None:
    sailor = read_catalogue(a_description(tmp_path))["sailor"]

    assert [variable.name for variable in sailor.variables if variable.pseudonymised] == ["voyage_id"]
    assert sailor["voyage_id"].duckdb_type == "BIGINT"


def test_a_code_list_gives_labels_and_the_values_of_a_column(tmp_path: Path) -> None:
    catalogue = read_catalogue(a_description(tmp_path))
    ports = catalogue.code_list("ports")

    assert ports.columns == ("code", "label", "coast", "source")
    assert ports.label("2") == "Deal"
    assert ports.mapping("coast") == {"1": "East", "2": "South", "3": "East"}
    assert catalogue.code_list("ports.coast").codes == ("East", "South")
    assert ports.sources == ("made for this test",)


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c["cargo"],
        lambda c: c["voyage"]["cargo"],
        lambda c: c.owner("cargo"),
        lambda c: c.ladder("cargo"),
        lambda c: c.ladder("date")["cargo"],
        lambda c: c.code_list("cargo"),
        lambda c: c.code_list("ports.cargo"),
        lambda c: c.code_list("ports").label("9"),
    ],
)
def test_unknown_names_are_refused(tmp_path: Path, ask: object) -> None:
    catalogue = read_catalogue(a_description(tmp_path))
    assert callable(ask)

    with pytest.raises(UnknownName):
        ask(catalogue)


def test_a_catalogue_does_not_change_and_travels_between_processes(
    tmp_path: Path,
) -> None:
    catalogue = read_catalogue(a_description(tmp_path))

    with pytest.raises(FrozenInstanceError):
        catalogue["voyage"].owner = "somebody"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(catalogue)) == catalogue
    assert len({catalogue, read_catalogue(tmp_path / "voyages")}) == 1


# fmt: off
# For each file: text that is there, what it becomes, the row blamed, what the message says.
WRONG = {
    "owners.csv": [
        ("owner,label",                "owner",                         1, "Missing columns: label"),
        ("harbour,Harbour office",     "harbour,",                      2, "label is empty"),
        ("owner,label\nharbour,Harbour office", "owner,label,quorum\nharbour,Harbour office,0", 2, "at least 1"),
        ("owner,label\nharbour,Harbour office", "owner,label,quorum\nharbour,Harbour office,x", 2, "whole number"),
    ],
    "tables.csv": [
        ("voyage,Voyage,harbour",      "voyage,Voyage,pirates",         2, "Unknown owner pirates"),
        ("sailor,Sailor",              "voyage,Sailor",                 3, "Duplicate table voyage"),
        ("Ships that left.,left_on",   "Ships that left.,port",         2, "not a date variable"),
        ("Ships that left.,left_on",   "Ships that left.,gone",         2, "not a date variable"),
        ("per voyage,voyage_id,",      "per voyage,ship_id,",           2, "primary_key names no variable"),
        (",voyage.voyage_id,Y",        ",voyage.voyage_id,perhaps",     3, "requestable must be Y or N"),
        (",voyage.voyage_id,Y",        ",voyage,Y",                     3, "must be of the form"),
        (",voyage.voyage_id,Y",        ",fleet.voyage_id,Y",            3, "fleet is not a table"),
        (",voyage.voyage_id,Y",        ",voyage.age,Y",                 3, "age is not in both tables"),
        (",voyage.voyage_id,Y",        ",sailor.voyage_id,Y",           3, "has no period_column"),
        ("left_on,,Y",                 "left_on,voyage.port,Y",         2, "not both"),
        ("Voyage,harbour",             "Voyage",                        2, "9 cells where"),
        ("sailor,Sailor on", "crew,Crew,harbour,one row,,core,,,,Y\nsailor,Sailor on", 3, "no variables"),
    ],
    "variables.csv": [
        ("sailor,rank",                "crew,rank",                    10, "crew is not in tables.csv"),
        ("sailor,rank,Rank",           "sailor,age,Rank",              10, "Duplicate variable age"),
        ("sailor,rank,Rank",           "sailor,Rank;DROP,Rank",        10, "lower-case letters"),
        ("Rank,category",              "Rank,colour",                  10, "Unknown dtype colour"),
        ("master,OR",                  "master,XX",                    10, "Unknown sensitivity class XX"),
        ("ports,,QI",                  "havens,,QI",                    4, "code list havens is missing"),
        ("ports.coast",                "ports.sea",                     5, "ports has no column sea"),
        ("QI,port,coast",              "QI,lighthouse,coast",           4, "Unknown ladder lighthouse"),
        ("QI,port,coast",              "QI,port,ocean",                 4, "default_level ocean is not a level"),
        ("QI,port,coast",              "QI,,coast",                     4, "default_level needs a ladder"),
        ("ports,,QI",                  ",,QI",                          4, "needs a code list"),
        ("ports,,QI",                  "ports.coast,,QI",               4, "needs a code list"),
        ("Date of leaving,date,,,",    "Date of leaving,string,,,",     3, "only dates have one"),
        ("Age,integer",                "Age,string",                    9, "needs a number"),
        ("Port,category,ports,,QI,port,coast", "Port,category,ports,,QI,date,month", 4, "needs a date"),
        ("voyage,voyage_id,Voyage,string(8),,,KEY,,,Y,voyage",
         "voyage,voyage_id,Voyage,string(8),,,KEY,,,Y,ship", 2, "ship is not in dataset.json"),
        ("master,OR,,,N,",             "master,OR,,,N,voyage",         10, "Only a KEY variable"),
        ("Name,string,,,DI,,,N",       "Name,string,,,DI,,,Y",          8, "cannot be in the default"),
        ("Name,string,,,DI,,,N",       "Name,date,,,DI,date,month,N",   8, "have no ladder"),
        ("coast,Y,,2.5",               "coast,Y,,some",                 4, "must be a number from 0 to 100"),
        ("coast,Y,,2.5",               "coast,Y,,101",                  4, "must be a number from 0 to 100"),
        ("coast,Y,,2.5",               "coast,maybe,,2.5",              4, "in_default_extract must be Y or N"),
        ("%d/%m/%Y",                   "day first",                     3, "source_format is"),
    ],
    "codelists/ports.csv": [
        ("2,Deal",                     "1,Deal",                        3, "Duplicate code 1"),
        ("code,label,coast",           "code,coast,label",              1, "first columns must be code and label"),
        ("South,made for this test",   "South,",                        3, "source is empty"),
    ],
    "ladders.csv": [
        ("date,1,month,Month,month",   "date,2,month,Month,month",      3, "level_no must be 1"),
        ("date,1,month,Month,month",   "date,1,month,Month,week",       3, "Unknown method week"),
        ("date,1,month,Month,month",   "date,1,month,Month,source",     3, "Level 0, and no other"),
        ("codelist,coast",             "codelist,sea",                  4, "ports has no column sea"),
        ("codelist,coast",             "codelist,",                     5, "need an argument"),
        ("0|10|12|15",                 "0|12|10|15",                    7, "do not rise"),
        ("0|10|12|15",                 "0|ten",                         7, "not all numbers"),
    ],
}
# fmt: on


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "says"), [(file, *case) for file, cases in WRONG.items() for case in cases]
)
def test_a_wrong_row_is_named(tmp_path: Path, file: str, old: str, new: str, row: int, says: str) -> None:
    home = a_description(tmp_path)
    spoil(home, file, old, new)

    with pytest.raises(BadCatalogue, match=says) as refused:
        read_catalogue(home)

    # A ladder that asks for a column that is not there shows at the variable that uses it.
    blamed = "variables.csv" if new == "codelist,sea" else Path(file).name
    assert (refused.value.file, refused.value.row) == (blamed, row)
    assert str(refused.value).startswith(f"{blamed}, row {row}: ")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"code": "Voyages / 1"}, "lower-case"),
        ({"title": ""}, "title must be a text"),
        ({"synthetic": "yes"}, "synthetic must be true or false"),
        ({"keys": ["voyage"]}, "keys must be an object"),
    ],
)
def test_a_wrong_dataset_is_named(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    home = a_description(tmp_path, **changes)

    with pytest.raises(BadCatalogue, match=says) as refused:
        read_catalogue(home)

    assert refused.value.file == "dataset.json"


@pytest.mark.parametrize("file", ["dataset.json", "owners.csv", "tables.csv", "variables.csv"])
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    home = a_description(tmp_path)
    (home / file).unlink()

    with pytest.raises(BadCatalogue, match=f"{file}: The file is missing"):
        read_catalogue(home)


def test_a_line_break_in_a_cell_keeps_row_numbers_right(tmp_path: Path) -> None:
    home = a_description(tmp_path)
    spoil(home, "tables.csv", "Ships that left.", '"Ships\nthat left."')
    spoil(home, "tables.csv", "Sailor on voyage,harbour", "Sailor on voyage,pirates")

    with pytest.raises(BadCatalogue) as refused:
        read_catalogue(home)

    assert refused.value.row == 4


def test_datasets_are_found_by_code_and_the_first_folder_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    a_description(first, title="The first")
    a_description(second, title="The second")
    (tmp_path / "nothing").mkdir()

    folders = [tmp_path / "nothing", tmp_path / "absent", first, second]
    assert [dataset.title for dataset in available(folders)] == ["The first"]
    assert find("voyages", folders).dataset.title == "The first"
    assert find("voyages", [first]) is find("voyages", [first])
    for code in ("ships", "../first/voyages", ""):
        with pytest.raises(UnknownName):
            find(code, folders)


def test_a_copied_description_keeps_its_ladders(tmp_path: Path) -> None:
    home = a_description(tmp_path)
    copy = tmp_path / "release" / "catalogue"

    copy_description(home, copy)

    assert read_catalogue(copy) == read_catalogue(home)
    assert (copy / "ladders.csv").read_text() == (home / "ladders.csv").read_text()


RISK = {
    "threshold": 5,
    "ceiling": {"unique": 0.1, "under_threshold": 0.5},
    "visible": ["sailor.rank"],
    "combinations": [["voyage.port", "voyage.left_on"]],
    "together": ["sailor.voyage_id"],
}


def test_the_rules_on_risk_are_data_of_the_dataset(tmp_path: Path) -> None:
    rules = read_catalogue(a_description(tmp_path, risk=RISK)).dataset.risk
    assert (rules.threshold, rules.ceiling) == (5, Ceiling(0.1, 0.5))
    assert rules.visible == ("sailor.rank",)
    assert rules.combinations == (("voyage.port", "voyage.left_on"),)
    assert rules.together == ("sailor.voyage_id",)


def test_a_dataset_without_rules_on_risk_has_no_ceiling(tmp_path: Path) -> None:
    assert read_catalogue(a_description(tmp_path)).dataset.risk == RiskRules(10, None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"treshold": 5}, "no other members"),
        ({"threshold": 1}, "at least 2"),
        ({"threshold": True}, "whole number"),
        ({"ceiling": {"unique": 0.1}}, "unique and under_threshold"),
        ({"ceiling": {"unique": 10, "under_threshold": 0.5}}, "from 0 to 1"),
        ({"visible": ["rank"]}, "table.variable"),
        ({"visible": ["sailor.rank", "sailor.rank"]}, "twice"),
        ({"visible": ["sailor.hat"]}, "which no table has"),
        ({"visible": ["sailor.name"]}, "in no extract"),
        ({"combinations": "voyage.port"}, "list of lists"),
        ({"combinations": [["voyage.port"]]}, "two variables or more"),
        ({"combinations": [["voyage.port", "sailor.age"]]}, "of one table"),
        ({"together": ["voyage.port"]}, "is no key"),
    ],
)
def test_a_wrong_rule_on_risk_is_named(tmp_path: Path, change: dict[str, object], says: str) -> None:
    with pytest.raises(BadCatalogue, match=says) as refused:
        read_catalogue(a_description(tmp_path, risk=RISK | change))
    assert refused.value.file == "dataset.json"
