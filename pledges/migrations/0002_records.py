"""Records that nobody edits, in the database itself.

Wordings, decisions and hidden names are refused UPDATE and DELETE. A consent is refused UPDATE, and goes
only with its signature: that is checked at commit, because the rows of one person are deleted children
first.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION refuse_orphaning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pledges_signature WHERE id = OLD.signature_id) THEN
        RAISE EXCEPTION '% goes only with its signature', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pledges_wording FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pledges_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pledges_hiding FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE ON pledges_consent FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER with_its_person AFTER DELETE ON pledges_consent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse_orphaning();
"""

ALLOW = """
DROP TRIGGER append_only ON pledges_wording;
DROP TRIGGER append_only ON pledges_decision;
DROP TRIGGER append_only ON pledges_hiding;
DROP TRIGGER append_only ON pledges_consent;
DROP TRIGGER with_its_person ON pledges_consent;
DROP FUNCTION refuse_change();
DROP FUNCTION refuse_orphaning();
"""


class Migration(migrations.Migration):
    dependencies = [("pledges", "0001_first_tables")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
