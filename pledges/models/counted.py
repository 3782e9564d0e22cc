"""The columns by which signatures are counted."""

from django.db import models

from pledges.inputs.professions import Profession
from pledges.inputs.regions import Region


class Counted(models.Model):
    """The columns that a signature takes over from its pending signature, and that the weekly statistics count by.

    To count by another one, add it here, to the answers of the form and to the register (see CONTRIBUTING.md).
    """

    region = models.CharField(max_length=24, choices=Region, blank=True)
    profession = models.CharField(max_length=24, choices=Profession, blank=True)

    class Meta:
        abstract = True


# Name of each column, and its choices.
COUNTED: dict[str, type[models.TextChoices]] = {"region": Region, "profession": Profession}
