"""The database itself refuses to change or remove an entry, and lets the head only go up by one."""

from django.db import migrations

REFUSAL = "the audit trail is append-only"

SQLITE = (
    f"""CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_entry_in_order BEFORE INSERT ON audit_entry
        WHEN NEW.seq <> (SELECT seq + 1 FROM audit_head WHERE id = 1)
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_head_steps BEFORE UPDATE ON audit_head
        WHEN NEW.seq <> OLD.seq + 1
          OR NOT EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq AND digest = NEW.digest)
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    # INSERT OR REPLACE deletes without the delete trigger: a second head is refused before it can.
    f"""CREATE TRIGGER audit_head_once BEFORE INSERT ON audit_head
        WHEN EXISTS (SELECT 1 FROM audit_head)
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
)
SQLITE_UNDO = (
    "DROP TRIGGER audit_entry_no_update",
    "DROP TRIGGER audit_entry_no_delete",
    "DROP TRIGGER audit_entry_in_order",
    "DROP TRIGGER audit_head_steps",
    "DROP TRIGGER audit_head_no_delete",
    "DROP TRIGGER audit_head_once",
)

POSTGRESQL = (
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
    """CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE FUNCTION audit_entry_order() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF NEW.seq <> (SELECT seq + 1 FROM audit_head WHERE id = 1) THEN
                RAISE EXCEPTION '{REFUSAL}';
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER audit_entry_in_order BEFORE INSERT ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION audit_entry_order()""",
    f"""CREATE FUNCTION audit_head_step() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF NEW.seq <> OLD.seq + 1
               OR NOT EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq AND digest = NEW.digest) THEN
                RAISE EXCEPTION '{REFUSAL}';
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER audit_head_steps BEFORE UPDATE ON audit_head
        FOR EACH ROW EXECUTE FUNCTION audit_head_step()""",
    """CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_once BEFORE INSERT ON audit_head
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
)
POSTGRESQL_UNDO = (
    "DROP TRIGGER audit_entry_no_change ON audit_entry",
    "DROP TRIGGER audit_entry_no_truncate ON audit_entry",
    "DROP TRIGGER audit_entry_in_order ON audit_entry",
    "DROP TRIGGER audit_head_steps ON audit_head",
    "DROP TRIGGER audit_head_no_delete ON audit_head",
    "DROP TRIGGER audit_head_once ON audit_head",
    "DROP TRIGGER audit_head_no_truncate ON audit_head",
    "DROP FUNCTION audit_refuse",
    "DROP FUNCTION audit_entry_order",
    "DROP FUNCTION audit_head_step",
)


def begin(apps, schema_editor):
    head = apps.get_model("audit", "Head")
    head.objects.create(id=1, seq=0, digest="0" * 64)
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def undo(apps, schema_editor):
    for statement in SQLITE_UNDO if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_UNDO:
        schema_editor.execute(statement, params=None)
    apps.get_model("audit", "Head").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(begin, undo)]
