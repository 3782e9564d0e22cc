"""Creates organisations, and approves, declines, asks and withdraws them. Only pledges.organisations writes them.

A decision of staff is one conditional UPDATE on the state and the version that they saw; if somebody decided before
them it raises `Overtaken`. The record of the decision and the email about it are written in the same transaction.
"""

import json
import logging
from collections.abc import Mapping
from datetime import date, datetime
from itertools import count
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from pledges.crypto import encryption, tokens
from pledges.emails import queue
from pledges.inputs import email_address, organisation_names
from pledges.models import Organisation, OrganisationDecision, PendingSignature, PledgeText, QueuedEmail
from pledges.models.answers import OrganisationAnswers, Words
from pledges.models.organisations import OrganisationQuerySet

log = logging.getLogger(__name__)
SIGNER = ("signer_name", "signer_role", "email")


class Overtaken(Exception):
    """Somebody else decided, or the organisation changed its entry, after the page was drawn."""


class SameName(Exception):
    """One of this name is in the list already, and staff have not said that this is another organisation."""


def written(answers: OrganisationAnswers) -> str:
    """The application as JSON, which is stored encrypted until the mailbox confirms."""
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
    """Whether confirming this pending signature would still change something.

    An email to an organisation in the list (yearly, new contact) has no effect once the organisation has left it.
    """
    about = applied(pending).get("organisation") if pending.is_organisation else None
    return about is None or Organisation.objects.alive().filter(ref=about).exists()


def submit_for_review(pending: PendingSignature, now: datetime) -> None:
    """Stores a confirmed application, which then waits for staff; who signed for it is stored encrypted.

    Where the same mailbox signed for the same name before, that entry is changed and waits again. Answers to emails of
    our own (see `upkeep`) name their organisation; they are applied at once.
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
    answers: Mapping[str, Any], agreed_on: date, by: AbstractBaseUser, now: datetime, is_another: bool = False
) -> Organisation:
    """Adds an organisation that agreed in writing on a day to the list, as decided by the member of staff `by`.

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
        entered = record(organisation, OrganisationDecision.Act.ENTER, by, now, reason=_told_apart(namesake))
        _write(QueuedEmail.Kind.APPROVED, organisation, entered)
    return organisation


def approve(
    organisation: Organisation, by: AbstractBaseUser, version: int, now: datetime, is_another: bool = False
) -> OrganisationDecision:
    """Puts it into the list. `is_another`: staff have compared it with one of the same name, or SameName is raised."""
    with transaction.atomic():
        namesake = namesake_number(organisation.name, is_another, organisation.pk)
        move(Organisation.objects.waiting(), organisation, version, approved_at=now, namesake=namesake)
        approved = record(
            organisation, OrganisationDecision.Act.APPROVE, by, now, reason=_told_apart(namesake)
        )
        _write(QueuedEmail.Kind.APPROVED, organisation, approved)
    return approved


def decline(
    organisation: Organisation, by: AbstractBaseUser, words: Words, version: int, now: datetime
) -> OrganisationDecision:
    """Refuses it; its contact gets an email with the reason."""
    with transaction.atomic():
        move(Organisation.objects.waiting(), organisation, version, declined_at=now)
        declined = record(organisation, OrganisationDecision.Act.DECLINE, by, now, **words._asdict())
        _write(QueuedEmail.Kind.DECLINED, organisation, declined)
    return declined


def ask(
    organisation: Organisation, by: AbstractBaseUser, words: Words, version: int, now: datetime
) -> OrganisationDecision:
    """Emails its contact a question; it leaves the queue until its answer is recorded or it changes its entry.

    The version rises, so that a colleague who has the page of before open does not decide without knowing of it.
    """
    with transaction.atomic():
        move(Organisation.objects.waiting(), organisation, version, asked_at=now, version=version + 1)
        asked = record(organisation, OrganisationDecision.Act.ASK, by, now, **words._asdict())
        _write(QueuedEmail.Kind.QUESTION, organisation, asked)
    return asked


def record_answer(
    organisation: Organisation, by: AbstractBaseUser, text: str, version: int, now: datetime
) -> OrganisationDecision:
    """Records what it answered, and puts it back into the queue."""
    with transaction.atomic():
        move(Organisation.objects.waiting(), organisation, version, asked_at=None, version=version + 1)
        return record(organisation, OrganisationDecision.Act.ANSWER, by, now, text=text)


