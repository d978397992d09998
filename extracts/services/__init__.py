"""What people and workers do with what is stored: request, claim, accept, link, decide, publish, withdraw.

What stands here by name is about extracts and the release that they are built from. Deliveries, linkage runs,
clerical pairs, releases and key versions have modules of their own: `deliveries`, `linkage`, `clerical`, `releases`,
`keys`, `rotation`; so have the gate, the risk of an extract and withheld records: `gate`, `risk`, `withholding`.
"""

from extracts.services.extract import (
    cancel,
    claim,
    deliver,
    destroy_replaced,
    fail,
    request,
    request_again,
    retry,
    stop,
)
from extracts.services.gate import Failing, failing
from extracts.services.jobs import MOST_ATTEMPTS, Superseded, keep
from extracts.services.keys import current_key_version
from extracts.services.releases import current_release, register_release, why_no_release

__all__ = [
    "MOST_ATTEMPTS",
    "Failing",
    "Superseded",
    "cancel",
    "claim",
    "current_key_version",
    "current_release",
    "deliver",
    "destroy_replaced",
    "fail",
    "failing",
    "keep",
    "register_release",
    "request",
    "request_again",
    "retry",
    "stop",
    "why_no_release",
]
