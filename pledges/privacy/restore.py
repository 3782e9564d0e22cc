"""The list of what was erased, blocked or unpublished, and applying it to a restored backup.

A backup of yesterday still contains people who withdrew today. The list is stored with the backups and written more
often than they are: one JSON object a line. It names rows by random refs, mailboxes by digests and staff by primary
key, and contains no other personal data. An `Act` is one kind of line; those of this app are here and in `unpublished`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from pledges.crypto import tokens
from pledges.emails import queue
from pledges.models import Contact, EmailBlock, Erasure, Organisation, PendingSignature, PublicName, Signature
from pledges.organisations import service as organisations

BATCH = 1000
Entry = dict[str, Any]
Reader = Callable[[Any], Any]
# The rows that a backup can bring back; of an organisation only its contact.
TABLES: dict[str, QuerySet[Any]] = {
    rows.model._meta.db_table: rows
    for rows in (
        PendingSignature.objects.all(),
        PublicName.objects.all(),
        Contact.objects.all(),
        Signature.objects.all(),
        Organisation.objects.with_contact(),
    )
}


@dataclass(frozen=True)
class Act:
    """One kind of line in the list, recognised by its first field."""

    fields: dict[str, Reader]  # how each field is parsed; ValueError if it is not valid
    listed: Callable[[datetime], Iterator[Entry]]  # yields the lines of the current state, as values for JSON
    repeat: Callable[[list[Entry], datetime], Counter[str]]  # applies lines; counts what had to be changed

    @property
    def name(self) -> str:
        return next(iter(self.fields))


class BrokenList(ValueError):
    """The file is not such a list, or was cut off."""


def lines(now: datetime, acts: Sequence[Act]) -> Iterator[str]:
    """Yields the lines of the current list. The last one is their number, by which a list that was cut off is
    recognised.
    """
    yield json.dumps({"no_longer_public": 1, "made_at": now.isoformat()})
    count = 0
    for act in acts:
        for entry in act.listed(now):
            count += 1
            yield json.dumps(entry)
    yield json.dumps({"end": count})


def made_at(written: Iterable[str], acts: Sequence[Act]) -> datetime:
    """Checks every line and returns when the list was made. Raises BrokenList if it is no such list, or incomplete."""
    moment, end, number = None, None, 0
    for number, line in enumerate(written, 1):
        try:
            entry = json.loads(line)
            if number == 1:
                moment = datetime.fromisoformat(entry["made_at"])
            elif set(entry) == {"end"}:
                end = entry["end"]
            else:
                _read(entry, acts)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenList(f"line {number} does not belong into such a list") from error
    if moment is None:
        raise BrokenList("it is empty")
    if end != number - 2:
        raise BrokenList("its end is missing")
    return moment


def repeat(written: Iterable[str], acts: Sequence[Act], now: datetime) -> Counter[str]:
    """Applies the list, in batches; returns how many changes were needed. Applying it twice does no harm."""
    done: Counter[str] = Counter()
    entries = (json.loads(line) for line in written)
    read = (_read(entry, acts) for entry in entries if not {"no_longer_public", "end"} & set(entry))
    for act, same in groupby(read, lambda pair: pair[0]):
        while some := [entry for _act, entry in islice(same, BATCH)]:
            with transaction.atomic():
                done += act.repeat(some, now)
    return +done


def _read(entry: Entry, acts: Sequence[Act]) -> tuple[Act, Entry]:
    act = next((act for act in acts if act.name in entry), None)
    if act is None or set(entry) != set(act.fields):
        raise ValueError("no known kind of line")
    return act, {name: read(entry[name]) for name, read in act.fields.items()}


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def number(value: Any) -> int:
    if not isinstance(value, int):
        raise ValueError("not a number")
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def maybe(read: Reader) -> Reader:
    """The same parser, for a field that may be null."""
    return lambda value: None if value is None else read(value)


def iso(moment: date | None) -> str | None:
    """A date or datetime in ISO format; None stays None."""
    return moment.isoformat() if moment else None


def _table(value: Any) -> str:
    if value not in TABLES:
        raise ValueError("not a table with erased rows")
    return value


def _erased(now: datetime) -> Iterator[Entry]:
    for erasure in Erasure.objects.order_by("pk").iterator():
        day = erasure.erased_on.isoformat()
        yield {"table": erasure.table_name, "ref": str(erasure.ref), "day": day}


def _erase(entries: list[Entry], now: datetime) -> Counter[str]:
    refs: dict[str, list[UUID]] = defaultdict(list)
    for entry in entries:
        refs[entry["table"]].append(entry["ref"])
    erased: Counter[str] = Counter()
    for table, gone in refs.items():
        back = TABLES[table].filter(ref__in=gone)
        found = dict(back.values_list("pk", "ref"))
        queue.erase_about(list(found.values()))
        if back.model is Organisation:
            organisations.erase_contacts(list(found), now)
            erased["organisations' contacts"] += len(found)
        else:
            back.delete()
            erased[str(back.model._meta.verbose_name_plural)] += len(found)
    return erased


def _blocked(now: datetime) -> Iterator[Entry]:
    for blocked in EmailBlock.objects.order_by("pk").iterator():
        digest, day = bytes(blocked.digest).hex(), blocked.blocked_on.isoformat()
        yield {"blocked": digest, "keys": len(settings.DIGEST_KEYS), "day": day}


def _block(entries: list[Entry], now: datetime) -> Counter[str]:
    rows = [
        EmailBlock(
            # Applies the digest keys that were added since the list was written.
            digest=tokens.extend_digest(entry["blocked"], settings.DIGEST_KEYS[entry["keys"] :]),
            blocked_on=entry["day"],
        )
        for entry in entries
    ]
    before = EmailBlock.objects.count()
    EmailBlock.objects.bulk_create(rows, ignore_conflicts=True)
    return Counter({"blocked mailboxes": EmailBlock.objects.count() - before})


ERASED = Act({"table": _table, "ref": UUID, "day": date.fromisoformat}, _erased, _erase)
BLOCKED = Act({"blocked": bytes.fromhex, "keys": number, "day": date.fromisoformat}, _blocked, _block)
