"""Organisations that signed, the record of what staff did about them, and who has one open just now."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.inputs import organisation_names
from pledges.models.encrypted_fields import DigestField, EncryptedField
from pledges.models.list_visibility import ListVisibility
from pledges.models.pledge_texts import PledgeText

# Once a year an organisation is asked whether it still supports the pledge; after a month without an answer staff are
# shown it.
YEAR, SILENCE = timedelta(days=365), timedelta(days=30)


class State(models.TextChoices):
    WAITING = "waiting", _("waiting")
    ASKED = "asked", _("asked, no answer yet")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class NameKeyField(models.CharField):
    """The name in the form in which names are compared (`organisation_names.key`), set whenever a row is saved."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = organisation_names.key(getattr(model_instance, "name", ""))
        setattr(model_instance, self.attname, key)
        return key


def behind(organisation: "Organisation") -> Q:
    """The condition for those that come after this one in the queue."""
    return Q(confirmed_at__gt=organisation.confirmed_at) | Q(
        confirmed_at=organisation.confirmed_at, pk__gt=organisation.pk
    )


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def update(self, **changes: Any) -> int:
        """As in Django; a new name sets the key too."""
        return super().update(
            **changes | ({"key": organisation_names.key(changes["name"])} if "name" in changes else {})
        )

    def waiting(self) -> "OrganisationQuerySet":
        """Those without a decision, oldest first."""
        return self.alive().filter(approved_at=None).order_by("confirmed_at", "pk")

    def queued(self) -> "OrganisationQuerySet":
        """Those for staff to decide about now: waiting, without an open question to them."""
        return self.waiting().filter(asked_at=None)

    def next_after(self, organisation: "Organisation") -> "Organisation | None":
        """The one behind it in the queue; None at the end."""
        return self.queued().filter(behind(organisation)).first()

    def in_state(self, state: str) -> "OrganisationQuerySet":
        rows = {
            State.WAITING: self.queued(),
            State.ASKED: self.waiting().filter(asked_at__isnull=False),
            State.APPROVED: self.alive().filter(approved_at__isnull=False),
            State.DECLINED: self.filter(declined_at__isnull=False, withdrawn_at=None),
            State.WITHDRAWN: self.filter(withdrawn_at__isnull=False),
        }
        return rows[State(state)]

    def alive(self) -> "OrganisationQuerySet":
        """Waiting or approved."""
        return self.filter(declined_at=None, withdrawn_at=None)

    def ended_by(self, moment: datetime) -> "OrganisationQuerySet":
        """Declined or withdrawn then or before."""
        return self.filter(Q(declined_at__lte=moment) | Q(withdrawn_at__lte=moment))

    def with_contact(self) -> "OrganisationQuerySet":
        """Those of which we still know who signed."""
        return self.exclude(contact=None, digest=None)

    def approved(self) -> "OrganisationQuerySet":
        """Those in every public number; sample rows in the demo only."""
        rows = self.filter(approved_at__isnull=False, withdrawn_at=None)
        return rows if settings.DEBUG else rows.filter(sample=False)

    def due_yearly(self, today: date) -> "OrganisationQuerySet":
        """Those due for the yearly email: not asked, and not confirmed again, for a year."""
        year_ago = today - YEAR
        rows = (
            self.alive().filter(approved_at__date__lte=year_ago, yearly_stopped_on=None).exclude(digest=None)
        )
        return rows.exclude(reminded_on__gt=year_ago).exclude(stands_on__gt=year_ago)

    def silent(self, today: date) -> "OrganisationQuerySet":
        """Those that did not answer the yearly email within a month. They stay in the list; staff are shown them."""
        rows = self.alive().filter(approved_at__isnull=False, reminded_on__lte=today - SILENCE)
        rows = rows.filter(yearly_stopped_on=None)
        return rows.filter(Q(stands_on=None) | Q(stands_on__lt=F("reminded_on")))

    def listed(self) -> "OrganisationQuerySet":
        """Those named in public, unless staff have switched the lists off or set an hour for them."""
        rows = self.approved().filter(is_named=True).by_name()
        return rows if ListVisibility.objects.newest().shows_organisations(timezone.now()) else rows.none()

    def by_name(self) -> "OrganisationQuerySet":
        """In the order of the alphabet, whatever the server's language is."""
        return self.order_by("key", "pk")

    def in_list_as(self, name: str) -> "OrganisationQuerySet":
        """Those in the list under this name, however it is spelt."""
        return self.alive().filter(approved_at__isnull=False, key=organisation_names.key(name))

    def named_like(self, sought: str) -> "OrganisationQuerySet":
        """Those with this in their name, however it is spelt."""
        return self.filter(key__contains=organisation_names.key(sought)) if sought.strip() else self


