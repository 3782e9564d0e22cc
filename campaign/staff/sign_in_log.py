"""Logs one line for each try to sign in: the account's number, what was tried, and the result.

It never logs an address, a password or a code. Refused tries are warnings, so that one can search for them. Refused
pages (campaign.http.errors) and exports (pledges.privacy.exports) log lines of the same form.
"""

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from campaign.staff.models import StaffUser, account_name

log = logging.getLogger(__name__)


def accepted(user: StaffUser, event: str) -> None:
    """Logs that this member of staff proved or changed something, like "app code"."""
    log.info("staff %s: %s: accepted", user.pk, event)


def refused(user: StaffUser, event: str) -> None:
    """Logs that what this member of staff gave was wrong."""
    log.warning("staff %s: %s: refused", user.pk, event)


@receiver(user_login_failed)
def password_wrong(credentials: dict[str, Any], **_signal: Any) -> None:
    account = account_name(str(credentials.get("username") or ""))
    number = StaffUser.objects.filter(email=account).values_list("pk", flat=True).first()
    log.warning("staff %s: password: refused", number or "unknown")


@receiver(user_logged_in)
def password_right(user: StaffUser, **_signal: Any) -> None:
    accepted(user, "password")


@receiver(user_logged_out)
def signed_out(user: StaffUser | None, **_signal: Any) -> None:
    log.info("staff %s: signed out", user.pk if user else "unknown")
