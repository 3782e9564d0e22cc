"""Limits guesses at passwords and codes for each client and each account, without locking the owner out.

A browser that was signed in to an account before, with both factors, has its own count for it, and no other count stops
it: neither strangers who guess from elsewhere, nor one with the same network address as the owner. Accounts that exist
and accounts that do not are treated the same.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from campaign.staff.models import StaffUser, account_name
from pledges.public_forms import rate_limits

COOKIE = "known" if settings.DEBUG else "__Secure-known"
SALT = "campaign.staff.known"
REMEMBERED = 90 * 24 * 3600  # seconds


def seconds_to_wait(request: HttpRequest) -> int:
    """Counts this try of a password on the sign-in page. Returns the seconds to wait; 0 if it may be made.

    One client has fewer tries at an account than all clients together, and a refused try is not counted further. So a
    single stranger can't use up the tries of others.
    """
    account = account_name(request.POST.get("username", ""))
    if browser := _known_browser(request, account):
        return rate_limits.exceeded(request, "staff-account", subject=browser)
    if seconds := rate_limits.exceeded(request, "staff"):
        return seconds
    from_here = f"account {account} from {rate_limits.client(request)}"
    return rate_limits.exceeded(request, "staff-account-client", subject=from_here) or rate_limits.exceeded(
        request, "staff-account", subject=f"account {account}"
    )


def seconds_to_wait_inside(request: HttpRequest) -> int:
    """Counts this try of a code, or of the password again, by someone who has given the password. Returns the seconds
    to wait.

    Only the account is counted here, not the client: others may have the same network address.
    """
    account = request.user.get_username()
    subject = _known_browser(request, account) or f"account {account}"
    return rate_limits.exceeded(request, "staff-account", subject=f"inside, {subject}")


def is_known(request: HttpRequest) -> bool:
    """Whether this browser was signed in to this account before, second factor included."""
    return bool(_known_browser(request, request.user.get_username()))


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Sets a cookie by which this browser is recognised next time.

    Call it only after a second factor was proved: otherwise a stolen password would bring a new count with each
    sign-in.
    """
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


def _known_browser(request: HttpRequest, account: str) -> str:
    """Returns a name for the browser's own count; "" for a browser that never signed in to this account."""
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=REMEMBERED)
    except signing.BadSignature:
        return ""
    is_owner = StaffUser.objects.filter(pk=known["staff"], email=account).exists()
    return f"browser {known['browser']}" if is_owner else ""
