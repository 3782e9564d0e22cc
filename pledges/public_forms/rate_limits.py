"""How often one client may do what. The client is a keyed hash of its address, never the address.

Ask outside any transaction: a count must stand whatever becomes of the signature, and no two
signatures may wait for one count.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable
from functools import cache, partial
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone
from django_ratelimit.core import get_usage

log = logging.getLogger(__name__)

# How often one client may send each form within an hour. A school or a hospital is one client if all who work there
# share one address: a thousand of them can sign within the hour of a launch.
LIMITS = {
    "sign": 1000,
    "code": 2000,
    "organisation": 60,
    "mine": 100,
    "complaint": 20,
    "report-name": 20,
    "staff": 300,
    "staff-account": 20,
    "staff-account-client": 10,
}
# How many times the limit of one client (an IPv6 /64) all clients of an IPv6 /48 have, which one customer can get.
WIDER = 4
# The seconds to wait where too many of the network's emails wait already (`emails.queue.QueueFull`).
FULL = 600


def exceeded(request: HttpRequest, group: str, subject: str = "") -> int:
    """Counts this request. Returns 0 if it is within the limits, otherwise the seconds to wait, for `Retry-After`.

    Counts the client and the /48 that it is in, or instead `subject` where one is given (a staff account, say).
    OperationalError where the database does not answer, which is answered with 503: a form that nothing limits
    must not send emails, and it is not the client's fault.
    """
    counted = [(group, subject.encode() or _network(address(request)), LIMITS[group])]
    if not subject and (wide := _wide_network(address(request))):
        counted.append((f"{group} /48", wide, LIMITS[group] * WIDER))
    uses = [_usage(request, name, _hashed(what), limit) for name, what, limit in counted]
    if len(uses) > 1:
        with _store().together(limit for _name, _what, limit in counted):
            for use in uses:
                use()
    for use in uses:
        usage = use()  # None where the setting RATELIMIT_ENABLE is off
        if usage and usage["should_limit"]:
            return usage["time_left"] + 1  # its window includes the last second
    return 0


def _usage(request: HttpRequest, group: str, hashed: str, limit: int) -> Callable[[], dict[str, Any] | None]:
    """A call of django-ratelimit that counts this request and says how often there were such in this hour."""
    rate = f"{limit}/h"
    return partial(get_usage, request, group=group, key=lambda *_: hashed, rate=rate, increment=True)


def client(request: HttpRequest) -> str:
    """The client's hash for today, 32 hexadecimal digits. OperationalError where the store is down."""
    return _hashed(_network(address(request)))


def network(request: HttpRequest) -> str:
    """As `client`, of all that one customer may have: an IPv6 /48, or one IPv4 address. Its emails take turns with
    those of others (`emails.queue.DUE_AT`), and the hash differs from the client's.
    """
    written = address(request)
    return _hashed(b"network " + (_wide_network(written) or _network(written)))


def address(request: HttpRequest) -> str:
    """The address TRUSTED_PROXIES hops from the right; whatever stands left of it anybody can write."""
    hops = settings.TRUSTED_PROXIES
    chain = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if len(chain) != hops:
        _warn_once()
    return chain[-hops] if 0 < hops <= len(chain) else request.META.get("REMOTE_ADDR", "")


@cache
def _warn_once() -> None:
    """With too few proxies named all visitors share one limit; with too many anybody writes their own address."""
    log.warning(
        "X-Forwarded-For has another number of addresses than TRUSTED_PROXIES (%d) says",
        settings.TRUSTED_PROXIES,
    )


def _network(written: str) -> bytes:
    """The part of an address that names one client: all of IPv4, the first 64 bits of IPv6.

    All requests without an address, as through a unix socket, are one client.
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
    salt = _store().salt(timezone.now().date())
    return hmac.new(salt, what, hashlib.sha256).hexdigest()[:32]


def _store() -> Any:
    """The store of the counts and the salts (`campaign.rate_limit_cache`)."""
    return caches[settings.RATELIMIT_USE_CACHE]
