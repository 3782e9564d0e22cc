"""The site's own middleware, in the order in which a request passes it.

`response_headers` sets headers of every response, errors included. `reject_malformed_requests` refuses requests that
no view could use. `SameOrigin` protects the public forms from cross-site requests (CSRF) without a token, since their
pages set no cookie.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from csp.constants import HEADER as CSP_HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils import translation

from campaign import log_format
from campaign.http import errors
from pledges import languages

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponseBase]

ADMIN = "/admin/"
METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
FORM = "application/x-www-form-urlencoded"
# A public form is a few hundred bytes; staff edit long texts and many rows.
LARGEST_BODY = 64 * 1024
LARGEST_ADMIN_BODY = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
MOST_FIELDS = 100
# How long a public page may be served again: by browsers only if they ask first (it has an ETag), by proxies for two
# seconds, and for one more while they fetch it again. With campaign.http.page_cache a change shows within five seconds.
PUBLIC = "public, max-age=0, s-maxage=2, stale-while-revalidate=1"
# In the environ of a request that campaign.http.page_cache makes itself.
NOT_LOGGED = "campaign.not_logged"
_FEATURES = """accelerometer browsing-topics camera display-capture geolocation gyroscope magnetometer microphone
    midi payment usb"""
NO_FEATURES = ", ".join(f"{feature}=()" for feature in _FEATURES.split())


def content_security_policy(get_response: Answer) -> Answer:
    """Sets the Content-Security-Policy of the settings on every response.

    The policy is the same for all and has no nonce, so it is built once here. django-csp's own middleware built it
    twice for each response, which took a twentieth of the time to accept a signature.
    """
    policy = build_policy()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault(CSP_HEADER, policy)
        return response

    return middleware


def language_by_path(get_response: Answer) -> Answer:
    """Activates the language that the path begins with, for error pages too."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with translation.override(languages.language_of(request.path_info)):
            return get_response(request)

    return middleware


def response_headers(get_response: Answer) -> Answer:
    """Sets the headers that every response has, Cache-Control among them, and logs one line for it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "HTTP_X_FORWARDED_PROTO" in request.META:  # some proxies write HTTPS, which would be redirected for ever
            request.META["HTTP_X_FORWARDED_PROTO"] = request.META["HTTP_X_FORWARDED_PROTO"].lower()
        response = get_response(request)
        if response.status_code == 405 and request.method in METHODS:
            response = errors.method_not_allowed(request, response.get("Allow", ""))
        response.headers.setdefault("Permissions-Policy", NO_FEATURES)
        # No page of another site may embed our responses, except share images (reports.views.share_image).
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response["Cache-Control"] = _cache_control(request, response)
        method = request.method if request.method in METHODS else "another method"
        if request.method == "HEAD" and isinstance(response, HttpResponse):
            response.content = b""  # Content-Length stays; gunicorn would log a warning for each body
        if NOT_LOGGED not in request.META:
            log.info("%s %s %d", method, log_format.route(request), response.status_code)
        return response

    return middleware


def _cache_control(request: HttpRequest, response: HttpResponseBase) -> str:
    """Returns the Cache-Control header: `no-store`, except for a page with `@cache_control(public=True)` that is the
    same for everyone.
    """
    said = response.get("Cache-Control", "")
    is_own = bool(response.cookies) or "cookie" in response.get("Vary", "").lower()
    if "public" not in said or is_own or request.method not in SAFE_METHODS or response.status_code >= 400:
        return "no-store"
    return said if "max-age" in said else PUBLIC


def reject_malformed_requests(get_response: Answer) -> Answer:
    """Refuses unknown methods, bodies that are too large, and text that is not UTF-8."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if not request.META.get("RAW_URI", "/").startswith(("/", "*")):
            raise BadRequest("an address with a host of its own")
        if _body_length(request) > (LARGEST_ADMIN_BODY if _is_admin(request) else LARGEST_BODY):
            return errors.too_large(request)
        # Django has decoded path and cookies already: it leaves invalid UTF-8 in a path escaped, and a quoted cookie
        # can contain an escaped character that no header may.
        check_text("".join([request.path_info, *request.COOKIES.values()]).encode())
        check_text(unquote_to_bytes(request.META.get("QUERY_STRING", "").encode("latin-1")))
        _check_form(request)
        return get_response(request)

    return middleware


def _is_admin(request: HttpRequest) -> bool:
    return request.path_info.startswith(ADMIN)


def _body_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        raise BadRequest("Content-Length is no number")
    return int(length)


def check_text(raw: bytes) -> None:
    """Raises BadRequest for NUL, which PostgreSQL refuses, and for bytes that are not UTF-8."""
    if b"\0" in raw:
        raise BadRequest("NUL")
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise BadRequest("not UTF-8") from None


def _check_form(request: HttpRequest) -> None:
    if request.method != "POST" or request.content_type != FORM:
        return
    try:
        body = request.body
    except UnreadablePostError:
        raise BadRequest("the body broke off") from None
    if not _is_admin(request) and body.count(b"&") >= MOST_FIELDS:
        raise TooManyFieldsSent
    check_text(unquote_to_bytes(body))


class SameOrigin:
    """Refuses POSTs of other sites to views that are exempt from the CSRF token.

    Browsers say where a request comes from in headers that no page can set (Sec-Fetch-Site, Origin). A view that is not
    exempt is checked by CsrfViewMiddleware.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if request.method in SAFE_METHODS or not getattr(view, "csrf_exempt", False):
            return None
        if not _is_from_our_own_page(request):
            raise PermissionDenied("a form of another site")
        # Mail programs may send a one-click POST as multipart; a view that takes it says so.
        if request.content_type != FORM and not getattr(view, "takes_any_form", False):
            return errors.unsupported_form(request)
        return None


def _is_from_our_own_page(request: HttpRequest) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or origin == settings.SITE_ORIGIN
