"""The trail cannot be changed through the database, and whoever gets round that is found out.

The same tests run on SQLite and, in CI, on PostgreSQL.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from governance.audit import chain, trail
from governance.audit.models import Entry, Head
from tests.builders import a_project, now
from tests.cast import person

pytestmark = pytest.mark.django_db
OFFLINE = Path(chain.__file__)


def run(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET note = 'x'",
        "UPDATE audit_entry SET seq = seq + 1000",
        "DELETE FROM audit_entry WHERE seq = 1",
        "DELETE FROM audit_entry",
        "UPDATE audit_head SET seq = 0",
        "UPDATE audit_head SET seq = seq - 1",
        "UPDATE audit_head SET seq = seq + 1",
        "DELETE FROM audit_head",
        "INSERT INTO audit_head (id, seq, digest) VALUES (1, 0, '')",
        "INSERT OR REPLACE INTO audit_head (id, seq, digest) VALUES (1, 0, '')",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 1",
    ],
)
def test_the_database_refuses(sql):
    if "OR REPLACE" in sql and connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own")
    a_project()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(sql)
    assert Entry.objects.count() == Head.objects.get().seq > 0


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["audit_entry", "audit_head"])
def test_postgresql_refuses_truncate(table):
    a_project()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(f"TRUNCATE {table}")


def test_an_entry_out_of_order_is_refused():
    a_project()
    last = Entry.objects.last()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        last.seq += 5
        last.save(force_insert=True)


def test_the_change_and_its_entry_stand_or_fall_together():
    project, before = a_project(), Head.objects.get().seq
    with pytest.raises(RuntimeError), transaction.atomic():
        trail.append(actor=person("ruth"), action="view", subject=project, at=now())
        raise RuntimeError
    assert Head.objects.get().seq == before == Entry.objects.count()


# From here on an attacker owns the database and has dropped the triggers.

DROPS = {
    "sqlite": [
        "DROP TRIGGER audit_entry_no_update",
        "DROP TRIGGER audit_entry_no_delete",
        "DROP TRIGGER audit_head_steps",
    ],
    "postgresql": [
        "DROP TRIGGER audit_entry_no_change ON audit_entry",
        "DROP TRIGGER audit_head_steps ON audit_head",
    ],
}


def alter():
    run("UPDATE audit_entry SET note = 'something else' WHERE seq = 5")


def alter_the_time():
    run("UPDATE audit_entry SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 5")


def remove():
    run("DELETE FROM audit_entry WHERE seq = 5")


def remove_the_first():
    run("DELETE FROM audit_entry WHERE seq = 1")


def reorder():
    run("UPDATE audit_entry SET seq = 100000 WHERE seq = 5")
    run("UPDATE audit_entry SET seq = 5 WHERE seq = 6")
    run("UPDATE audit_entry SET seq = 6 WHERE seq = 100000")


def cut_the_tail():
    run("DELETE FROM audit_entry WHERE seq > 6")


def cut_the_tail_and_mend_the_head():
    run("DELETE FROM audit_entry WHERE seq > 6")
    run("UPDATE audit_head SET seq = 6, digest = (SELECT digest FROM audit_entry WHERE seq = 6)")


def write_the_chain_anew():
    """Alter an entry and give every later one a digest that fits: only a head kept elsewhere shows it."""
    entries, previous = list(Entry.objects.order_by("seq")), chain.GENESIS
    for entry in entries:
        entry.previous = previous
        if entry.seq == 5:
            entry.note = "something else"
        previous = chain.digest_of(entry.as_hashed())
        run(
            "UPDATE audit_entry SET note = %s, previous = %s, digest = %s WHERE seq = %s",
            entry.note, entry.previous, previous, entry.seq,
        )  # fmt: skip
    run("UPDATE audit_head SET digest = %s", previous)


ATTACKS = [
    (alter, "Entry 5 was altered"),
    (alter_the_time, "Entry 5 was altered"),
    (remove, "Entry 5 is missing"),
    (remove_the_first, "Entry 1 is missing"),
    (reorder, "Entry 5 was altered"),
    (cut_the_tail, "The tail was cut"),
    (cut_the_tail_and_mend_the_head, "The tail was cut"),
    (write_the_chain_anew, "written anew"),
]


@pytest.fixture
def signed(tmp_path):
    """A trail whose head was signed and kept elsewhere, with the key to check it."""
    a_project("panel")
    key, head = Ed25519PrivateKey.generate(), trail.head()
    heads = tmp_path / "heads"
    heads.mkdir()
    statement = chain.signed_head(head.seq, head.digest, at=now().isoformat(), key=key)
    (heads / "1.json").write_text(json.dumps(statement))
    pem = tmp_path / "key.pem"
    pem.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return heads, pem


def offline(file, key, *more):
    """The verifier as an auditor runs it: one file, no Django, nothing of ours on the path."""
    command = [sys.executable, "-I", str(OFFLINE), str(file), "--key", str(key), *map(str, more)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("attack", "says"), ATTACKS, ids=lambda value: getattr(value, "__name__", ""))
def test_an_attack_is_found_by_both_verifiers(attack, says, signed, tmp_path, capsys):
    heads, key = signed
    for drop in DROPS[connection.vendor]:
        run(drop)
    attack()

    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_trail", heads=heads, key=key)
    assert says in capsys.readouterr().out

    trail.export(tmp_path / "trail.jsonl")
    result = offline(tmp_path / "trail.jsonl", key, "--heads", heads)
    assert (result.returncode, result.stderr) == (1, "")
    assert says in result.stdout


def test_a_whole_trail_is_found_whole_by_both(signed, tmp_path, capsys):
    heads, key = signed
    trail.append(actor=person("ada"), action="read trail", at=now())  # after the signed head
    call_command("verify_trail", heads=heads, key=key)
    assert "The trail is whole" in capsys.readouterr().out

    call_command("export_trail", str(tmp_path / "trail.jsonl"))
    result = offline(tmp_path / "trail.jsonl", key, "--heads", heads)
    assert (result.returncode, result.stderr) == (0, "")
    assert "1 signed heads met" in result.stdout


def test_a_forged_head_is_found(signed, tmp_path):
    heads, key = signed
    forged = json.loads((heads / "1.json").read_text()) | {"digest": "0" * 64}
    (heads / "1.json").write_text(json.dumps(forged))
    trail.export(tmp_path / "trail.jsonl")
    assert "valid signature" in offline(tmp_path / "trail.jsonl", key, "--heads", heads).stdout


def test_an_empty_trail_is_no_proof(signed, tmp_path):
    _, key = signed
    (tmp_path / "trail.jsonl").write_text("")
    assert "The trail is empty" in offline(tmp_path / "trail.jsonl", key).stdout


def test_what_cannot_be_read_is_not_taken_for_whole(signed, tmp_path):
    _, key = signed
    (tmp_path / "trail.jsonl").write_text('{"seq": 1}\n')
    assert offline(tmp_path / "trail.jsonl", key).returncode == 2
    assert offline(tmp_path / "missing.jsonl", key).returncode == 2


def test_heads_that_are_missing_are_not_taken_for_met(signed, tmp_path):
    heads, key = signed
    trail.export(tmp_path / "trail.jsonl")
    (heads / "1.json").unlink()
    result = offline(tmp_path / "trail.jsonl", key, "--heads", heads)
    assert result.returncode == 2
    assert "no signed head" in result.stderr
