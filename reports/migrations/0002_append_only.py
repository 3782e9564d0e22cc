"""Database triggers: the history of texts is never changed or deleted, and updates only within their first hour."""

from django.db import migrations

TABLES = [
    "reports_historicalarrangement",
    "reports_historicalarrangement_shared_by",
    "reports_historicalbody",
    "reports_historicalglossaryterm",
    "reports_historicalpresstext",
    "reports_historicalrecommendation",
    "reports_historicalrecommendation_asked_of",
    "reports_historicalreply",
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
# One hour: `reports.models.updates.GRACE`.
UPDATE_FUNCTION = """
CREATE FUNCTION reports_update_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.recorded_at > now() - interval '1 hour' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF (NEW.id, NEW.recommendation_id, NEW.recorded_at) = (OLD.id, OLD.recommendation_id, OLD.recorded_at)
            AND NEW.recorded_by_id IS NOT DISTINCT FROM OLD.recorded_by_id
            AND NEW.supersedes_id IS NOT DISTINCT FROM OLD.supersedes_id THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% on % refused: after an hour its rows are never changed or deleted', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION reports_append_only()"),
        migrations.RunSQL(UPDATE_FUNCTION, "DROP FUNCTION reports_update_append_only()"),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON reports_update"
            " FOR EACH ROW EXECUTE FUNCTION reports_update_append_only()",
            "DROP TRIGGER append_only ON reports_update",
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION reports_append_only()",
                f"DROP TRIGGER append_only ON {table}",
            )
            for table in TABLES
        ),
    ]
