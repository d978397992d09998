"""Clerical review: two people decide, neither seeing the other, and a third where they differ."""

import itertools
from datetime import UTC, datetime

import pytest

from extracts.linkage.clerical import settled
from extracts.models import ClericalDecision, ClericalPair
from extracts.services import clerical
from governance.audit import trail
from governance.workflow import Refused
from tests import linked
from tests.builders import now
from tests.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return linked.pairs(linked.a_run("running"))[0]


@pytest.mark.parametrize(
    ("verdicts", "state", "outcome"),
    [
        (["same"], "one_decided", ""),
        (["same", "same"], "settled", "same"),
        (["unsure", "unsure"], "settled", "unsure"),
        (["same", "unsure"], "disagreed", ""),
        (["same", "different"], "disagreed", ""),
        (["same", "different", "different"], "settled", "different"),
        (["same", "different", "unsure"], "settled", "unsure"),
        (["same", "unsure", "different"], "settled", "unsure"),
        (["unsure", "same", "same"], "settled", "same"),
    ],
)
def test_what_decisions_come_to(pair, verdicts, state, outcome):
    pair = linked.decide(pair, *verdicts)
    assert (pair.state, pair.outcome) == (state, outcome)


@pytest.mark.long
@pytest.mark.parametrize("verdicts", itertools.product(("same", "different", "unsure"), repeat=3))
def test_the_linker_reads_decisions_as_the_queue_shows_them(pair, verdicts):
    needed = 2 if verdicts[0] == verdicts[1] else 3
    pair = linked.decide(pair, *verdicts[:needed])
    rows = [{"token": "t", "reviewer_hash": str(n), "verdict": one} for n, one in enumerate(verdicts[:needed])]
    assert pair.outcome == settled(rows).get("t", "unsure")


def test_nobody_decides_twice(pair):
    linked.decide(pair, "same")
    with pytest.raises(Refused, match="somebody else must decide"):
        linked.decide(pair, "same", reviewers=["lin"])
    linked.decide(pair, "different", reviewers=["lou"])
    for who in ("lin", "lou"):
        with pytest.raises(Refused, match="somebody else must decide"):
            linked.decide(pair, "same", reviewers=[who])


def test_a_settled_pair_stays_settled(pair):
    pair = linked.decide(pair, "same", "same")
    with pytest.raises(Refused, match="while it is settled"):
        linked.decide(pair, "different", reviewers=["lara"])


def test_a_page_that_was_opened_before_others_decided_still_counts_right(pair):
    early = ClericalPair.objects.get()
    linked.decide(pair, "same", "different")
    assert linked.decide(early, "same", reviewers=["lara"]).outcome == "same"


@pytest.mark.parametrize("who", ["rae", "ada", "lena", "ruth", "cass", "sam"])
def test_only_linkage_analysts_decide(pair, who):
    with pytest.raises(Refused, match="role"):
        linked.decide(pair, "same", reviewers=[who])


@pytest.mark.parametrize(("verdict", "note"), [("maybe", ""), ("same", "Looks like Smith"), ("", "")])
def test_nothing_free_is_written_about_a_pair(pair, verdict, note):
    with pytest.raises(Refused, match="answers on the page"):
        clerical.decide(pair, verdict=verdict, note=note, by=person("lin"), at=now())
    assert not ClericalDecision.objects.exists()


def test_a_decision_is_taken_back_until_somebody_else_decides(pair):
    lin, lou = person("lin"), person("lou")
    linked.decide(pair, "same")
    assert clerical.last_of(lin) == pair and clerical.last_of(lou) is None
    with pytest.raises(Refused, match="not yours"):
        clerical.undo(pair, by=lou, at=now())
    assert clerical.undo(pair, by=lin, at=now()).state == "waiting"
    assert not ClericalDecision.objects.exists() and clerical.last_of(lin) is None

    linked.decide(pair, "same", "same")
    assert clerical.last_of(lin) is None
    with pytest.raises(Refused, match="while it is settled"):
        clerical.undo(pair, by=lin, at=now())


def test_the_queue_shows_each_reviewer_what_they_have_not_decided():
    one, two, three = linked.pairs(linked.a_run("running"), 3)
    linked.decide(one, "same")
    linked.decide(two, "same", "different")
    linked.decide(three, "same", "same")
    shown = {who: list(clerical.waiting_for(person(who))) for who in ("lin", "lou", "lara")}
    assert shown == {"lin": [], "lou": [one], "lara": [one, two]}
    assert clerical.progress() == {
        "waiting": 0, "one_decided": 1, "two_decided": 0, "disagreed": 1, "settled": 1, "all": 3
    }  # fmt: skip


def test_queueing_again_changes_nothing(pair):
    linked.decide(pair, "same")
    assert linked.pairs(pair.run) == [pair]
    assert ClericalPair.objects.get().state == "one_decided"
    (entry,) = trail.of(pair.run).filter(action="queue pairs")
    assert entry.details == {"pairs": 1}


def test_the_linker_gets_what_was_settled_and_nobody_gets_names_of_reviewers():
    same, different, unsure, half = linked.pairs(linked.a_run("running"), 4)
    linked.decide(same, "same", "same")
    linked.decide(different, "same", "different", "different")
    linked.decide(unsure, "unsure", "unsure")
    linked.decide(half, "same")
    rows = list(clerical.export_decisions(linked.DATASET, key=b"k" * 32))
    handed_over = [{"token": row["token"], "reviewer_hash": row["reviewer"], "verdict": row["verdict"]} for row in rows]
    assert settled(handed_over) == {same.token: "same", different.token: "different", unsure.token: "unsure"}
    assert [row["verdict"] for row in rows] == ["same", "same", "same", "different", "different", "unsure", "unsure"]
    assert len({row["reviewer"] for row in rows}) == 3
    assert not {"lin", "lou", "lara"} & {value for row in rows for value in row.values()}
    other = list(clerical.export_decisions(linked.DATASET, key=b"j" * 32))
    assert not {row["reviewer"] for row in rows} & {row["reviewer"] for row in other}


def test_the_day_of_a_decision_is_the_day_here_not_in_greenwich(pair):
    linked.decide(pair, "same", "same")
    pair.decisions.update(decided_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert {row["decided_on"] for row in clerical.export_decisions(linked.DATASET, key=b"k" * 32)} == {"2026-07-02"}


def test_every_decision_is_on_the_trail_without_its_verdict(pair):
    """Nobody learns from the trail what another reviewer decided while the review is blind."""
    linked.decide(pair, "same", "different", "same")
    entries = list(trail.of(pair))[::-1]
    assert [entry.action for entry in entries] == ["decide", "decide", "disagree", "decide"]
    assert all(entry.note == "" and set(entry.details) == {"as"} for entry in entries)
