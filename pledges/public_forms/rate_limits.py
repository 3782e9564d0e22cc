"""How often one client may do what. The client is a keyed hash of its address, never the address.

Ask outside any transaction: a count must stand whatever becomes of the signature, and no two
signatures may wait for one count.
"""

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import OperationalError
from django.http import HttpRequest
from django.utils import timezone
from django_ratelimit.core import get_usage

from pledges.emails import queue

# Wide enough for two hundred people who sign from behind the one address of their office.
RATES = {
    "sign": "300/h",
    "code": "600/h",
    "organisation": "60/h",
    "mine": "100/h",
    "complaint": "20/h",
    "staff": "300/h",
    "staff-account": "20/h",
    "staff-account-client": "10/h",
}
# How often all of an IPv6 /48 may, which one customer can get, against one client (a /64) in it.
WIDER = 4
# The forms that send an email to the address typed into them, and the seconds to wait where too many of the
# network's emails wait already.
SENDS_EMAIL, FULL = {"sign", "organisation", "mine"}, 600
NO_ANSWER = "the store of the rate limits does not answer"


def exceeded(request: HttpRequest, group: str, subject: str = "") -> int:
    """Count this request. 0: go ahead; otherwise the seconds to wait, for `Retry-After`.

    Counts the client and the /48 that it is in, or `subject` in their place where one is given (a staff account,
    say). OperationalError where the store does not answer, which is answered with 503: a form that nothing limits
    must not send emails, and it is not the client's fault.
    """
    counted = [(group, subject.encode() or _network(address(request)), 1)]
    if not subject and (wide := _wide_network(address(request))):
        counted.append((f"{group} /48", wide, WIDER))
    an_hour = int(RATES[group].removesuffix("/h"))
    for name, what, times in counted:
        if seconds := _wait(request, name, what, f"{an_hour * times}/h"):
            return seconds
    return FULL if group in SENDS_EMAIL and queue.is_full(network(request)) else 0


def _wait(request: HttpRequest, group: str, what: bytes, rate: str) -> int:
    try:
        usage = get_usage(request, group=group, key=lambda *_: _hashed(what), rate=rate, increment=True)
    except ValueError as error:
        raise OperationalError(NO_ANSWER) from error
    if usage is None or not usage["should_limit"]:
        return 0
    if not usage["limit"]:  # django-ratelimit says so where it could not count
        raise OperationalError(NO_ANSWER)
    return max(usage["time_left"], 1)


def client(request: HttpRequest) -> str:
    """The client's hash for today, 32 hexadecimal digits. OperationalError where the store is down."""
    return _hashed(_network(address(request)))


def network(request: HttpRequest) -> str:
    """As `client`, of all that one customer may have: an IPv6 /48, or one IPv4 address. It shares emails in the
    queue (`outbox.turn`), and is another hash than the client's.
    """
    written = address(request)
    return _hashed(b"network " + (_wide_network(written) or _network(written)))


def address(request: HttpRequest) -> str:
    """The address TRUSTED_PROXIES hops from the right; whatever stands left of it anybody can write."""
    hops = settings.TRUSTED_PROXIES
    chain = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    return chain[-hops] if 0 < hops <= len(chain) else request.META.get("REMOTE_ADDR", "")


def _network(written: str) -> bytes:
    """The part of an address that names one client: all of IPv4, the first 64 bits of IPv6.

    What is no address (a unix socket has none) is one client for all.
    """
    try:
        found = ip_address(written)
    except ValueError:
        return b""
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped.packed if found.ipv4_mapped else found.packed[:8]
    return found.packed


def _wide_network(written: str) -> bytes:
    """The first 48 bits of an IPv6 address; nothing for any other."""
    try:
        found = ip_address(written)
    except ValueError:
        return b""
    is_ours = isinstance(found, IPv6Address) and not found.ipv4_mapped
    return found.packed[:6] if is_ours else b""


def _hashed(what: bytes) -> str:
    try:
        salt = _store().salt(timezone.now().date())
    except ValueError as error:
        raise OperationalError(NO_ANSWER) from error
    return hmac.new(salt, what, hashlib.sha256).hexdigest()[:32]


def _store() -> Any:
    """Our own cache of counts, which keeps the salts too."""
    return caches[settings.RATELIMIT_USE_CACHE]
