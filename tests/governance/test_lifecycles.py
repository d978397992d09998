"""Who may do what, in every state: an empty cell is as much a promise as a full one."""

from governance.agreements.lifecycle import AGREEMENT, CONDITION
from governance.incidents.lifecycle import INCIDENT
from governance.ingress.lifecycle import INGRESS
from governance.outputs.lifecycle import OUTPUT_REQUEST
from governance.projects.lifecycle import PROJECT
from governance.workflow import grid
from tests.tables import parse


def test_who_may_do_what_with_an_application():
    assert grid(PROJECT) == parse("""
                  | researcher             | support                                          | ethics                        | owner                 | panel                 | worker
        draft     | edit, submit, withdraw |                                                  |                               |                       |                       |
        triage    | withdraw               | declare, accept, return, pause, take up, revoke  |                               |                       |                       |
        ethics    | withdraw               | pause, take up, revoke                           | declare, pass, return, refuse |                       |                       | waive
        owners    | withdraw               | pause, take up, revoke                           |                               | declare, vote, return |                       | refer, offer, refuse
        offered   | withdraw, take, revise | revoke                                           |                               |                       |                       |
        panel     | withdraw               | pause, take up, revoke                           |                               |                       | declare, vote, return | approve, refuse
        approved  |                        | revoke                                           | renew ethics                  |                       |                       | amend
        returned  | edit, submit, withdraw |                                                  |                               |                       |                       |
        refused   |                        |                                                  |                               |                       |                       |
        withdrawn |                        |                                                  |                               |                       |                       |
        revoked   |                        |                                                  |                               |                       |                       |
    """)  # noqa: E501


def test_who_may_do_what_with_an_agreement():
    assert grid(AGREEMENT) == parse("""
                   | researcher | coordinator | signatory | support             | worker
        drawn_up   | sign       | sign        | sign      | revoke              | complete, supersede
        signed     |            |             |           | countersign, revoke | supersede
        in_force   | sign       | sign        |           | revoke              | supersede
        superseded |            |             |           |                     |
        revoked    |            |             |           |                     |
    """)


def test_who_may_do_what_with_a_condition():
    assert grid(CONDITION) == parse("""
                   | researcher | owner
        open       | report     | discharge
        reported   |            | discharge, reopen
        discharged |            | reopen
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
        cleared       | withdraw               | release |
        releasing     |                        |         | pack, withhold
        released      |                        |         |
        withdrawn     |                        |         |
    """)


def test_who_may_do_what_with_files_that_come_in():
    assert grid(INGRESS) == parse("""
                   | researcher             | checker                 | support | worker
        draft      | edit, submit, withdraw |                         |         |
        submitted  | withdraw               | return, refuse, approve |         |
        returned   | edit, submit, withdraw |                         |         |
        approved   |                        |                         |         | bring in, stop, withhold
        stopped    | withdraw, try again    |                         |         |
        brought_in | remove                 |                         | remove  | clear away
        removing   |                        |                         |         | clear away
        removed    |                        |                         |         |
        refused    |                        |                         |         |
        withdrawn  |                        |                         |         |
    """)


def test_who_may_do_what_with_an_incident():
    assert grid(INCIDENT) == parse("""
                  | support
        reported  | assess, record
        assessed  | assess, record, tell regulator, contain
        contained | assess, record, tell regulator, close
        closed    | reopen
    """)
