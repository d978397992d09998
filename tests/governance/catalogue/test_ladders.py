"""The standard ladders: their shape, and that each level follows from the one below it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from governance.catalogue.catalogue import (
    Catalogue,
    Ladder,
    Level,
    Variable,
    catalogue_at,
)
from governance.catalogue.ladders import BadBounds, bands
from governance.catalogue.reading import STANDARD_LADDERS, read_ladders
from tests.governance.catalogue.descriptions import DATASETS

LADDERS = read_ladders(STANDARD_LADDERS)
CATALOGUES = [catalogue_at(DATASETS / code) for code in ("cjs_linked", "cook_county_2019")]


def users_of_code_lists() -> list[tuple[Catalogue, Variable]]:
    return [
        (catalogue, variable)
        for catalogue in CATALOGUES
        for table in catalogue.tables
        for variable in table.variables
        if any(level.method == "codelist" for level in catalogue.levels(variable))
    ]


@pytest.mark.parametrize(
    ("bounds", "labels"),
    [
        ("0|10|12|15", ["0-9", "10-11", "12-14", "15+"]),
        ("0|1|2|3|5", ["0", "1", "2", "3-4", "5+"]),
        ("0.00|0.80|0.95", ["0.00 to under 0.80", "0.80 to under 0.95", "0.95+"]),
        ("7", ["7+"]),
        ("-5|0", ["-5--1", "0+"]),
    ],
)
def test_bands_are_named_by_what_lies_in_them(bounds: str, labels: list[str]) -> None:
    assert [band.label for band in bands(bounds)] == labels


def test_bands_follow_on_from_one_another() -> None:
    found = bands("0|10|12")

    assert [(band.lower, band.upper) for band in found] == [
        (Decimal(0), Decimal(10)), (Decimal(10), Decimal(12)), (Decimal(12), None),
    ]  # fmt: skip


@pytest.mark.parametrize("bounds", ["", "0|", "0|0", "5|3", "0|x", "0|NaN", "0|Infinity"])
def test_bounds_that_are_no_bounds_are_refused(bounds: str) -> None:
    with pytest.raises(BadBounds):
        bands(bounds)


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.name)
def test_a_ladder_starts_at_the_source_and_gets_coarser(ladder: Ladder) -> None:
    assert len(ladder.levels) > 1
    assert [level.no for level in ladder.levels] == list(range(len(ladder.levels)))
    assert ladder.levels[0].method == "source"
    assert ladder.is_finer(ladder.levels[0].name, than=ladder.levels[1].name)
    assert not ladder.is_finer(ladder.levels[1].name, than=ladder.levels[0].name)
    assert not ladder.is_finer(ladder.levels[1].name, than=ladder.levels[1].name)


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.name)
def test_wide_bands_are_made_of_whole_narrow_ones(ladder: Ladder) -> None:
    """Otherwise two levels side by side would show more than either."""
    banded: list[Level] = [level for level in ladder.levels if level.bands]
    for narrow, wide in pairwise(banded):
        assert {band.lower for band in wide.bands} < {band.lower for band in narrow.bands}


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.name)
def test_every_ladder_is_used(ladder: Ladder) -> None:
    assert any(
        variable.ladder == ladder.name
        for catalogue in CATALOGUES
        for table in catalogue.tables
        for variable in table.variables
    )


def test_coarser_codes_follow_from_finer_ones() -> None:
    """Each value of a level belongs to one value of the next, and no code is left out."""
    users = users_of_code_lists()
    assert users
    for catalogue, variable in users:
        codes = catalogue.code_list(variable.codelist)
        finer = {code: code for code in codes.codes}
        for level in catalogue.levels(variable)[1:]:
            coarser = codes.mapping(level.argument)
            assert all(coarser.values()), f"{codes.name}.{level.argument} has a blank"
            assert len(set(coarser.values())) < len(set(finer.values())), f"{variable.name} gets no coarser"
            pairs = {(finer[code], coarser[code]) for code in codes.codes}
            assert len(pairs) == len(set(finer.values())), f"{codes.name}.{level.argument} cuts across"
            finer = coarser


def test_levels_that_lead_to_a_list_use_its_codes() -> None:
    """So that a court's force area and a crime's force area can be set side by side."""
    catalogue = CATALOGUES[0]
    for source, column, target in [
        ("courts", "force_code", "police_forces"),
        ("offence_codes", "subgroup_code", "offence_groups"),
        ("cjs_offences", "subgroup_code", "offence_groups"),
    ]:
        reached = set(catalogue.code_list(source).mapping(column).values())
        assert reached <= set(catalogue.code_list(target).codes)


def test_regions_and_groups_agree_whichever_list_they_come_from() -> None:
    catalogue = CATALOGUES[0]
    forces, courts = catalogue.code_list("police_forces"), catalogue.code_list("courts")
    regions = forces.mapping("cj_region")
    assert all(
        regions[force] == courts.mapping("cj_region")[court] for court, force in courts.mapping("force_code").items()
    )

    groups = catalogue.code_list("offence_groups").mapping("offence_group")
    for name in ("offence_codes", "cjs_offences"):
        codes = catalogue.code_list(name)
        of_code = codes.mapping("offence_group")
        assert all(groups[subgroup] == of_code[code] for code, subgroup in codes.mapping("subgroup_code").items())


def test_age_bands_reach_every_age_group() -> None:
    """Child to 9, juvenile 10 to 17, young adult 18 to 20, adult from 21."""
    age = next(ladder for ladder in LADDERS if ladder.name == "age")

    assert [band.label for band in age["group"].bands] == [
        "0-9",
        "10-17",
        "18-20",
        "21+",
    ]
    assert [band.label for band in age["band"].bands][:5] == [
        "0-9",
        "10-11",
        "12-14",
        "15-17",
        "18-20",
    ]
