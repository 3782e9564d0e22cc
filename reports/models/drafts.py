"""Drafts: new versions of public texts, saved separately and published later."""

from datetime import datetime

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class DraftQuerySet(models.QuerySet["Draft"]):
    def due(self, now: datetime) -> "DraftQuerySet":
        """The drafts whose time has come; those that are still there a minute later could not be published."""
        return self.filter(publish_at__lte=now)

    def of(self, row: models.Model) -> "DraftQuerySet":
        return self.filter(content_type=ContentType.objects.get_for_model(row), object_id=row.pk)


class Draft(models.Model):
    """The values that a text's form had when an editor saved it as a draft; one draft for each text."""

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    row = GenericForeignKey()
    data = models.JSONField(help_text=_("The form's values by name, each a list, as a browser sent them."))
    publish_at = models.DateTimeField(_("to be published"), null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_type", "object_id"], name="one_draft_of_each_text")]

    def __str__(self) -> str:
        return str(self.row)
