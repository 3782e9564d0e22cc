"""The number of signatures that staff counted on paper sheets."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class PaperCountQuerySet(models.QuerySet["PaperCount"]):
    def in_force(self) -> "PaperCountQuerySet":
        """Filters the newest version of each count."""
        newest = PaperCount.objects.order_by("ref", "-version").distinct("ref")
        return self.filter(pk__in=newest.values("pk"))

    def newest(self, ref: uuid.UUID | None) -> "PaperCount | None":
        """Returns the newest version of one count; None if there is no such count."""
        return self.filter(ref=ref).order_by("-version").first() if ref else None

    def total(self) -> int:
        return self.in_force().aggregate(total=Sum("signatures"))["total"] or 0


class PaperCount(models.Model):
    """A member of staff counted this many signatures on paper on a day. Append-only: a correction is a new version.

    Versions of one count have the same `ref`, and the newest is in force. It contains nothing that was written on the
    paper. The sum is published beside the verified total and never added to it, because on paper no one can check that
    a person has signed only once.
    """

    ref = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.PositiveSmallIntegerField(editable=False)
    signatures = models.PositiveIntegerField(
        _("signatures"), help_text=_("The lines that are filled in, on all the sheets that you have counted now.")
    )
    counted_on = models.DateField(_("counted on"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered"))

    objects = PaperCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count on paper")
        verbose_name_plural = _("counts on paper")
        constraints = [models.UniqueConstraint(fields=["ref", "version"], name="papercount_version")]

    def __str__(self) -> str:
        return f"{self.signatures} ({date_format(self.counted_on)})"
