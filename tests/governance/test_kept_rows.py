"""Records that are copied for tests are row by row what the services made, and only where nothing else was changed."""

import pytest
from django.db import transaction

from governance.audit.chain import verify
from governance.audit.trail import entries, head
from governance.people.models import User
from tests import builders, kept
from tests.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(monkeypatch):
    """A function that asks for an agreement in force; and how often the services made one."""
    monkeypatch.setattr(kept, "copying", True)
    monkeypatch.setattr(kept, "_kept", {})
    made = []

    def build():
        made.append(1)
        return builders._an_agreement("in_force")

    person("ruth")
    return lambda: kept.made_once("here", build), made


def undone(ask):
    """Every row after asking; then the database is as it was."""
    with transaction.atomic():
        ask()
        rows = kept._rows()
        transaction.set_rollback(True)
    return rows


def test_a_copy_is_row_by_row_what_was_made_and_its_trail_holds(built):
    ask, made = built
    first = undone(ask)
    agreement = ask()
    assert kept._rows() == first and len(made) == 1
    assert agreement.state == "in_force" and agreement.signatures.count() == 4
    assert list(verify(entries(), [{"seq": head().seq, "digest": head().digest}], None)) == []


@pytest.mark.slow
def test_where_something_was_changed_before_it_is_made_anew(built):
    ask, made = built
    undone(ask)
    User.objects.filter(username="ruth").update(name="Ruth the Second")
    assert ask().terms["parties"][0]["name"] == "Ruth the Second"
    assert len(made) == 2


@pytest.mark.slow
def test_copies_are_kept_from_more_than_one_beginning(built):
    ask, made = built
    undone(ask)
    User.objects.filter(username="ruth").update(name="Ruth the Second")
    undone(ask)
    assert ask().terms["parties"][0]["name"] == "Ruth the Second"
    assert len(made) == 2, "the third is a copy of the second"
