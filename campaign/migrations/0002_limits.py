"""Counts and salts of the limits: unlogged, so that counting waits for no disk and a salt stays in no log."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0001_staff"),
    ]

    operations = [
        migrations.CreateModel(
            name="LimitCount",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("value", models.PositiveIntegerField()),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="LimitSalt",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("salt", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.RunSQL(
            [f"ALTER TABLE campaign_{table} SET UNLOGGED" for table in ("limitcount", "limitsalt")],
            migrations.RunSQL.noop,
        ),
    ]
