"""Records of what staff did: never changed, and not deleted before their day, six years on."""

from django.db import migrations

# Table, and the column that says when.
RECORDS = {
    "decision": "decided_at",
    "hiding": "decided_at",
    "showing": "decided_at",
    "rule": "decided_at",
    "judgement": "decided_at",
    "call": "taken_at",
    "export": "exported_at",
}
WERE_REFUSED = ("decision", "hiding", "call", "export")

FUNCTION = """
CREATE FUNCTION refuse_before_its_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR (to_jsonb(OLD) ->> TG_ARGV[0])::timestamptz > now() - interval '2192 days' THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
"""


def dropped(tables) -> str:
    return "".join(f"DROP TRIGGER append_only ON pledges_{table};" for table in tables)


KEEP = (
    dropped(WERE_REFUSED)
    + FUNCTION
    + "".join(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pledges_{table}"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_before_its_day('{column}');"
        for table, column in RECORDS.items()
    )
)
AS_BEFORE = (
    dropped(RECORDS)
    + "DROP FUNCTION refuse_before_its_day();"
    + "".join(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pledges_{table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        for table in WERE_REFUSED
    )
)


class Migration(migrations.Migration):
    dependencies = [("pledges", "0014_abuse")]
    operations = [migrations.RunSQL(KEEP, AS_BEFORE)]
