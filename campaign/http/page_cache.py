"""Caches whole public pages in each process, and answers with them before a request reaches Django.

A page is fresh for a second. Then one thread renders it again while readers still get the old one for a moment.
When the view fails, or the database does not answer, the last good page is served for up to an hour.

Only GET and HEAD of the routes in ROUTES are answered here, for the site's own host and over https. Everything
else (forms, links with tokens, the admin, malformed requests) goes to Django, as if this module were not there.
A page is rendered from its path alone: no header, cookie or query of any request reaches its view.
"""

import io
import logging
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.urls import Resolver404, resolve
from django.utils import translation

from campaign.http.cached_page import Headers, Page, page_of
from campaign.http.errors import RETRY_AFTER
from campaign.http.middleware import NOT_LOGGED, check_text
from campaign.http.unsent_form import FORM_PAGE
from pledges import languages

log = logging.getLogger(__name__)
StartResponse = Callable[[str, Headers], object]
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Seconds. With nginx's `s-maxage` and `stale-while-revalidate` (campaign.http.middleware.PUBLIC) in front, a change is
# seen within five seconds.
FRESH = 1.0
SHOWN_WHILE_RENEWED = 0.5
SERVED_WHILE_AWAY = 3600.0
# How long a request waits for a page to be rendered if an older one is cached, and if none is.
PATIENCE = 1.0
LONGEST_WAIT = 20.0
RENDERING_THREADS = 2  # apart from gunicorn's, so that a database that hangs stops these and not those that answer

# The pages that are the same for everyone, by the name of their view, with the query parameters that change what
# they show. A request with one of those goes to Django; all other parameters are ignored.
ROUTES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        [
            *(
                "home",
                "about",
                "safety",
                "favicon",
                "share",
                "share_poster",
                "share_handout",
                "share_paper",
                "privacy",
                "data",
                "data_json",
            ),
            *("complaint", "press", "sitemap", "robots", "security_txt"),
            *("pledges:sign", "pledges:organisations_sign", "pledges:mine"),
            *("pledges:report_name", "pledges:name_reported"),
            *("pledges:numbers", "pledges:numbers_json", "pledges:numbers_csv"),
            *("reports:report", "reports:document", "reports:progress", "reports:glossary", "reports:data"),
            *("reports:json", "reports:csv", "reports:updates_csv", "reports:atom", "reports:share_image"),
            *("reports:asked_of", "reports:sector", "reports:recommendation", "reports:recommendation_atom"),
        ],
        frozenset[str](),
    ),
    "pledges:supporters": frozenset({"after"}),
    "pledges:organisations": frozenset({"q", "page"}),
    "reports:search": frozenset({"q", "sector", "body"}),
}
LONGEST_PATH = 200
AWAY = Page(
    "503 Service Unavailable",
    {
        "": [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("X-Frame-Options", "DENY"),
            ("Retry-After", str(RETRY_AFTER)),
        ]
    },
    {"": b"We will be back soon. Please try again in a minute."},
)


class PageCache:
    """The WSGI application in front of Django's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.host = urlsplit(settings.SITE_ORIGIN).netloc
        self.pages: dict[str, Page] = {}
        self.renewals: dict[str, tuple[Future[Page], float]] = {}
        self.lock = Lock()
        self.pool = ThreadPoolExecutor(RENDERING_THREADS, thread_name_prefix="page")

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        route = self._route(environ)
        if not route:
            if environ["REQUEST_METHOD"] == "POST" and (cached := self.pages.get(environ["PATH_INFO"])):
                environ[FORM_PAGE] = cached.bodies[""]
            return self.application(environ, start_response)
        status, headers, body = self._page(environ["PATH_INFO"]).answer(environ)
        log.info("%s %s %s", environ["REQUEST_METHOD"], route, status[:3])
        start_response(status, headers)
        return [body]

    def _route(self, environ: dict[str, Any]) -> str:
        """Returns the route of a request that may be answered from the cache; "" where Django must answer."""
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or environ.get("HTTP_HOST") != self.host
            or not _is_https(environ)
            or environ.get("SCRIPT_NAME")
            or not environ.get("RAW_URI", "/").startswith("/")
            or environ.get("CONTENT_LENGTH") not in (None, "", "0")
            or "HTTP_TRANSFER_ENCODING" in environ
        ):
            return ""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        route = _route_of(path) if len(path) <= LONGEST_PATH else ""
        return "" if query and route and _is_for_django(query, ROUTES[route]) else route

    def _page(self, path: str) -> Page:
        """Returns the page to serve now: a fresh one, or an older one that may still be served."""
        now, cached = monotonic(), self.pages.get(path)
        if cached and now < cached.checked + FRESH:
            return cached
        renewal, since = self._renewal(path)
        if cached and now < cached.checked + FRESH + SHOWN_WHILE_RENEWED:
            return cached
        try:
            return renewal.result(max(0.0, since + PATIENCE - now) if cached else LONGEST_WAIT)
        except TimeoutError:
            return cached if cached and now < cached.rendered + SERVED_WHILE_AWAY else AWAY

    def _renewal(self, path: str) -> tuple[Future[Page], float]:
        """Returns the rendering of this page that is under way (started here if there is none), and when it began."""
        with self.lock:
            if path not in self.renewals:
                self.renewals[path] = self.pool.submit(self._renew, path), monotonic()
            return self.renewals[path]

    def _renew(self, path: str) -> Page:
        try:
            cached = self.pages.get(path)
            page = self._render(path, cached)
            if page.etag:
                page.rendered = page.checked = monotonic()
                self.pages[path] = page
            elif page.code >= 500 and cached and monotonic() < cached.rendered + SERVED_WHILE_AWAY:
                cached.checked = monotonic()
                page = cached
            else:  # it is gone or redirects: no older page is served again
                self.pages.pop(path, None)
            return page
        finally:
            with self.lock:
                del self.renewals[path]

    def _render(self, path: str, before: Page | None) -> Page:
        said: list[Any] = []
        answer = self.application(self._environ(path), lambda *status_and_headers: said.extend(status_and_headers))
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return page_of(said[0], said[1], body, before)

    def _environ(self, path: str) -> dict[str, Any]:
        """Returns the environ of a plain GET request for the path, as nginx would pass it on."""
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": self.host,
            "SERVER_PORT": "443",
            "HTTP_HOST": self.host,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            NOT_LOGGED: True,
        }
        if settings.SECURE_PROXY_SSL_HEADER:
            name, value = settings.SECURE_PROXY_SSL_HEADER
            environ[name] = value
        return environ


def _is_https(environ: dict[str, Any]) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        return environ.get(name, "").lower() == value
    return environ["wsgi.url_scheme"] == "https"


@lru_cache(maxsize=1024)
def _route_of(path: str) -> str:
    try:
        with translation.override(languages.language_of(path)):
            name = resolve(path).view_name
    except Resolver404:
        return ""
    return name if name in ROUTES else ""


def _is_for_django(query: str, used: frozenset[str]) -> bool:
    """Whether Django must answer because the query changes the page or is malformed."""
    try:
        check_text(unquote_to_bytes(query.encode("latin-1")))
    except BadRequest:
        return True
    return bool(used) and not used.isdisjoint(name for name, _ in parse_qsl(query, keep_blank_values=True))
