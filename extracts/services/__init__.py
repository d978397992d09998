"""What people and workers do with what is stored: request, claim, accept, link, decide, publish, withdraw.

What stands here by name is about extracts and the release that they are built from. Deliveries, linkage runs,
clerical pairs, releases and key versions have modules of their own: `deliveries`, `linkage`, `clerical`, `releases`,
`keys`, `rotation`.
"""

from extracts.services.extract import cancel, claim, deliver, fail, request, retry, stop, why_not_build
from extracts.services.jobs import MOST_ATTEMPTS, Superseded, keep
from extracts.services.keys import current_key_version
from extracts.services.releases import current_release, register_release, why_no_release

__all__ = [
    "MOST_ATTEMPTS",
    "Superseded",
    "cancel",
    "claim",
    "current_key_version",
    "current_release",
    "deliver",
    "fail",
    "keep",
    "register_release",
    "request",
    "retry",
    "stop",
    "why_no_release",
    "why_not_build",
]
