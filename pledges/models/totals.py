from django.db import models
from django.db.models import F
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _


class Totals(models.Model):
    """The published totals, one row. The worker counts them once an hour; no signature ever updates it.

    `people` is what every public page, file and image says: rounded down to tens, so 0 stands for fewer than
    ten; the database takes no other number. `exact_people` is for administrators alone.
    """

    people = models.PositiveIntegerField()
    exact_people = models.PositiveIntegerField()
    organisations = models.PositiveIntegerField()
    counted_at = models.DateTimeField()
    closed_at = models.DateTimeField(
        null=True, help_text="when it was counted for good, before the signatures were erased"
    )

    class Meta:
        constraints = [models.CheckConstraint(name="totals_in_tens", condition=Exact(F("people") % 10, 0))]

    def __str__(self) -> str:
        return f"{self.people} + {self.organisations}"

    @property
    def shown(self) -> str:
        return f"{self.people:,}" if self.people else _("under 10")

    @property
    def published(self) -> int | str:
        """For programs: the number, or the English words for one that is too small."""
        return self.people or "under 10"
