from django.db import migrations

from campaign import roles


class Migration(migrations.Migration):
    dependencies = [("campaign", "0009_grant_updates_to_auditors")]
    operations = [
        migrations.AlterModelOptions(
            name="staffuser",
            options={
                "permissions": [
                    ("view_overview", "Can see the overview"),
                    ("view_totals", "Can see exact totals on the overview"),
                ],
                "verbose_name": "member of staff",
                "verbose_name_plural": "staff",
            },
        ),
        migrations.RunPython(lambda apps, schema_editor: roles.grant(), migrations.RunPython.noop),
    ]
