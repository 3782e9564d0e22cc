"""Pages of the supporters' list: where one ends and the next goes on, in an encrypted key.

By key and not by number, so that a page costs the same however deep it is. The key is the last row's day
and ref, encrypted (AES-SIV): the same row makes the same key, so that pages can be cached, and no other key is
accepted.
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


def of(public_names: PublicNameQuerySet, key: str, size: int) -> Page:
    """Up to `size` public_names, newest first, after the row of `key`; from the start where it is no key of ours."""
    place = _opened(key)
    rows = list((public_names.after(*place) if place else public_names).newest_first()[: size + 1])
    if len(rows) <= size:
        return Page(rows)
    last = rows[size - 1]
    return Page(rows[:size], _key(last.listed_on, last.ref))


def _key(day: date, ref: uuid.UUID) -> str:
    return encryption.encrypt_for_url(_PURPOSE, day.toordinal().to_bytes(4, "big") + ref.bytes)


def _opened(key: str) -> tuple[date, uuid.UUID] | None:
    place = encryption.decrypt_from_url(_PURPOSE, key)
    if place is None:
        return None
    return date.fromordinal(int.from_bytes(place[:4], "big")), uuid.UUID(bytes=place[4:])
