"""The chain of digest keys: which of them the database stands on, and how another is laid over it.

A digest is HMAC(kn, … HMAC(k1, address)). So a key that leaked is made worthless by a new one laid over every
digest, although nobody holds the addresses any more. All keys stay in DIGEST_KEYS, oldest first.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from pledges.crypto import tokens
from pledges.models import DigestChain, DigestField

BATCH = 10_000
Told = Callable[[int], None]


class WrongKeys(Exception):
    """DIGEST_KEYS are not those that this database's digests were made with."""


def record_first_keys(**_signal: Any) -> None:
    """Records which DIGEST_KEYS a new database begins with, after its first `migrate`."""
    keys = settings.DIGEST_KEYS
    DigestChain.objects.get_or_create(
        defaults={"keys": len(keys), "fingerprint": fingerprint(keys), "added_at": timezone.now()}
    )


def keys_to_lay() -> list[str]:
    """Those of DIGEST_KEYS that the database's digests were not made with yet; they are its newest.

    Raises WrongKeys where the others are not the ones that they were made with.
    """
    chain = DigestChain.objects.get()
    below = settings.DIGEST_KEYS[: chain.keys]
    if len(below) < chain.keys or fingerprint(below) != bytes(chain.fingerprint):
        raise WrongKeys
    return settings.DIGEST_KEYS[chain.keys :]


def lay(now: datetime, told: Told = lambda done: None) -> Counter[str]:
    """Lays the keys that are new over every digest, all or none; says how many digests of each table.

    `told` gets how many are done, after each batch.
    """
    laid: Counter[str] = Counter()
    with transaction.atomic():
        DigestChain.objects.select_for_update().get()
        new_keys = keys_to_lay()
        for table, column in digest_columns():
            for count in _lay_over(table, column, new_keys):
                laid[table] += count
                told(laid.total())
        keys = settings.DIGEST_KEYS
        DigestChain.objects.update(keys=len(keys), fingerprint=fingerprint(keys), added_at=now)
    return laid


def digests() -> int:
    """How many there are to lay keys over."""
    count = 0
    with connection.cursor() as cursor:
        for table, column in digest_columns():
            name = connection.ops.quote_name
            cursor.execute(f"SELECT count({name(column)}) FROM {name(table)}")  # noqa: S608
            count += cursor.fetchone()[0]
    return count


def digest_columns() -> Iterator[tuple[str, str]]:
    """Every column of digests, as (table, column): those whose field says so by its class."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, DigestField):
                yield model._meta.db_table, field.column


def fingerprint(keys: Sequence[str]) -> bytes:
    """32 bytes that stand for these keys and tell none of them. (No mailbox has a space in it.)"""
    return tokens.digest("the chain itself", keys)


def strangers() -> int:
    """How many others are connected to the database, and may be writing digests of the old kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def _lay_over(table: str, column: str, keys: Sequence[str]) -> Iterator[int]:
    """By batches, in the order of the primary key; says how many each had. The keys never go to the database."""
    name = connection.ops.quote_name
    read = f"SELECT id, {name(column)} FROM {name(table)} WHERE id > %s AND {name(column)} IS NOT NULL"  # noqa: S608
    write = (
        f"UPDATE {name(table)} SET {name(column)} = fresh.digest"  # noqa: S608
        " FROM unnest(%s::bigint[], %s::bytea[]) AS fresh (id, digest)"
        f" WHERE {name(table)}.id = fresh.id"
    )
    last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"{read} ORDER BY id LIMIT {BATCH}", [last])
            rows = cursor.fetchall()
            if not rows:
                return
            ids, digests = zip(
                *((row, tokens.extend_digest(bytes(digest), keys)) for row, digest in rows), strict=True
            )
            cursor.execute(write, [list(ids), list(digests)])
            last = ids[-1]
            yield len(ids)
