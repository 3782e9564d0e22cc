"""How long data is stored: the periods and dates by which the retention job erases, and which privacy pages show."""

from calendar import monthrange
from datetime import date, timedelta

from django.conf import settings

# From the campaign's end until signatures and public names are erased; then only totals stay.
MONTHS_AFTER_THE_CAMPAIGN = 3
# How long a form waits to be confirmed.
PENDING_STORED = timedelta(days=7)
# What is left of an email, after it was sent, dropped or given up.
EMAILS_STORED = timedelta(days=7)
# From which client and mail provider a form came, which the abuse rules count by.
CLIENTS_STORED = timedelta(hours=48)
# How long an invalidated quarantine can be reopened; until then its signatures are stored.
QUARANTINE_REVERSIBLE = timedelta(days=7)
# The contact of an organisation, after it was declined or has withdrawn.
ORGANISATION_CONTACTS_STORED = timedelta(days=30)
# Reports about public names.
NAME_REPORTS_STORED = timedelta(days=30)
# Backups: `manage.py backup` deletes older ones (docs/backups.md), and the privacy pages say so.
BACKUPS_STORED = timedelta(days=35)
# The list of erasures that are repeated after a restore: stored longer than backups, so that it covers the oldest of
# them.
ERASURES_STORED = BACKUPS_STORED + timedelta(days=5)
# Records of what staff did, and the admin's own log. A trigger refuses to delete records earlier (0002_triggers.py).
RECORDS_STORED = timedelta(days=2192)


def contact_until(confirmed_on: date) -> date:
    """The day on which the contacts of someone who last confirmed on this day are erased."""
    return _months_after(confirmed_on, settings.KEEP_CONTACT_MONTHS)


def signing_until() -> date:
    """The last day of the campaign, on which one can sign."""
    return date.fromisoformat(settings.CAMPAIGN_ENDS)


def signatures_until() -> date:
    """The day on which all signatures are erased."""
    return _months_after(signing_until(), MONTHS_AFTER_THE_CAMPAIGN)


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
