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
from django.http import HttpRequest
from django.utils import timezone
from django_ratelimit.core import get_usage

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
# What we say when the store is down: it is not the client's fault, and we can't know how long.
STORE_DOWN = 60


def exceeded(request: HttpRequest, group: str, subject: str = "") -> int:
    """Count this request. 0: go ahead; otherwise the seconds to wait, for `Retry-After`.

    Counts the client, or `subject` in its place where one is given (a staff account, say). Where the
    store does not answer nobody may pass: a form that nothing limits must not send letters.
    """
    try:
        usage = get_usage(
            request,
            group=group,
            key=lambda group, request: _hashed(subject.encode()) if subject else client(request),
            rate=RATES[group],
            increment=True,
        )
    except ValueError:
        return STORE_DOWN
    if usage is None or not usage["should_limit"]:
        return 0
    return max(usage["time_left"], 1) if usage["limit"] else STORE_DOWN


def client(request: HttpRequest) -> str:
    """The client's hash for today, 32 hexadecimal digits. ValueError where the store is down."""
    return _hashed(_network(address(request)))


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


def _hashed(what: bytes) -> str:
    salt = _store().salt(timezone.now().date())
    return hmac.new(salt, what, hashlib.sha256).hexdigest()[:32]


def _store() -> Any:
    """Our own cache of counts, which keeps the salts too."""
    return caches[settings.RATELIMIT_USE_CACHE]
