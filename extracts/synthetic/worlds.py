"""Chunks of a made-up world: the people, where they are written down and, if it was played out, what happened to them.

Each chunk has a stream of chance of its own, so it is the same whatever came before it; only running numbers, from
which serial numbers are made, go on from one chunk to the next.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import Ints, Keys
from extracts.synthetic.codes import Codes
from extracts.synthetic.identity.appearances import Appearances, appearances, couples, references
from extracts.synthetic.identity.further import further_appearances
from extracts.synthetic.identity.persons import Persons, give_identities
from extracts.synthetic.identity.repeats import RECORDS_PER_PERSON, people_at_random, repeat_appearances
from extracts.synthetic.journeys import Journeys, Progress, simulate

PEOPLE_PER_CRIME = 1.067
# Chunks are added until this share of what was asked for is there.
ENOUGH = 0.99
# Running numbers set aside for the crimes, suspects or arrests of one chunk, by its size.
NUMBERS_PER_CRIME = 8


@dataclass
class World:
    """One chunk.

    arrests   keys of the police's arrests, by the positions that appearances refer to
    journeys  what happened, None where only identity records are made
    """

    seed: int
    persons: Persons
    parts: list[Appearances]
    arrests: Keys
    journeys: Journeys | None

    @property
    def records(self) -> int:
        return sum(len(part) for part in self.parts)


def worlds(people: int, *, seed: int, codes: Codes, chunk: int, progress: Progress) -> Iterator[World]:
    """Worlds of at most `chunk` crimes each, together about `people` people (within 2% from some thousands on)."""
    population, done, number = people * 2 + chunk * 2, 0, 0
    while done < people * ENOUGH:
        crimes = min(chunk, max(round((people - done) / PEOPLE_PER_CRIME), 1))
        own = _seed(seed, number)
        journeys = simulate(crimes, seed=own, codes=codes, progress=_part(progress, done / people))
        key = serial_key(seed)
        persons, _ = give_identities(
            journeys.people, couples(journeys), codes=codes, seed=own, first=done, population=population, key=key
        )
        given = references(journeys, first=number * chunk * NUMBERS_PER_CRIME, key=key)
        parts = appearances(journeys, given) + further_appearances(journeys)
        yield World(own, persons, parts, journeys.suspects.key, journeys)
        done, number = done + len(persons), number + 1


def record_worlds(records: int, *, seed: int, codes: Codes, chunk: int) -> Iterator[World]:
    """Worlds of at most `chunk` people each, who have about so many identity records in all, and no journeys."""
    population = records + chunk * 2
    done = written = number = 0
    while written < records * ENOUGH:
        count = min(chunk, max(round((records - written) / RECORDS_PER_PERSON), 1))
        own, key = _seed(seed, number), serial_key(seed)
        people = people_at_random(count, seed=own, codes=codes)
        nobody: Ints = np.zeros(0, dtype=np.int64)
        persons, _ = give_identities(
            people, (nobody, nobody), codes=codes, seed=own, first=done, population=population, key=key
        )
        parts, arrests = repeat_appearances(
            people, seed=own, codes=codes, first=number * chunk * NUMBERS_PER_CRIME, key=key
        )
        world = World(own, persons, parts, arrests, None)
        yield world
        done, written, number = done + count, written + world.records, number + 1


def serial_key(seed: int) -> int:
    """The key of the permutations of serial numbers, the same for all chunks."""
    return int(np.random.SeedSequence([seed, zlib.crc32(b"serial numbers")]).generate_state(1)[0])


def _seed(seed: int, number: int) -> int:
    """The seed of a chunk."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0])


def _part(progress: Progress, share: float) -> Progress:
    """The same step told again within a larger work, whose share stands still."""
    return lambda step, _: progress(step, min(share, 1.0))
