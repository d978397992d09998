"""Made-up records that several tests of linkage link: nobody writes to them."""

import pytest

from tests.extracts.linkage.made_up import write_records


@pytest.fixture(scope="session")
def records(tmp_path_factory):
    """Fifteen hundred records in one file, the truth in another, a configuration in a third."""
    return write_records(tmp_path_factory.mktemp("records"), records=1_500, seed=5)
