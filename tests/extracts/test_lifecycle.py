"""Who may do what, in every state: an empty cell is as much a promise as a full one."""

import pytest

from extracts.lifecycle import EXTRACT
from extracts.lifecycle.clerical import CLERICAL_PAIR, agreed
from extracts.lifecycle.delivery import DELIVERY
from extracts.lifecycle.extract import STOPS, stop_action
from extracts.lifecycle.key import PROJECT_KEY
from extracts.lifecycle.linkage import LINKAGE_RUN
from extracts.lifecycle.release import RELEASE
from governance.workflow import grid
from tests.tables import parse


def test_who_may_do_what_with_an_extract():
    """Each thing that the gate can find has a way into a state of its own, from every unfinished state."""
    stops = ", ".join(stop_action(state) for state in STOPS)
    stopped = "\n".join(f"        {state} | | retry | " for state in STOPS)
    assert grid(EXTRACT) == parse(f"""
                  | worker                               | researcher | support
        requested | start, {stops}, fail                 | cancel     |
        building  | resume, hold, deliver, {stops}, fail | cancel     |
        held      | {stops}                              | cancel     | let through, refuse
        delivered | recall, replace, destroy             |            |
        replaced  | recall, destroy                      |            |
        recalled  | destroy                              |            |
        destroyed |                                      |            |
        failed    |                                      | retry      |
        cancelled |                                      |            |
        refused   |                                      |            |
{stopped}
    """)
    assert len(STOPS) == 13 and stop_action(STOPS[0]) == "stop_revoked"


def test_who_may_do_what_with_a_key_version():
    assert grid(PROJECT_KEY) == parse("""
                  | worker        | support
        current   | make, destroy | retire
        retired   | destroy       |
        destroyed |               |
    """)


def test_who_may_do_what_with_a_delivery():
    assert grid(DELIVERY) == parse("""
                 | worker
        received | accept, refuse
        accepted |
        refused  | receive
    """)


def test_who_may_do_what_with_a_linkage_run():
    assert grid(LINKAGE_RUN) == parse("""
                  | worker               | linker
        requested | start, fail          | cancel
        running   | resume, finish, fail | cancel
        built     |                      |
        failed    |                      | cancel, retry
        cancelled |                      |
    """)


def test_who_may_do_what_with_a_clerical_pair():
    assert grid(CLERICAL_PAIR) == parse("""
                    | linker       | worker
        waiting     | decide       |
        one_decided | decide, undo |
        two_decided |              | agree, disagree
        disagreed   | decide       |
        settled     |              |
    """)


def test_who_may_do_what_with_a_release():
    assert grid(RELEASE) == parse("""
                   | steward           | worker
        built      | publish, withdraw |
        published  | withdraw          | supersede
        superseded | publish, withdraw |
        withdrawn  |                   |
    """)


@pytest.mark.parametrize(
    ("verdicts", "same"),
    [(("same", "same"), True), (("different", "different"), True), (("unsure", "unsure"), True),
     (("same", "different"), False), (("same", "unsure"), False), (("unsure", "different"), False)],
)  # fmt: skip
def test_two_verdicts_agree_when_they_are_the_same(verdicts, same):
    assert agreed(verdicts) is same
