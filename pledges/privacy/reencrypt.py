"""A new SECRET_KEY, so that the old one may go: whatever is locked is locked anew under it."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Field, Model, QuerySet

from pledges.crypto import encryption
from pledges.models import EncryptedField

BATCH = 1000


def locked() -> int:
    """How many values there are to lock anew."""
    return sum(_rows(model, field).count() for model, field in _columns())


def reencrypt(told: Callable[[int], None] = lambda done: None) -> Counter[str]:
    """Locks everything under the newest key and says how many of each table; the site may go on meanwhile.

    What no key opens stays as it is, and is counted as "unreadable". `told` gets how many are done.
    """
    done: Counter[str] = Counter()
    for model, field in _columns():
        for some in _relock_column(model, field):
            done += some
            told(done.total())
    return done


def _columns() -> Iterator[tuple[type[Model], Field]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedField):
                yield model, field


def _rows(model: type[Model], field: Field) -> QuerySet[Any]:
    return model._base_manager.exclude(**{field.name: None}).order_by("pk")


def _relock_column(model: type[Model], field: Field) -> Iterator[Counter[str]]:
    rows, last = _rows(model, field), 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", field.name)[:BATCH]):
        done: Counter[str] = Counter()
        for key, locked in batch:
            try:
                fresh = encryption.reencrypt(locked)
            except encryption.DecryptionError:
                done["unreadable"] += 1
                continue
            # Only where nobody changed or erased it meanwhile.
            same = model._base_manager.filter(pk=key, **{field.name: locked})
            done[model._meta.db_table] += same.update(**{field.name: fresh})
        last = batch[-1][0]
        yield done
