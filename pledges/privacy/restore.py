"""The list of what left public sight, and a restored backup made to follow it.

A backup from yesterday still has who withdrew today. The list is kept beside the backups and renewed more often
than they: one JSON object a line. It names rows by their random refs, mailboxes by their digests and staff by
their number, and says nothing of anybody's words. `Act` is one kind of line; those of the pledge are here and in
`unlisting`.
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
# The tables to which a backup can bring something back; of an organisation it is only the contact.
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
    """One way in which something leaves sight. A line of it is known by its first field."""

    fields: dict[str, Reader]  # how each is read, or refused with a ValueError
    listed: Callable[[datetime], Iterator[Entry]]  # what is so now, as JSON can say it
    again: Callable[[list[Entry], datetime], Counter[str]]  # makes it so; counts what was not so any more

    @property
    def name(self) -> str:
        return next(iter(self.fields))


class BrokenList(ValueError):
    """What should be a list of what left sight is another file, or was cut off."""


def lines(now: datetime, acts: Sequence[Act]) -> Iterator[str]:
    """The list as it stands now, line by line. Its last line tells how many there are, so that one cut off shows."""
    yield json.dumps({"left_sight": 1, "made_at": now.isoformat()})
    count = 0
    for act in acts:
        for entry in act.listed(now):
            count += 1
            yield json.dumps(entry)
    yield json.dumps({"end": count})


def made_at(written: Iterable[str], acts: Sequence[Act]) -> datetime:
    """When this list was made. BrokenList where it is not one, or not whole: every line is looked at."""
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
            raise BrokenList(f"line {number} is none of such a list") from error
    if moment is None:
        raise BrokenList("it is empty")
    if end != number - 2:
        raise BrokenList("its end is missing")
    return moment


def repeat(written: Iterable[str], acts: Sequence[Act], now: datetime) -> Counter[str]:
    """Does again what the list says, in batches; returns how much of it had come back. Twice does no harm."""
    done: Counter[str] = Counter()
    entries = (json.loads(line) for line in written)
    read = (_read(entry, acts) for entry in entries if not {"left_sight", "end"} & set(entry))
    for act, same in groupby(read, lambda pair: pair[0]):
        while some := [entry for _act, entry in islice(same, BATCH)]:
            with transaction.atomic():
                done += act.again(some, now)
    return +done


def _read(entry: Entry, acts: Sequence[Act]) -> tuple[Act, Entry]:
    act = next((act for act in acts if act.name in entry), None)
    if act is None or set(entry) != set(act.fields):
        raise ValueError("neither of the acts")
    return act, {name: read(entry[name]) for name, read in act.fields.items()}


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def number(value: Any) -> int:
    if not isinstance(value, int):
        raise ValueError("no number")
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def maybe(read: Reader) -> Reader:
    """The same reader, for a field that may also be null."""
    return lambda value: None if value is None else read(value)


def iso(moment: date | None) -> str | None:
    """A day or a moment, as JSON can say it."""
    return moment.isoformat() if moment else None


def _table(value: Any) -> str:
    if value not in TABLES:
        raise ValueError("a table that nothing is erased from")
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
            # Digest keys that came since the list was written are laid over what it names.
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
