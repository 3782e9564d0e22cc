from django.db import models

from pledges.inputs.email_providers import Provider


class DailyStatistics(models.Model):
    """How many asked to sign on a day, and how many confirmed, with mailboxes of one group of providers.

    The worker counts them from the rows; no signature ever updates one.
    """

    day = models.DateField()
    provider = models.CharField(max_length=9, choices=Provider)
    asked = models.PositiveIntegerField()
    confirmed = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "provider"], name="turnout_day_provider")]

    def __str__(self) -> str:
        return f"{self.day} {self.provider}"
