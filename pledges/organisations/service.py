"""Organisations land, are approved, declined and withdrawn: the only writer of organisations.

What staff decide is one conditional UPDATE on the state and the version that they saw: whoever comes
second is told (`Overtaken`). Its record and its letter are written in the same transaction.
"""

import json
import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from pledges.crypto import encryption, tokens
from pledges.emails import queue
from pledges.inputs import email_address, organisation_names
from pledges.models import Organisation, OrganisationDecision, PendingSignature, PledgeText, QueuedEmail
from pledges.models.answers import OrganisationAnswers
from pledges.models.organisations import OrganisationQuerySet
from pledges.models.staff import Staff

log = logging.getLogger(__name__)
SIGNER = ("signer_name", "signer_role", "email")
# How long we still know whom to write to after an organisation was declined or has withdrawn.
KEEP_CONTACT = timedelta(days=30)


class Overtaken(Exception):
    """Somebody else decided, or the organisation changed its entry, after the page was drawn."""


class SameName(Exception):
    """One of this name is in the list already, and nobody has said that this is another organisation."""


def written(answers: OrganisationAnswers) -> str:
    """The application as JSON, to be locked until the mailbox confirms."""
    return json.dumps(
        {
            "name": answers.name,
            "website": answers.website,
            "kind": answers.kind,
            "is_named": answers.is_named,
            "signer_name": answers.signer_name,
            "signer_role": answers.signer_role,
            "email": answers.mailbox.address,
        }
    )


def applied(pending: PendingSignature) -> dict[str, Any]:
    """What an organisation applied with, as in `written`, until it is confirmed."""
    return json.loads(encryption.decrypt(pending.application))


def is_actionable(pending: PendingSignature) -> bool:
    """Whether an unconfirmed pending can still come to something: what we asked of an organisation in the list
    ends when that leaves it.
    """
    about = applied(pending).get("organisation") if pending.is_organisation else None
    return about is None or Organisation.objects.alive().filter(ref=about).exists()


def submit_for_review(pending: PendingSignature, now: datetime) -> None:
    """The confirmed application waits for staff; who signed for it is kept locked, since staff must judge it.

    Where the same mailbox signed for the same name before, that entry is changed, and waits again. What we
    asked for ourselves (see `upkeep`) says whom it is about, and nobody waits.
    """
    answers = applied(pending)
    if "organisation" in answers:
        _renew(answers, now)
        return
    entry = _columns(answers) | {"pledge_text": pending.pledge_text, "confirmed_at": now}
    own = Organisation.objects.alive().filter(
        digest=pending.digest, key=organisation_names.key(entry["name"])
    )
    before = own.select_for_update().order_by("pk").first()
    if before is None:
        Organisation.objects.create(**entry)
        return
    reset = dict.fromkeys(("approved_at", "asked_at", "yearly_stopped_on"))
    changes = {**entry, **reset, "version": before.version + 1}
    Organisation.objects.filter(pk=before.pk).update(**changes)


def enter(
    answers: Mapping[str, Any], agreed_on: date, by: Staff, now: datetime, is_another: bool = False
) -> Organisation:
    """An organisation that agreed in writing on a day: whoever enters it has decided about it too.

    `answers` are those of `written`; `signer_name`, `signer_role` and `email` may be empty, all three.
    `is_another`: staff have compared it with one of the same name, or SameName is raised.
    """
    with transaction.atomic():
        namesake = namesake_number(answers["name"], is_another)
        organisation = Organisation.objects.create(
            **_columns(answers),
            namesake=namesake,
            pledge_text=PledgeText.objects.current(now),
            confirmed_at=now,
            approved_at=now,
            agreed_on=agreed_on,
            entered_by_id=by.pk,
        )
        record(organisation, OrganisationDecision.Act.ENTER, by, now, reason=_told_apart(namesake))
        _write(QueuedEmail.Kind.APPROVED, organisation, now)
    return organisation


def approve(
    organisation: Organisation, by: Staff, version: int, now: datetime, is_another: bool = False
) -> None:
    """`is_another`: staff have compared it with one of the same name, or SameName is raised."""
    with transaction.atomic():
        namesake = namesake_number(organisation.name, is_another, organisation.pk)
        move(Organisation.objects.waiting(), organisation, version, approved_at=now, namesake=namesake)
        record(organisation, OrganisationDecision.Act.APPROVE, by, now, reason=_told_apart(namesake))
        _write(QueuedEmail.Kind.APPROVED, organisation, now)


def decline(organisation: Organisation, by: Staff, reason: str, version: int, now: datetime) -> None:
    with transaction.atomic():
        move(Organisation.objects.waiting(), organisation, version, declined_at=now)
        record(organisation, OrganisationDecision.Act.DECLINE, by, now, reason=reason)
        _write(QueuedEmail.Kind.DECLINED, organisation, now)


