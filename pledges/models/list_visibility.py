"""Whether the public lists are shown, and from when."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ListVisibilityQuerySet(models.QuerySet["ListVisibility"]):
    def newest(self) -> "ListVisibility":
        """The row that holds; an unsaved one that shows the lists where there is none."""
        return self.select_related("decided_by").order_by("-pk").first() or ListVisibility()


class ListVisibility(models.Model):
    """That staff switched the lists off or on, or set an hour. Append-only: the newest row holds."""

    lists_hidden = models.BooleanField(
        _("hide all lists"), default=False, help_text=_("Names of people and of organisations, at once.")
    )
    organisations_from = models.DateTimeField(
        _("show organisations from"),
        null=True,
        blank=True,
        help_text=_("Until then the list of organisations stays empty. Leave it empty to show them now."),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"))

    objects = ListVisibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("switch of the lists")
        verbose_name_plural = _("switches of the lists")
        permissions = [("switch_lists", _("Can hide all lists and set the hour of publishing"))]

    def __str__(self) -> str:
        return str(self.pk)

    def shows_organisations(self, now: datetime) -> bool:
        begun = self.organisations_from is None or self.organisations_from <= now
        return begun and not self.lists_hidden
