"""How long a member of staff stays signed in: two idle hours (the session's own age), ten in all."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

ADMIN = "/admin/"
LONGEST = timedelta(hours=10)
BEGAN = "began"


def begin(request: HttpRequest) -> None:
    request.session[BEGAN] = timezone.now().timestamp()


def bounded(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: signs out whoever has been signed in for too long, however busy."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(ADMIN) and request.user.is_authenticated:
            now = timezone.now().timestamp()
            if now - request.session.setdefault(BEGAN, now) > LONGEST.total_seconds():
                logout(request)
        return get_response(request)

    return middleware
