"""The tables of the rate limits are unlogged: counting waits for no disk, and a salt stays in no log file."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("campaign", "0001_initial")]
    operations = [
        migrations.RunSQL(f"ALTER TABLE {table} SET UNLOGGED", f"ALTER TABLE {table} SET LOGGED")
        for table in ("campaign_ratelimitcount", "campaign_ratelimitsalt")
    ]
