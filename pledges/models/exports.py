"""What went out of the sealed contacts, and what of it is no longer to be used."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pledges.models.signatures import Contact


class Export(models.Model):
    """That the sealed contacts of a channel were taken out: who, when, what for. A trigger refuses change."""

    class Purpose(models.TextChoices):
        NEWS = "news", _("To write to supporters about the campaign")
        DRILL = "drill", _("To practise opening, as we do each quarter")
        ANSWER = "answer", _("To answer somebody who asks what we hold about them")

    channel = models.CharField(_("channel"), max_length=5, choices=Contact.Channel)
    purpose = models.CharField(_("purpose"), max_length=6, choices=Purpose)
    records = models.PositiveIntegerField(_("records"), help_text=_("How many there were when it began."))
    exported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("exported by"))
    by_command = models.BooleanField(
        _("on the command line"),
        default=False,
        help_text=_("It was run on the server, where this account was named and nobody signed in."),
    )
    exported_at = models.DateTimeField(_("exported"))

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        default_permissions = ("view",)
        permissions = [
            ("export_contacts", _("Can take out sealed contacts")),
            ("import_unsubscribes", _("Can upload who unsubscribed")),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.exported_at:%Y-%m-%d}"


class Removal(models.Model):
    """The random ref of a contact that is gone, and may stand in an export: nothing else is left of it.

    A trigger writes it where its channel has been exported before, so that no way of deleting forgets to.
    """

    ref = models.UUIDField(primary_key=True)  # no number of its own: nothing tells who went first
    channel = models.CharField(max_length=5, choices=Contact.Channel)

    def __str__(self) -> str:
        return str(self.ref)
