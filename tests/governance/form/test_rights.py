"""Who reads which question: every cell of the table."""

from __future__ import annotations

import pytest

from governance.people.roles import Role
from governance.projects.form.rights import audiences_of, readable_by, reads_comments_to
from tests.governance.form.forms import shipped

# Question -> who reads it besides the team, research support and auditors: Owner, Panel, Checker, Everybody.
TABLE = """
environment O        kind OPC             related O            lead OPCE           coordinator OPCE
members OPCE         funders OPCE         title OPCE           lay_summary OPCE    research_questions OP
background OP        public_benefit OPCE  dates OPCE           stakeholders P      dissemination OPCE
gateway OP           controllers O        dpia O               necessity OP        privacy_risks P
variables OP         period OP            aggregation O        quality_limits P    links O
match_quality P      external_data O      area_results O       victim_variables OP no_judges O
risk_needs O         design P             power P              software -          bias P
ethics_route P       self_assessment P    ethics_evidence P    planned_outputs C   disclosure_risks C
owners_sight O       retention O          lead_declaration -   institution_declaration -  register_consent -
"""
WORDS = TABLE.split()
READERS = dict(zip(WORDS[::2], WORDS[1::2], strict=True))
LETTERS = {Role.OWNER: "O", Role.PANEL: "P", Role.ETHICS: "P", Role.CHECKER: "C"}
ALL_READ = {Role.RESEARCHER, Role.COORDINATOR, Role.SUPPORT, Role.AUDITOR}


def test_the_table_speaks_of_every_question():
    assert set(READERS) == {question.key for question in shipped().questions}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_what_the_table_says(role):
    for question in shipped().questions:
        told = READERS[question.key]
        expected = role in ALL_READ or LETTERS.get(role, "E") in told or "E" in told
        assert readable_by(question, {role}) is expected, question.key


def test_whoever_holds_no_role_reads_what_is_public():
    assert {one.key for one in shipped().questions if readable_by(one, ())} == {
        key for key, told in READERS.items() if "E" in told
    }


def test_two_roles_read_what_either_reads():
    read = {one.key for one in shipped().questions if readable_by(one, {Role.OWNER, Role.CHECKER})}
    assert {"planned_outputs", "dpia"} <= read and "design" not in read


@pytest.mark.parametrize(
    ("roles", "writes", "reads"),
    [
        ({Role.RESEARCHER}, ["team", "everybody"], {"team", "everybody"}),
        ({Role.COORDINATOR}, ["team", "everybody"], {"team", "everybody"}),
        ({Role.SUPPORT}, ["everybody", "staff"], {"everybody", "staff"}),
        ({Role.OWNER}, ["everybody", "staff"], {"everybody", "staff"}),
        ({Role.PANEL}, ["everybody", "staff"], {"everybody", "staff"}),
        ({Role.ETHICS}, ["everybody", "staff"], {"everybody", "staff"}),
        ({Role.SIGNATORY}, [], set()),
        ({Role.AUDITOR}, [], {"everybody"}),
        ({Role.CHECKER}, [], set()),
        ({Role.WORKER}, [], set()),
        (set(), [], set()),
        ({Role.RESEARCHER, Role.SUPPORT}, ["team", "everybody"], {"team", "everybody"}),
    ],
)
def test_comments_reach_their_audience_and_nobody_else(roles, writes, reads):
    assert audiences_of(roles) == writes
    assert {one for one in ("team", "everybody", "staff") if reads_comments_to(one, roles)} == reads
