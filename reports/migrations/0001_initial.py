import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import reports.models.sectors


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Body",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(default="en-GB", max_length=12, verbose_name="language")),
                ("slug", models.SlugField(verbose_name="address")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("short", models.CharField(blank=True, max_length=20, verbose_name="short name")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="The order in which bodies are named together.", verbose_name="position"
                    ),
                ),
                ("exists_from", models.DateField(blank=True, null=True, verbose_name="exists from")),
                (
                    "exists_until",
                    models.DateField(
                        blank=True, help_text="The day its successor took over.", null=True, verbose_name="exists until"
                    ),
                ),
                ("source_name", models.CharField(blank=True, max_length=120, verbose_name="source")),
                (
                    "source_url",
                    models.URLField(
                        blank=True,
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of the source",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="reports.body",
                    ),
                ),
            ],
            options={"verbose_name_plural": "bodies", "ordering": ["position"]},
        ),
        migrations.CreateModel(
            name="Arrangement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "slug",
                    models.SlugField(
                        help_text="Its place on the page of the report; never changed once public.",
                        verbose_name="anchor",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("label", models.CharField(max_length=12, verbose_name="label in the drawing")),
                (
                    "tone",
                    models.CharField(
                        choices=[
                            ("education", "education"),
                            ("policing", "policing"),
                            ("health", "health"),
                            ("data", "data protection"),
                            ("council", "councils"),
                        ],
                        max_length=12,
                        verbose_name="colour",
                    ),
                ),
                ("shared", models.TextField(max_length=600, verbose_name="what is shared")),
                ("since", models.DateField(blank=True, null=True, verbose_name="since")),
                (
                    "since_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="known to the",
                    ),
                ),
                ("came_to_light", models.TextField(blank=True, max_length=600, verbose_name="how it came to light")),
                ("state", models.TextField(max_length=600, verbose_name="state today")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended")),
                ("note", models.TextField(blank=True, help_text="Markdown.", max_length=20000, verbose_name="note")),
                ("source_name", models.CharField(blank=True, max_length=120, verbose_name="source")),
                (
                    "source_url",
                    models.URLField(
                        blank=True,
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of the source",
                    ),
                ),
                (
                    "shared_by",
                    models.ManyToManyField(related_name="arrangements", to="reports.body", verbose_name="shared by"),
                ),
            ],
            options={"ordering": ["position"]},
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_id", models.PositiveBigIntegerField()),
                ("data", models.JSONField(help_text="The form's values by name, each a list, as a browser sent them.")),
                ("publish_at", models.DateTimeField(blank=True, null=True, verbose_name="to be published")),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "content_type",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="contenttypes.contenttype"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GlossaryTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("language", models.CharField(default="en-GB", max_length=12, verbose_name="language")),
                ("slug", models.SlugField(verbose_name="anchor")),
                ("name", models.CharField(max_length=80, verbose_name="term")),
                ("short", models.CharField(blank=True, max_length=20, verbose_name="abbreviation")),
                (
                    "also",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="also written",
                    ),
                ),
                (
                    "meaning",
                    models.TextField(
                        help_text="Plain text: one to three sentences.", max_length=800, verbose_name="meaning"
                    ),
                ),
            ],
            options={
                "ordering": [django.db.models.functions.text.Lower("name")],
                "constraints": [models.UniqueConstraint(fields=("language", "slug"), name="term_slug_once")],
            },
        ),
        migrations.CreateModel(
            name="HistoricalArrangement",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False, verbose_name="last changed")),
                (
                    "slug",
                    models.SlugField(
                        help_text="Its place on the page of the report; never changed once public.",
                        verbose_name="anchor",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("label", models.CharField(max_length=12, verbose_name="label in the drawing")),
                (
                    "tone",
                    models.CharField(
                        choices=[
                            ("education", "education"),
                            ("policing", "policing"),
                            ("health", "health"),
                            ("data", "data protection"),
                            ("council", "councils"),
                        ],
                        max_length=12,
                        verbose_name="colour",
                    ),
                ),
                ("shared", models.TextField(max_length=600, verbose_name="what is shared")),
                ("since", models.DateField(blank=True, null=True, verbose_name="since")),
                (
                    "since_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="known to the",
                    ),
                ),
                ("came_to_light", models.TextField(blank=True, max_length=600, verbose_name="how it came to light")),
                ("state", models.TextField(max_length=600, verbose_name="state today")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended")),
                ("note", models.TextField(blank=True, help_text="Markdown.", max_length=20000, verbose_name="note")),
                ("source_name", models.CharField(blank=True, max_length=120, verbose_name="source")),
                (
                    "source_url",
                    models.URLField(
                        blank=True,
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of the source",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical arrangement",
                "verbose_name_plural": "historical arrangements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalArrangement_shared_by",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "arrangement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.arrangement",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.body",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="reports.historicalarrangement",
                    ),
                ),
            ],
            options={"verbose_name": "HistoricalArrangement_shared_by"},
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalBody",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("language", models.CharField(default="en-GB", max_length=12, verbose_name="language")),
                ("slug", models.SlugField(verbose_name="address")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("short", models.CharField(blank=True, max_length=20, verbose_name="short name")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="The order in which bodies are named together.", verbose_name="position"
                    ),
                ),
                ("exists_from", models.DateField(blank=True, null=True, verbose_name="exists from")),
                (
                    "exists_until",
                    models.DateField(
                        blank=True, help_text="The day its successor took over.", null=True, verbose_name="exists until"
                    ),
                ),
                ("source_name", models.CharField(blank=True, max_length=120, verbose_name="source")),
                (
                    "source_url",
                    models.URLField(
                        blank=True,
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of the source",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False, verbose_name="last changed")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.body",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical body",
                "verbose_name_plural": "historical bodies",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalGlossaryTerm",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False, verbose_name="last changed")),
                ("language", models.CharField(default="en-GB", max_length=12, verbose_name="language")),
                ("slug", models.SlugField(verbose_name="anchor")),
                ("name", models.CharField(max_length=80, verbose_name="term")),
                ("short", models.CharField(blank=True, max_length=20, verbose_name="abbreviation")),
                (
                    "also",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="also written",
                    ),
                ),
                (
                    "meaning",
                    models.TextField(
                        help_text="Plain text: one to three sentences.", max_length=800, verbose_name="meaning"
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical glossary term",
                "verbose_name_plural": "historical glossary terms",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPressText",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False, verbose_name="last changed")),
                ("language", models.CharField(default="en-GB", max_length=12, verbose_name="language")),
                ("key", models.SlugField(help_text="A lasting name, never changed.", verbose_name="key")),
                (
                    "kind",
                    models.CharField(
                        choices=[("release", "press release"), ("quotation", "sentence to quote")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("dated_on", models.DateField(blank=True, null=True, verbose_name="dated")),
                (
                    "title",
                    models.CharField(blank=True, help_text="Of a press release.", max_length=200, verbose_name="title"),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="Markdown; of a sentence to quote, plain text.", max_length=10000, verbose_name="text"
                    ),
                ),
                (
                    "speaker",
                    models.CharField(
                        blank=True,
                        help_text="Who is quoted. Empty: the campaign.",
                        max_length=150,
                        verbose_name="name and role",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical press text",
                "verbose_name_plural": "historical press texts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRecommendation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False, verbose_name="last changed")),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="Within its sector. The old address leads on to the new one.", verbose_name="number"
                    ),
                ),
                (
                    "key",
                    models.SlugField(help_text="A lasting name for data and feeds, never changed.", verbose_name="key"),
                ),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                (
                    "text",
                    models.TextField(
                        help_text="Plain text, in the site's own words.", max_length=1000, verbose_name="text"
                    ),
                ),
                ("why", models.TextField(help_text="Markdown.", max_length=20000, verbose_name="why")),
                (
                    "applies_in",
                    models.CharField(
                        choices=[
                            ("england", "England"),
                            ("england-and-wales", "England and Wales"),
                            ("uk", "the whole UK"),
                        ],
                        max_length=20,
                        verbose_name="applies in",
                    ),
                ),
                ("quotation", models.TextField(blank=True, max_length=2000, verbose_name="the report's own words")),
                ("quotation_page", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="on page")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("not-met", "Not met"),
                            ("partly-met", "Partly met"),
                            ("met", "Met"),
                            ("moved-backwards", "Moved backwards"),
                        ],
                        default="not-met",
                        editable=False,
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "status_note",
                    models.CharField(blank=True, editable=False, max_length=80, verbose_name="status note"),
                ),
                ("checked_on", models.DateField(editable=False, null=True, verbose_name="last checked")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical recommendation",
                "verbose_name_plural": "historical recommendations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalReport",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False, verbose_name="last changed")),
                (
                    "key",
                    models.SlugField(help_text="A lasting name for this report, never changed.", verbose_name="key"),
                ),
                ("language", models.CharField(default="en-GB", max_length=12, verbose_name="language")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "printed_title",
                    models.CharField(
                        blank=True,
                        help_text="As it is cited. Empty: cited by its campaign.",
                        max_length=300,
                        verbose_name="printed title",
                    ),
                ),
                (
                    "page_url",
                    models.URLField(
                        blank=True,
                        help_text="Where its publisher offers the printed report.",
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of its page",
                    ),
                ),
                ("author", models.CharField(max_length=200, verbose_name="author")),
                (
                    "dated_on",
                    models.DateField(
                        help_text="What happened before this day changes no status.", verbose_name="dated"
                    ),
                ),
                (
                    "lead",
                    models.TextField(
                        help_text="Plain text: two or three sentences.", max_length=600, verbose_name="lead"
                    ),
                ),
                ("text", models.TextField(blank=True, help_text="Markdown.", max_length=20000, verbose_name="text")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical report",
                "verbose_name_plural": "historical reports",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PressText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("language", models.CharField(default="en-GB", max_length=12, verbose_name="language")),
                ("key", models.SlugField(help_text="A lasting name, never changed.", unique=True, verbose_name="key")),
                (
                    "kind",
                    models.CharField(
                        choices=[("release", "press release"), ("quotation", "sentence to quote")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("dated_on", models.DateField(blank=True, null=True, verbose_name="dated")),
                (
                    "title",
                    models.CharField(blank=True, help_text="Of a press release.", max_length=200, verbose_name="title"),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="Markdown; of a sentence to quote, plain text.", max_length=10000, verbose_name="text"
                    ),
                ),
                (
                    "speaker",
                    models.CharField(
                        blank=True,
                        help_text="Who is quoted. Empty: the campaign.",
                        max_length=150,
                        verbose_name="name and role",
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("dated_on"), descending=True, nulls_last=True), "key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "release"), _negated=True),
                            models.Q(("dated_on__isnull", False), models.Q(("title", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="press_release_has_title_and_day",
                        violation_error_message="A press release needs a title and a day.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="Within its sector. The old address leads on to the new one.", verbose_name="number"
                    ),
                ),
                (
                    "key",
                    models.SlugField(
                        help_text="A lasting name for data and feeds, never changed.", unique=True, verbose_name="key"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                (
                    "text",
                    models.TextField(
                        help_text="Plain text, in the site's own words.", max_length=1000, verbose_name="text"
                    ),
                ),
                ("why", models.TextField(help_text="Markdown.", max_length=20000, verbose_name="why")),
                (
                    "applies_in",
                    models.CharField(
                        choices=[
                            ("england", "England"),
                            ("england-and-wales", "England and Wales"),
                            ("uk", "the whole UK"),
                        ],
                        max_length=20,
                        verbose_name="applies in",
                    ),
                ),
                ("quotation", models.TextField(blank=True, max_length=2000, verbose_name="the report's own words")),
                ("quotation_page", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="on page")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("not-met", "Not met"),
                            ("partly-met", "Partly met"),
                            ("met", "Met"),
                            ("moved-backwards", "Moved backwards"),
                        ],
                        default="not-met",
                        editable=False,
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "status_note",
                    models.CharField(blank=True, editable=False, max_length=80, verbose_name="status note"),
                ),
                ("checked_on", models.DateField(editable=False, null=True, verbose_name="last checked")),
                (
                    "asked_of",
                    models.ManyToManyField(related_name="recommendations", to="reports.body", verbose_name="asked of"),
                ),
            ],
            options={"ordering": ["sector__position", "number"]},
        ),
        migrations.CreateModel(
            name="MovedRecommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sector_slug", models.SlugField()),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier_addresses",
                        to="reports.recommendation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HistoricalReply",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False, verbose_name="last changed")),
                ("answered_on", models.DateField(verbose_name="answered on")),
                (
                    "text",
                    models.TextField(
                        help_text="Plain text, in the body's own words.", max_length=4000, verbose_name="answer"
                    ),
                ),
                (
                    "source_url",
                    models.URLField(
                        blank=True,
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of the answer",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.body",
                        verbose_name="answer of",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.recommendation",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical reply",
                "verbose_name_plural": "historical replies",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRecommendation_asked_of",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.body",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="reports.historicalrecommendation",
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.recommendation",
                    ),
                ),
            ],
            options={"verbose_name": "HistoricalRecommendation_asked_of"},
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("answered_on", models.DateField(verbose_name="answered on")),
                (
                    "text",
                    models.TextField(
                        help_text="Plain text, in the body's own words.", max_length=4000, verbose_name="answer"
                    ),
                ),
                (
                    "source_url",
                    models.URLField(
                        blank=True,
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of the answer",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="reports.body",
                        verbose_name="answer of",
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="reports.recommendation"
                    ),
                ),
            ],
            options={"verbose_name_plural": "replies", "ordering": ["-answered_on", "-id"]},
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "key",
                    models.SlugField(help_text="A lasting name for this report, never changed.", verbose_name="key"),
                ),
                ("language", models.CharField(default="en-GB", max_length=12, verbose_name="language")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "printed_title",
                    models.CharField(
                        blank=True,
                        help_text="As it is cited. Empty: cited by its campaign.",
                        max_length=300,
                        verbose_name="printed title",
                    ),
                ),
                (
                    "page_url",
                    models.URLField(
                        blank=True,
                        help_text="Where its publisher offers the printed report.",
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of its page",
                    ),
                ),
                ("author", models.CharField(max_length=200, verbose_name="author")),
                (
                    "dated_on",
                    models.DateField(
                        help_text="What happened before this day changes no status.", verbose_name="dated"
                    ),
                ),
                (
                    "lead",
                    models.TextField(
                        help_text="Plain text: two or three sentences.", max_length=600, verbose_name="lead"
                    ),
                ),
                ("text", models.TextField(blank=True, help_text="Markdown.", max_length=20000, verbose_name="text")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("language", "key"), name="report_key_once")]},
        ),
        migrations.CreateModel(
            name="HistoricalSector",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False, verbose_name="last changed")),
                (
                    "slug",
                    models.SlugField(
                        help_text="Part of the page's address; never changed once public.",
                        validators=[reports.models.sectors.not_reserved],
                        verbose_name="address",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "tone",
                    models.CharField(
                        choices=[
                            ("education", "education"),
                            ("policing", "policing"),
                            ("health", "health"),
                            ("data", "data protection"),
                            ("council", "councils"),
                        ],
                        max_length=12,
                        verbose_name="colour",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "report_page",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Where the report sums its recommendations up.",
                        null=True,
                        verbose_name="page of the report",
                    ),
                ),
                (
                    "lead",
                    models.TextField(
                        help_text="Plain text: one or two sentences.", max_length=600, verbose_name="lead"
                    ),
                ),
                ("text", models.TextField(blank=True, help_text="Markdown.", max_length=20000, verbose_name="text")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.report",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical sector",
                "verbose_name_plural": "historical sectors",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="historicalarrangement",
            name="report",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.report",
            ),
        ),
        migrations.AddField(
            model_name="arrangement",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="arrangements", to="reports.report"
            ),
        ),
        migrations.CreateModel(
            name="Sector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: a draft that only staff can see. In the future: public from then on.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "slug",
                    models.SlugField(
                        help_text="Part of the page's address; never changed once public.",
                        validators=[reports.models.sectors.not_reserved],
                        verbose_name="address",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "tone",
                    models.CharField(
                        choices=[
                            ("education", "education"),
                            ("policing", "policing"),
                            ("health", "health"),
                            ("data", "data protection"),
                            ("council", "councils"),
                        ],
                        max_length=12,
                        verbose_name="colour",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "report_page",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Where the report sums its recommendations up.",
                        null=True,
                        verbose_name="page of the report",
                    ),
                ),
                (
                    "lead",
                    models.TextField(
                        help_text="Plain text: one or two sentences.", max_length=600, verbose_name="lead"
                    ),
                ),
                ("text", models.TextField(blank=True, help_text="Markdown.", max_length=20000, verbose_name="text")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sectors", to="reports.report"
                    ),
                ),
            ],
            options={"ordering": ["position"]},
        ),
        migrations.AddField(
            model_name="recommendation",
            name="sector",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="recommendations", to="reports.sector"
            ),
        ),
        migrations.AddField(
            model_name="historicalrecommendation",
            name="sector",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.sector",
            ),
        ),
        migrations.CreateModel(
            name="Update",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("happened_on", models.DateField(verbose_name="happened on")),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="known to the",
                    ),
                ),
                (
                    "what",
                    models.TextField(
                        help_text="Plain text, as the source tells it.", max_length=2000, verbose_name="what happened"
                    ),
                ),
                ("source_name", models.CharField(max_length=120, verbose_name="source")),
                (
                    "source_url",
                    models.URLField(
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of the source",
                    ),
                ),
                ("second_source_name", models.CharField(blank=True, max_length=120, verbose_name="second source")),
                (
                    "second_source_url",
                    models.URLField(
                        blank=True,
                        max_length=400,
                        validators=[
                            django.core.validators.URLValidator(
                                code="https_alone",
                                message="Give its address with https:// in front.",
                                schemes=["https"],
                            )
                        ],
                        verbose_name="address of the second source",
                    ),
                ),
                (
                    "reported_by",
                    models.CharField(
                        blank=True,
                        help_text="Where only campaigners report it: who.",
                        max_length=120,
                        verbose_name="reported by",
                    ),
                ),
                (
                    "status_after",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not-met", "Not met"),
                            ("partly-met", "Partly met"),
                            ("met", "Met"),
                            ("moved-backwards", "Moved backwards"),
                        ],
                        max_length=20,
                        verbose_name="status from then on",
                    ),
                ),
                (
                    "status_note",
                    models.CharField(
                        blank=True,
                        help_text="Shown with the status everywhere: “in England, with limits on income”.",
                        max_length=80,
                        verbose_name="status note",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded"),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="reports.recommendation"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="reports.update",
                        verbose_name="corrects",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="body", constraint=models.UniqueConstraint(fields=("language", "slug"), name="body_slug_once")
        ),
        migrations.AddConstraint(
            model_name="body",
            constraint=models.CheckConstraint(
                condition=models.Q(("successor", models.F("id")), _negated=True),
                name="body_succeeds_another",
                violation_error_message="A body's successor is another body.",
            ),
        ),
        migrations.AddConstraint(
            model_name="body",
            constraint=models.CheckConstraint(
                condition=models.Q(("successor", None), ("exists_until__isnull", False), _connector="OR"),
                name="body_with_successor_has_ended",
                violation_error_message="Say until when it exists: the day its successor took over.",
            ),
        ),
        migrations.AddConstraint(
            model_name="body",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("exists_from", None),
                    ("exists_until", None),
                    ("exists_from__lt", models.F("exists_until")),
                    _connector="OR",
                ),
                name="body_from_before_until",
                violation_error_message="The day from which a body exists is before the day until which it exists.",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("content_type", "object_id"), name="one_draft_of_each_text"),
        ),
        migrations.AddConstraint(
            model_name="movedrecommendation",
            constraint=models.UniqueConstraint(fields=("sector_slug", "number"), name="moved_from_once"),
        ),
        migrations.AddConstraint(
            model_name="arrangement",
            constraint=models.UniqueConstraint(fields=("report", "slug"), name="arrangement_slug_once"),
        ),
        migrations.AddConstraint(
            model_name="sector", constraint=models.UniqueConstraint(fields=("report", "slug"), name="sector_slug_once")
        ),
        migrations.AddConstraint(
            model_name="recommendation",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("sector", "number"),
                name="recommendation_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendation",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["not-met", "partly-met", "met", "moved-backwards"])),
                name="recommendation_status_known",
                violation_error_message="Choose one of the statuses in the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendation",
            constraint=models.CheckConstraint(
                condition=models.Q(("quotation", ""), ("quotation_page__isnull", False), _connector="OR"),
                name="recommendation_quotation_has_page",
                violation_error_message="Give the page of the report that the quotation is on.",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source_name", ""), _negated=True), ("source_url__startswith", "https://")
                ),
                name="update_has_source",
                violation_error_message="Name the source, and give its address with https:// in front.",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status_after", ""),
                    ("status_after__in", ["not-met", "partly-met", "met", "moved-backwards"]),
                    _connector="OR",
                ),
                name="update_status_known",
                violation_error_message="Choose one of the statuses in the list, or none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(("status_note", ""), models.Q(("status_after", ""), _negated=True), _connector="OR"),
                name="update_note_has_status",
                violation_error_message="A note belongs to a status: choose the status too.",
            ),
        ),
    ]