class Organisation(models.Model):
    """An organisation that signed. Only pledges.organisations writes one; it is public once it is approved."""

    class Kind(models.TextChoices):
        EDUCATION = "education", _("School or college")
        HEALTH = "health", _("Health")
        COUNCIL = "council", _("Council")
        LEGAL = "legal", _("Legal")
        FAITH = "faith", _("Faith")
        UNION = "union", _("Union")
        PROFESSIONAL = "professional", _("Professional body")
        MIGRANT_RIGHTS = "migrant-rights", _("Migrant rights")
        WOMEN = "women", _("Women's and domestic abuse")
        STUDENT = "student", _("Student")
        HOUSING = "housing", _("Housing")
        CHARITY = "charity", _("Other charity")
        BUSINESS = "business", _("Business")
        OTHER = "other", _("Other")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150)
    key = NameKeyField(
        max_length=organisation_names.LONGEST,
        editable=False,
        db_collation="C",
        help_text="the name as it is searched, sorted and compared (`organisation_names.key`)",
    )
    namesake = models.PositiveSmallIntegerField(
        default=0,
        editable=False,
        help_text="0; of several bodies with one name, which staff have told apart, the number",
    )
    website = models.URLField(_("website"), blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    is_named = models.BooleanField(
        _("named in public"), help_text=_("Otherwise it is counted without its name.")
    )
    pledge_text = models.ForeignKey(PledgeText, models.PROTECT, verbose_name=_("pledge text"))
    digest = DigestField(max_length=32, null=True, db_index=True, help_text="of the contact's mailbox")
    contact = EncryptedField(
        null=True, help_text="name, role and work email of who signs, under the server key"
    )
    version = models.PositiveIntegerField(
        _("version"), default=1, help_text="a decision binds to the version seen"
    )
    confirmed_at = models.DateTimeField(_("waiting since"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    asked_at = models.DateTimeField(
        null=True, help_text="when staff asked it something; until it answers it is out of the queue"
    )
    reminded_on = models.DateField(
        null=True, help_text="when the yearly email last asked whether it still supports the pledge"
    )
    stands_on = models.DateField(null=True, help_text="when it last said that it does")
    yearly_stopped_on = models.DateField(null=True, help_text="when its contact stopped the yearly emails")
    agreed_on = models.DateField(_("agreed in writing on"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("entered by")
    )
    sample = models.BooleanField(_("sample"), default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        permissions = [
            ("decide_organisation", _("Can approve, decline and withdraw organisations")),
            ("enter_organisation", _("Can enter organisations that agreed in writing")),
        ]
        indexes = [
            GinIndex(fields=["key"], opclasses=["gin_trgm_ops"], name="organisation_key_alike"),
            GinIndex(fields=["website"], opclasses=["gin_trgm_ops"], name="organisation_website_part"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "namesake"],
                condition=Q(approved_at__isnull=False, withdrawn_at=None),
                name="organisation_name_once_in_list",
                violation_error_message=_("An organisation of this name is in the list already."),
            ),
            models.CheckConstraint(
                name="organisation_one_decision", condition=Q(approved_at=None) | Q(declined_at=None)
            ),
            models.CheckConstraint(
                name="organisation_entered_on_a_day",
                condition=Q(entered_by=None) | Q(agreed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def state(self) -> State:
        if self.withdrawn_at:
            return State.WITHDRAWN
        if self.declined_at:
            return State.DECLINED
        if self.approved_at:
            return State.APPROVED
        return State.ASKED if self.asked_at else State.WAITING

    @property
    def is_waiting(self) -> bool:
        return self.state in (State.WAITING, State.ASKED)

    def decisions(self) -> models.QuerySet["OrganisationDecision"]:
        """What was decided about it, newest first."""
        rows = OrganisationDecision.objects.filter(organisation_ref=self.ref)
        return rows.select_related("decided_by").order_by("-pk")

    @property
    def stood_before(self) -> bool:
        """Whether it waits again because it changed its entry after it was in the list."""
        if not self.is_waiting:
            return False
        rows = self.decisions().values_list("act", "ref", "undoes")
        undone = {undoes for _act, _ref, undoes in rows}
        moves = [
            act for act, ref, _undoes in rows if act in OrganisationDecision.MOVING and ref not in undone
        ]
        return bool(moves) and moves[0] in OrganisationDecision.LISTING

    @property
    def changed_its_entry(self) -> bool:
        """Whether `confirmed_at` is the day of a change: something raised the version and left no record."""
        return self.version > 1 + self.decisions().filter(act__in=OrganisationDecision.RAISING).count()


class OrganisationDecision(models.Model):
    """What was decided, asked, answered or noted about an organisation, by which member of staff, and when.

    Append-only: a trigger refuses UPDATE and DELETE.
    """

    class Act(models.TextChoices):
        ENTER = "enter", _("entered")
        APPROVE = "approve", _("approved")
        DECLINE = "decline", _("declined")
        WITHDRAW = "withdraw", _("withdrawn")
        ASK = "ask", _("asked")
        RESPELL = "respell", _("spelling changed")
        INVITE = "invite", _("new contact invited")
        CONTACT = "contact", _("new contact confirmed")
        STAND = "stand", _("confirmed again")
        ANSWER = "answer", _("answered")
        NOTE = "note", _("note")
        UNDO = "undo", _("undone")
        REOPEN = "reopen", _("taken back to waiting")

    class Question(models.TextChoices):
        WHO = "who", _("Who in your organisation decided to sign, and when?")
        PROOF = "proof", _("Please write to us from an address on your organisation's own domain")
        WEBSITE = "website", _("Which website is your organisation's own?")
        BRANCH = "branch", _("Do you sign for a branch, or for the whole organisation?")
        NAME = "name", _("How should the name of your organisation be written?")
        OWN = "own", _("Another question, in your own words below")

    class Reason(models.TextChoices):
        NONE = "", _("none")
        UNVERIFIED = "unverified", _("We could not verify that the organisation agreed")
        AUTHORITY = "authority", _("Who signed may not sign for the organisation")
        DUPLICATE = "duplicate", _("The organisation has signed already")
        NOT_AN_ORGANISATION = "not-an-organisation", _("It is not an organisation")
        AT_ODDS = "at-odds", _("What it stands for is at odds with the pledge")
        ASKED = "asked", _("The organisation asked for it")
        OTHER = "other", _("Another reason, in your own words below")

    # Stands beside an approval or an entry.
    NAMESAKE = "namesake", _("another organisation of the same name")

    LISTING = (Act.ENTER, Act.APPROVE)
    MOVING = (*LISTING, Act.DECLINE, Act.WITHDRAW, Act.REOPEN)  # from one state to another
    # Each raises the organisation's version by one.
    RAISING = (Act.ASK, Act.ANSWER, Act.RESPELL, Act.INVITE, Act.CONTACT, Act.UNDO, Act.REOPEN)
    UNDOABLE = (*LISTING, Act.DECLINE, Act.WITHDRAW, Act.ASK, Act.RESPELL)

    ref = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="which the email about it refers to"
    )
    organisation_ref = models.UUIDField(db_index=True)
    version = models.PositiveIntegerField()
    act = models.CharField(_("decision"), max_length=8, choices=Act)
    reason = models.CharField(
        _("reason"), max_length=24, choices=[*Reason.choices, *Question.choices, NAMESAKE], blank=True
    )
    was = models.CharField(_("name before"), max_length=150, blank=True)
    text = models.TextField(
        _("text"), blank=True, help_text="what staff wrote to it (emailed), its answer, or a note of staff"
    )
    undoes = models.UUIDField(
        null=True, unique=True, help_text="the ref of the decision that this one undoes"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("decided by"),
        help_text=_("Empty: the organisation itself."),
    )
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return f"{self.act} {self.organisation_ref}"

    @property
    def undoable_until(self) -> datetime:
        """The moment from which it can't be undone: the email about it is sent then."""
        return self.decided_at + settings.DECISION_EMAIL_DELAY

    @property
    def raises(self) -> int:
        """By how much it raised the organisation's version."""
        return int(self.act in self.RAISING)

    @property
    def emailed_words(self) -> str:
        """The reason or question as the email about it says it: one of the list, staff's own words, or both."""
        is_own = self.reason in (self.Reason.OTHER, self.Question.OWN)
        said = "" if is_own or not self.reason else str(self.get_reason_display())
        if said and not said.endswith("?"):
            said += "."
        return "\n\n".join(part for part in (said, self.text) if part)


class OpenScreen(models.Model):
    """Which member of staff opened an organisation's screen last at what moment, so that colleagues see it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="open_screens")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "staff"], name="open_screen_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.staff_id}"
