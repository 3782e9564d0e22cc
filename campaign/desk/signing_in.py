"""Guessing passwords is slowed for each client and each account, and the account's owner still gets in.

A browser that has signed in before has a count of its own: strangers who use up the account's count from
elsewhere don't use up its owner's. The delay is the same whether an account exists or not.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from campaign.models import StaffUser
from pledges import limits

COOKIE = "known" if settings.DEBUG else "__Secure-known"
SALT = "campaign.desk.known"
REMEMBERED = 90 * 24 * 3600  # seconds


def seconds_to_wait(request: HttpRequest) -> int:
    """Counts this try; 0 where it may be made."""
    email = request.POST.get("username", "").strip().lower()
    subject = _known_browser(request, email) or f"account {email}"
    return max(limits.exceeded(request, "staff"), limits.exceeded(request, "staff-account", subject=subject))


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Lets this browser be told from a stranger's next time."""
    known = signing.dumps({"staff": request.user.pk, "browser": secrets.token_hex(8)}, salt=SALT)
    response.set_cookie(
        COOKIE,
        known,
        max_age=REMEMBERED,
        path=settings.SESSION_COOKIE_PATH,
        secure=not settings.DEBUG,
        httponly=True,
        samesite="Strict",
    )


def _known_browser(request: HttpRequest, email: str) -> str:
    """A name for the browser's own count; empty for one that never signed in to this account."""
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=REMEMBERED)
    except signing.BadSignature:
        return ""
    is_owner = StaffUser.objects.filter(pk=known["staff"], email=email).exists()
    return f"browser {known['browser']}" if is_owner else ""
