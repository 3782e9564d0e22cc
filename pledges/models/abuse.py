"""Signatures that robots may have made: the rules that mark them, and what staff decide about them."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class AbuseRuleQuerySet(models.QuerySet["AbuseRule"]):
    def in_force(self) -> list["AbuseRule"]:
        """The newest rule of each kind, if it is on."""
        newest = self.order_by("kind", "-pk").distinct("kind")
        return [rule for rule in newest if rule.is_on]

    def holds(self, kind: str, **values: object) -> bool:
        """Whether the newest rule of this kind has these values."""
        newest = self.filter(kind=kind).order_by("pk").last()
        return newest is not None and all(getattr(newest, name) == value for name, value in values.items())


class AbuseRule(models.Model):
    """A rule that marks more than `most` signatures within `minutes`. Append-only: the newest rule of a kind is in
    force.
    """

    class Kind(models.TextChoices):
        CLIENT = "client", _("From one client")
        PROVIDER = "provider", _("From one group of mail providers")

    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    is_on = models.BooleanField(_("on"), default=True)
    most = models.PositiveIntegerField(_("more than"), help_text=_("signatures asked for"))
    minutes = models.PositiveIntegerField(_("within"), help_text=_("minutes"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"))

    objects = AbuseRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("abuse rule")
        verbose_name_plural = _("abuse rules")
        default_permissions = ("view", "add")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class QuarantineQuerySet(models.QuerySet["Quarantine"]):
    def undecided(self) -> "QuarantineQuerySet":
        return self.filter(released_at=None, invalidated_at=None)


class Quarantine(models.Model):
    """A group of signatures that one rule marked. They are confirmed like all others, but not counted or listed."""

    class Kind(models.TextChoices):
        TRAP = "trap", _("The hidden field was filled in")
        CLIENT = "client", _("Many from one client")
        PROVIDER = "provider", _("Many from one group of mail providers")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("why"), max_length=8, choices=Kind)
    opened_at = models.DateTimeField(_("marked"))
    released_at = models.DateTimeField(_("released"), null=True)
    invalidated_at = models.DateTimeField(_("invalidated"), null=True)

    objects = QuarantineQuerySet.as_manager()

    class Meta:
        verbose_name = _("quarantine")
        verbose_name_plural = _("quarantines")
        default_permissions = ("view",)
        permissions = [("decide_quarantine", _("Can release and invalidate what rules marked"))]
        constraints = [
            models.CheckConstraint(
                name="quarantine_one_end", condition=models.Q(released_at=None) | models.Q(invalidated_at=None)
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def decided_at(self) -> datetime | None:
        return self.released_at or self.invalidated_at

    @property
    def state_label(self) -> str:
        if self.released_at:
            return gettext("released")
        return gettext("invalidated") if self.invalidated_at else gettext("waits for staff")

    def reversible_until(self, span: timedelta) -> datetime | None:
        return self.decided_at + span if self.decided_at else None


class QuarantineDecision(models.Model):
    """What staff decided about a quarantine, and for how many signatures. Append-only: a trigger refuses."""

    class Act(models.TextChoices):
        RELEASE = "release", _("released")
        INVALIDATE = "invalidate", _("invalidated")
        REOPEN = "reopen", _("reopened")

    quarantine_ref = models.UUIDField(db_index=True)
    act = models.CharField(_("decision"), max_length=10, choices=Act)
    signatures = models.PositiveIntegerField(_("signatures"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("quarantine decision")
        verbose_name_plural = _("quarantine decisions")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.act} {self.quarantine_ref}"
