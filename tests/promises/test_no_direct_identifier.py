"""No extract can carry a direct identifier: not by choice, not by a forged scope, not by a forged specification."""

from datetime import date

import pytest

from extracts.specification import BadSpecification, ColumnSpec, ExtractSpec, TableSpec, compile_specification, within
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue.catalogue import Sensitivity
from tests.builders import catalogue

PERIOD = date(2019, 1, 1), date(2019, 12, 31)
JUDGE = ("dispositions", "judge")


def scope(table, variable):
    return Scope("cook_county_2019", (GrantedTable(table, (GrantedVariable(variable),)),), *PERIOD)


def test_the_catalogue_offers_none():
    for code in ("cjs_linked", "cook_county_2019"):
        for table in catalogue(code).tables:
            assert all(v.selectable is (v.sensitivity is not Sensitivity.DI) for v in table.variables)
            assert not [v.name for v in table.defaults if v.sensitivity is Sensitivity.DI]
    assert catalogue("cook_county_2019")[JUDGE[0]][JUDGE[1]].sensitivity is Sensitivity.DI


def test_a_forged_scope_is_not_compiled():
    with pytest.raises(BadSpecification):
        compile_specification(scope(*JUDGE), catalogue("cook_county_2019"), "2019.1")


def test_a_forged_specification_is_outside_every_scope():
    spec = ExtractSpec("cook_county_2019", "2019.1", (TableSpec(JUDGE[0], (ColumnSpec(JUDGE[1]),)),), *PERIOD)
    assert within(spec, scope(*JUDGE), catalogue("cook_county_2019"))
