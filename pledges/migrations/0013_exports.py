"""Exports, which nobody edits, and the refs of contacts that are gone since: written by the database itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGERS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pledges_export FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION note_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pledges_removal (ref, channel)
    SELECT ref, channel FROM gone
    WHERE EXISTS (SELECT FROM pledges_export WHERE pledges_export.channel = gone.channel)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER note_removal AFTER DELETE ON pledges_contact
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note_removal();
"""

NO_TRIGGERS = """
DROP TRIGGER note_removal ON pledges_contact;
DROP FUNCTION note_removal();
DROP TRIGGER append_only ON pledges_export;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0012_first_chain"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("ref", models.UUIDField(primary_key=True, serialize=False)),
                ("channel", models.CharField(choices=[("email", "email"), ("post", "post")], max_length=5)),
            ],
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "email"), ("post", "post")], max_length=5, verbose_name="channel"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("news", "To write to supporters about the campaign"),
                            ("drill", "To practise opening, as we do each quarter"),
                            ("answer", "To answer somebody who asks what we hold about them"),
                        ],
                        max_length=6,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "records",
                    models.PositiveIntegerField(
                        help_text="How many there were when it began.", verbose_name="records"
                    ),
                ),
                ("exported_at", models.DateTimeField(verbose_name="exported")),
                (
                    "exported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="exported by",
                    ),
                ),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "permissions": [("export_contacts", "Can take out sealed contacts")],
                "default_permissions": ("view",),
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
