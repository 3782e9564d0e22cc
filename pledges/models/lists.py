"""The public lists: whether they are shown, the names of supporters in them, what the public reported about names, and
what staff decided.
"""

import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.models.signatures import Signature


class ListVisibilityQuerySet(models.QuerySet["ListVisibility"]):
    def newest(self) -> "ListVisibility":
        """The newest row, which is in force; if there is none, an unsaved one that shows the lists."""
        return self.select_related("decided_by").order_by("-pk").first() or ListVisibility()


class ListVisibility(models.Model):
    """Staff hid or showed the lists, or set a time. Append-only: the newest row is in force."""

    lists_hidden = models.BooleanField(
        _("hide all lists"), default=False, help_text=_("Names of people and of organisations, at once.")
    )
    organisations_from = models.DateTimeField(
        _("show organisations from"),
        null=True,
        blank=True,
        help_text=_("Until then the list of organisations stays empty. Leave it empty to show them now."),
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"))

    objects = ListVisibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("switch of the lists")
        verbose_name_plural = _("switches of the lists")
        permissions = [("switch_lists", _("Can hide all lists and set when they are published"))]

    def __str__(self) -> str:
        return str(self.pk)

    def shows_organisations(self, now: datetime) -> bool:
        begun = self.organisations_from is None or self.organisations_from <= now
        return begun and not self.lists_hidden


def _newest_day() -> date:
    """Returns the newest day whose names are shown: all of it is at least PUBLIC_NAME_DELAY_HOURS ago."""
    if not settings.PUBLIC_NAME_DELAY_HOURS:
        return timezone.localdate()
    return timezone.localdate(timezone.now() - timedelta(hours=settings.PUBLIC_NAME_DELAY_HOURS)) - timedelta(days=1)


class PublicNameQuerySet(models.QuerySet["PublicName"]):
    def shown(self) -> "PublicNameQuerySet":
        """The names in the public list. A new name is shown after a delay, so that staff can review it first."""
        if ListVisibility.objects.newest().lists_hidden:
            return self.none()
        rows = self.filter(hidden_at=None, signature__quarantined_on=None).filter(listed_on__lte=_newest_day())
        return rows if settings.DEBUG else rows.filter(signature__sample=False)

    def to_review(self) -> "PublicNameQuerySet":
        """The names that staff have not reviewed, the oldest first; within a day in random order."""
        rows = self.filter(hidden_at=None, reviewed_at=None, signature__quarantined_on=None)
        return rows.order_by("listed_on", "ref")

    def newest_first(self) -> "PublicNameQuerySet":
        """By day, and within a day in the random order of the refs, so that the order does not show the time."""
        return self.order_by("-listed_on", "ref")

    def after(self, day: date, ref: uuid.UUID) -> "PublicNameQuerySet":
        """The names after the one with this day and ref, in the order of `newest_first`."""
        same_day = Q(listed_on=day, ref__gt=ref)
        return self.filter(Q(listed_on__lt=day) | same_day, listed_on__lte=day)


class PublicName(models.Model):
    """The name under which a supporter chose to be shown in the public list."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signature = models.OneToOneField(Signature, models.CASCADE, related_name="public_name")
    name = models.CharField(_("name"), max_length=100)
    listed_on = models.DateField(_("listed"))
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("looked at"), null=True, help_text="when staff left it in the list")

    objects = PublicNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("public name")
        verbose_name_plural = _("public names")
        permissions = [("hide_publicname", _("Can hide a public name, and show it again"))]
        indexes = [
            models.Index(fields=["-listed_on", "ref"], name="publicname_newest"),
            models.Index(
                fields=["listed_on", "ref"],
                name="publicname_to_review",
                condition=models.Q(hidden_at=None, reviewed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)


class NameReport(models.Model):
    """A visitor's report about a name in the public lists; erased after 30 days."""

    class Reason(models.TextChoices):
        ABUSIVE = "abusive", _("It insults or threatens")
        NOT_THEIRS = "not-theirs", _("It is my name or my organisation’s, and we did not sign")
        FALSE = "false", _("There is no such person or organisation")
        MISSPELT = "misspelt", _("It is misspelt")

    name = models.CharField(_("name"), max_length=150)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    reported_on = models.DateField(_("reported"))
    settled_at = models.DateTimeField(_("looked at"), null=True)

    class Meta:
        verbose_name = _("reported name")
        verbose_name_plural = _("reported names")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["name", "reason"], condition=models.Q(settled_at=None), name="name_report_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class NameDecision(models.Model):
    """Staff hid a public name, or showed it again: who, when and why. Append-only: a trigger refuses changes."""

    class Reason(models.TextChoices):
        ABUSIVE = "abusive", _("It insults or threatens")
        FALSE = "false", _("It is not the signer's name")
        NOT_A_NAME = "not-a-name", _("It is not a name")
        ASKED = "asked", _("The supporter asked for it")
        MISTAKE = "mistake", _("It was hidden by mistake")

    public_name_ref = models.UUIDField(db_index=True)
    hidden = models.BooleanField(_("hidden"), help_text=_("Otherwise it was shown again."))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("hidden name")
        verbose_name_plural = _("hidden names")

    def __str__(self) -> str:
        return str(self.public_name_ref)
