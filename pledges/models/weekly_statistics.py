from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact


class WeeklyStatistics(models.Model):
    """How many had signed by the end of a week: all of them, or those of one region or profession.

    Rounded down to tens, so 0 stands for fewer than ten; the database takes no other number. `part` is a
    value of Region or Profession, empty for those who did not say, and for all.
    """

    class Of(models.TextChoices):
        ALL = "all"
        REGION = "region"
        PROFESSION = "profession"

    week_ends = models.DateField()
    of = models.CharField(max_length=10, choices=Of)
    part = models.CharField(max_length=24, blank=True)
    people = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "part", "week_ends"], name="figure_once"),
            models.CheckConstraint(name="figure_of_tens", condition=Exact(F("people") % 10, 0)),
            models.CheckConstraint(name="figure_of_all_has_no_part", condition=~Q(of="all") | Q(part="")),
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.part} {self.week_ends}"
