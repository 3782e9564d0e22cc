"""Sessions of staff: how long they last (two hours without use, ten in all), listing and ending them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django_otp import DEVICE_ID_SESSION_KEY

from campaign.staff.models import StaffUser

ADMIN = "/admin/"
LONGEST = timedelta(hours=10)
BEGAN = "began"  # in the session: when its password was given
REAUTHENTICATED = "reauthenticated"  # in the session: when password and factor were last given together
BROWSER = "browser"  # in the session: the family of the browser, like "Firefox"
ALL_OTHERS = "others"
# User-Agent headers also name other browsers: the first match in this order is right.
_FAMILIES = {
    "Edge": r"Edg(e|A|iOS)?/",
    "Opera": r"OPR/|Opera",
    "Samsung Internet": r"SamsungBrowser/",
    "Firefox": r"Firefox/|FxiOS/",
    "Chrome": r"Chrome/|Chromium/|CriOS/",
    "Safari": r"Safari/",
}


def signed_in(request: HttpRequest) -> StaffUser:
    """The member of staff who sent the request."""
    return cast(StaffUser, request.user)


@receiver(user_logged_in)
def begin(sender: object, request: HttpRequest, **kwargs: object) -> None:
    """At sign-in: starts the ten-hour limit and requires the second factor again, even if the browser was signed in,
    because Django keeps that session.
    """
    for proof in (DEVICE_ID_SESSION_KEY, REAUTHENTICATED):
        request.session.pop(proof, None)
    step_up(request)
    request.session[BEGAN] = timezone.now().timestamp()
    request.session[BROWSER] = browser_family(request.headers.get("User-Agent", ""))


def step_up(request: HttpRequest) -> None:
    """Gives the session a new id, because it gets more rights (prevents session fixation)."""
    request.session.cycle_key()


def limit_session_length(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: signs out a session that has lasted longer than LONGEST, however busy."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(ADMIN) and request.user.is_authenticated:
            now = timezone.now().timestamp()
            if now - request.session.setdefault(BEGAN, now) > LONGEST.total_seconds():
                logout(request)
        return get_response(request)

    return middleware


def browser_family(user_agent: str) -> str:
    """Returns the family of the browser, like "Firefox", from its User-Agent header; "" if it is not known."""
    return next((name for name, pattern in _FAMILIES.items() if re.search(pattern, user_agent)), "")


@dataclass(frozen=True)
class OwnSession:
    """One session of a member of staff. `name` stands for its secret key, which no page shows."""

    name: str
    began_at: datetime | None
    last_used_at: datetime
    browser: str
    is_verified: bool
    is_this: bool


def sessions_of(user: StaffUser, this: SessionBase) -> list[OwnSession]:
    """Returns the user's valid sessions, this one first, then the one used last."""
    rows = [_own(row, data, this) for row, data in _rows(user)]
    return sorted(rows, key=lambda own: (not own.is_this, -own.last_used_at.timestamp()))


def end(user: StaffUser, this: SessionBase, name: str) -> bool:
    """Ends the user's session with this `name`, or all but this one; returns False if there is none to end."""
    keys = [
        row.session_key
        for row, _data in _rows(user)
        if row.session_key != this.session_key
        and (name == ALL_OTHERS or constant_time_compare(_name(row.session_key), name))
    ]
    return bool(Session.objects.filter(pk__in=keys).delete()[0])


def _rows(user: StaffUser) -> list[tuple[Session, dict[str, Any]]]:
    """Returns the user's valid sessions with their decoded data. Reads all sessions: there are few."""
    decoded = ((row, row.get_decoded()) for row in Session.objects.filter(expire_date__gt=timezone.now()))
    return [(row, data) for row, data in decoded if data.get(SESSION_KEY) == str(user.pk) and _is_good(user, data)]


def _is_good(user: StaffUser, data: dict[str, Any]) -> bool:
    """Whether the session is valid: password and factor have not changed since, and the ten hours are not over."""
    bound = data.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    is_bound = any(constant_time_compare(bound, each) for each in hashes)
    return is_bound and timezone.now().timestamp() - data.get(BEGAN, 0) <= LONGEST.total_seconds()


def _own(row: Session, data: dict[str, Any], this: SessionBase) -> OwnSession:
    return OwnSession(
        name=_name(row.session_key),
        began_at=datetime.fromtimestamp(data[BEGAN], UTC) if BEGAN in data else None,
        # Each request extends a session (SESSION_SAVE_EVERY_REQUEST).
        last_used_at=row.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        browser=data.get(BROWSER, ""),
        is_verified=DEVICE_ID_SESSION_KEY in data,
        is_this=row.session_key == this.session_key,
    )


def _name(session_key: str) -> str:
    return salted_hmac("campaign.staff.sessions", session_key, algorithm="sha256").hexdigest()[:32]
