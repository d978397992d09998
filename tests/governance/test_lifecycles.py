"""Who may do what, in every state: an empty cell is as much a promise as a full one."""

from governance.agreements.lifecycle import AGREEMENT
from governance.outputs.lifecycle import OUTPUT_REQUEST
from governance.projects.lifecycle import PROJECT
from governance.workflow import grid
from tests.tables import parse


def test_who_may_do_what_with_an_application():
    assert grid(PROJECT) == parse("""
                  | researcher             | support        | owner          | panel                   | worker
        draft     | edit, submit, withdraw |                |                |                         |
        triage    | withdraw               | accept, return |                |                         |
        owners    | withdraw               |                | decide, return |                         | refer, refuse
        panel     | withdraw               |                |                | approve, return, refuse |
        approved  |                        |                |                |                         |
        returned  | edit, submit, withdraw |                |                |                         |
        refused   |                        |                |                |                         |
        withdrawn |                        |                |                |                         |
    """)


def test_who_may_do_what_with_an_agreement():
    assert grid(AGREEMENT) == parse("""
                 | researcher | support
        drawn_up | sign       | revoke
        signed   |            | countersign, revoke
        in_force |            | revoke
        revoked  |            |
    """)


def test_who_may_do_what_with_an_output():
    assert grid(OUTPUT_REQUEST) == parse("""
                      | researcher             | checker | worker
        draft         | edit, submit, withdraw |         |
        checking      |                        |         | report, withhold
        submitted     | withdraw               | check   |
        checked_once  | withdraw               | check   |
        checked_twice |                        |         | clear, return
        returned      | edit, submit, withdraw |         |
        cleared       |                        | release |
        releasing     |                        |         | pack, withhold
        released      |                        |         |
        withdrawn     |                        |         |
    """)
