"""Shared by the views of public forms: which requests they accept, and how they answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pledges.public_forms import rate_limits
from pledges.public_forms.fields import PublicForm


class SeeOther(HttpResponseRedirect):
    """A redirect with status 303 after a successful POST, so that reloading or going back sends nothing twice."""

    status_code = 303

    def __init__(self, route: str, *args: object) -> None:
        super().__init__(reverse(route, args=args))


def takes_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets the view take GET, HEAD and POST without a CSRF token, because public pages set no cookie.

    `campaign.http.middleware.SameOrigin` refuses forms of other sites.
    """
    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(view))


def takes_any_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As `takes_form`, and accepts the other form encodings that mail programs use."""
    exempt = takes_form(view)
    exempt.takes_any_form = True  # type: ignore[attr-defined]
    return exempt


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a POST; None for a GET or HEAD."""
    return request.POST if request.method == "POST" else None


def is_accepted(form: PublicForm, request: HttpRequest, group: str) -> bool:
    """Whether the form is valid and its client within the rate limits; if not, adds the error to the form."""
    if not form.is_valid():
        return False
    seconds = rate_limits.exceeded(request, group)
    if seconds:
        form.add_rate_limit_error(seconds)
    return not seconds


def page(request: HttpRequest, template: str, form: PublicForm, **others: object) -> HttpResponse:
    """Renders the page of a form with all that was typed: status 200 if it is new, 422 with errors, 429 if sent too
    often.
    """
    response = render(request, template, {"form": form, **others})
    if form.wait:
        response["Retry-After"] = str(form.wait)
    response.status_code = 429 if form.wait else 422 if form.errors else 200
    return response
