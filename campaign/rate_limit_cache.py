"""The limits' store: a cache of counts in PostgreSQL, one statement for each act.

Django's own database cache looks and then writes, and so loses counts under load. Both tables are
unlogged: a crash empties them, and they never reach the write-ahead log.
"""

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.db import Error, connection
from django.utils import timezone

from campaign.models import RateLimitSalt

ADD = """
    INSERT INTO campaign_ratelimitcount (key, value, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at
    WHERE campaign_ratelimitcount.expires_at <= %s
    RETURNING value
"""
INCREMENT = """
    UPDATE campaign_ratelimitcount SET value = value + %s WHERE key = %s AND expires_at > %s RETURNING value
"""


def _as_value_error(act: Callable) -> Callable:
    """django-ratelimit takes a ValueError for "the store is down", and knows no other error."""

    @wraps(act)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return act(*args, **kwargs)
        except Error as error:
            raise ValueError("the limits' store does not answer") from error

    return guarded


class RateLimitCache(BaseCache):
    """What django-ratelimit asks of a cache where it counts, and the salts."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    @_as_value_error
    def add(self, key: str, value: int, timeout: float | None = 3600, version: int | None = None) -> bool:
        """Start a count, unless one that still runs is there."""
        now = timezone.now()
        ends = now + timedelta(seconds=timeout or 0)
        return self._value(ADD, [self.make_and_validate_key(key, version), value, ends, now]) is not None

    @_as_value_error
    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        value = self._value(INCREMENT, [delta, self.make_and_validate_key(key, version), timezone.now()])
        if value is None:
            raise ValueError(f"no count {key}")
        return value

    @_as_value_error
    def salt(self, day: date) -> bytes:
        """The key of one day's client hashes, drawn by whoever needs it first."""
        found = RateLimitSalt.objects.filter(day=day).first()
        if found is None:
            RateLimitSalt.objects.bulk_create(
                [RateLimitSalt(day=day, salt=secrets.token_bytes(32))], ignore_conflicts=True
            )
            found = RateLimitSalt.objects.get(day=day)
        return bytes(found.salt)

    def _value(self, statement: str, parameters: list) -> int | None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            row = cursor.fetchone()
        return row[0] if row else None
