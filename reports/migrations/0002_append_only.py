"""Database triggers: updates and the history of texts are never changed or deleted, whatever writes to the database."""

from django.db import migrations

TABLES = [
    "reports_update",
    "reports_historicalarrangement",
    "reports_historicalarrangement_shared_by",
    "reports_historicalbody",
    "reports_historicalglossaryterm",
    "reports_historicalrecommendation",
    "reports_historicalrecommendation_asked_of",
    "reports_historicalreport",
    "reports_historicalsector",
]
FUNCTION = """
CREATE FUNCTION reports_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: its rows are never changed or deleted', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION reports_append_only()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION reports_append_only()",
                f"DROP TRIGGER append_only ON {table}",
            )
            for table in TABLES
        ),
    ]
