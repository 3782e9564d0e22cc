"""The dated updates that say what has happened to each recommendation.

An update is a fact with a source. `reports.record_updates` writes it. After an hour only another update can correct it;
a database trigger enforces that too.
"""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.admin_base import plain_text
from reports.models import dates
from reports.models.content import HTTPS_ALONE
from reports.models.recommendations import Recommendation, Status, with_note

# How long an update may be edited or deleted. The trigger in migration 0002 has the same hour.
GRACE = datetime.timedelta(hours=1)


class UpdateQuerySet(models.QuerySet["Update"]):
    def published(self) -> "UpdateQuerySet":
        return self.filter(recommendation__in=Recommendation.objects.published())

    def not_corrected(self) -> "UpdateQuerySet":
        """Returns the updates that no later update corrects."""
        return self.filter(superseded_by=None)

    def since_report(self) -> "UpdateQuerySet":
        return self.filter(happened_on__gte=F("recommendation__sector__report__dated_on"))

    def before_report(self) -> "UpdateQuerySet":
        return self.filter(happened_on__lt=F("recommendation__sector__report__dated_on"))

    def with_corrections(self) -> "UpdateQuerySet":
        return self.select_related("supersedes", "superseded_by")

    def with_recommendation(self) -> "UpdateQuerySet":
        return self.select_related("recommendation__sector__report")

    def newest_first(self) -> "UpdateQuerySet":
        return self.order_by("-happened_on", "-id")

    def last_recorded(self) -> "UpdateQuerySet":
        return self.order_by("-recorded_at", "-id")


class Update(models.Model):
    """A dated event with a source. After an hour it is never changed or deleted: a trigger refuses both."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="updates")
    happened_on = models.DateField(_("happened on"))
    precision = models.CharField(_("known to the"), max_length=5, choices=dates.Precision, default=dates.Precision.DAY)
    what = models.TextField(_("what happened"), max_length=2_000, help_text=_("Plain text, as the source tells it."))
    source_name = models.CharField(_("source"), max_length=120)
    source_url = models.URLField(_("address of the source"), max_length=400, validators=[HTTPS_ALONE])
    second_source_name = models.CharField(_("second source"), max_length=120, blank=True)
    second_source_url = models.URLField(
        _("address of the second source"), max_length=400, blank=True, validators=[HTTPS_ALONE]
    )
    reported_by = models.CharField(
        _("reported by"), max_length=120, blank=True, help_text=_("Where only campaigners report it: who.")
    )
    status_after = models.CharField(_("status from then on"), max_length=20, choices=Status, blank=True)
    status_note = models.CharField(
        _("status note"),
        max_length=80,
        blank=True,
        help_text=_("Shown with the status everywhere: “in England, with limits on income”."),
    )
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("corrects")
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = UpdateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(source_name="") & Q(source_url__startswith="https://"),
                name="update_has_source",
                violation_error_message=_("Name the source, and give its address with https:// in front."),
            ),
            models.CheckConstraint(
                condition=Q(status_after="") | Q(status_after__in=Status.values),
                name="update_status_known",
                violation_error_message=_("Choose one of the statuses in the list, or none."),
            ),
            models.CheckConstraint(
                condition=Q(status_note="") | ~Q(status_after=""),
                name="update_note_has_status",
                violation_error_message=_("A note belongs to a status: choose the status too."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation.name}, {self.happened_text}"

    def get_absolute_url(self) -> str:
        return f"{self.recommendation.get_absolute_url()}#update-{self.pk}"

    def clean(self) -> None:
        """Raises ValidationError with errors at the fields that are wrong."""
        plain_text.fields(self, "what", "source_name", "second_source_name", "reported_by", "status_note")
        if self.recommendation_id is None or self.happened_on is None:
            return
        if self.status_after and self.is_before_report:
            raise ValidationError({"status_after": _("What happened before the report changes no status.")})
        if self.status_note and not self.status_after:
            raise ValidationError({"status_after": _("A note belongs to a status: choose the status too.")})
        if bool(self.second_source_name) != bool(self.second_source_url):
            raise ValidationError({"second_source_url": _("A second source needs a name and an address.")})
        self._check_corrected()

    def _check_corrected(self) -> None:
        corrected = self.supersedes
        if corrected and corrected.recommendation_id != self.recommendation_id:
            raise ValidationError({"supersedes": _("An update corrects only one of the same recommendation.")})
        if corrected and Update.objects.filter(supersedes=corrected).exclude(pk=self.pk).exists():
            message = _("That update has been corrected already: correct the newer one.")
            raise ValidationError({"supersedes": message})

    @property
    def editable_until(self) -> datetime.datetime:
        return self.recorded_at + GRACE

    @property
    def is_editable(self) -> bool:
        """Whether it may still be edited or deleted: within its first hour, while no other update corrects it."""
        return timezone.now() < self.editable_until and not self.is_corrected

    @property
    def is_before_report(self) -> bool:
        return self.happened_on < self.recommendation.sector.report.dated_on

    @property
    def is_corrected(self) -> bool:
        return hasattr(self, "superseded_by")

    @property
    def happened_text(self) -> str:
        return dates.text(self.happened_on, self.precision)

    @property
    def happened_iso(self) -> str:
        return dates.iso(self.happened_on, self.precision)

    @property
    def status_text(self) -> str:
        """Returns the status in words, like `met (in England, with limits on income)`; "" if it changes no status."""
        return with_note(self.get_status_after_display().lower(), self.status_note)

    @property
    def sources(self) -> list[dict[str, str]]:
        pairs = [(self.source_name, self.source_url), (self.second_source_name, self.second_source_url)]
        return [{"name": name, "url": url} for name, url in pairs if url]


def newest_first() -> models.Prefetch:
    """Returns the Prefetch of recommendations' updates, newest first, which takes one more query."""
    return models.Prefetch("updates", Update.objects.with_corrections().newest_first())
