"""Database triggers: records that can't be changed, and a record of every erasure.

They apply to everything that writes to the database, psql included. Which table has which trigger:

- never changed and never deleted: pledge texts that were published
- never changed, and not deleted for six years: records of what staff decided
- never changed, and deleted only together with their signature: consents
- every deletion recorded as an Erasure: pending signatures, signatures, public names, contacts; and of an
  organisation, that its contact was emptied
- TRUNCATE, which would bypass these triggers: refused for all of them
"""

from django.db import migrations

# Table, and the column that says when the decision was made.
STAFF_RECORDS = {
    "pledges_organisationdecision": "decided_at",
    "pledges_namedecision": "decided_at",
    "pledges_listvisibility": "decided_at",
    "pledges_abuserule": "decided_at",
    "pledges_quarantinedecision": "decided_at",
    "pledges_phonerequest": "taken_at",
    "pledges_papercount": "entered_at",
    "pledges_export": "exported_at",
}
ERASED_ON_RECORD = ("pledges_pendingsignature", "pledges_signature", "pledges_publicname", "pledges_contact")
NEVER_TRUNCATED = ("pledges_pledgetext", "pledges_consent", *STAFF_RECORDS, *ERASED_ON_RECORD)

FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_change_once_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at <= now() OR (TG_OP = 'UPDATE' AND (NEW.id, NEW.number, NEW.language) <> (OLD.id, OLD.number, OLD.language)) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION refuse_change_for_six_years() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR (to_jsonb(OLD) ->> TG_ARGV[0])::timestamptz > now() - interval '2192 days' THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION refuse_delete_without_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pledges_signature WHERE id = OLD.signature_id) THEN
        RAISE EXCEPTION '% is deleted only with its signature', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION record_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pledges_erasure (table_name, ref, erased_on)
    SELECT TG_TABLE_NAME, ref, CURRENT_DATE FROM deleted ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION record_emptied_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pledges_erasure (table_name, ref, erased_on)
    VALUES (TG_TABLE_NAME, OLD.ref, CURRENT_DATE) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION record_export_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pledges_removal (ref, channel)
    SELECT ref, channel FROM deleted
    WHERE EXISTS (SELECT FROM pledges_export WHERE pledges_export.channel = deleted.channel)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% can''t be truncated: delete its rows', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION refuse_truncate();
DROP FUNCTION record_export_removal();
DROP FUNCTION record_emptied_contact();
DROP FUNCTION record_erasure();
DROP FUNCTION refuse_delete_without_signature();
DROP FUNCTION refuse_change_for_six_years();
DROP FUNCTION refuse_change_once_published();
DROP FUNCTION refuse_change();
"""

# Table, name of the trigger, and the rest of its definition.
TRIGGERS = [
    (
        "pledges_pledgetext",
        "append_only",
        "BEFORE UPDATE OR DELETE {} FOR EACH ROW EXECUTE FUNCTION refuse_change_once_published()",
    ),
    *(
        (
            table,
            "append_only",
            "BEFORE UPDATE OR DELETE {} FOR EACH ROW EXECUTE FUNCTION refuse_change_for_six_years('" + column + "')",
        )
        for table, column in STAFF_RECORDS.items()
    ),
    ("pledges_consent", "append_only", "BEFORE UPDATE {} FOR EACH ROW EXECUTE FUNCTION refuse_change()"),
    *(
        (
            table,
            "record_erasure",
            "AFTER DELETE {} REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION record_erasure()",
        )
        for table in ERASED_ON_RECORD
    ),
    (
        "pledges_organisation",
        "record_emptied_contact",
        "AFTER UPDATE OF contact {} FOR EACH ROW WHEN (OLD.contact IS NOT NULL AND NEW.contact IS NULL)"
        " EXECUTE FUNCTION record_emptied_contact()",
    ),
    (
        "pledges_contact",
        "record_export_removal",
        "AFTER DELETE {} REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION record_export_removal()",
    ),
    *(
        (table, "refuse_truncate", "BEFORE TRUNCATE {} FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()")
        for table in NEVER_TRUNCATED
    ),
]
# Checked at commit, because the rows that belong to one signature are deleted before it.
CONSENT_WITH_SIGNATURE = """
CREATE CONSTRAINT TRIGGER deleted_with_signature AFTER DELETE ON pledges_consent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse_delete_without_signature();
"""


class Migration(migrations.Migration):
    dependencies = [("pledges", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *(
            migrations.RunSQL(f"CREATE TRIGGER {name} {rest.format('ON ' + table)}", f"DROP TRIGGER {name} ON {table}")
            for table, name, rest in TRIGGERS
        ),
        migrations.RunSQL(CONSENT_WITH_SIGNATURE, "DROP TRIGGER deleted_with_signature ON pledges_consent"),
    ]
