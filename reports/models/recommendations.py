"""Recommendations, and the dated updates that say what has happened to each.

An update is a fact with a source. `record_updates.record` writes it; later only another update can correct it,
which triggers in the database enforce too.
"""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from pledges.admin_base import plain_text
from reports import dates
from reports.models.content import HTTPS_ALONE, Body, Content
from reports.querysets import ContentQuerySet

NATIONS = ["England", "Wales", "Scotland", "Northern Ireland"]
# How long an update may be edited or taken back. The trigger in migration 0002 has the same hour.
GRACE = datetime.timedelta(hours=1)
CHECK_EVERY = datetime.timedelta(days=90)


class Status(models.TextChoices):
    """The campaign's judgement of one recommendation."""

    NOT_MET = "not-met", _("Not met")
    PARTLY_MET = "partly-met", _("Partly met")
    MET = "met", _("Met")
    MOVED_BACKWARDS = "moved-backwards", _("Moved backwards")


def noted(status: str, note: str) -> str:
    """A status in words, with what must be said beside it."""
    return f"{status} ({note})" if note else status


class RecommendationQuerySet(ContentQuerySet["Recommendation"]):
    above = ("sector__", "sector__report__")

    def with_addressees(self) -> "RecommendationQuerySet":
        return self.select_related("sector__report").prefetch_related("asked_of__successor")

    def with_history(self) -> "RecommendationQuerySet":
        """With their updates, newest first, in one more query."""
        updates = Update.objects.with_corrections().newest_first()
        return self.prefetch_related(models.Prefetch("updates", updates))

    def at(self, sector: str, number: int) -> "Recommendation | None":
        """What stands at that address, or stood there and has moved."""
        here = self.filter(sector__slug=sector, number=number).first()
        moved = Q(earlier_addresses__sector_slug=sector, earlier_addresses__number=number)
        return here or self.filter(moved).first()

    def of(self, body: Body) -> "RecommendationQuerySet":
        """What is asked of that body, or of one that it has taken over from."""
        return self.filter(asked_of__in=body.line()).distinct()

    def overdue(self, today: datetime.date) -> "RecommendationQuerySet":
        """What nobody has checked for 90 days, longest ago (or never) first."""
        unchecked = Q(checked_on=None) | Q(checked_on__lt=today - CHECK_EVERY)
        return self.filter(unchecked).order_by(F("checked_on").asc(nulls_first=True))


class Recommendation(Content):
    """One recommendation of the report. Only `record_updates` writes `status`, `status_note` and `checked_on`."""

    class Place(models.TextChoices):
        ENGLAND = "england", _("England")
        ENGLAND_AND_WALES = "england-and-wales", _("England and Wales")
        UK = "uk", _("the whole UK")

        @property
        def nations(self) -> list[str]:
            """The nations of the UK in which it applies."""
            reach = {"england": 1, "england-and-wales": 2, "uk": 4}[self.value]
            return NATIONS[:reach]

    sector = models.ForeignKey("reports.Sector", models.PROTECT, related_name="recommendations")
    number = models.PositiveSmallIntegerField(
        _("number"), help_text=_("Within its sector. The old address leads on to the new one.")
    )
    key = models.SlugField(
        _("key"), unique=True, help_text=_("A lasting name for data and feeds, never changed.")
    )
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), max_length=1_000, help_text=_("Plain text, in the site's own words."))
    why = models.TextField(_("why"), max_length=20_000, help_text=_("Markdown."))
    asked_of = models.ManyToManyField(Body, related_name="recommendations", verbose_name=_("asked of"))
    applies_in = models.CharField(_("applies in"), max_length=20, choices=Place)
    quotation = models.TextField(_("the report's own words"), max_length=2_000, blank=True)
    quotation_page = models.PositiveSmallIntegerField(_("on page"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.NOT_MET, editable=False
    )
    status_note = models.CharField(_("status note"), max_length=80, blank=True, editable=False)
    checked_on = models.DateField(_("last checked"), null=True, editable=False)

    history = HistoricalRecords(m2m_fields=[asked_of])
    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["sector__position", "number"]
        constraints = [
            # Deferred, so that two can change places in one transaction.
            models.UniqueConstraint(
                fields=["sector", "number"],
                name="recommendation_number_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="recommendation_status_known",
                violation_error_message=_("Choose one of the four statuses."),
            ),
            models.CheckConstraint(
                condition=Q(quotation="") | Q(quotation_page__isnull=False),
                name="recommendation_quotation_has_page",
                violation_error_message=_("Say on which page of the report the quotation stands."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector.name} {self.number}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("reports:recommendation", args=[self.sector.slug, self.number])

    @property
    def name(self) -> str:
        """`Education 1`, as people speak of it."""
        return f"{self.sector.name} {self.number}"

    @property
    def nations(self) -> list[tuple[str, bool]]:
        """Each nation of the UK, and whether it applies there."""
        reached = self.Place(self.applies_in).nations if self.applies_in else []
        return [(nation, nation in reached) for nation in NATIONS]

    @property
    def status_told(self) -> str:
        """`Met`, or `Met (in England, with limits on income)`."""
        return noted(self.get_status_display(), self.status_note)


class MovedRecommendation(models.Model):
    """An address at which a recommendation once stood; it leads on for ever."""

    sector_slug = models.SlugField()
    number = models.PositiveSmallIntegerField()
    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="earlier_addresses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sector_slug", "number"], name="moved_from_once")]

    def __str__(self) -> str:
        return f"{self.sector_slug}/{self.number}"


