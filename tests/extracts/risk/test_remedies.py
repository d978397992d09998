"""What is said to bring an extract under the ceiling does so, counted again with the coarser specification."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from extracts.risk import Remedy, Step, assess, remedies
from extracts.specification import ColumnSpec
from tests.extracts.risk.small_court import LEVELS, QUASI, description, specification, store, with_ceiling


def rows(number=300):
    """Hearings on many days; the rest takes few values."""
    return [
        (n, "MF"[n % 2], 18 + n % 9, "W1", ("001/01", "008/06")[n // 2 % 2], "B01BH00",
         date(2019, 1, 1) + timedelta(n * 11 % 360), "U", "convicted")
        for n in range(number)
    ]  # fmt: skip


def found(connection, known, **levels):
    spec = specification(**levels)
    report = assess(connection, spec, known)
    return report, remedies(connection, spec, known, report)


def with_steps(spec, steps):
    """The specification after these steps."""
    (table,) = spec.tables
    to = {step.variable: step.level for step in steps}
    gone = {name for name, level in to.items() if level == ""}
    columns = tuple(ColumnSpec(c.name, to.get(c.name, c.level)) for c in table.columns if c.name not in gone)
    return replace(spec, tables=(replace(table, columns=columns),))


@pytest.mark.slow
def test_under_the_ceiling_nothing_has_to_be_done():
    with store(rows()) as connection:
        assert found(connection, with_ceiling(1.0, 1.0))[1] == ()


def every_single_step(agreed):
    for name in QUASI:
        levels = [step.name for step in description().levels(description()["crt_case"][name])]
        coarser = levels[levels.index(agreed[name]) + 1 :][:1] if levels else []
        yield from ((name, level) for level in [*coarser, ""])


@pytest.mark.slow
@pytest.mark.parametrize("ceiling", [(0.05, 1.0), (0.3, 0.9), (0.0, 0.5)])
def test_single_steps_that_are_enough_are_all_told_and_no_others(ceiling):
    known = with_ceiling(*ceiling)
    with store(rows()) as connection:
        report, ways = found(connection, known, first_hearing_date="day")
        assert report.above
        agreed = LEVELS | {"first_hearing_date": "day"}
        enough = set()
        for name, level in every_single_step(agreed):
            changed = with_steps(specification(first_hearing_date="day"), [Step(name, "", level)])
            (table,) = assess(connection, changed, known).tables
            if not table.is_above(report.ceiling):
                enough.add((name, level))
    if enough:
        assert {(way.steps[0].variable, way.steps[0].level) for way in ways} == enough
        assert [way.lost for way in ways] == sorted(way.lost for way in ways), "the least loss of detail first"
    else:
        assert all(len(way.steps) > 1 for way in ways)


@pytest.mark.slow
@pytest.mark.parametrize("ceiling", [(0.0, 0.1), (0.05, 0.9), (0.2, 0.8)])
def test_what_a_way_promises_is_counted_again(ceiling):
    known = with_ceiling(*ceiling)
    with store(rows()) as connection:
        report, ways = found(connection, known, first_hearing_date="day", age_at_first_hearing="single_year")
        assert ways
        for way in ways:
            spec = specification(first_hearing_date="day", age_at_first_hearing="single_year")
            (table,) = assess(connection, with_steps(spec, way.steps), known).tables
            assert (way.unique_share, way.under_share) == (table.unique_share, table.under_share)
            assert way.enough is not table.is_above(report.ceiling)
            assert 1 <= len(way.steps) <= 3


@pytest.mark.slow
def test_a_way_is_found_where_no_single_step_is_enough():
    """Two variables tell every row apart, and only both together bring rows into one class."""
    many = [
        (n, "M", age, "W1", "001/01", "B01BH00", date(2019, 1, 1) + timedelta(day), "U", "convicted")
        for n, (age, day) in enumerate(product(range(18, 21), range(30)))
    ]
    known = with_ceiling(0.0, 0.0)
    with store(many) as connection:
        _, ways = found(connection, known, first_hearing_date="day", age_at_first_hearing="single_year")
    assert all(way.enough for way in ways)
    assert {tuple(sorted(step.variable for step in way.steps)) for way in ways} <= {
        ("first_hearing_date",), ("age_at_first_hearing", "first_hearing_date"),
    }  # fmt: skip


@pytest.mark.slow
def test_where_three_steps_are_not_enough_the_best_way_is_told_all_the_same():
    few = rows(12)
    with store(few) as connection:
        _, ways = found(connection, with_ceiling(0.0, 0.0), first_hearing_date="day")
    assert ways and not any(way.enough for way in ways)


@pytest.mark.slow
def test_a_remedy_is_read_back_as_it_was_written():
    with store(rows()) as connection:
        _, ways = found(connection, with_ceiling(0.0, 0.1), first_hearing_date="day")
    assert tuple(Remedy.from_json(way.to_json()) for way in ways) == ways
