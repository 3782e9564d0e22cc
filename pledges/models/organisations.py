"""Organisations that signed, and which member of staff has one open."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GistIndex, OpClass
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.inputs import organisation_names
from pledges.models.encrypted_fields import DigestField, EncryptedField
from pledges.models.lists import ListVisibility
from pledges.models.organisation_decisions import OrganisationDecision, OrganisationDecisionQuerySet
from pledges.models.pledge_texts import PledgeText

# Once a YEAR an organisation is asked whether it still supports the pledge. If it has not answered after ANSWER_WITHIN,
# staff see that.
YEAR, ANSWER_WITHIN = timedelta(days=365), timedelta(days=30)


class State(models.TextChoices):
    WAITING = "waiting", _("waiting")
    ASKED = "asked", _("asked, no answer yet")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class NameKeyField(models.CharField):
    """The name in the form in which names are compared (`organisation_names.key`); set whenever a row is saved."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = organisation_names.key(getattr(model_instance, "name", ""))
        setattr(model_instance, self.attname, key)
        return key


def later_in_queue(organisation: "Organisation") -> Q:
    """The condition for the organisations that come after this one in the queue."""
    return Q(confirmed_at__gt=organisation.confirmed_at) | Q(
        confirmed_at=organisation.confirmed_at, pk__gt=organisation.pk
    )


class OrganisationKind(models.TextChoices):
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


# The public list is in the order of the kinds above.
BY_KIND = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(OrganisationKind)))

# The domain of the website, without "www.".
HOST = Func(
    "website",
    Value(r"^https?://(www\.)?|[/?].*$"),
    Value(""),
    Value("g"),
    function="regexp_replace",
    output_field=models.CharField(),
)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def update(self, **changes: Any) -> int:
        """Django's `update`, which sets `key` too if it changes the name."""
        return super().update(
            **changes | ({"key": organisation_names.key(changes["name"])} if "name" in changes else {})
        )

    def waiting(self) -> "OrganisationQuerySet":
        """The organisations without a decision, oldest first."""
        return self.active().filter(approved_at=None).order_by("confirmed_at", "pk")

    def queued(self) -> "OrganisationQuerySet":
        """The waiting organisations that staff can decide about now: not those with an unanswered question."""
        return self.waiting().filter(asked_at=None)

    def in_state(self, state: str) -> "OrganisationQuerySet":
        rows = {
            State.WAITING: self.queued(),
            State.ASKED: self.waiting().filter(asked_at__isnull=False),
            State.APPROVED: self.active().filter(approved_at__isnull=False),
            State.DECLINED: self.filter(declined_at__isnull=False, withdrawn_at=None),
            State.WITHDRAWN: self.filter(withdrawn_at__isnull=False),
        }
        return rows[State(state)]

    def active(self) -> "OrganisationQuerySet":
        """The organisations that wait or are approved."""
        return self.filter(declined_at=None, withdrawn_at=None)

    def ended_by(self, moment: datetime) -> "OrganisationQuerySet":
        """The organisations declined or withdrawn at this moment or before."""
        return self.filter(Q(declined_at__lte=moment) | Q(withdrawn_at__lte=moment))

    def with_contact(self) -> "OrganisationQuerySet":
        """The organisations of which we still store who signed."""
        return self.exclude(contact=None, digest=None)

    def approved(self) -> "OrganisationQuerySet":
        """The organisations that are counted in public numbers; samples only in the demo."""
        rows = self.filter(approved_at__isnull=False, withdrawn_at=None)
        return rows if settings.DEBUG else rows.filter(sample=False)

    def due_yearly(self, today: date) -> "OrganisationQuerySet":
        """The organisations due for the yearly email: for a year neither asked nor confirmed again."""
        year_ago = today - YEAR
        rows = self.active().filter(approved_at__date__lte=year_ago, yearly_stopped_on=None).exclude(digest=None)
        return rows.exclude(reminded_on__gt=year_ago).exclude(reconfirmed_on__gt=year_ago)

    def without_yearly_answer(self, today: date) -> "OrganisationQuerySet":
        """The organisations that have not answered the yearly email within a month. They stay in the list."""
        rows = self.active().filter(approved_at__isnull=False, reminded_on__lte=today - ANSWER_WITHIN)
        rows = rows.filter(yearly_stopped_on=None)
        return rows.filter(Q(reconfirmed_on=None) | Q(reconfirmed_on__lt=F("reminded_on")))

    def listed(self) -> "OrganisationQuerySet":
        """The organisations in the public list; none while staff hide the lists or until the hour that they set."""
        rows = self.approved().filter(is_named=True).by_name()
        return rows if ListVisibility.objects.newest().shows_organisations(timezone.now()) else rows.none()

    def by_name(self) -> "OrganisationQuerySet":
        """In alphabetical order, independent of the database's locale."""
        return self.order_by("key", "pk")

    def in_list_as(self, name: str) -> "OrganisationQuerySet":
        """The approved organisations with this name, in any spelling."""
        return self.active().filter(approved_at__isnull=False, key=organisation_names.key(name))

    def named_like(self, sought: str) -> "OrganisationQuerySet":
        """The organisations whose name contains this text, in any spelling."""
        return self.filter(key__contains=organisation_names.key(sought)) if sought.strip() else self


