"""TRUNCATE passes by the triggers of rows: what refuses or records a DELETE refuses it."""

from django.db import migrations

TABLES = (
    # never changed, or not before their day
    "wording",
    "decision",
    "hiding",
    "showing",
    "rule",
    "judgement",
    "call",
    "export",
    "consent",
    # erased under record
    "pending",
    "signature",
    "listing",
    "contact",
)

REFUSE = """
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is not emptied: rows are deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON pledges_{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();"
    for table in TABLES
)
ALLOW = "".join(f"DROP TRIGGER refuse_truncate ON pledges_{table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("pledges", "0020_hidden_names_stay")]
    operations = [migrations.RunSQL(REFUSE, ALLOW + "DROP FUNCTION refuse_truncate();")]
