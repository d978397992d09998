"""tau-Argus, where it is installed, finds the same intervals."""

import pytest

from tests.oracles.tau_argus_audit import cases, compared, interpreter


@pytest.mark.skipif(interpreter() is None, reason="TAU_ARGUS_PYTHON names no interpreter with pytauargus")
@pytest.mark.long
def test_tau_argus_finds_the_same_intervals() -> None:
    found = [compared(name, case, interpreter()) for name, case in cases(random_tables=20)]
    assert [one for one in found if one.furthest_apart > 1e-3] == []
    assert [one for one in found if one.exact_ours != one.exact_theirs] == []
