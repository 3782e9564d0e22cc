"""Writes the sealed contacts of a channel as a stream: recorded first, and never a file on this machine.

What `offline.opening` reads is written here. The list replaces every earlier one; the removed refs say
which records of an earlier one must go wherever a copy of it may still be.
"""

import base64
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from pledges.models import Contact, Export, PledgeText, Removal
from pledges.offline.opening import FORMAT

CHUNK = 500
log = logging.getLogger(__name__)


def begin(
    channel: str, purpose: str, by: AbstractBaseUser, now: datetime, by_command: bool = False
) -> Export:
    """Records that the contacts of `channel` go out; `lines` may run once this has been committed.

    `by_command`: on the server's command line, where there is no sign-in and `by` is the account that was named.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Waits for transactions that are deleting a contact: their trigger may not have seen this export
            # yet, and the stream would still hold what they delete.
            cursor.execute("LOCK TABLE pledges_contact IN SHARE MODE")
        export = Export.objects.create(
            channel=channel,
            purpose=purpose,
            records=Contact.objects.usable(channel).count(),
            exported_by_id=by.pk,
            by_command=by_command,
            exported_at=now,
        )
    log.info("staff %s: export of %s contacts: begun", by.pk, channel)
    return export


def lines(export: Export) -> Iterator[bytes]:
    """The export, a JSON object a line; read through a server-side cursor, so that its size needs no memory."""
    removed = records = 0
    yield _line("export", _head(export))
    with transaction.atomic():
        for ref in _gone(export.channel):
            removed += 1
            yield _line("removed", str(ref))
        contacts = Contact.objects.usable(export.channel).order_by("pk").values_list("sealed", flat=True)
        for sealed in contacts.iterator(CHUNK):
            records += 1
            yield _line("sealed", base64.b64encode(sealed).decode())
    yield _line("end", {"records": records, "removed": removed})


def file_name(export: Export) -> str:
    return f"contacts-{export.channel}.jsonl"


def _head(export: Export) -> dict[str, object]:
    field = f"{export.channel}_consent"
    return {
        "format": FORMAT,
        "channel": export.channel,
        "purpose": export.purpose,
        "public_keys": settings.CAMPAIGN_PUBLIC_KEYS,
        "site": settings.SITE_ORIGIN,  # the links to unsubscribe begin with it
        "day": timezone.localdate(export.exported_at).isoformat(),
        "pledge_texts": {
            str(pledge_text): getattr(pledge_text, field) for pledge_text in PledgeText.objects.all()
        },
    }


def _gone(channel: str) -> Iterator[UUID]:
    """Refs to be deleted from copies of earlier exports: of contacts that were erased, are samples or are blocked.

    In the order of the refs, which are random, so that the order does not tell when each went.
    """
    deleted = Removal.objects.filter(channel=channel).values_list("ref", flat=True)
    blocked = Contact.objects.to_remove(channel).values_list("ref", flat=True)
    return deleted.union(blocked).order_by("ref").iterator(CHUNK)


def _line(kind: str, value: object) -> bytes:
    return json.dumps({kind: value}, ensure_ascii=False).encode() + b"\n"
