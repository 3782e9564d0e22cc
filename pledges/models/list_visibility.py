"""Whether and from when the public lists are shown."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("decided by")
    )
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
