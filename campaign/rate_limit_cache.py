"""The cache in which django-ratelimit counts: a table in PostgreSQL, with one statement for each request; and the salt
of the day.

Both tables are unlogged: a crash empties them, and they are never in the write-ahead log.
"""

import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.db import connection
from django.utils import timezone

from campaign.models import RateLimitSalt

# A count starts at one, and starts again when it has expired. A second key is counted only if the first is within its
# limit.
COUNT = """
INSERT INTO campaign_ratelimitcount AS counted (key, value, expires_at)
SELECT %s, 1, %s {condition}
ON CONFLICT (key) DO UPDATE SET
    value = CASE WHEN counted.expires_at <= %s THEN 1 ELSE counted.value + 1 END,
    expires_at = CASE WHEN counted.expires_at <= %s THEN excluded.expires_at ELSE counted.expires_at END
RETURNING value
"""
# Seconds for which a process remembers the salt of the day. After a crash of the database there is a new salt, and
# processes that remember the old one would count the same client under another key.
SALT_REMEMBERED_FOR = 30.0


class RateLimitCache(BaseCache):
    """The cache methods that django-ratelimit calls: `add` to start a count, then `incr` if the count exists already.

    Here `add` does both in one statement, and `incr`, which follows at once, returns the count that `add` made. Each
    thread has its own instance.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._salt: tuple[date, bytes, float] | None = None
        self._planned: list[tuple[str, float]] | None = None  # keys and timeouts, while `together` gathers them
        self._counted: dict[str, int] = {}  # what a statement has counted and django-ratelimit has not asked for yet

    def add(self, key: str, value: int, timeout: float | None = 3600, version: int | None = None) -> bool:
        """Counts one use of the key. Returns True if it is the first within `timeout` seconds; otherwise `incr` returns
        the count.

        `value`, the number to begin with, must be 1, because this cache can only count by one.
        """
        if value != 1:
            raise NotImplementedError("this cache only counts by one")
        key = self.make_and_validate_key(key, version)
        if self._planned is not None:
            self._planned.append((key, timeout or 0))
            return True
        if key not in self._counted:
            self._counted = self._count([(key, timeout or 0)], [])
        if self._counted[key] > 1:
            return False
        del self._counted[key]
        return True

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Returns the count that the `add` before it made. Raises ValueError, as every Django cache does, if there was
        none.
        """
        try:
            return self._counted.pop(self.make_and_validate_key(key, version))
        except KeyError:
            raise ValueError(f"no count {key}") from None

    @contextmanager
    def together(self, limits: Iterable[int]) -> Iterator[None]:
        """Counts in one statement the keys that are added inside, in this order; the next `add` of each takes its
        count.

        `limits` has the limit of each key. A key is counted only if the one before is within its limit.
        """
        self._planned, self._counted = [], {}
        try:
            yield
            planned = self._planned
        finally:
            self._planned = None
        self._counted = self._count(planned, list(limits)) if planned else {}

    def _count(self, keys: list[tuple[str, float]], limits: list[int]) -> dict[str, int]:
        """Counts the keys, each with its timeout; returns the counts of those that were counted."""
        now = timezone.now()
        parts: list[str] = []
        values: list[Any] = []
        for n, (key, timeout) in enumerate(keys):
            condition = f"FROM count{n - 1} WHERE value <= {limits[n - 1]:d}" if n else ""
            parts.append(f"count{n} AS ({COUNT.format(condition=condition)})")
            values += [key, now + timedelta(seconds=timeout), now, now]
        found = (f"SELECT {n}, value FROM count{n}" for n in range(len(keys)))  # noqa: S608
        with connection.prepared_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f"WITH {', '.join(parts)} {' UNION ALL '.join(found)}", values)
            return {keys[n][0]: value for n, value in cursor.fetchall()}

    def salt(self, day: date) -> bytes:
        """Returns the key of one day's client hashes, which the first process that needs it makes."""
        known = self._salt
        if known and known[0] == day and time.monotonic() - known[2] < SALT_REMEMBERED_FOR:
            return known[1]
        found = RateLimitSalt.objects.filter(day=day).first()
        if found is None:
            RateLimitSalt.objects.bulk_create(
                [RateLimitSalt(day=day, salt=secrets.token_bytes(32))], ignore_conflicts=True
            )
            found = RateLimitSalt.objects.get(day=day)
        self._salt = (day, bytes(found.salt), time.monotonic())
        return self._salt[1]

    def clear_salt(self) -> None:
        """Forgets the salt that this thread remembers."""
        self._salt = None
