"""Erases what is due in all tables: those of `pledges`, rate limits, sessions, and the log of the admin."""

from collections import Counter
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session

from campaign.models import CommandRun, RateLimitCount, RateLimitSalt
from pledges.models import retention
from pledges.privacy import erasure
from pledges.privacy.erasure import Due, ReportProgress


def due(now: datetime) -> list[Due]:
    """Returns all rows whose retention period is over."""
    return [
        *erasure.due(now),
        Due("salts", RateLimitSalt.objects.filter(day__lt=now.date())),
        Due("counts", RateLimitCount.objects.filter(expires_at__lte=now)),
        Due("staff sessions", Session.objects.filter(expire_date__lte=now)),
        Due("records of commands", CommandRun.objects.filter(ran_at__lt=now - retention.RECORDS_STORED)),
        Due("lines of the admin's log", LogEntry.objects.filter(action_time__lt=now - retention.RECORDS_STORED)),
    ]


def erase_expired(now: datetime, report: ReportProgress = lambda done: None) -> Counter[str]:
    """Erases everything that is due; returns the number of rows of each kind. `report` as in `erasure.erase`."""
    return erasure.erase(now, due(now), report)
