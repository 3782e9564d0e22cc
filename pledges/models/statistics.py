"""The public numbers: the published totals, the weekly statistics, and the daily statistics for staff."""

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from pledges.inputs.email_providers import Provider
from pledges.models.counted import COUNTED, KEY_LENGTH

STEP = 10


def rounded(people: int) -> int:
    """Rounds down to a multiple of STEP."""
    return people - people % STEP


def in_tens(people: int) -> str:
    """Returns a number rounded down to tens, for pages where the exact one would show that someone confirmed."""
    return f"{rounded(people):,}" if people >= STEP else _("under 10")


def published(people: int) -> int | str:
    """Returns a number as CSV and JSON have it: rounded down to tens, or "under 10"."""
    return rounded(people) or "under 10"


class Totals(models.Model):
    """The published totals, in one row. The worker counts them once an hour; signing does not update it.

    Every public page, file and image shows `people`, which is rounded down to tens: 0 means fewer than ten. A
    constraint refuses other numbers. Only administrators see `exact_people`. `on_paper`, rounded in the same way, are
    lines on paper sheets: shown beside `people` and never added to it.
    """

    people = models.PositiveIntegerField()
    exact_people = models.PositiveIntegerField()
    organisations = models.PositiveIntegerField()
    on_paper = models.PositiveIntegerField(default=0, db_default=0)
    counted_at = models.DateTimeField()
    closed_at = models.DateTimeField(
        null=True, help_text="when it was counted for the last time, before the signatures were erased"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="totals_in_tens", condition=Exact(F("people") % 10, 0)),
            models.CheckConstraint(name="totals_on_paper_in_tens", condition=Exact(F("on_paper") % 10, 0)),
        ]

    def __str__(self) -> str:
        return f"{self.people} + {self.organisations}"

    @property
    def shown(self) -> str:
        return in_tens(self.people)

    @property
    def shown_on_paper(self) -> str:
        """How many signed on paper; "" for fewer than ten, which no page mentions."""
        return f"{self.on_paper:,}" if self.on_paper else ""


class WeeklyStatistics(models.Model):
    """How many had signed by the end of a week: `of` all, or those with one value (`part`) of a counted column.

    Rounded down to tens: 0 means fewer than ten. A constraint refuses other numbers. `part` is empty for all, and for
    those who did not say.
    """

    week_ends = models.DateField()
    of = models.CharField(max_length=KEY_LENGTH, choices=[(name, name) for name in ("all", *COUNTED)])
    part = models.CharField(max_length=KEY_LENGTH, blank=True)
    people = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "part", "week_ends"], name="weeklystatistics_once"),
            models.CheckConstraint(name="weeklystatistics_of_tens", condition=Exact(F("people") % 10, 0)),
            models.CheckConstraint(name="weeklystatistics_all_has_no_part", condition=~Q(of="all") | Q(part="")),
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.part} {self.week_ends}"


class DailyStatistics(models.Model):
    """How many asked to sign on a day, and how many confirmed, with mailboxes of one group of providers.

    The worker counts them from the pending signatures; signing does not update them.
    """

    day = models.DateField()
    provider = models.CharField(max_length=9, choices=Provider)
    asked = models.PositiveIntegerField()
    confirmed = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "provider"], name="dailystatistics_day_provider")]

    def __str__(self) -> str:
        return f"{self.day} {self.provider}"
