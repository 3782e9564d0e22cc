"""How long a member of staff stays signed in: two idle hours (the session's own age), ten in all."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

ADMIN = "/admin/"
LONGEST = timedelta(hours=10)
BEGAN = "began"  # in the session: when its password was given
PROVED = "proved"  # in the session: when password and factor were last given together


@receiver(user_logged_in)
def begin(sender: object, request: HttpRequest, **kwargs: object) -> None:
    """Starts the ten hours at a right password, and at nothing else. The second factor is asked for again, also
    of who was signed in already: Django goes on with their old session.
    """
    for proof in (DEVICE_ID_SESSION_KEY, PROVED):
        request.session.pop(proof, None)
    step_up(request)
    request.session[BEGAN] = timezone.now().timestamp()


def step_up(request: HttpRequest) -> None:
    """Gives the session a new id, since it may do more from now on: an id that somebody knew is worth nothing."""
    request.session.cycle_key()


def bounded(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: signs out whoever has been signed in for too long, however busy."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(ADMIN) and request.user.is_authenticated:
            now = timezone.now().timestamp()
            if now - request.session.setdefault(BEGAN, now) > LONGEST.total_seconds():
                logout(request)
        return get_response(request)

    return middleware
