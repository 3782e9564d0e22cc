from django.db import models


class Tally(models.Model):
    """The public totals, one row. The worker recounts them from the rows; no signature ever updates it."""

    people = models.PositiveIntegerField()
    organisations = models.PositiveIntegerField()
    counted_at = models.DateTimeField()
    closed_at = models.DateTimeField(
        null=True, help_text="when it was counted for good, before the signatures were erased"
    )

    def __str__(self) -> str:
        return f"{self.people} + {self.organisations}"
