"""Rotation of digest keys: which keys the stored digests were made with, and applying a new one to all of them.

A digest is HMAC(kn, … HMAC(k1, address)). If a key has leaked, a new one is applied to every stored digest, for which
the addresses are not needed. All keys stay in DIGEST_KEYS, oldest first.
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
ReportProgress = Callable[[int], None]


class WrongKeys(Exception):
    """DIGEST_KEYS are not those that this database's digests were made with."""


def record_first_keys(**_signal: Any) -> None:
    """Records the DIGEST_KEYS of a new database, after its first `migrate`."""
    keys = settings.DIGEST_KEYS
    DigestChain.objects.get_or_create(
        defaults={"keys": len(keys), "fingerprint": fingerprint(keys), "added_at": timezone.now()}
    )


def new_keys() -> list[str]:
    """Returns the newest of DIGEST_KEYS that are not yet applied to the database's digests.

    Raises WrongKeys if the digests were made with other keys than the rest.
    """
    chain = DigestChain.objects.get()
    applied = settings.DIGEST_KEYS[: chain.keys]
    if len(applied) < chain.keys or fingerprint(applied) != bytes(chain.fingerprint):
        raise WrongKeys
    return settings.DIGEST_KEYS[chain.keys :]


def apply_new_keys(now: datetime, report: ReportProgress = lambda done: None) -> Counter[str]:
    """Applies the new keys to every digest, in one transaction; returns how many digests of each table it changed.

    Calls `report` with the number done so far after each batch.
    """
    changed: Counter[str] = Counter()
    with transaction.atomic():
        DigestChain.objects.select_for_update().get()
        fresh = new_keys()
        for table, column in digest_columns():
            for count in _update_column(table, column, fresh):
                changed[table] += count
                report(changed.total())
        keys = settings.DIGEST_KEYS
        DigestChain.objects.update(keys=len(keys), fingerprint=fingerprint(keys), added_at=now)
    return changed


def count_digests() -> int:
    """How many digests there are in all tables."""
    count = 0
    with connection.cursor() as cursor:
        for table, column in digest_columns():
            name = connection.ops.quote_name
            cursor.execute(f"SELECT count({name(column)}) FROM {name(table)}")  # noqa: S608
            count += cursor.fetchone()[0]
    return count


def digest_columns() -> Iterator[tuple[str, str]]:
    """Yields (table, column) of every DigestField."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, DigestField):
                yield model._meta.db_table, field.column


def fingerprint(keys: Sequence[str]) -> bytes:
    """A hash of these keys. (It can't be the digest of a mailbox: no mailbox contains a space.)"""
    return tokens.digest("the chain itself", keys)


def other_connections() -> int:
    """How many others are connected to the database, and may be writing digests with the old keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def _update_column(table: str, column: str, keys: Sequence[str]) -> Iterator[int]:
    """Applies the keys to a column in batches; yields the size of each. The keys are never sent to the database."""
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
            ids, digests = zip(*((row, tokens.extend_digest(bytes(digest), keys)) for row, digest in rows), strict=True)
            cursor.execute(write, [list(ids), list(digests)])
            last = ids[-1]
            yield len(ids)
