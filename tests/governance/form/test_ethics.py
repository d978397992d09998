"""Where an ethics self-assessment leads."""

from __future__ import annotations

import pytest

from governance.projects.ethics import EthicsRules, Item, route
from tests.governance.form.forms import shipped

RULES = EthicsRules(tuple(Item(key, "P", f"Item {key}") for key in "abcd"), total_above=6)


@pytest.mark.parametrize(
    ("scores", "needed", "total", "highest", "why"),
    [
        ({"a": 1, "b": 1, "c": 1, "d": 1}, False, 4, 1, "the total of 4 is at most 6"),
        ({"a": 2, "b": 2, "c": 1, "d": 1}, False, 6, 2, "the total of 6 is at most 6"),
        ({"a": 2, "b": 2, "c": 2, "d": 1}, True, 7, 2, "the total of 7 is above 6"),
        ({"a": 1, "b": 3, "c": 1, "d": 1}, True, 6, 3, "a score of 3 for item 2"),
        ({"a": 3, "b": 1, "c": 3, "d": 1}, True, 8, 3, "a score of 3 for items 1 and 3"),
        ({"a": 1, "b": 1, "c": 1}, True, 3, 1, "1 of 4 items have no score yet"),
        ({}, True, 0, 0, "4 of 4 items have no score yet"),
    ],
)
def test_a_three_or_a_high_total_brings_a_reviewer(scores, needed, total, highest, why):
    led = route(scores, RULES)
    assert (led.needs_reviewer, led.total, led.highest) == (needed, total, highest)
    assert why in led.why
    assert led.unscored == tuple(key for key in "abcd" if key not in scores)


@pytest.mark.parametrize("scores", [{"a": 0}, {"a": 4}, {"z": 1}])
def test_a_score_or_item_that_there_is_not_is_refused(scores):
    with pytest.raises(ValueError, match=r"[Ii]tem"):
        route(scores, RULES)


def test_in_the_shipped_form_every_score_of_the_22_items_counts():
    rules = shipped().ethics
    ones = {item.key: 1 for item in rules.items}
    assert not route(ones, rules).needs_reviewer
    for item in rules.items:
        assert route({**ones, item.key: 3}, rules).needs_reviewer
    twos = dict(list({item.key: 2 for item in rules.items}.items())[: rules.total_above - 22])
    assert not route({**ones, **twos}, rules).needs_reviewer
    one_more = dict.fromkeys([item.key for item in rules.items][: rules.total_above - 21], 2)
    assert route({**ones, **one_more}, rules).needs_reviewer
