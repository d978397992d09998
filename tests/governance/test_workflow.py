"""How a lifecycle is resolved: the role first, then the state, then the guards."""

from datetime import UTC, datetime
from enum import StrEnum
from types import SimpleNamespace

import pytest

from governance.workflow import Refused, State, allowed, hindrances, resolve
from governance.workflow import Transition as T


class Light(State):
    RED = "red"
    GREEN = "green"


class Who(StrEnum):
    DRIVER = "driver"
    WARDEN = "warden"


def no_licence(record, person, at):
    return None if person == "licensed" else "You have no licence."


TABLE = (
    T("wait", {Light.RED}, Light.RED, Who.DRIVER),
    T("go", {Light.GREEN}, Light.RED, Who.DRIVER, (no_licence,)),
    T("switch", {Light.RED}, Light.GREEN, Who.WARDEN),
)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def on(state):
    return SimpleNamespace(state=state)


def test_a_stranger_learns_nothing_about_the_state():
    with pytest.raises(Refused, match="role"):
        resolve(TABLE, "switch", on("green"), "anyone", {Who.DRIVER}, AT)


def test_the_wrong_state_is_named():
    with pytest.raises(Refused, match="while it is red"):
        resolve(TABLE, "go", on("red"), "licensed", {Who.DRIVER}, AT)


def test_a_guard_gives_its_reason():
    with pytest.raises(Refused, match="no licence"):
        resolve(TABLE, "go", on("green"), "anyone", {Who.DRIVER}, AT)
    assert hindrances(TABLE, on("green"), "anyone", {Who.DRIVER}, AT) == {"go": "You have no licence."}


def test_what_is_allowed_is_what_resolves():
    assert allowed(TABLE, on("green"), "licensed", {Who.DRIVER}, AT) == ["go"]
    assert allowed(TABLE, on("red"), "licensed", {Who.DRIVER, Who.WARDEN}, AT) == ["wait", "switch"]
    assert allowed(TABLE, on("red"), "licensed", set(), AT) == []
