"""Standing ends by itself: the last day is inside, the next one is not. A refusal says what, since when, who cures."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from governance.people.accreditation import Sanctioned, Standing, conditions, ends_on, warning, why_not

TODAY = date(2026, 11, 22)
YESTERDAY, LATER = TODAY - timedelta(days=1), TODAY + timedelta(days=400)
WANTED = {"wanted": "2026-1", "wanted_since": date(2026, 1, 1)}
GOOD = Standing(TODAY, TODAY, declared="2026-1", **WANTED)
UNDER = replace(GOOD, provisional=True, supervisor="Olu", supervisors=replace(GOOD, accredited_until=LATER))


@pytest.mark.parametrize(
    ("standing", "says"),
    [
        (Standing(**WANTED), "not an accredited researcher: ask for accreditation"),
        (GOOD, None),
        (replace(GOOD, accredited_until=YESTERDAY), "accreditation ended on 21 November 2026: ask for its renewal"),
        (replace(GOOD, trained_until=None), "no safe researcher training"),
        (replace(GOOD, trained_until=YESTERDAY), "training ended on 21 November 2026: take it again"),
        (replace(GOOD, declared=""), "have not signed the researcher's declaration: sign it"),
        (replace(GOOD, declared="2024-1"), "declaration has changed: sign its new words"),
        (replace(GOOD, wanted=""), "declaration has changed"),
        (UNDER, None),
        (replace(UNDER, supervisors=None), "has no supervisor: ask for accreditation under another one"),
        (replace(UNDER, supervisors=replace(GOOD, provisional=True)), "has no supervisor"),
        (
            replace(UNDER, supervisors=replace(GOOD, trained_until=YESTERDAY)),
            "Olu, is not in good standing: Olu reads why",
        ),
        (
            replace(GOOD, sanctions=(Sanctioned(2, TODAY, LATER),)),
            "suspended since 22 November 2026, until 27 December",
        ),
        (
            replace(GOOD, sanctions=(Sanctioned(3, YESTERDAY),)),
            "until it is lifted: you may appeal to research support",
        ),
        (replace(GOOD, sanctions=(Sanctioned(1, TODAY), Sanctioned(0, TODAY))), None),
        (replace(GOOD, sanctions=(Sanctioned(2, YESTERDAY, YESTERDAY),)), None),
        (replace(GOOD, sanctions=(Sanctioned(2, LATER, LATER),)), None),
    ],
)
def test_which_condition_fails(standing, says):
    reason = why_not(standing, on=TODAY)
    assert reason is None if says is None else says in reason


def test_every_failing_condition_is_told():
    told = why_not(replace(GOOD, accredited_until=YESTERDAY, declared=""), on=TODAY)
    assert "accreditation ended" in told and "not signed" in told


@pytest.mark.parametrize(
    ("standing", "name", "since"),
    [
        (replace(GOOD, accredited_until=YESTERDAY), "Accreditation", TODAY),
        (replace(GOOD, trained_until=YESTERDAY - timedelta(days=3)), "Safe researcher training", date(2026, 11, 19)),
        (replace(GOOD, declared="2024-1"), "Declaration", date(2026, 1, 1)),
        (replace(GOOD, sanctions=(Sanctioned(3, TODAY), Sanctioned(2, YESTERDAY, LATER))), "No sanction", YESTERDAY),
    ],
)
def test_since_when_it_fails(standing, name, since):
    found = {one.name: one for one in conditions(standing, on=TODAY)}
    assert (found[name].holds, found[name].since) == (False, since)


def test_the_first_end_counts():
    assert ends_on(replace(GOOD, accredited_until=LATER)) == TODAY
    assert ends_on(replace(UNDER, accredited_until=LATER, trained_until=LATER)) == TODAY, "the supervisor's training"
    assert ends_on(replace(GOOD, trained_until=None)) is None


@pytest.mark.parametrize(
    ("days", "says"), [(91, None), (90, "in 90 days"), (7, "on 29 November 2026"), (1, "tomorrow"), (0, "today")]
)
def test_what_ends_soon_is_told_before(days, says):
    trained = replace(GOOD, accredited_until=LATER, trained_until=TODAY + timedelta(days=days))
    told = [warning(one, on=TODAY) for one in conditions(trained, on=TODAY)]
    assert told[0] is None
    assert told[1] is None if says is None else says in told[1] and "take it again" in told[1]


def test_what_has_ended_is_no_warning():
    lapsed = conditions(replace(GOOD, trained_until=YESTERDAY), on=TODAY)
    assert warning(lapsed[1], on=TODAY) is None


def test_nobody_reads_of_a_supervisors_sanction():
    suspended = replace(GOOD, sanctions=(Sanctioned(3, YESTERDAY),))
    [failing] = [one for one in conditions(replace(UNDER, supervisors=suspended), on=TODAY) if not one.holds]
    lapsed = why_not(replace(UNDER, supervisors=replace(GOOD, trained_until=None)), on=TODAY)
    assert failing.sentence == lapsed and failing.since is None
