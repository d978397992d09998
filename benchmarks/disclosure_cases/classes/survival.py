"""Kaplan-Meier tables: a step for every person, or grouped times."""

from __future__ import annotations

from random import Random

from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, cell


def _table(events: list[int], leaving: list[int], start: int, times: list[int]) -> Table:
    """The steps of a curve. People who leave do so after the events of their step."""
    table = Table(["time", "num_at_risk", "num_events", "surv_prob"], [])
    at_risk, alive = start, 1.0
    for time, died, left in zip(times, events, leaving, strict=True):
        alive *= 1 - died / at_risk
        table.rows.append([str(time), at_risk, died, f"{alive:.4f}"])
        at_risk -= died + left
    return table


def per_person(random: Random, unsafe: bool) -> Draft:
    """A step for each event, or steps of ten events and more from at least ten at risk."""
    if unsafe:
        number = random.randint(15, 45)
        events, leaving = [1] * number, [0] * number
        start = number + random.choice((0, random.randint(1, 60)))
    else:
        events = [random.randint(10, 40) for _ in range(random.randint(5, 9))]
        leaving = [random.choice((0, random.randint(10, 25))) for _ in events]
        start = sum(events) + sum(leaving) + random.randint(12, 300)
    width = 1 if unsafe else random.choice((6, 12, 30))
    table = _table(events, leaving, start, [width * (place + 1) for place in range(len(events))])
    return Draft("Kaplan-Meier table", "survival", [File("table.csv", table)], _expected(table), ordered=True)


def one_small_step(random: Random, unsafe: bool) -> Draft:
    """Grouped times, but the last steps have few events or few at risk."""
    draft = per_person(random, False)
    table = draft.files[0].content
    assert isinstance(table, Table)
    if unsafe:
        _, at_risk, events, alive = table.rows[-1]
        left = int(str(at_risk)) - int(str(events))
        few = random.randint(1, min(9, left - 1))
        time = int(str(table.rows[-1][0])) + 12
        table.rows.append([str(time), left, few, f"{float(str(alive)) * (1 - few / left):.4f}"])
    draft.expect = _expected(table)
    return draft


def _expected(table: Table) -> Expect:
    """Each step with fewer than ten events, or at risk."""
    cells = []
    for time, at_risk, events, _ in table.rows:
        rules = ["survival_events"] if 0 < int(str(events)) < 10 else []
        rules += ["survival_at_risk"] if int(str(at_risk)) < 10 else []
        cells += [cell({"time": str(time)}, *rules)] if rules else []
    return Expect("fail" if cells else "pass", cells, exhaustive=not cells)
