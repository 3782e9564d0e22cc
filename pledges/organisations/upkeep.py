"""Changes the spelling and the contact of an organisation, and sends the yearly emails.

A new contact and the yearly question are confirmed like a signature: with an email, its link and a checkbox.
"""

import json
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from pledges.crypto import encryption, tokens
from pledges.emails import queue
from pledges.inputs import organisation_names
from pledges.inputs.email_address import Mailbox
from pledges.models import Organisation, OrganisationDecision, PendingSignature, PledgeText, QueuedEmail, retention
from pledges.organisations import applications
from pledges.organisations import service as organisations

# How long the link of the yearly email works: long, because committees meet rarely.
ANSWER_WITHIN = timedelta(days=60)
BATCH = 50
# The least similarity of two names (0 to 1) for a change to count as one of spelling.
LEAST_SIMILARITY = 0.6


def is_spelling(before: str, after: str) -> bool:
    """Whether `after` is another spelling of the same name: "Exmaple" and "Example"."""
    return SequenceMatcher(None, before.casefold(), after.casefold()).ratio() >= LEAST_SIMILARITY


def respell(
    organisation: Organisation, by: AbstractBaseUser, name: str, version: int, now: datetime
) -> OrganisationDecision:
    """Changes the spelling of its name; the record has the former one.

    Raises SameName if another organisation in the list has the new name.
    """
    rows = Organisation.objects.active()
    with transaction.atomic():
        changes: dict[str, Any] = {"name": name, "version": version + 1}
        if organisation.approved_at and organisation_names.key(name) != organisation.key:
            changes["namesake"] = organisations.namesake_number(name, False, organisation.pk)
        organisations.move(rows, organisation, version, **changes)
        return organisations.record(
            organisation, OrganisationDecision.Act.RESPELL, by, now, previous_name=organisation.name
        )


def invite(
    organisation: Organisation, by: AbstractBaseUser, signer: dict[str, str], version: int, now: datetime
) -> OrganisationDecision:
    """Emails another person of it, who becomes the contact when they confirm; `signer` has the keys of SIGNER."""
    rows = Organisation.objects.active()
    with transaction.atomic():
        organisations.move(rows, organisation, version, version=version + 1)
        _ask_by_email(organisation, signer["email"], {"asks": OrganisationDecision.Act.CONTACT.value, **signer}, now)
        return organisations.record(organisation, OrganisationDecision.Act.INVITE, by, now)


def remind(now: datetime) -> int:
    """Emails organisations, once a year, the question whether they still support the pledge; returns how many.

    If one does not answer, nothing changes, but staff see it.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        due = Organisation.objects.due_yearly(today).select_for_update(skip_locked=True).order_by("pk")[:BATCH]
        for organisation in due:
            signer = applications.signer(organisation)
            if signer:
                _ask_by_email(organisation, signer["email"], {"asks": OrganisationDecision.Act.RECONFIRM.value}, now)
        Organisation.objects.filter(pk__in=[each.pk for each in due]).update(reminded_on=today)
    return len(due)


def stop_yearly(digest: bytes, now: datetime) -> None:
    """Stops the yearly emails to this mailbox, for all its organisations."""
    asked = Organisation.objects.active().filter(digest=digest)
    asked.update(yearly_stopped_on=timezone.localdate(now))


def _ask_by_email(organisation: Organisation, email: str, question: dict[str, str], now: datetime) -> None:
    """Creates a pending signature with the question, and queues the email with its link.

    That of the yearly question is stored for 60 days, so it contains no data of the person.
    """
    is_yearly = question["asks"] == OrganisationDecision.Act.RECONFIRM
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
        token=tokens.hash_token(token),
        handle=tokens.hash_token(encryption.random_token()),  # no inbox page uses this handle
        encrypted_token=encryption.encrypt(token),
        pledge_text=PledgeText.objects.current(now),
        application=encryption.encrypt(json.dumps(answers)),
        email_queued_at=now,
        expires_at=now + (ANSWER_WITHIN if is_yearly else retention.PENDING_STORED),
    )
    queue.add(QueuedEmail.Kind.YEARLY if is_yearly else QueuedEmail.Kind.CONTACT, ref, mailbox, now)
