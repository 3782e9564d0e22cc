import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="StaffUser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="email address")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("is_staff", models.BooleanField(default=True, verbose_name="may enter the admin")),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="Staff are deactivated, never deleted.", verbose_name="active"
                    ),
                ),
                (
                    "session_version",
                    models.PositiveIntegerField(
                        default=0,
                        editable=False,
                        help_text="raised when the second factor changes: earlier sessions end",
                    ),
                ),
                (
                    "notices_from",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="organisations that wait; empty: no emails",
                        null=True,
                        verbose_name="email notices from",
                    ),
                ),
                ("noticed_on", models.DateField(editable=False, help_text="day of the last notice email", null=True)),
                (
                    "joined_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="joined"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "member of staff",
                "verbose_name_plural": "staff",
                "permissions": [
                    ("view_log", "Can see what staff did"),
                    ("view_overview", "Can see the overview"),
                    ("view_totals", "Can see exact totals on the overview"),
                ],
            },
        )
    ]
