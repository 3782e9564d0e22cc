"""Sign-ins leave a line in the log each: which member of staff (by number), what was tried, with which result.

Never an address, a password or a code. A wrong one is a warning, so that it can be searched for.
"""

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from campaign.staff.models import StaffUser, account_name

log = logging.getLogger(__name__)


@receiver(user_login_failed)
def password_wrong(credentials: dict[str, Any], **_signal: Any) -> None:
    account = account_name(str(credentials.get("username") or ""))
    number = StaffUser.objects.filter(email=account).values_list("pk", flat=True).first()
    log.warning("staff %s: password: refused", number or "unknown")


@receiver(user_logged_in)
def password_right(user: StaffUser, **_signal: Any) -> None:
    log.info("staff %s: password: accepted", user.pk)


@receiver(user_logged_out)
def signed_out(user: StaffUser | None, **_signal: Any) -> None:
    log.info("staff %s: signed out", user.pk if user else "unknown")
