"""A restored backup is made to forget again what was erased after it was taken.

The list that does it is carried beside the backups: one JSON object a line, an erasure (table, ref, day) or
a mailbox that is never to be written to again (its digest). It says nothing of what was erased.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from pledges import links, organisations, outbox
from pledges.models import Blocked, Contact, Erasure, Listing, Organisation, Pending, Signature

BATCH = 1000
# The tables to which a backup can bring something back; of an organisation it is only the contact.
TABLES: dict[str, QuerySet[Any]] = {
    rows.model._meta.db_table: rows
    for rows in (
        Pending.objects.all(),
        Listing.objects.all(),
        Contact.objects.all(),
        Signature.objects.all(),
        Organisation.objects.with_contact(),
    )
}


def erasures() -> Iterator[str]:
    """The list as it stands now, line by line."""
    for erasure in Erasure.objects.order_by("pk").iterator():
        day = erasure.erased_on.isoformat()
        yield json.dumps({"table": erasure.table_name, "ref": str(erasure.ref), "day": day})
    for blocked in Blocked.objects.order_by("pk").iterator():
        digest, day = bytes(blocked.digest).hex(), blocked.blocked_on.isoformat()
        yield json.dumps({"blocked": digest, "keys": len(settings.DIGEST_KEYS), "day": day})


def forget_again(lines: Iterable[str], now: datetime) -> Counter[str]:
    """Erases and blocks what the list says, and says how much of it had come back.

    Raises ValueError at a line that is not of such a list; what stands before it is done, and doing it twice
    does no harm.
    """
    done: Counter[str] = Counter()
    entries = (_read(line) for line in lines if line.strip())
    while some := list(islice(entries, BATCH)):
        with transaction.atomic():
            done += _erase([entry for entry in some if "blocked" not in entry], now)
            done["blocked"] += _block([entry for entry in some if "blocked" in entry])
    return +done


def _read(line: str) -> dict[str, Any]:
    match json.loads(line):
        case {"table": str(table), "ref": str()} as entry if table in TABLES:
            return entry
        case {"blocked": str(), "keys": int(), "day": str()} as entry:
            return entry
    raise ValueError("neither an erasure nor a blocked mailbox")


def _erase(entries: list[dict[str, Any]], now: datetime) -> Counter[str]:
    refs: dict[str, list[UUID]] = defaultdict(list)
    for entry in entries:
        refs[entry["table"]].append(UUID(entry["ref"]))
    erased: Counter[str] = Counter()
    for table, gone in refs.items():
        back = TABLES[table].filter(ref__in=gone)
        found = dict(back.values_list("pk", "ref"))
        outbox.erase(list(found.values()))
        if back.model is Organisation:
            organisations.forget_contacts(list(found), now)
        else:
            back.delete()
        erased[str(back.model._meta.verbose_name_plural)] += len(found)
    return erased


def _block(entries: list[dict[str, Any]]) -> int:
    rows = [
        Blocked(
            # Digest keys that came since the list was written are laid over what it names.
            digest=links.lay(bytes.fromhex(entry["blocked"]), settings.DIGEST_KEYS[entry["keys"] :]),
            blocked_on=date.fromisoformat(entry["day"]),
        )
        for entry in entries
    ]
    before = Blocked.objects.count()
    Blocked.objects.bulk_create(rows, ignore_conflicts=True)
    return Blocked.objects.count() - before