class Organisation(models.Model):
    """An organisation that signed. Only the folder organisations/ writes it; it is public once it is approved."""

    Kind = OrganisationKind

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150)
    key = NameKeyField(
        max_length=organisation_names.LONGEST,
        editable=False,
        db_collation="C",
        help_text="the name in the form for searching, sorting and comparing (`organisation_names.key`)",
    )
    namesake = models.PositiveSmallIntegerField(
        default=0,
        editable=False,
        help_text="0, or a number that distinguishes it from other organisations with the same name",
    )
    website = models.URLField(_("website"), blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    is_named = models.BooleanField(_("named in public"), help_text=_("Otherwise it is counted without its name."))
    pledge_text = models.ForeignKey(PledgeText, models.PROTECT, verbose_name=_("pledge text"))
    digest = DigestField(max_length=32, null=True, db_index=True, help_text="of the contact's mailbox")
    contact = EncryptedField(null=True, help_text="name, role and work email of the person who signs, encrypted")
    version = models.PositiveIntegerField(
        _("version"), default=1, help_text="staff decide about the version that they saw"
    )
    confirmed_at = models.DateTimeField(_("waiting since"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    asked_at = models.DateTimeField(
        null=True, help_text="when staff asked it a question; it is not in the queue until it answers"
    )
    reminded_on = models.DateField(
        null=True, help_text="when the yearly email last asked whether it still supports the pledge"
    )
    reconfirmed_on = models.DateField(null=True, help_text="when it last confirmed that it does")
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
            # Finds the most similar names, and those that contain a text. Signatures of 64 bytes are long enough to
            # tell most keys apart; with the default of 12 a search reads nearly all of them.
            GistIndex(OpClass("key", name="gist_trgm_ops(siglen=64)"), name="organisation_key_alike"),
            models.Index(HOST, name="organisation_host"),
            models.Index(  # the public list, and whether some of it are not named
                "is_named",
                BY_KIND,
                "key",
                "id",
                name="organisation_list",
                condition=Q(approved_at__isnull=False, withdrawn_at=None),
            ),
            models.Index(
                fields=["confirmed_at", "id"],
                name="organisation_waiting",
                condition=Q(approved_at=None, declined_at=None, withdrawn_at=None),
            ),
            models.Index(
                fields=["reminded_on"],
                name="organisation_silent",
                condition=Q(Q(reconfirmed_on=None) | Q(reconfirmed_on__lt=F("reminded_on")), yearly_stopped_on=None),
            ),
            models.Index(  # those whose contact is to be erased
                fields=["id"],
                name="organisation_ended",
                condition=Q(Q(declined_at__isnull=False) | Q(withdrawn_at__isnull=False))
                & ~Q(contact=None, digest=None),
            ),
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
                name="organisation_entered_on_a_day", condition=Q(entered_by=None) | Q(agreed_on__isnull=False)
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

    def decisions(self) -> OrganisationDecisionQuerySet:
        """The decisions about it, newest first."""
        rows = OrganisationDecision.objects.filter(organisation_ref=self.ref)
        return rows.select_related("decided_by").order_by("-pk")

    @property
    def was_listed_before(self) -> bool:
        """Whether it waits again because it changed its entry after it had been in the list."""
        if not self.is_waiting:
            return False
        rows = self.decisions().values_list("act", "ref", "undoes")
        undone = {undoes for _act, _ref, undoes in rows}
        moves = [act for act, ref, _undoes in rows if act in OrganisationDecision.STATE_CHANGING and ref not in undone]
        return bool(moves) and moves[0] in OrganisationDecision.LISTING

    @property
    def changed_its_entry(self) -> bool:
        """Whether it changed its entry since it signed. Only such a change raises `version` without a decision."""
        return self.version > 1 + self.decisions().filter(act__in=OrganisationDecision.VERSION_RAISING).count()


class OpenScreen(models.Model):
    """When a member of staff last opened an organisation's page, so that colleagues see who works on it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="open_screens")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "staff"], name="open_screen_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.staff_id}"
