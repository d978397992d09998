"""Different keys are counted right, however they are cut into parts."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts import counting
from extracts.counting import how_many_different

EDGES = st.sampled_from([0, 1, -1, 2**63 - 1, -(2**63)])


@pytest.mark.slow
@given(
    numbers=st.lists(st.one_of(EDGES, st.integers(-9, 9), st.integers(-(2**63), 2**63 - 1))), at_once=st.integers(1, 9)
)
@settings(deadline=None)
def test_numbers_are_counted_as_a_set_counts_them(numbers, at_once):
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as connection:
        patch.setattr(counting, "AT_ONCE", at_once)
        connection.execute("CREATE TABLE given AS SELECT unnest($numbers::BIGINT[]) AS id", {"numbers": numbers})
        assert how_many_different(connection, "SELECT id FROM given") == len(set(numbers))


def test_texts_are_counted_too():
    with duckdb.connect() as connection:
        assert how_many_different(connection, "SELECT unnest(['a', 'b', 'a']) AS id") == 2