def ask(organisation: Organisation, by: Staff, reason: str, version: int, now: datetime) -> None:
    """Ask it a question of the list; it leaves the queue until somebody takes it up again.

    The version rises: whoever has the page of before open would decide without knowing that we asked.
    """
    with transaction.atomic():
        move(Organisation.objects.queued(), organisation, version, asked_at=now, version=version + 1)
        record(organisation, OrganisationDecision.Act.ASK, by, now, reason=reason)
        _write(QueuedEmail.Kind.QUESTION, organisation, now)


def withdraw(organisation: Organisation, by: Staff | None, reason: str, version: int, now: datetime) -> None:
    """Staff take it out, or (`by` None) the organisation itself does. What staff do its contact learns by letter."""
    with transaction.atomic():
        move(Organisation.objects.alive(), organisation, version, withdrawn_at=now)
        record(organisation, OrganisationDecision.Act.WITHDRAW, by, now, reason=reason)
        if by:
            _write(QueuedEmail.Kind.WITHDRAWN, organisation, now)


def edit(organisation: Organisation, entry: Mapping[str, Any], now: datetime) -> bool:
    """The organisation changes its own entry (name, website, kind, is_named), which then waits for staff again.

    Whether it did: an entry sent back as it was stands as it stood.
    """
    if all(getattr(organisation, column) == value for column, value in entry.items()):
        return False
    move(
        Organisation.objects.alive(),
        organisation,
        organisation.version,
        **entry,
        confirmed_at=now,
        approved_at=None,
        asked_at=None,
        version=organisation.version + 1,
    )
    return True


def signer(organisation: Organisation) -> dict[str, str] | None:
    """Who signed for it, as in `SIGNER`; None where that is forgotten, was never given, or no key opens it.

    One lost key must not keep staff from deciding, nor the yearly letter from all the others.
    """
    if not organisation.contact:
        return None
    try:
        return json.loads(encryption.decrypt(organisation.contact))
    except encryption.DecryptionError:
        log.error("no key opens the contact of an organisation")
        return None


def lock_the_list() -> None:
    """Others who put an organisation into the list wait until this transaction ends, and see what it did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('organisations in the list', 0))")


def namesake_number(name: str, is_another: bool, itself: int | None = None) -> int:
    """The number by which it will differ from others of its name in the list: 0 where it is the only one.

    SameName where it is not, and nobody says that it `is_another`.
    """
    lock_the_list()
    others = Organisation.objects.in_list_as(name).exclude(pk=itself or 0)
    taken = set(others.values_list("namesake", flat=True))
    if taken and not is_another:
        raise SameName
    return next(number for number in count() if number not in taken)


def forget_contacts(keys: list[int], now: datetime) -> None:
    """Erases who signed for these organisations; that they signed stays."""
    Organisation.objects.filter(pk__in=keys).update(contact=None, digest=None)


def move(rows: OrganisationQuerySet, organisation: Organisation, seen: int, /, **changes: Any) -> None:
    """Change it if it is still among `rows` and still as seen; Overtaken otherwise."""
    if not rows.filter(pk=organisation.pk, version=seen).update(**changes):
        raise Overtaken


def record(
    organisation: Organisation,
    act: OrganisationDecision.Act,
    by: Staff | None,
    now: datetime,
    **particulars: str,
) -> None:
    """Who did what, for good; `by` None is the organisation itself. Particulars: `reason`, `was`."""
    OrganisationDecision.objects.create(
        organisation_ref=organisation.ref,
        version=organisation.version,
        act=act,
        decided_by_id=by.pk if by else None,
        decided_at=now,
        **particulars,
    )


def _told_apart(namesake: int) -> str:
    return OrganisationDecision.NAMESAKE[0] if namesake else ""


def _renew(answers: Mapping[str, Any], now: datetime) -> None:
    """An organisation in the list answered us: with a new contact, or that it still stands by the pledge."""
    rows = Organisation.objects.alive().filter(ref=answers["organisation"])
    organisation = rows.select_for_update().first()
    if organisation is None:  # it withdrew meanwhile
        return
    changes: dict[str, Any] = {"stands_on": timezone.localdate(now)}
    if answers["asks"] == OrganisationDecision.Act.CONTACT:
        who = _columns(answers)
        changes |= {"contact": who["contact"], "digest": who["digest"], "version": organisation.version + 1}
        changes["yearly_stopped_on"] = None  # it was another person who wanted none
    rows.update(**changes)
    record(organisation, OrganisationDecision.Act(answers["asks"]), None, now)


def _columns(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as an organisation keeps them."""
    public = {name: answers[name] for name in ("name", "website", "kind", "is_named")}
    if not answers.get("email"):
        return public
    who = {name: answers[name] for name in SIGNER}
    identity = email_address.Mailbox(answers["email"]).identity
    return public | {"digest": tokens.digest(identity), "contact": encryption.lock(json.dumps(who))}


def _write(kind: QueuedEmail.Kind, organisation: Organisation, now: datetime) -> None:
    """A letter to who signed for it, where we know who did."""
    if who := signer(organisation):
        queue.write(kind, organisation.ref, email_address.Mailbox(who["email"]), now)
