"""The life of a delivery: what a provider sent, accepted whole or refused whole."""

from __future__ import annotations

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class DeliveryState(State):
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return LABELS[self]


RECEIVED, ACCEPTED, REFUSED = DeliveryState
LABELS = {
    RECEIVED: "Received, not looked at yet",
    ACCEPTED: "Accepted",
    REFUSED: "Refused",
}

CAN_BE_LINKED: frozenset[State] = frozenset({RECEIVED, ACCEPTED})

DELIVERY = (
    # action     from         to         by
    T("accept",  {RECEIVED},  ACCEPTED,  Role.WORKER),
    T("refuse",  {RECEIVED},  REFUSED,   Role.WORKER),
    T("receive", {REFUSED},   RECEIVED,  Role.WORKER),
)  # fmt: skip

WAITING = {
    RECEIVED: Waiting("the worker", "Both streams are checked; nothing is kept unless both are as agreed."),
    ACCEPTED: Waiting("the linkage team", "It can be linked."),
    REFUSED: Waiting("the provider", "Nothing of it was kept. It can be sent again under the same name, mended."),
}
