from extracts.lifecycle import EXTRACT
from governance.workflow import grid
from tests.tables import parse


def test_who_may_do_what_with_an_extract():
    assert grid(EXTRACT) == parse("""
                  | worker                      | researcher
        requested | start, stop, fail           | cancel
        building  | resume, deliver, stop, fail | cancel
        delivered |                             |
        stopped   |                             |
        failed    |                             | retry
        cancelled |                             |
    """)
