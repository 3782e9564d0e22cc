"""What is erased is recorded by the database itself, whoever erases it: an Erasure for every ref.

A consent goes only with its signature, so it needs no record of its own. An organisation stays; of it, the
emptying of its contact is recorded.
"""

from django.db import migrations

RECORD = """
CREATE FUNCTION record_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pledges_erasure (table_name, ref, erased_on)
    SELECT TG_TABLE_NAME, ref, CURRENT_DATE FROM gone ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION record_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pledges_erasure (table_name, ref, erased_on)
    VALUES (TG_TABLE_NAME, OLD.ref, CURRENT_DATE) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER record_erasure AFTER DELETE ON pledges_pending
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION record_erasure();
CREATE TRIGGER record_erasure AFTER DELETE ON pledges_signature
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION record_erasure();
CREATE TRIGGER record_erasure AFTER DELETE ON pledges_listing
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION record_erasure();
CREATE TRIGGER record_erasure AFTER DELETE ON pledges_contact
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION record_erasure();
CREATE TRIGGER record_emptying AFTER UPDATE OF contact ON pledges_organisation
    FOR EACH ROW WHEN (OLD.contact IS NOT NULL AND NEW.contact IS NULL) EXECUTE FUNCTION record_emptying();
"""

FORGO = """
DROP TRIGGER record_erasure ON pledges_pending;
DROP TRIGGER record_erasure ON pledges_signature;
DROP TRIGGER record_erasure ON pledges_listing;
DROP TRIGGER record_erasure ON pledges_contact;
DROP TRIGGER record_emptying ON pledges_organisation;
DROP FUNCTION record_erasure();
DROP FUNCTION record_emptying();
"""


class Migration(migrations.Migration):
    dependencies = [("pledges", "0008_forgetting")]
    operations = [migrations.RunSQL(RECORD, FORGO)]
