"""Dates that are known to the day, to the month or to the year."""

import datetime

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    """How exactly a date is known. A month is stored as its first day, a year as its first of January."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


def text(day: datetime.date, precision: str) -> str:
    """Returns the date as text: `19 July 2019`, `April 2020` or `2020`."""
    return date_format(day, {Precision.DAY: "j F Y", Precision.MONTH: "F Y", Precision.YEAR: "Y"}[Precision(precision)])


def iso(day: datetime.date, precision: str) -> str:
    """Returns the date as `2019-07-19`, `2020-04` or `2020`, for `<time datetime>` and data files."""
    return day.isoformat()[: {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[Precision(precision)]]