class UpdateQuerySet(models.QuerySet["Update"]):
    def published(self) -> "UpdateQuerySet":
        return self.filter(recommendation__in=Recommendation.objects.published())

    def standing(self) -> "UpdateQuerySet":
        """Without those that a later one corrects."""
        return self.filter(superseded_by=None)

    def since_report(self) -> "UpdateQuerySet":
        return self.filter(happened_on__gte=F("recommendation__sector__report__dated_on"))

    def before_report(self) -> "UpdateQuerySet":
        return self.filter(happened_on__lt=F("recommendation__sector__report__dated_on"))

    def with_corrections(self) -> "UpdateQuerySet":
        return self.select_related("supersedes", "superseded_by")

    def with_place(self) -> "UpdateQuerySet":
        return self.select_related("recommendation__sector__report")

    def newest_first(self) -> "UpdateQuerySet":
        return self.order_by("-happened_on", "-id")

    def last_recorded(self) -> "UpdateQuerySet":
        return self.order_by("-recorded_at", "-id")


class Update(models.Model):
    """A dated event with a source. After an hour it is never changed or deleted: a trigger refuses both."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="updates")
    happened_on = models.DateField(_("happened on"))
    precision = models.CharField(
        _("known to the"), max_length=5, choices=dates.Precision, default=dates.Precision.DAY
    )
    what = models.TextField(
        _("what happened"), max_length=2_000, help_text=_("Plain text, as the source tells it.")
    )
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
        help_text=_(
            "What must be said with the status wherever it stands: “in England, with limits on income”."
        ),
    )
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("corrects"),
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
                violation_error_message=_("Choose one of the four statuses, or none."),
            ),
            models.CheckConstraint(
                condition=Q(status_note="") | ~Q(status_after=""),
                name="update_note_has_status",
                violation_error_message=_("A note stands beside a status: choose the status too."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation.name}, {self.happened_told}"

    def get_absolute_url(self) -> str:
        return f"{self.recommendation.get_absolute_url()}#update-{self.pk}"

    def clean(self) -> None:
        """Refuse what can't stand in the history, at the field that is to be mended."""
        plain_text.fields(self, "what", "source_name", "second_source_name", "reported_by", "status_note")
        if self.recommendation_id is None or self.happened_on is None:
            return
        if self.status_after and self.is_before_report:
            raise ValidationError({"status_after": _("What happened before the report moves no status.")})
        if self.status_note and not self.status_after:
            raise ValidationError(
                {"status_after": _("A note stands beside a status: choose the status too.")}
            )
        if bool(self.second_source_name) != bool(self.second_source_url):
            raise ValidationError({"second_source_url": _("A second source needs a name and an address.")})
        self._check_corrected()

    def _check_corrected(self) -> None:
        corrected = self.supersedes
        if corrected and corrected.recommendation_id != self.recommendation_id:
            raise ValidationError(
                {"supersedes": _("An update corrects only one of the same recommendation.")}
            )
        if corrected and Update.objects.filter(supersedes=corrected).exclude(pk=self.pk).exists():
            told = _("That update has been corrected already: correct the newer one.")
            raise ValidationError({"supersedes": told})

    @property
    def editable_until(self) -> datetime.datetime:
        return self.recorded_at + GRACE

    @property
    def is_editable(self) -> bool:
        """Whether it may still be edited or taken back: within its first hour, while nothing corrects it."""
        return timezone.now() < self.editable_until and not self.is_corrected

    @property
    def is_before_report(self) -> bool:
        return self.happened_on < self.recommendation.sector.report.dated_on

    @property
    def is_corrected(self) -> bool:
        return hasattr(self, "superseded_by")

    @property
    def happened_told(self) -> str:
        return dates.told(self.happened_on, self.precision)

    @property
    def happened_machine(self) -> str:
        return dates.machine_readable(self.happened_on, self.precision)

    @property
    def status_told(self) -> str:
        """`met`, or `met (in England, with limits on income)`; empty where it moves nothing."""
        return noted(self.get_status_after_display().lower(), self.status_note)

    @property
    def sources(self) -> list[dict[str, str]]:
        pairs = [(self.source_name, self.source_url), (self.second_source_name, self.second_source_url)]
        return [{"name": name, "url": url} for name, url in pairs if url]
