"""Keyset pagination of the list of supporters: the URL of a page contains the last row of the page before it.

So every page takes the same time, also far down the list. The key in the URL is the last row's day and ref, encrypted
(AES-SIV): the same row gives the same key, so pages can be cached, and no one else can make a key.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pledges.crypto import encryption
from pledges.models import PublicName
from pledges.models.public_names import PublicNameQuerySet

_PURPOSE = "pledges.lists.paging"


@dataclass(frozen=True)
class Page:
    rows: Sequence[PublicName]
    next_key: str = ""  # "" on the last page


def page_after(public_names: PublicNameQuerySet, key: str, size: int) -> Page:
    """Returns up to `size` names, newest first, after the row of `key`; the first page if the key is not valid."""
    place = _row_of(key)
    rows = list((public_names.after(*place) if place else public_names).newest_first()[: size + 1])
    if len(rows) <= size:
        return Page(rows)
    last = rows[size - 1]
    return Page(rows[:size], _key(last.listed_on, last.ref))


def _key(day: date, ref: uuid.UUID) -> str:
    return encryption.encrypt_for_url(_PURPOSE, day.toordinal().to_bytes(4, "big") + ref.bytes)


def _row_of(key: str) -> tuple[date, uuid.UUID] | None:
    place = encryption.decrypt_from_url(_PURPOSE, key)
    if place is None:
        return None
    return date.fromordinal(int.from_bytes(place[:4], "big")), uuid.UUID(bytes=place[4:])
