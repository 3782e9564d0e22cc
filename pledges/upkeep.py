"""What happens to an organisation while it stands in the list: its spelling, its contact, its yearly letter.

Where an answer is needed it comes by the stairs that everybody climbs: a letter, a link, a box.
"""

import json
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from pledges import links, organisations, outbox, sameness, sealing
from pledges.mailbox import Mailbox
from pledges.models import Decision, Letter, Organisation, Pending, Wording
from pledges.models.staff import Staff
from pledges.signing import PENDING_LIVES

# How long an organisation may take over its yearly answer: it meets when it meets.
ANSWER_WITHIN = timedelta(days=60)
BATCH = 50
# How much of a name must stay for the change to be one of spelling.
SPELLING = 0.6


def is_spelling(before: str, after: str) -> bool:
    """Whether `after` is the same name, written otherwise: "Exmaple" and "Example"."""
    return SequenceMatcher(None, before.casefold(), after.casefold()).ratio() >= SPELLING


def respell(organisation: Organisation, by: Staff, name: str, version: int, now: datetime) -> None:
    """Mend how its public name is written; the name before stays in the record. SameName: another has it."""
    rows = Organisation.objects.alive().filter(approved_at__isnull=False)
    with transaction.atomic():
        changes: dict[str, Any] = {"name": name, "version": version + 1}
        if sameness.key(name) != organisation.key:
            changes["namesake"] = organisations.namesake_number(name, False, organisation.pk)
        organisations.move(rows, organisation, version, **changes)
        organisations.record(organisation, Decision.Act.RESPELL, by, now, was=organisation.name)


def invite(
    organisation: Organisation, by: Staff, signer: dict[str, str], version: int, now: datetime
) -> None:
    """Write to somebody else there, whose mailbox then confirms; `signer` as in `organisations.SIGNER`."""
    rows = Organisation.objects.alive()
    with transaction.atomic():
        organisations.move(rows, organisation, version, version=version + 1)
        organisations.record(organisation, Decision.Act.INVITE, by, now)
        _write(organisation, signer["email"], {"asks": Decision.Act.CONTACT.value, **signer}, now)


def remind(now: datetime) -> int:
    """Ask those whose year is over whether they still stand by the pledge; says how many.

    Silence changes nothing: it is shown to staff.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        due = (
            Organisation.objects.due_yearly(today).select_for_update(skip_locked=True).order_by("pk")[:BATCH]
        )
        for organisation in due:
            signer = organisations.signer(organisation)
            if signer:
                _write(organisation, signer["email"], {"asks": Decision.Act.STAND.value}, now)
        Organisation.objects.filter(pk__in=[each.pk for each in due]).update(reminded_on=today)
    return len(due)


def stop_yearly(digest: bytes, now: datetime) -> None:
    """The contact with this mailbox is not asked yearly any more, for any organisation."""
    asked = Organisation.objects.alive().filter(digest=digest)
    asked.update(yearly_stopped_on=timezone.localdate(now))


def _write(organisation: Organisation, email: str, question: dict[str, str], now: datetime) -> None:
    """A pending of our own making, and the letter that carries its link.

    The yearly one may be answered for long, so nothing of the person stands in it.
    """
    is_yearly = question["asks"] == Decision.Act.STAND
    answers = {
        "organisation": str(organisation.ref),
        "name": organisation.name,
        "website": organisation.website,
        "kind": organisation.kind,
        "is_named": organisation.is_named,
        **question,
    }
    ref, token, mailbox = uuid4(), sealing.random_token(), Mailbox(email)
    Pending.objects.create(
        ref=ref,
        kind=Pending.Kind.ORGANISATION,
        digest=links.digest(mailbox.identity),
        token=links.fingerprint(token),
        handle=links.fingerprint(sealing.random_token()),  # no page leads here, only the link
        locked_token=sealing.lock(token),
        wording=Wording.objects.current(now),
        application=sealing.lock(json.dumps(answers)),
        lettered_at=now,
        expires_at=now + (ANSWER_WITHIN if is_yearly else PENDING_LIVES),
    )
    outbox.write(Letter.Kind.YEARLY if is_yearly else Letter.Kind.CONTACT, ref, mailbox, now)
