"""Records that no later extract may hold: people who opted out, cases that a court sealed. Built, not run.

The list names surrogates by key domain. Whoever has one record on it is left out with all of their records, as the
release links them; a case or crime is left out with everything that carries its key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlglot import exp

from extracts.selection import quoted_column, quoted_table
from governance.catalogue.catalogue import Catalogue, Table
from governance.catalogue.cohort_frame import CohortFrame

# The table that an engine must offer when a specification leaves records out: `domain` (text) and `id` (64 bits).
WITHHELD = "withheld"
LISTED = "listed"


def conditions(table: Table, alias: str, catalogue: Catalogue) -> list[exp.Condition]:
    """What must hold of a row of `table`, known as `alias`, so that it is of nobody and nothing that is withheld."""
    keys = [variable for variable in table.variables if variable.pseudonymised]
    found = [_absent(quoted_column(key.name, alias), key.key_domain) for key in keys]
    frame = catalogue.cohort_frame
    if frame and (through := frame.way_to_person(table.name)):
        parent = catalogue[through.parent]
        record = next(one for one in parent.variables if one.key_domain == _record_domain(catalogue, frame))
        same = [
            exp.EQ(this=quoted_column(name, "whose"), expression=quoted_column(name, alias)) for name in through.columns
        ]
        listed = _listed(quoted_column(record.name, "whose"), record.key_domain)
        whose = exp.select(exp.Literal.number(1)).from_(quoted_table(parent.name, "whose")).where(*same, listed)
        found.append(exp.not_(exp.Exists(this=whose)))
    return found


def whole_list(catalogue: Catalogue, released: Collection[str]) -> exp.Query:
    """What `WITHHELD` holds, from the table `LISTED` of the same form: the list, and all records of its people.

    released  the tables of the release, which may lack the links between records
    """
    columns = ("domain", "id")
    listed = exp.select(*(quoted_column(name, LISTED) for name in columns)).from_(quoted_table(LISTED, LISTED))
    frame = catalogue.cohort_frame
    if frame is None or frame.person_links not in released:
        return listed
    both = exp.union(listed, _of_their_people(catalogue, frame), distinct=False).subquery("both_parts")
    return exp.select(*(quoted_column(name, "both_parts") for name in columns)).distinct().from_(both)


def _of_their_people(catalogue: Catalogue, frame: CohortFrame) -> exp.Query:
    """The records, and the person keys, of everybody who has a record or a person key on the list."""
    record_domain = _record_domain(catalogue, frame)
    person_domain = catalogue[frame.person_links][frame.person_key].key_domain
    people = exp.select(quoted_column(frame.person_key, "theirs")).from_(quoted_table(frame.person_links, "theirs"))
    people = people.where(
        exp.or_(
            _listed(quoted_column(frame.record_key, "theirs"), record_domain, LISTED),
            _listed(quoted_column(frame.person_key, "theirs"), person_domain, LISTED),
        )
    )
    parts = list(_keys_of(people, frame, ((record_domain, frame.record_key), (person_domain, frame.person_key))))
    return exp.union(*parts, distinct=False)


def _keys_of(people: exp.Select, frame: CohortFrame, keys: tuple[tuple[str, str], ...]) -> Iterator[exp.Select]:
    for domain, column in keys:
        query = exp.select(
            exp.alias_(exp.Literal.string(domain), "domain", quoted=True),
            exp.alias_(quoted_column(column, "linked"), "id", quoted=True),
        ).from_(quoted_table(frame.person_links, "linked"))
        yield query.where(exp.In(this=quoted_column(frame.person_key, "linked"), query=people.copy().subquery()))


def _absent(key: exp.Expression, domain: str) -> exp.Condition:
    return exp.not_(_listed(key, domain))


def _listed(key: exp.Expression, domain: str, table: str = WITHHELD) -> exp.Exists:
    """Whether a key is on the list. A missing key is not."""
    same = exp.EQ(this=quoted_column("id", "known"), expression=key)
    kind = exp.EQ(this=quoted_column("domain", "known"), expression=exp.Literal.string(domain))
    query = exp.select(exp.Literal.number(1)).from_(quoted_table(table, "known")).where(kind, same)
    return exp.Exists(this=query)


def _record_domain(catalogue: Catalogue, frame: CohortFrame) -> str:
    return catalogue[frame.person_links][frame.record_key].key_domain
