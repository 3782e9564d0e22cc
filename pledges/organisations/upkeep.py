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

from pledges.crypto import encryption, tokens
from pledges.emails import queue
from pledges.inputs import organisation_names
from pledges.inputs.email_address import Mailbox
from pledges.models import (
    Organisation,
    OrganisationDecision,
    PendingSignature,
    PledgeText,
    QueuedEmail,
    retention,
)
from pledges.models.staff import Staff
from pledges.organisations import service as organisations

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
        if organisation_names.key(name) != organisation.key:
            changes["namesake"] = organisations.namesake_number(name, False, organisation.pk)
        organisations.move(rows, organisation, version, **changes)
        organisations.record(organisation, OrganisationDecision.Act.RESPELL, by, now, was=organisation.name)


def invite(
    organisation: Organisation, by: Staff, signer: dict[str, str], version: int, now: datetime
) -> None:
    """Write to somebody else there, whose mailbox then confirms; `signer` as in `organisations.SIGNER`."""
    rows = Organisation.objects.alive()
    with transaction.atomic():
        organisations.move(rows, organisation, version, version=version + 1)
        organisations.record(organisation, OrganisationDecision.Act.INVITE, by, now)
        _write(organisation, signer["email"], {"asks": OrganisationDecision.Act.CONTACT.value, **signer}, now)


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
                _write(organisation, signer["email"], {"asks": OrganisationDecision.Act.STAND.value}, now)
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
    is_yearly = question["asks"] == OrganisationDecision.Act.STAND
    answers = {
        "organisation": str(organisation.ref),
        "name": organisation.name,
        "website": organisation.website,
        "kind": organisation.kind,
        "is_named": organisation.is_named,
        **question,
    }
    ref, token, mailbox = uuid4(), encryption.random_token(), Mailbox(email)
    PendingSignature.objects.create(
        ref=ref,
        kind=PendingSignature.Kind.ORGANISATION,
        digest=tokens.digest(mailbox.identity),
        token=tokens.fingerprint(token),
        handle=tokens.fingerprint(encryption.random_token()),  # no page leads here, only the link
        encrypted_token=encryption.lock(token),
        pledge_text=PledgeText.objects.current(now),
        application=encryption.lock(json.dumps(answers)),
        email_queued_at=now,
        expires_at=now + (ANSWER_WITHIN if is_yearly else retention.PENDING_FOR),
    )
    queue.write(QueuedEmail.Kind.YEARLY if is_yearly else QueuedEmail.Kind.CONTACT, ref, mailbox, now)
