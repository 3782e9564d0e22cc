from django.db import migrations

from campaign import roles


class Migration(migrations.Migration):
    dependencies = [("campaign", "0008_lock_factor_keys")]
    operations = [migrations.RunPython(lambda apps, schema_editor: roles.grant(), migrations.RunPython.noop)]
