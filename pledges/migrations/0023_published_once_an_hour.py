"""Totals in tens, phone requests that wait, and of a confirmation the day alone."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.lookups import Exact

import pledges.models.keyed


class Migration(migrations.Migration):
    dependencies = [("pledges", "0022_letter_of_withdrawal")]

    operations = [
        migrations.CreateModel(
            name="PhoneRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "wish",
                    models.CharField(
                        choices=[
                            ("hide-name", "Take my name off the public list"),
                            ("stop-email", "Stop emailing me about the campaign"),
                            ("stop-post", "Stop writing to me by post"),
                            ("withdraw", "Withdraw my signature and erase everything"),
                            ("never", "Never write to this address again"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "digest",
                    pledges.models.keyed.DigestField(
                        db_index=True, help_text="of the mailbox that the caller named", max_length=32
                    ),
                ),
                ("due_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RemoveConstraint(model_name="pending", name="pending_confirmed_is_empty"),
        migrations.RemoveField(model_name="pending", name="confirmed_at"),
        migrations.AddField(
            model_name="pending",
            name="confirmed_on",
            field=models.DateField(help_text="the day alone: no second stands beside the digest", null=True),
        ),
        migrations.AddConstraint(
            model_name="pending",
            constraint=models.CheckConstraint(
                condition=Q(confirmed_on=None)
                | Q(contact=None, application=None, same=None, region="", profession=""),
                name="pending_confirmed_is_empty",
            ),
        ),
        migrations.RunSQL("DELETE FROM pledges_tally", migrations.RunSQL.noop),  # counted anew by the worker
        migrations.AddField(
            model_name="tally",
            name="exact_people",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.CheckConstraint(condition=Exact(F("people") % 10, 0), name="tally_of_tens"),
        ),
    ]
