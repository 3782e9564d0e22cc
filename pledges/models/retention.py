"""The days that the retention clock ends at: the one place that says them. The privacy pages read it too."""

from calendar import monthrange
from datetime import date, timedelta

from django.conf import settings

# From the campaign's end until signatures and public names are erased; then only totals stay.
MONTHS_AFTER_THE_CAMPAIGN = 3
# How long a form waits for its confirmation.
PENDING_FOR = timedelta(days=7)
# How long a backup may exist: operators delete older ones (docs/keys.md), and the privacy pages say so.
BACKUPS_LIVE = timedelta(days=35)
# The list that makes a restored backup forget again. Longer, or the oldest backup would bring back what was erased on
# the day it was made.
ERASURES_LIVE = BACKUPS_LIVE + timedelta(days=5)
# Records of what staff did, and the admin's own log. A trigger refuses to delete records earlier (0002_triggers.py).
RECORDS_LIVE = timedelta(days=2192)


def contact_until(confirmed_on: date) -> date:
    """When the contacts are erased of somebody who last confirmed on this day."""
    return _months_after(confirmed_on, settings.KEEP_CONTACT_MONTHS)


def signing_until() -> date:
    """The campaign's last day."""
    return date.fromisoformat(settings.CAMPAIGN_ENDS)


def signatures_until() -> date:
    return _months_after(signing_until(), MONTHS_AFTER_THE_CAMPAIGN)


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
