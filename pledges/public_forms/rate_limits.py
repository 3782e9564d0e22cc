"""Rate limits: how often one client may send a form. Clients are stored as keyed hashes, never as addresses.

Call this outside of transactions: a count must be stored even if the signature is not, and no signature may wait for
the count of another.
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
# share one address: a thousand of them can sign within one hour.
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
# The limit of an IPv6 /48, which one customer can have, as a multiple of that of one client (an IPv6 /64).
WIDER = 4
# The seconds to wait if too many emails of the network are queued already (`emails.queue.QueueFull`).
FULL = 600


def exceeded(request: HttpRequest, group: str, subject: str = "") -> int:
    """Counts this request. Returns 0 if it is within the limits, otherwise the seconds to wait, for `Retry-After`.

    Counts the client and the /48 that it is in, or instead `subject` if it is given (such as a staff account). Raises
    OperationalError if the database does not answer, which becomes a 503: without limits no form may send emails.
    """
    network, wide = _networks(request)
    counted = [(group, subject.encode() or network, LIMITS[group])]
    if not subject and wide:
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
    """Returns a call of django-ratelimit that counts this request and returns the count of this hour."""
    rate = f"{limit}/h"
    return partial(get_usage, request, group=group, key=lambda *_: hashed, rate=rate, increment=True)


def client(request: HttpRequest) -> str:
    """The client's hash for today, 32 hexadecimal digits. Raises OperationalError if the store is down."""
    return _hashed(_networks(request)[0])


def network(request: HttpRequest) -> str:
    """Returns a hash as `client` does, but of all addresses that one customer may have: an IPv6 /48, or one IPv4
    address.

    The queue slows down the emails of one network by it (`emails.queue.DUE_AT`).
    """
    network, wide = _networks(request)
    return _hashed(b"network " + (wide or network))


def address(request: HttpRequest) -> str:
    """The address TRUSTED_PROXIES hops from the right in X-Forwarded-For; clients can forge what is left of it."""
    hops = settings.TRUSTED_PROXIES
    chain = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if len(chain) != hops:
        _warn_once()
    return chain[-hops] if 0 < hops <= len(chain) else request.META.get("REMOTE_ADDR", "")


@cache
def _warn_once() -> None:
    """Logs that TRUSTED_PROXIES is wrong, once.

    If it is too small, all visitors share one limit; if too large, clients can forge addresses.
    """
    log.warning(
        "X-Forwarded-For has another number of addresses than TRUSTED_PROXIES (%d) says", settings.TRUSTED_PROXIES
    )


def _networks(request: HttpRequest) -> tuple[bytes, bytes]:
    """Returns the part of an address that identifies one client, and the wider network that one customer may have.

    Of an IPv4 address these are all of it and b""; of IPv6 the first 64 and the first 48 bits. Requests without an
    address, as through a Unix socket, are one client. The address is read once for each request.
    """
    if not hasattr(request, "client_networks"):
        request.client_networks = _networks_of(address(request))  # type: ignore[attr-defined]
    return request.client_networks  # type: ignore[attr-defined]


def _networks_of(written: str) -> tuple[bytes, bytes]:
    try:
        found = ip_address(written)
    except ValueError:
        return b"", b""
    if isinstance(found, IPv6Address) and not found.ipv4_mapped:
        return found.packed[:8], found.packed[:6]
    return (getattr(found, "ipv4_mapped", None) or found).packed, b""


def _hashed(what: bytes) -> str:
    salt = _store().salt(timezone.now().date())
    return hmac.new(salt, what, hashlib.sha256).hexdigest()[:32]


def _store() -> Any:
    """The cache with the counts and the salts (`campaign.rate_limit_cache`)."""
    return caches[settings.RATELIMIT_USE_CACHE]
