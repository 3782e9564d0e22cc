"""A new SECRET_KEY, so that the old one may go: whatever is locked is locked anew under it."""

from collections import Counter

from django.apps import apps
from django.db.models import Field, Model

from pledges import sealing
from pledges.models import LockedField

BATCH = 1000


def relock() -> Counter[str]:
    """Locks everything under the newest key and says how many of each table; the site may go on meanwhile.

    What no key opens stays as it is, and is counted as "unreadable".
    """
    done: Counter[str] = Counter()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, LockedField):
                done += _relock_column(model, field)
    return done


def _relock_column(model: type[Model], field: Field) -> Counter[str]:
    done: Counter[str] = Counter()
    rows = model._base_manager.exclude(**{field.name: None}).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", field.name)[:BATCH]):
        for key, locked in batch:
            try:
                fresh = sealing.relock(locked)
            except sealing.Unreadable:
                done["unreadable"] += 1
                continue
            # Only where nobody changed or erased it meanwhile.
            same = model._base_manager.filter(pk=key, **{field.name: locked})
            done[model._meta.db_table] += same.update(**{field.name: fresh})
        last = batch[-1][0]
    return done
