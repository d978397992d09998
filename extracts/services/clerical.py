"""Clerical review: pairs to look at, two blind decisions, a third where they differ, and what they come to."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count, QuerySet

from extracts.lifecycle.clerical import (
    DISAGREED,
    ONE_DECIDED,
    REVIEWERS_TURN,
    SETTLED,
    TWO_DECIDED,
    PairState,
    Verdict,
    agreed,
)
from extracts.models import ClericalDecision, ClericalPair, LinkageRun
from extracts.models.clerical import Ground
from governance.act import act
from governance.audit import trail
from governance.people.grants import worker
from governance.people.models import User, local_day
from governance.workflow import Refused


@transaction.atomic
def queue(run: LinkageRun, pairs: Iterable[Mapping[str, str]], *, at: datetime) -> int:
    """Put pairs up for review, in this order, and return how many are new.

    Each is {"token", "reason", "stratum"}. Safe to repeat: a token that is known already, from this run or an
    earlier one, is left alone, with what was decided about it.
    """
    given = {pair["token"]: pair for pair in pairs}
    known = set(ClericalPair.objects.filter(token__in=given).values_list("token", flat=True))
    fresh = [
        ClericalPair(
            run=run, token=token, reason=pair["reason"], stratum=pair.get("stratum", ""), state_since=at, created_at=at
        )
        for token, pair in given.items()
        if token not in known
    ]
    ClericalPair.objects.bulk_create(fresh, batch_size=500)
    if fresh:
        trail.append(actor=worker(), action="queue pairs", subject=run, details={"pairs": len(fresh)}, at=at)
    return len(fresh)


def waiting_for(person: User) -> QuerySet[ClericalPair]:
    """The pairs on which this person can decide now, in the order of the queue."""
    mine = ClericalDecision.objects.filter(reviewer=person).values("pair")
    return ClericalPair.objects.filter(state__in=REVIEWERS_TURN).exclude(pk__in=mine)


def after(pair: ClericalPair, person: User) -> ClericalPair | None:
    """The pair to look at when this one is passed over for now; from the end of the queue back to its beginning."""
    others = waiting_for(person).exclude(pk=pair.pk)
    return others.filter(pk__gt=pair.pk).first() or others.first()


@transaction.atomic
def decide(pair: ClericalPair, *, verdict: str, note: str = "", by: User, at: datetime) -> ClericalPair:
    """Record one reviewer's decision. The second one settles the pair or shows the disagreement; the third settles it

    by agreeing with one of the two, and otherwise leaves it as one that cannot be told, as the linker reads it too.

    `note` is one of the grounds on the list, or "".
    """
    if verdict not in set(Verdict) or note not in {"", *Ground.values}:
        raise Refused("Choose one of the answers on the page.")
    pair = ClericalPair.objects.select_for_update().get(pk=pair.pk)
    earlier = list(pair.decisions.values_list("verdict", flat=True))
    third = verdict if verdict in earlier else Verdict.UNSURE.value
    outcome = {"outcome": third} if pair.state == DISAGREED else {}
    pair = act(pair, "decide", by=by, at=at, **outcome)
    pair.decisions.create(reviewer=by, verdict=verdict, note=note, decided_at=at)
    return _put_together(pair, at) if pair.state == TWO_DECIDED else pair


def _put_together(pair: ClericalPair, at: datetime) -> ClericalPair:
    verdicts = list(pair.decisions.values_list("verdict", flat=True))
    if agreed(verdicts):
        return act(pair, "agree", by=worker(), at=at, outcome=verdicts[0])
    return act(pair, "disagree", by=worker(), at=at)


@transaction.atomic
def undo(pair: ClericalPair, *, by: User, at: datetime) -> ClericalPair:
    """Take one's own decision back, as long as nobody else has decided."""
    pair = act(pair, "undo", by=by, at=at)
    pair.decisions.filter(reviewer=by).delete()
    return pair


def last_of(person: User) -> ClericalPair | None:
    """The pair on which this person decided last, if that can still be taken back."""
    last = person.clerical_decisions.select_related("pair").order_by("-decided_at", "-pk").first()
    return last.pair if last and last.pair.state == ONE_DECIDED else None


def export_decisions(dataset: str, *, key: bytes) -> Iterator[dict[str, str]]:
    """Every decision on a settled pair, in the order decided: training and test truth, and what the linker reads.

    The reviewer is a keyed hash, the same throughout.
    """
    decisions = ClericalDecision.objects.filter(pair__run__dataset=dataset, pair__state=SETTLED)
    for one in decisions.select_related("pair", "reviewer").order_by("decided_at", "pk"):
        yield {
            "token": one.pair.token,
            "stratum": one.pair.stratum,
            "reviewer": hmac.digest(key, one.reviewer.username.encode(), hashlib.sha256).hex()[:16],
            "verdict": one.verdict,
            "note": one.note,
            "outcome": one.pair.outcome,
            "decided_on": local_day(one.decided_at).isoformat(),
        }


def progress() -> dict[str, int]:
    """How many pairs there are in each state, and in all."""
    return _counted(ClericalPair.objects.all())


def progress_of(run: LinkageRun) -> dict[str, int]:
    """The same, of the pairs that one run put up."""
    return _counted(run.pairs.all())


def _counted(pairs: QuerySet[ClericalPair]) -> dict[str, int]:
    found = dict(pairs.order_by().values_list("state").annotate(number=Count("pk")))
    return {**{state.value: found.get(state.value, 0) for state in PairState}, "all": sum(found.values())}
