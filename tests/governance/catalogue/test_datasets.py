"""The descriptions that come with the product."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from governance.catalogue.catalogue import (
    Catalogue,
    Sensitivity,
    available,
    catalogue_at,
    copy_description,
    read_catalogue,
    search,
)
from tests.governance.catalogue.descriptions import DATASETS

CODES = ("cjs_linked", "cook_county_2019")

# The tables, variables, labels and classes of the synthetic dataset as they were designed.
SHARED_SCHEMA = Path(__file__).with_name("shared_schema.csv")

# What the design did not have: how ambiguous a link between cases is, so that analysts can keep the certain ones.
ADDED = {("case_link", "link_candidates"), ("case_link", "link_certain")}


def described(code: str) -> Catalogue:
    return catalogue_at(DATASETS / code)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_both_datasets_are_offered() -> None:
    assert tuple(dataset.code for dataset in available([DATASETS])) == CODES


@pytest.mark.parametrize("code", CODES)
def test_every_row_of_the_files_is_in_the_catalogue(code: str) -> None:
    catalogue = described(code)

    stored = {(row["table"], row["variable"]): row for row in rows_of(DATASETS / code / "variables.csv")}
    read = {(variable.table, variable.name): variable for table in catalogue.tables for variable in table.variables}
    assert read.keys() == stored.keys()
    for name, row in stored.items():
        variable = read[name]
        assert row == {
            "table": variable.table,
            "variable": variable.name,
            "label": variable.label,
            "dtype": variable.dtype,
            "codelist": variable.codelist,
            "range": variable.range,
            "sensitivity_class": variable.sensitivity.value,
            "ladder": variable.ladder,
            "default_level": variable.default_level,
            "in_default_extract": "Y" if variable.in_default else "N",
            "key_domain": variable.key_domain,
            "missing_pct_target": f"{variable.missing_pct:g}",
            "based_on": variable.based_on,
            "source_format": variable.source_format,
            "note": variable.note,
        }


@pytest.mark.parametrize("code", CODES)
def test_a_published_copy_reads_the_same(code: str, tmp_path: Path) -> None:
    copy_description(DATASETS / code, tmp_path / "catalogue")

    assert read_catalogue(tmp_path / "catalogue") == described(code)


@pytest.mark.parametrize("code", CODES)
def test_reading_takes_less_than_a_tenth_of_a_second(code: str) -> None:
    def seconds() -> float:
        started = time.perf_counter()
        read_catalogue(DATASETS / code)
        return time.perf_counter() - started

    assert min(seconds() for _ in range(5)) < 0.1


def test_the_linked_dataset_holds_every_variable_of_the_design() -> None:
    catalogue = described("cjs_linked")
    designed = rows_of(SHARED_SCHEMA)

    assert len(catalogue.tables) == 17
    assert len(designed) == 258
    held = {(table.name, variable.name) for table in catalogue.tables for variable in table.variables}
    assert held == {(row["table"], row["variable"]) for row in designed} | ADDED
    for row in designed:
        variable = catalogue[row["table"]][row["variable"]]
        assert (variable.label, variable.sensitivity.value) == (
            row["label"],
            row["sensitivity_class"],
        )


def test_every_shared_identifier_is_a_key_that_joins() -> None:
    catalogue = described("cjs_linked")
    domains: dict[str, set[str]] = {}
    for table in catalogue.tables:
        for variable in table.variables:
            if variable.sensitivity is Sensitivity.KEY and not variable.name.endswith("_seq"):
                assert variable.pseudonymised, f"{table.name}.{variable.name} would leave as it is"
                domains.setdefault(variable.name, set()).add(variable.key_domain)

    assert all(len(found) == 1 for found in domains.values())
    assert {domain for found in domains.values() for domain in found} == set(catalogue.dataset.keys)
    assert domains["case_id_hash"] == domains["mc_case_id_hash"] == domains["cc_case_id_hash"] == {"court_case"}
    assert domains["estimated_xjs_id"] == domains["cluster_low"] == domains["cluster_medium"] == {"person"}


def test_the_data_lab_index_is_the_only_table_that_cannot_be_requested() -> None:
    catalogue = described("cjs_linked")

    assert set(catalogue.tables) - set(catalogue.requestable) == {catalogue["pnc_index"]}
    assert catalogue["pnc_index"].defaults == ()


def test_the_default_extract_is_coarse_where_people_could_be_recognised() -> None:
    """Month, age band, 5+1 groups, subgroup, force area of the court, length band."""
    catalogue = described("cjs_linked")
    coarse = {
        "date": "month", "age": "band", "ethnicity": "5+1", "offence": "subgroup", "charge": "subgroup",
        "court": "force", "sentence_days": "band", "relationship": "group",
    }  # fmt: skip

    seen = set()
    for table in catalogue.tables:
        for variable in table.variables:
            if variable.ladder in coarse:
                assert variable.default_level == coarse[variable.ladder], f"{table.name}.{variable.name}"
                seen.add(variable.ladder)
    assert seen == set(coarse)
    assert all(not variable.name.startswith("lsoa") for table in catalogue.tables for variable in table.defaults)


@pytest.mark.parametrize("code", CODES)
def test_every_table_has_a_period_or_says_where_to_find_it(code: str) -> None:
    timeless = {table.name for table in described(code).tables if not table.period_column and not table.period_parent}

    assert timeless == ({"xjs_link", "case_link", "dfe_pupil"} if code == "cjs_linked" else set())


@pytest.mark.parametrize("code", CODES)
def test_every_code_list_is_used_and_says_where_it_comes_from(code: str) -> None:
    catalogue = described(code)
    used = {variable.codelist.partition(".")[0] for table in catalogue.tables for variable in table.variables}

    assert {codes.name for codes in catalogue.code_lists} == used - {""}
    assert all(all(codes.mapping("source").values()) for codes in catalogue.code_lists)


def test_judges_are_never_part_of_an_extract() -> None:
    catalogue = described("cook_county_2019")
    hidden = {
        variable.name for table in catalogue.tables for variable in table.variables if not variable.selectable
    }  # fmt: skip

    assert hidden == {"judge", "sentence_judge"}


def test_dates_that_are_text_in_the_source_say_how_to_read_them() -> None:
    catalogue = described("cook_county_2019")

    assert {
        (table.name, variable.name, variable.source_format)
        for table in catalogue.tables
        for variable in table.variables
        if variable.source_format
    } == {
        ("intake", "arrest_date", "-04:00"),
        ("dispositions", "disposition_date", "%m/%d/%Y %I:%M:%S %p"),
        ("sentencing", "disposition_date", "%m/%d/%Y %I:%M:%S %p"),
        ("sentencing", "sentence_date", "%m/%d/%Y %I:%M:%S %p"),
    }


def names(catalogue: Catalogue, words: str) -> list[str]:
    return [f"{m.table.name}.{m.variable.name}" if m.variable else m.table.name for m in search(catalogue, words)]


def test_search_puts_the_best_match_first() -> None:
    catalogue = described("cjs_linked")

    assert names(catalogue, "victim age")[0] == "pol_victim.age_at_offence"
    assert names(catalogue, "DOMESTIC abuse")[0] == "pol_crime.domestic_abuse_flag"
    assert names(catalogue, "plea_date")[0] == "crt_offence.plea_date"
    assert names(catalogue, "hearing")[0] == "crt_hearing"


def test_search_looks_into_code_labels_and_needs_every_word() -> None:
    catalogue = described("cjs_linked")

    assert "pol_victim.relationship_to_suspect" in names(catalogue, "former intimate partner")
    assert names(catalogue, "former intimate zeppelin") == []
    assert names(catalogue, "  ") == []
