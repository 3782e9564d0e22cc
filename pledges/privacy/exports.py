"""Exports the sealed contacts of a channel: records it first, then streams them, without a file on the server.

`offline.opening` reads the format. An export replaces all earlier ones; the removed refs say which records must be
deleted wherever a copy of an earlier one still exists.
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


def begin(channel: str, purpose: str, by: AbstractBaseUser, now: datetime, by_command: bool = False) -> Export:
    """Records the export of `channel`; once this is committed, `lines` may be called.

    `by_command`: by a command on the server, without signing in; `by` is the account that was named.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Waits for transactions that are deleting contacts: their trigger may not see this export yet, while the
            # stream would still contain what they delete.
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
    """Yields the export, one JSON object a line, from a server-side cursor, so that it is never whole in memory."""
    removed = records = 0
    yield _line("export", _head(export))
    with transaction.atomic():
        for ref in _removed_refs(export.channel):
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
        "site": settings.SITE_ORIGIN,  # for the links to unsubscribe
        "day": timezone.localdate(export.exported_at).isoformat(),
        "pledge_texts": {text.sealed_name: getattr(text, field) for text in PledgeText.objects.all()},
    }


def _removed_refs(channel: str) -> Iterator[UUID]:
    """The refs to delete from copies of earlier exports: contacts that were erased, are samples or are blocked.

    Sorted by ref, which is random, so that the order does not show when each was erased.
    """
    deleted = Removal.objects.filter(channel=channel).values_list("ref", flat=True)
    blocked = Contact.objects.to_remove(channel).values_list("ref", flat=True)
    return deleted.union(blocked).order_by("ref").iterator(CHUNK)


def _line(kind: str, value: object) -> bytes:
    return json.dumps({kind: value}, ensure_ascii=False).encode() + b"\n"
