import django.db.models.deletion
from django.db import migrations, models

import pledges.models.encrypted_fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [("otp_totp", "0003_add_timestamps")]

    operations = [
        migrations.CreateModel(
            name="AuthenticatorApp",
            fields=[
                (
                    "totpdevice_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="otp_totp.totpdevice",
                    ),
                ),
                (
                    "encrypted_key",
                    pledges.models.encrypted_fields.EncryptedField(
                        help_text="the key that the app shares with us, under the server key"
                    ),
                ),
            ],
            options={"abstract": False},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.CreateModel(
            name="Backup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CommandRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("command", models.CharField(max_length=40)),
                ("ran_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="RateLimitCount",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("value", models.PositiveIntegerField()),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="RateLimitSalt",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("salt", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="CertificateCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_until", models.DateTimeField()),
                ("checked_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_certificate_check")]
            },
        ),
        migrations.CreateModel(
            name="WorkerStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("beat_at", models.DateTimeField()),
                ("duty", models.CharField(help_text="the function that runs, or the one that ran last", max_length=40)),
                ("duty_since", models.DateTimeField()),
                (
                    "clock_before",
                    models.DateTimeField(help_text="the clock at the heartbeat before its last jump", null=True),
                ),
                (
                    "clock_jumped_at",
                    models.DateTimeField(help_text="the clock at the first heartbeat after it", null=True),
                ),
                (
                    "mail_failed_at",
                    models.DateTimeField(help_text="when the mail server was last away or refused us", null=True),
                ),
                (
                    "mail_failure",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="the kind of error and the SMTP code, no words of the server",
                        max_length=80,
                    ),
                ),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_worker_status")]},
        ),
    ]
