"""A public page in the page cache: compressed once, and sent as the client's headers ask for (encoding, condition)."""

import gzip
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import brotli
from django.utils.http import parse_etags, parse_http_date_safe

Headers = list[tuple[str, str]]

BROTLI, GZIP = "br", "gzip"
QUALITY = 5  # brotli's; 11 is a seventh smaller and takes thirty times as long
COMPRESSED = ("text/", "application/json", "application/xml", "application/atom+xml")
# Headers that an answer without a body (304) does not have, and headers that this module sets itself.
OF_THE_BODY = {"content-length", "content-encoding", "content-type", "content-disposition"}
MADE_HERE = {"content-length", "content-encoding", "etag", "vary"}


@dataclass
class Page:
    """A response of Django. `headers` and `bodies` are by encoding; "" is the uncompressed one, which is always there.

    A page without an `etag` is not cached.
    """

    status: str
    headers: dict[str, Headers]
    bodies: dict[str, bytes]
    etag: str = ""
    last_modified: int | None = None
    rendered: float = 0.0
    checked: float = 0.0  # when it was rendered, or rendering it again last failed

    @property
    def code(self) -> int:
        return int(self.status[:3])

    def answer(self, environ: dict[str, Any]) -> tuple[str, Headers, bytes]:
        """Returns status, headers and body for this request: GET or HEAD, conditional or not. A Range request gets the
        whole page.
        """
        encoding = accepted(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if encoding not in self.bodies:
            encoding = ""
        headers = self.headers[encoding]
        if self.etag and self._is_known(environ):
            remaining = [(name, value) for name, value in headers if name.lower() not in OF_THE_BODY]
            return "304 Not Modified", remaining, b""
        return self.status, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else self.bodies[encoding]

    def _is_known(self, environ: dict[str, Any]) -> bool:
        """Whether the client has exactly this page already (RFC 9110, 13.2.2)."""
        if "HTTP_IF_NONE_MATCH" in environ:
            known = parse_etags(environ["HTTP_IF_NONE_MATCH"])
            return known == ["*"] or any(one.removeprefix("W/") == self.etag.removeprefix("W/") for one in known)
        if self.last_modified is None or "HTTP_IF_MODIFIED_SINCE" not in environ:
            return False
        since = parse_http_date_safe(environ["HTTP_IF_MODIFIED_SINCE"])
        return since is not None and self.last_modified <= since


def page_of(status: str, headers: Headers, body: bytes, before: Page | None) -> Page:
    """Returns a response as a page. It can be cached (has an `etag`) only if it is 200, public and sets no cookie.

    If the body equals that of `before`, the page that it replaces, the compressed bodies of that are used again.
    """
    said = {name.lower(): value for name, value in headers}
    if not status.startswith("200") or "public" not in said.get("cache-control", "") or "set-cookie" in said:
        return Page(status, {"": headers}, {"": body})
    etag = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'  # weak: it is the same for every encoding
    is_text = said.get("content-type", "").startswith(COMPRESSED)
    bodies = before.bodies if before and before.etag == etag else _encoded(body, is_text)
    common = [(name, value) for name, value in headers if name.lower() not in MADE_HERE]
    common += [("ETag", etag), *([("Vary", "Accept-Encoding")] if is_text else [])]
    by_encoding = {encoding: [*common, *_about(encoding, written)] for encoding, written in bodies.items()}
    return Page(status, by_encoding, bodies, etag, parse_http_date_safe(said.get("last-modified", "")))


def _encoded(body: bytes, is_text: bool) -> dict[str, bytes]:
    bodies = {"": body}
    if is_text:
        bodies |= {BROTLI: brotli.compress(body, quality=QUALITY), GZIP: gzip.compress(body, mtime=0)}
    return {encoding: written for encoding, written in bodies.items() if not encoding or len(written) < len(body)}


def _about(encoding: str, written: bytes) -> Headers:
    length = ("Content-Length", str(len(written)))
    return [("Content-Encoding", encoding), length] if encoding else [length]


@lru_cache(maxsize=256)
def accepted(header: str) -> str:
    """Returns the best of our encodings that an Accept-Encoding header allows. deploy/nginx.conf uses the same rule."""
    return next((encoding for encoding, rule in RULES.items() if rule.search(header)), "")


# The encoding is named, and not with q=0.
RULES = {
    name: re.compile(rf"(^|,)\s*{name}\s*(;\s*q=(?!0(\.0*)?\s*(,|$))[^,]*)?\s*(,|$)", re.IGNORECASE)
    for name in (BROTLI, GZIP)
}
