"""Deliveries: looked at as a whole before anything of them is kept, in two streams that never meet.

`accept_identity` and `accept_payload` are the jobs of two sealed processes; `accept_delivery` runs both and puts what
they accepted into its zone, or nothing. What does not live here: what a delivery may hold (`extracts.providers`, the
catalogue), and which folders a job sees (`extracts.zones`).
"""

from extracts.intake.accepting import Accepted, NotKept, Stream, accept_delivery, sweep_drafts
from extracts.intake.identity import accept_identity
from extracts.intake.payload import accept_payload

__all__ = [
    "Accepted", "NotKept", "Stream", "accept_delivery", "accept_identity", "accept_payload", "sweep_drafts",
]  # fmt: skip
