"""The store of the rate limits: counts in PostgreSQL, one statement for each request, and the day's salt.

Both tables are unlogged: a crash empties them, and they never reach the write-ahead log.
"""

import secrets
import time
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.db import connection

from campaign.models import RateLimitSalt

# A count starts at one, and again when its time is over. The second counts only what the first lets pass.
COUNT = """
INSERT INTO campaign_ratelimitcount AS counted (key, value, expires_at)
SELECT %s, 1, %s {condition}
ON CONFLICT (key) DO UPDATE SET
    value = CASE WHEN counted.expires_at <= %s THEN 1 ELSE counted.value + 1 END,
    expires_at = CASE WHEN counted.expires_at <= %s THEN excluded.expires_at ELSE counted.expires_at END
RETURNING value, expires_at
"""
# Seconds for which a process remembers the day's salt. After a crash of the database the salt is drawn anew, and
# processes that remember another one would count the same client under another key.
SALT_REMEMBERED_FOR = 30.0


class RateLimitCache(BaseCache):
    """Counts how often a key came within a time. It is a Django cache only so that `caches` finds it by its name."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._salt: tuple[date, bytes, float] | None = None

    def count(self, limits: list[tuple[str, int]], span: timedelta, now: datetime) -> datetime | None:
        """Counts one request under each of one or two (key, limit) pairs; the second only if the first is not used up.

        None if every count is within its limit, otherwise when the count that is not starts anew.
        """
        parts: list[str] = []
        values: list[Any] = []
        for n, (key, _limit) in enumerate(limits):
            condition = f"FROM count{n - 1} WHERE value <= {limits[n - 1][1]:d}" if n else ""
            parts.append(f"count{n} AS ({COUNT.format(condition=condition)})")
            values += [key, now + span, now, now]
        found = (f"SELECT {n}, value, expires_at FROM count{n}" for n in range(len(limits)))  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {', '.join(parts)} {' UNION ALL '.join(found)}", values)
            rows = cursor.fetchall()
        return max((expires_at for n, value, expires_at in rows if value > limits[n][1]), default=None)

    def salt(self, day: date) -> bytes:
        """The key of one day's client hashes, drawn by the first process that needs it."""
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

    def forget_salt(self) -> None:
        """Forgets the salt that this thread remembers."""
        self._salt = None
