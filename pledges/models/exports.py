"""Exports of sealed contacts, and which exported contacts were erased since."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pledges.models.signatures import Contact


class Export(models.Model):
    """The sealed contacts of a channel were exported: by whom, when and why. A trigger refuses changes."""

    class Purpose(models.TextChoices):
        NEWS = "news", _("To write to supporters about the campaign")
        DRILL = "drill", _("To practise opening, as we do each quarter")
        ANSWER = "answer", _("To answer someone who asks what we store about them")

    channel = models.CharField(_("channel"), max_length=5, choices=Contact.Channel)
    purpose = models.CharField(_("purpose"), max_length=6, choices=Purpose)
    records = models.PositiveIntegerField(_("records"), help_text=_("How many there were when it started."))
    exported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("exported by"))
    by_command = models.BooleanField(
        _("on the command line"),
        default=False,
        help_text=_("It was run on the server with the name of this account, without signing in."),
    )
    exported_at = models.DateTimeField(_("exported"))

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        default_permissions = ("view",)
        permissions = [
            ("export_contacts", _("Can export sealed contacts")),
            ("import_unsubscribes", _("Can upload who unsubscribed")),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.exported_at:%Y-%m-%d}"


class Removal(models.Model):
    """The random ref of an erased contact that an earlier export may contain; nothing else of it is stored.

    A trigger writes it if the contact's channel has been exported before.
    """

    ref = models.UUIDField(primary_key=True)  # instead of a serial number, which would show the order of erasures
    channel = models.CharField(max_length=5, choices=Contact.Channel)

    def __str__(self) -> str:
        return str(self.ref)
