"""Encrypts every EncryptedField again with the newest SECRET_KEY, so that the older keys can be removed."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Field, Model, QuerySet

from pledges.crypto import encryption
from pledges.models import EncryptedField

BATCH = 1000


def count() -> int:
    """The number of encrypted values in all tables."""
    return sum(_rows(model, field).count() for model, field in _columns())


def reencrypt(report: Callable[[int], None] = lambda done: None) -> Counter[str]:
    """Encrypts every value with the newest key; returns how many of each table. The site may run meanwhile.

    A value that no key decrypts is left as it is and counted as "unreadable". Calls `report` with the number done so
    far after each batch.
    """
    done: Counter[str] = Counter()
    for model, field in _columns():
        for some in _reencrypt_column(model, field):
            done += some
            report(done.total())
    return done


def _columns() -> Iterator[tuple[type[Model], Field]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedField):
                yield model, field


def _rows(model: type[Model], field: Field) -> QuerySet[Any]:
    return model._base_manager.exclude(**{field.name: None}).order_by("pk")


def _reencrypt_column(model: type[Model], field: Field) -> Iterator[Counter[str]]:
    rows, last = _rows(model, field), 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", field.name)[:BATCH]):
        done: Counter[str] = Counter()
        for key, encrypted in batch:
            try:
                fresh = encryption.reencrypt(encrypted)
            except encryption.DecryptionError:
                done["unreadable"] += 1
                continue
            # Only if the row was not changed or erased meanwhile.
            unchanged = model._base_manager.filter(pk=key, **{field.name: encrypted})
            done[model._meta.db_table] += unchanged.update(**{field.name: fresh})
        last = batch[-1][0]
        yield done
