"""The error pages. They give no technical details and say what to do next."""

import logging
import sys

from django.contrib import admin
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign import log_format
from campaign.http import unsent_form
from pledges import languages

log = logging.getLogger(__name__)
RETRY_AFTER = 30


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, _("We could not read what was sent"), _("Please go back and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Answers 403. CsrfViewMiddleware also calls it, with a reason."""
    if _is_in_staff_area(request):
        log.warning("staff %s: %s: refused", request.user.pk, log_format.route(request))
        return _for_staff(request, is_form=bool(reason))
    return _page(
        request,
        403,
        _("You can’t do that from here"),
        _("If you were sending a form, please open its page on this website and send it from there."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, _("Page not found"), _("The web address may be wrong, or the page has moved."))


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answers 405: a page that only takes POST was opened again, or a form was sent to a page that takes none."""
    response = _page(request, 405, _("This page can’t be opened again"), _("Please go back to the page you came from."))
    response["Allow"] = allowed
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    return _page(request, 413, _("That was too long"), _("Please make it shorter and send it again."))


def unsupported_form(request: HttpRequest) -> HttpResponse:
    return _page(request, 415, _("We could not read that form"), _("Please send it from its page on this website."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answers an exception that no view handled: 503 where the database is away, else 500."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    title, text = (_("Sorry, something went wrong"), _("This is our mistake, not yours. Please try again later."))
    try:
        return _page(request, 500, title, text)
    except Exception:  # the page itself may be what is broken
        return HttpResponse(f"{title}. {text}", status=500, content_type="text/plain; charset=utf-8")


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answers 503 while the database is away. The page contains what was sent with a public form, to send it again."""
    if filled := unsent_form.page(request):
        response = HttpResponse(filled, status=503)
    elif _is_public_form(request):
        response = _send_again(request)
    else:
        title, text = _("We will be back soon"), _("Nothing is lost. Please try again in a minute.")
        response = _page(request, 503, title, text)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _is_public_form(request: HttpRequest) -> bool:
    """Whether this is a POST of a public form. There are none in the languages in which error pages are shorter."""
    is_public = not request.path_info.startswith("/admin/") and not languages.is_in_short("error")
    return request.method == "POST" and is_public


def _send_again(request: HttpRequest) -> HttpResponse:
    """Returns a page with one button that sends the same form again."""
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    return render(request, "campaign/send_again.html", {"typed": typed}, status=503)


def _is_in_staff_area(request: HttpRequest) -> bool:
    is_signed_in = hasattr(request, "user") and admin.site.has_permission(request)
    return is_signed_in and request.path_info.startswith("/admin/")


def _for_staff(request: HttpRequest, is_form: bool) -> HttpResponse:
    """Returns the 403 page of the staff area, with its header. Usually a role is missing."""
    title = _("That form is too old") if is_form else _("This is not for your role")
    text = (
        _("Please open its page again and send it from there.")
        if is_form
        else _("What you opened belongs to another role, or to none. Administrators give roles.")
    )
    context = {**admin.site.each_context(request), "title": title, "text": text}
    return render(request, "admin/forbidden.html", context, status=403)


def _page(request: HttpRequest, status: int, title: str | Promise, text: str | Promise) -> HttpResponse:
    """Returns an error page in the language of its address; in most languages a shorter one, of two kinds."""
    if languages.is_in_short("error"):
        return render(request, "campaign/error_in_short.html", {"is_missing": status == 404}, status=status)
    with translation.override(languages.spoken("error")):
        return render(request, "campaign/error.html", {"title": title, "text": text}, status=status)