def note(
    organisation: Organisation, by: AbstractBaseUser, text: str, now: datetime, **_seen: int
) -> OrganisationDecision:
    """Records a note for colleagues; the same note by the same person twice in a row is one."""
    latest = organisation.decisions().first()
    if latest and (latest.act, latest.text, latest.decided_by_id) == (
        OrganisationDecision.Act.NOTE,
        text,
        by.pk,
    ):
        return latest
    return record(organisation, OrganisationDecision.Act.NOTE, by, now, text=text)


def withdraw(
    organisation: Organisation, by: AbstractBaseUser | None, reason: str, version: int, now: datetime
) -> OrganisationDecision:
    """Takes it out of the list: staff do (its contact gets an email), or (`by` None) the organisation itself."""
    with transaction.atomic():
        move(Organisation.objects.alive(), organisation, version, withdrawn_at=now)
        withdrawn = record(organisation, OrganisationDecision.Act.WITHDRAW, by, now, reason=reason)
        if by:
            _write(QueuedEmail.Kind.WITHDRAWN, organisation, withdrawn)
    return withdrawn


def edit(organisation: Organisation, entry: Mapping[str, Any], now: datetime) -> bool:
    """The organisation changes its own entry (name, website, kind, is_named), which then waits for staff again.

    Returns whether anything was changed.
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
    """Who signed for it, as in `SIGNER`; None where that is erased, was never given, or can't be decrypted.

    A lost key must not stop staff from deciding, nor the yearly emails to all the others.
    """
    if not organisation.contact:
        return None
    try:
        return json.loads(encryption.decrypt(organisation.contact))
    except encryption.DecryptionError:
        log.error("no key opens the contact of an organisation")
        return None


def lock_the_list() -> None:
    """Makes other transactions that put an organisation into the list wait until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('organisations in the list', 0))")


def namesake_number(name: str, is_another: bool, itself: int | None = None) -> int:
    """The number by which it will differ from others of its name in the list: 0 where it is the only one.

    Raises SameName where it is not the only one and `is_another` is false.
    """
    lock_the_list()
    others = Organisation.objects.in_list_as(name).exclude(pk=itself or 0)
    taken = set(others.values_list("namesake", flat=True))
    if taken and not is_another:
        raise SameName
    return next(number for number in count() if number not in taken)


def erase_contacts(keys: list[int], now: datetime) -> None:
    """Erases the contacts of these organisations; that they signed stays."""
    Organisation.objects.filter(pk__in=keys).update(contact=None, digest=None)


def move(rows: OrganisationQuerySet, organisation: Organisation, seen: int, /, **changes: Any) -> None:
    """Change it if it is still among `rows` and still as seen; Overtaken otherwise."""
    if not rows.filter(pk=organisation.pk, version=seen).update(**changes):
        raise Overtaken


def record(
    organisation: Organisation,
    act: OrganisationDecision.Act,
    by: AbstractBaseUser | None,
    now: datetime,
    **particulars: Any,
) -> OrganisationDecision:
    """Adds a row to the record; `by` None is the organisation itself.

    Particulars: `reason`, `was`, `text`, `undoes`.
    """
    return OrganisationDecision.objects.create(
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
    """Applies an answer to an email of ours: a new contact, or that the organisation still supports the pledge."""
    rows = Organisation.objects.alive().filter(ref=answers["organisation"])
    organisation = rows.select_for_update().first()
    if organisation is None:  # it withdrew meanwhile
        return
    changes: dict[str, Any] = {"reconfirmed_on": timezone.localdate(now)}
    if answers["asks"] == OrganisationDecision.Act.CONTACT:
        who = _columns(answers)
        changes |= {"contact": who["contact"], "digest": who["digest"], "version": organisation.version + 1}
        changes["yearly_stopped_on"] = None  # it was another person who wanted none
    rows.update(**changes)
    record(organisation, OrganisationDecision.Act(answers["asks"]), None, now)


def _columns(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as columns of an Organisation."""
    public = {name: answers[name] for name in ("name", "website", "kind", "is_named")}
    if not answers.get("email"):
        return public
    who = {name: answers[name] for name in SIGNER}
    identity = email_address.Mailbox(answers["email"]).identity
    return public | {"digest": tokens.digest(identity), "contact": encryption.encrypt(json.dumps(who))}


def _write(kind: QueuedEmail.Kind, organisation: Organisation, decision: OrganisationDecision) -> None:
    """Queues the email about a decision, where there is a contact; it is sent when the decision can't be undone."""
    if who := signer(organisation):
        queue.add(kind, decision.ref, email_address.Mailbox(who["email"]), decision.undoable_until)
