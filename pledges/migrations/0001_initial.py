import uuid

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.lookups
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import pledges.models.encrypted_fields
import pledges.models.organisations
import pledges.models.pledge_texts


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="DigestChain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keys", models.PositiveSmallIntegerField()),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="EmailBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", pledges.models.encrypted_fields.DigestField(max_length=32, unique=True)),
                ("blocked_on", models.DateField()),
                (
                    "asked_on",
                    models.DateField(
                        help_text="when it was last asked, because of a form, whether we may email it again", null=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("ref", models.UUIDField(primary_key=True, serialize=False)),
                ("channel", models.CharField(choices=[("email", "email"), ("post", "post")], max_length=5)),
            ],
        ),
        migrations.CreateModel(
            name="ScheduledPhoneRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hide-name", "Take my name off the public list"),
                            ("stop-email", "Stop emailing me about the campaign"),
                            ("stop-post", "Stop writing to me by post"),
                            ("withdraw", "Withdraw my signature and erase everything"),
                            ("never", "Never email this address again"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "digest",
                    pledges.models.encrypted_fields.DigestField(
                        db_index=True, help_text="of the mailbox that the caller named", max_length=32
                    ),
                ),
                ("due_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="AbuseRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("client", "From one client"), ("provider", "From one group of mail providers")],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                ("most", models.PositiveIntegerField(help_text="signatures asked for", verbose_name="more than")),
                ("minutes", models.PositiveIntegerField(help_text="minutes", verbose_name="within")),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "abuse rule",
                "verbose_name_plural": "abuse rules",
                "default_permissions": ("view", "add"),
            },
        ),
        migrations.CreateModel(
            name="DailyStatistics",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("google", "Google"),
                            ("microsoft", "Microsoft"),
                            ("yahoo", "Yahoo and AOL"),
                            ("apple", "Apple"),
                            ("broadband", "Broadband companies"),
                            ("private", "Proton and other small providers"),
                            ("public", "Public services and universities"),
                            ("other", "All others"),
                        ],
                        max_length=9,
                    ),
                ),
                ("asked", models.PositiveIntegerField()),
                ("confirmed", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "provider"), name="dailystatistics_day_provider")
                ]
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table_name", models.CharField(max_length=63)),
                ("ref", models.UUIDField()),
                ("erased_on", models.DateField(db_index=True)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("table_name", "ref"), name="erasure_once")]},
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                            ("answer", "To answer someone who asks what we store about them"),
                        ],
                        max_length=6,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "records",
                    models.PositiveIntegerField(
                        help_text="How many there were when it started.", verbose_name="records"
                    ),
                ),
                (
                    "by_command",
                    models.BooleanField(
                        default=False,
                        help_text="It was run on the server with the name of this account, without signing in.",
                        verbose_name="on the command line",
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
                "permissions": [
                    ("export_contacts", "Can export sealed contacts"),
                    ("import_unsubscribes", "Can upload who unsubscribed"),
                ],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ListVisibility",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lists_hidden",
                    models.BooleanField(
                        default=False,
                        help_text="Names of people and of organisations, at once.",
                        verbose_name="hide all lists",
                    ),
                ),
                (
                    "organisations_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="Until then the list of organisations stays empty. Leave it empty to show them now.",
                        null=True,
                        verbose_name="show organisations from",
                    ),
                ),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "switch of the lists",
                "verbose_name_plural": "switches of the lists",
                "permissions": [("switch_lists", "Can hide all lists and set when they are published")],
            },
        ),
        migrations.CreateModel(
            name="NameDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_name_ref", models.UUIDField(db_index=True)),
                ("hidden", models.BooleanField(help_text="Otherwise it was shown again.", verbose_name="hidden")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("abusive", "It insults or threatens"),
                            ("false", "It is not the signer's name"),
                            ("not-a-name", "It is not a name"),
                            ("asked", "The supporter asked for it"),
                            ("mistake", "It was hidden by mistake"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={"verbose_name": "hidden name", "verbose_name_plural": "hidden names"},
        ),
        migrations.CreateModel(
            name="NameReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("abusive", "It insults or threatens"),
                            ("not-theirs", "It is my name or my organisation’s, and we did not sign"),
                            ("false", "There is no such person or organisation"),
                            ("misspelt", "It is misspelt"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("reported_on", models.DateField(verbose_name="reported")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="looked at")),
            ],
            options={
                "verbose_name": "reported name",
                "verbose_name_plural": "reported names",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("name", "reason"),
                        name="name_report_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganisationDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ref",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, help_text="which the email about it refers to", unique=True
                    ),
                ),
                ("organisation_ref", models.UUIDField(db_index=True)),
                ("version", models.PositiveIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("enter", "entered"),
                            ("approve", "approved"),
                            ("decline", "declined"),
                            ("withdraw", "withdrawn"),
                            ("ask", "asked"),
                            ("respell", "spelling changed"),
                            ("invite", "new contact invited"),
                            ("contact", "new contact confirmed"),
                            ("reconfirm", "confirmed again"),
                            ("answer", "answered"),
                            ("note", "note"),
                            ("undo", "undone"),
                            ("reopen", "returned to waiting"),
                        ],
                        max_length=9,
                        verbose_name="decision",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "none"),
                            ("unverified", "We could not verify that the organisation agreed"),
                            ("authority", "Who signed may not sign for the organisation"),
                            ("duplicate", "The organisation has signed already"),
                            ("not-an-organisation", "It is not an organisation"),
                            ("at-odds", "What it stands for is at odds with the pledge"),
                            ("asked", "The organisation asked for it"),
                            ("other", "Another reason, in your own words below"),
                            ("who", "Who in your organisation decided to sign, and when?"),
                            ("proof", "Please write to us from an address on your organisation's own domain"),
                            ("website", "Which website is your organisation's own?"),
                            ("branch", "Do you sign for a branch, or for the whole organisation?"),
                            ("name", "How should the name of your organisation be written?"),
                            ("own", "Another question, in your own words below"),
                            ("namesake", "another organisation of the same name"),
                        ],
                        max_length=24,
                        verbose_name="reason",
                    ),
                ),
                ("previous_name", models.CharField(blank=True, max_length=150, verbose_name="name before")),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        help_text="what staff wrote to it (emailed), its answer, or a note of staff",
                        verbose_name="text",
                    ),
                ),
                (
                    "undoes",
                    models.UUIDField(help_text="the ref of the decision that this one undoes", null=True, unique=True),
                ),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        help_text="Empty: the organisation itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={"verbose_name": "decision", "verbose_name_plural": "decisions"},
        ),
        migrations.CreateModel(
            name="PhoneRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hide-name", "Take my name off the public list"),
                            ("stop-email", "Stop emailing me about the campaign"),
                            ("stop-post", "Stop writing to me by post"),
                            ("withdraw", "Withdraw my signature and erase everything"),
                            ("never", "Never email this address again"),
                            ("link", "Link to My pledge sent"),
                        ],
                        max_length=10,
                        verbose_name="request",
                    ),
                ),
                ("taken_at", models.DateTimeField(verbose_name="taken")),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken by",
                    ),
                ),
            ],
            options={"verbose_name": "phone request", "verbose_name_plural": "phone requests"},
        ),
        migrations.CreateModel(
            name="PledgeText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("language", models.CharField(default="en", max_length=10, verbose_name="language")),
                ("pledge", models.TextField(help_text="One commitment a line.", verbose_name="pledge")),
                (
                    "agreement",
                    models.TextField(help_text="What the box on the confirm page says.", verbose_name="agreement"),
                ),
                ("email_consent", models.TextField(verbose_name="consent to email")),
                ("post_consent", models.TextField(verbose_name="consent to post")),
                ("public_name_consent", models.TextField(verbose_name="consent to a public name")),
                (
                    "declaration",
                    models.TextField(
                        help_text="What a person who signs for an organisation declares.", verbose_name="declaration"
                    ),
                ),
                ("published_at", models.DateTimeField(verbose_name="published")),
            ],
            options={
                "verbose_name": "pledge text",
                "verbose_name_plural": "pledge texts",
                "constraints": [models.UniqueConstraint(fields=("number", "language"), name="pledge_text_number")],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "key",
                    pledges.models.organisations.NameKeyField(
                        db_collation="C",
                        editable=False,
                        help_text="the name in the form for searching, sorting and comparing (`organisation_names.key`)",
                        max_length=300,
                    ),
                ),
                (
                    "namesake",
                    models.PositiveSmallIntegerField(
                        default=0,
                        editable=False,
                        help_text="0, or a number that distinguishes it from other organisations with the same name",
                    ),
                ),
                ("website", models.URLField(blank=True, verbose_name="website")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("education", "School or college"),
                            ("health", "Health"),
                            ("council", "Council"),
                            ("legal", "Legal"),
                            ("faith", "Faith"),
                            ("union", "Union"),
                            ("professional", "Professional body"),
                            ("migrant-rights", "Migrant rights"),
                            ("women", "Women's and domestic abuse"),
                            ("student", "Student"),
                            ("housing", "Housing"),
                            ("charity", "Other charity"),
                            ("business", "Business"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "is_named",
                    models.BooleanField(
                        help_text="Otherwise it is counted without its name.", verbose_name="named in public"
                    ),
                ),
                (
                    "digest",
                    pledges.models.encrypted_fields.DigestField(
                        db_index=True, help_text="of the contact's mailbox", max_length=32, null=True
                    ),
                ),
                (
                    "contact",
                    pledges.models.encrypted_fields.EncryptedField(
                        help_text="name, role and work email of the person who signs, encrypted", null=True
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, help_text="staff decide about the version that they saw", verbose_name="version"
                    ),
                ),
                ("confirmed_at", models.DateTimeField(verbose_name="waiting since")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved")),
                ("declined_at", models.DateTimeField(blank=True, null=True, verbose_name="declined")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                (
                    "asked_at",
                    models.DateTimeField(
                        help_text="when staff asked it a question; it is not in the queue until it answers", null=True
                    ),
                ),
                (
                    "reminded_on",
                    models.DateField(
                        help_text="when the yearly email last asked whether it still supports the pledge", null=True
                    ),
                ),
                ("reconfirmed_on", models.DateField(help_text="when it last confirmed that it does", null=True)),
                (
                    "yearly_stopped_on",
                    models.DateField(help_text="when its contact stopped the yearly emails", null=True),
                ),
                ("agreed_on", models.DateField(blank=True, null=True, verbose_name="agreed in writing on")),
                ("sample", models.BooleanField(default=False, verbose_name="sample")),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "pledge_text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="pledges.pledgetext", verbose_name="pledge text"
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "permissions": [
                    ("decide_organisation", "Can approve, decline and withdraw organisations"),
                    ("enter_organisation", "Can enter organisations that agreed in writing"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Quarantine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("trap", "The hidden field was filled in"),
                            ("client", "Many from one client"),
                            ("provider", "Many from one group of mail providers"),
                        ],
                        max_length=8,
                        verbose_name="why",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="marked")),
                ("released_at", models.DateTimeField(null=True, verbose_name="released")),
                ("invalidated_at", models.DateTimeField(null=True, verbose_name="invalidated")),
            ],
            options={
                "verbose_name": "quarantine",
                "verbose_name_plural": "quarantines",
                "permissions": [("decide_quarantine", "Can release and invalidate what rules marked")],
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("released_at", None), ("invalidated_at", None), _connector="OR"),
                        name="quarantine_one_end",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PendingSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "region",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("north-east", "North East"),
                            ("north-west", "North West"),
                            ("yorkshire", "Yorkshire and the Humber"),
                            ("east-midlands", "East Midlands"),
                            ("west-midlands", "West Midlands"),
                            ("east", "East of England"),
                            ("london", "London"),
                            ("south-east", "South East"),
                            ("south-west", "South West"),
                            ("wales", "Wales"),
                            ("scotland", "Scotland"),
                            ("northern-ireland", "Northern Ireland"),
                            ("elsewhere", "Elsewhere"),
                        ],
                        db_default="",
                        default="",
                        max_length=60,
                        verbose_name="Region",
                    ),
                ),
                (
                    "profession",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("schools", "Schools and nurseries"),
                            ("higher-education", "Colleges and universities"),
                            ("health", "Health"),
                            ("social-care", "Social care and social work"),
                            ("policing", "Police and justice"),
                            ("law", "Law and advice"),
                            ("public-administration", "Councils, job centres and civil service"),
                            ("housing", "Housing and homelessness"),
                            ("charity", "Charities, unions and faith"),
                            ("student", "Students"),
                            ("retired", "Retired"),
                            ("other", "Other work"),
                        ],
                        db_default="",
                        default="",
                        max_length=60,
                        verbose_name="Work",
                    ),
                ),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(choices=[("person", "person"), ("organisation", "organisation")], max_length=12),
                ),
                ("digest", pledges.models.encrypted_fields.DigestField(help_text="of the mailbox", max_length=32)),
                (
                    "submission_hmac",
                    models.BinaryField(
                        help_text="HMAC of all fields, by which an identical POST finds its row",
                        max_length=32,
                        null=True,
                        unique=True,
                    ),
                ),
                ("token", models.BinaryField(help_text="SHA-256 of the link's token", max_length=32, unique=True)),
                (
                    "handle",
                    models.BinaryField(db_index=True, help_text="SHA-256 of the inbox page's handle", max_length=32),
                ),
                (
                    "encrypted_token",
                    pledges.models.encrypted_fields.EncryptedField(help_text="the token, encrypted, for the email"),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="of the page, for the emails that ask to confirm; empty: English",
                        max_length=10,
                    ),
                ),
                ("contact", models.BinaryField(help_text="the sealed email contact, if one was asked for", null=True)),
                (
                    "unsubscribe_token",
                    models.BinaryField(
                        help_text="SHA-256 of the token that is sealed in the contact", max_length=32, null=True
                    ),
                ),
                (
                    "application",
                    pledges.models.encrypted_fields.EncryptedField(
                        help_text="an organisation's answers, encrypted", null=True
                    ),
                ),
                ("email_queued_at", models.DateTimeField(help_text="when its last email was queued")),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("tries", models.PositiveSmallIntegerField(default=0, help_text="how often its code was tried")),
                (
                    "confirmed_on",
                    models.DateField(
                        help_text="a day, because an exact time next to the digest would show more", null=True
                    ),
                ),
                (
                    "provider",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("google", "Google"),
                            ("microsoft", "Microsoft"),
                            ("yahoo", "Yahoo and AOL"),
                            ("apple", "Apple"),
                            ("broadband", "Broadband companies"),
                            ("private", "Proton and other small providers"),
                            ("public", "Public services and universities"),
                            ("other", "All others"),
                        ],
                        default="",
                        max_length=9,
                    ),
                ),
                (
                    "client",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="for 48 hours, a hash of the client's daily hash",
                        max_length=32,
                    ),
                ),
                ("quarantined_on", models.DateField(null=True)),
                (
                    "confirmed_before_rule",
                    models.BooleanField(
                        db_default=False, default=False, help_text="whether it was confirmed when a rule marked it"
                    ),
                ),
                (
                    "pledge_text",
                    pledges.models.pledge_texts.SignedText(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="pledges.pledgetext",
                    ),
                ),
                (
                    "quarantine",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="pendings",
                        to="pledges.quarantine",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuarantineDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quarantine_ref", models.UUIDField(db_index=True)),
                (
                    "act",
                    models.CharField(
                        choices=[("release", "released"), ("invalidate", "invalidated"), ("reopen", "reopened")],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("signatures", models.PositiveIntegerField(verbose_name="signatures")),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "quarantine decision",
                "verbose_name_plural": "quarantine decisions",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="QueuedEmail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirm", "please confirm"),
                            ("reminder", "reminder"),
                            ("mine", "link to my pledge"),
                            ("call", "what a caller asked for"),
                            ("approved", "organisation approved"),
                            ("declined", "organisation declined"),
                            ("withdrawn", "organisation withdrawn"),
                            ("question", "question to an organisation"),
                            ("contact", "new contact of an organisation"),
                            ("yearly", "yearly question to an organisation"),
                            ("complaint", "complaint to the controller"),
                            ("invitation", "invitation of a member of staff"),
                            ("notice", "what waits, to a member of staff"),
                            ("factor-reset", "a member of staff's second factor was reset"),
                            ("factor-changed", "a member of staff's second factor changed"),
                            ("new-sign-in", "sign-in of a member of staff from a new browser"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                ("ref", models.UUIDField(db_index=True)),
                (
                    "digest",
                    pledges.models.encrypted_fields.DigestField(
                        help_text="of the mailbox, for its daily limit of emails", max_length=32
                    ),
                ),
                (
                    "mailbox",
                    pledges.models.encrypted_fields.EncryptedField(help_text="the address, encrypted", null=True),
                ),
                (
                    "words",
                    pledges.models.encrypted_fields.EncryptedField(
                        help_text="a complaint, encrypted; empty for all other emails", null=True
                    ),
                ),
                (
                    "network",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="until it is sent, the network that asked for it, as a hash of that day (`rate_limits.network`)",
                        max_length=32,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="of a link to My pledge, until it is sent: that of the page on which it was asked for",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("leased_until", models.DateTimeField(null=True)),
                (
                    "counted_at",
                    models.DateTimeField(help_text="when it was counted for the limit of its mailbox", null=True),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("dropped_at", models.DateTimeField(null=True, verbose_name="dropped")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="given up")),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        help_text="the SMTP code, without the server's text",
                        max_length=40,
                        verbose_name="refusal",
                    ),
                ),
            ],
            options={
                "verbose_name": "email",
                "verbose_name_plural": "emails",
                "indexes": [
                    models.Index(
                        condition=models.Q(("dropped_at", None), ("failed_at", None), ("sent_at", None)),
                        fields=["due_at"],
                        name="email_waiting",
                    ),
                    models.Index(fields=["digest", "counted_at"], name="email_counted"),
                    models.Index(
                        condition=models.Q(
                            ("dropped_at", None),
                            ("failed_at", None),
                            ("sent_at", None),
                            models.Q(("network", ""), _negated=True),
                        ),
                        fields=["network"],
                        name="email_network",
                    ),
                    models.Index(
                        condition=models.Q(("failed_at__isnull", False)), fields=["failed_at"], name="email_failed"
                    ),
                    models.Index(
                        django.db.models.functions.comparison.Greatest("sent_at", "dropped_at", "failed_at"),
                        name="email_ended",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("language", ""), ("mailbox", None), ("network", ""), ("words", None)),
                            models.Q(("dropped_at", None), ("failed_at", None), ("sent_at", None)),
                            _connector="OR",
                        ),
                        name="email_ended_is_empty",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "region",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("north-east", "North East"),
                            ("north-west", "North West"),
                            ("yorkshire", "Yorkshire and the Humber"),
                            ("east-midlands", "East Midlands"),
                            ("west-midlands", "West Midlands"),
                            ("east", "East of England"),
                            ("london", "London"),
                            ("south-east", "South East"),
                            ("south-west", "South West"),
                            ("wales", "Wales"),
                            ("scotland", "Scotland"),
                            ("northern-ireland", "Northern Ireland"),
                            ("elsewhere", "Elsewhere"),
                        ],
                        db_default="",
                        default="",
                        max_length=60,
                        verbose_name="Region",
                    ),
                ),
                (
                    "profession",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("schools", "Schools and nurseries"),
                            ("higher-education", "Colleges and universities"),
                            ("health", "Health"),
                            ("social-care", "Social care and social work"),
                            ("policing", "Police and justice"),
                            ("law", "Law and advice"),
                            ("public-administration", "Councils, job centres and civil service"),
                            ("housing", "Housing and homelessness"),
                            ("charity", "Charities, unions and faith"),
                            ("student", "Students"),
                            ("retired", "Retired"),
                            ("other", "Other work"),
                        ],
                        db_default="",
                        default="",
                        max_length=60,
                        verbose_name="Work",
                    ),
                ),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "digest",
                    pledges.models.encrypted_fields.DigestField(
                        help_text="of the mailbox: one mailbox, one signature", max_length=32, unique=True
                    ),
                ),
                ("confirmed_on", models.DateField(db_index=True)),
                ("quarantined_on", models.DateField(blank=True, null=True)),
                (
                    "name_hidden_at",
                    models.DateTimeField(
                        blank=True, help_text="since when staff hide its public name, whichever name it is", null=True
                    ),
                ),
                ("sample", models.BooleanField(default=False)),
                (
                    "pledge_text",
                    pledges.models.pledge_texts.SignedText(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="pledges.pledgetext",
                    ),
                ),
                (
                    "quarantine",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="signatures",
                        to="pledges.quarantine",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PublicName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("listed_on", models.DateField(verbose_name="listed")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden")),
                (
                    "reviewed_at",
                    models.DateTimeField(
                        help_text="when staff left it in the list", null=True, verbose_name="looked at"
                    ),
                ),
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="public_name", to="pledges.signature"
                    ),
                ),
            ],
            options={
                "verbose_name": "public name",
                "verbose_name_plural": "public names",
                "permissions": [("hide_publicname", "Can hide a public name, and show it again")],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("channel", models.CharField(choices=[("email", "email"), ("post", "post")], max_length=5)),
                ("sealed", models.BinaryField()),
                (
                    "unsubscribe_token",
                    models.BinaryField(
                        help_text="SHA-256 of the token sealed with it, which is in the unsubscribe link of the campaign's emails",
                        max_length=32,
                        null=True,
                        unique=True,
                    ),
                ),
                ("keep_until", models.DateField(db_index=True)),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="pledges.signature"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[("given", "given"), ("withdrawn", "withdrawn"), ("expired", "expired")], max_length=9
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("pledge", "record a political opinion"),
                            ("public_name", "show a name"),
                            ("email", "contact by email"),
                            ("post", "contact by post"),
                        ],
                        max_length=11,
                    ),
                ),
                ("recorded_on", models.DateField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("confirm-page", "confirm page"),
                            ("my-pledge", "my pledge"),
                            ("email-link", "link in an email"),
                            ("phone", "phone"),
                            ("mailing-tool", "mailing tool"),
                            ("retention", "automatic deletion"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "pledge_text",
                    pledges.models.pledge_texts.SignedText(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="pledges.pledgetext",
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="pledges.signature"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Totals",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("people", models.PositiveIntegerField()),
                ("exact_people", models.PositiveIntegerField()),
                ("organisations", models.PositiveIntegerField()),
                ("on_paper", models.PositiveIntegerField(db_default=0, default=0)),
                ("counted_at", models.DateTimeField()),
                (
                    "closed_at",
                    models.DateTimeField(
                        help_text="when it was counted for the last time, before the signatures were erased", null=True
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            django.db.models.expressions.CombinedExpression(models.F("people"), "%%", models.Value(10)),
                            0,
                        ),
                        name="totals_in_tens",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            django.db.models.expressions.CombinedExpression(
                                models.F("on_paper"), "%%", models.Value(10)
                            ),
                            0,
                        ),
                        name="totals_on_paper_in_tens",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="WeeklyStatistics",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week_ends", models.DateField()),
                (
                    "of",
                    models.CharField(
                        choices=[("all", "all"), ("region", "region"), ("profession", "profession")], max_length=60
                    ),
                ),
                ("part", models.CharField(blank=True, max_length=60)),
                ("people", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("of", "part", "week_ends"), name="weeklystatistics_once"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            django.db.models.expressions.CombinedExpression(models.F("people"), "%%", models.Value(10)),
                            0,
                        ),
                        name="weeklystatistics_of_tens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("of", "all"), _negated=True), ("part", ""), _connector="OR"),
                        name="weeklystatistics_all_has_no_part",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="OpenScreen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_at", models.DateTimeField()),
                ("staff", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="open_screens",
                        to="pledges.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation", "staff"), name="open_screen_once")]
            },
        ),
        migrations.CreateModel(
            name="PaperCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveSmallIntegerField(editable=False)),
                (
                    "signatures",
                    models.PositiveIntegerField(
                        help_text="The lines that are filled in, on all the sheets that you have counted now.",
                        verbose_name="signatures",
                    ),
                ),
                ("counted_on", models.DateField(verbose_name="counted on")),
                ("entered_at", models.DateTimeField(verbose_name="entered")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
            ],
            options={
                "verbose_name": "count on paper",
                "verbose_name_plural": "counts on paper",
                "constraints": [models.UniqueConstraint(fields=("ref", "version"), name="papercount_version")],
            },
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GistIndex(
                django.contrib.postgres.indexes.OpClass("key", name="gist_trgm_ops(siglen=64)"),
                name="organisation_key_alike",
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                models.Func(
                    "website",
                    models.Value("^https?://(www\\.)?|[/?].*$"),
                    models.Value(""),
                    models.Value("g"),
                    function="regexp_replace",
                    output_field=models.CharField(),
                ),
                name="organisation_host",
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                models.F("is_named"),
                models.Case(
                    models.When(kind="education", then=models.Value(0)),
                    models.When(kind="health", then=models.Value(1)),
                    models.When(kind="council", then=models.Value(2)),
                    models.When(kind="legal", then=models.Value(3)),
                    models.When(kind="faith", then=models.Value(4)),
                    models.When(kind="union", then=models.Value(5)),
                    models.When(kind="professional", then=models.Value(6)),
                    models.When(kind="migrant-rights", then=models.Value(7)),
                    models.When(kind="women", then=models.Value(8)),
                    models.When(kind="student", then=models.Value(9)),
                    models.When(kind="housing", then=models.Value(10)),
                    models.When(kind="charity", then=models.Value(11)),
                    models.When(kind="business", then=models.Value(12)),
                    models.When(kind="other", then=models.Value(13)),
                ),
                models.F("key"),
                models.F("id"),
                condition=models.Q(("approved_at__isnull", False), ("withdrawn_at", None)),
                name="organisation_list",
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                condition=models.Q(("approved_at", None), ("declined_at", None), ("withdrawn_at", None)),
                fields=["confirmed_at", "id"],
                name="organisation_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                condition=models.Q(
                    models.Q(
                        ("reconfirmed_on", None), ("reconfirmed_on__lt", models.F("reminded_on")), _connector="OR"
                    ),
                    ("yearly_stopped_on", None),
                ),
                fields=["reminded_on"],
                name="organisation_silent",
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                condition=models.Q(
                    models.Q(("declined_at__isnull", False), ("withdrawn_at__isnull", False), _connector="OR"),
                    models.Q(("contact", None), ("digest", None), _negated=True),
                ),
                fields=["id"],
                name="organisation_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("approved_at__isnull", False), ("withdrawn_at", None)),
                fields=("key", "namesake"),
                name="organisation_name_once_in_list",
                violation_error_message="An organisation of this name is in the list already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("approved_at", None), ("declined_at", None), _connector="OR"),
                name="organisation_one_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("entered_by", None), ("agreed_on__isnull", False), _connector="OR"),
                name="organisation_entered_on_a_day",
            ),
        ),
        migrations.AddIndex(
            model_name="pendingsignature", index=models.Index(fields=["digest"], name="pending_digest")
        ),
        migrations.AddIndex(
            model_name="pendingsignature", index=models.Index(fields=["email_queued_at"], name="pending_email_queued")
        ),
        migrations.AddIndex(
            model_name="pendingsignature",
            index=models.Index(
                condition=models.Q(("quarantined_on", None), _negated=True),
                fields=["quarantine"],
                name="pending_quarantine",
            ),
        ),
        migrations.AddIndex(
            model_name="pendingsignature",
            index=models.Index(
                condition=models.Q(("client", ""), _negated=True), fields=["expires_at"], name="pending_client"
            ),
        ),
        migrations.AddIndex(
            model_name="pendingsignature",
            index=models.Index(
                condition=models.Q(models.Q(("provider", ""), _negated=True), ("confirmed_on__isnull", False)),
                fields=["confirmed_on"],
                name="pending_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="pendingsignature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_on", None),
                    models.Q(
                        ("application", None),
                        ("contact", None),
                        ("language", ""),
                        ("profession", ""),
                        ("region", ""),
                        ("submission_hmac", None),
                        ("unsubscribe_token", None),
                    ),
                    _connector="OR",
                ),
                name="pending_confirmed_is_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="pendingsignature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("application", None), ("kind", "person")),
                    models.Q(("contact", None), ("kind", "organisation")),
                    _connector="OR",
                ),
                name="pending_kind_holds_its_own",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("quarantine", None), _negated=True),
                fields=["quarantine"],
                name="signature_quarantine",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("quarantined_on__isnull", False), ("sample", True), _connector="OR"),
                fields=["id"],
                name="signature_not_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="publicname", index=models.Index(fields=["-listed_on", "ref"], name="publicname_newest")
        ),
        migrations.AddIndex(
            model_name="publicname",
            index=models.Index(
                condition=models.Q(("hidden_at", None), ("reviewed_at", None)),
                fields=["listed_on", "ref"],
                name="publicname_to_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(fields=("signature", "channel"), name="contact_channel"),
        ),
    ]
