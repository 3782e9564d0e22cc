"""Creates organisations, and approves, declines, asks and withdraws them. Only this folder writes them.

A decision of staff is one conditional UPDATE on the state and the version that they saw; if someone else decided
before, it raises `Conflict`. The record of the decision and the email about it are written in the same transaction.
"""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import count
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from pledges.emails import queue
from pledges.inputs import email_address, organisation_names
from pledges.models import Organisation, OrganisationDecision, PendingSignature, PledgeText, QueuedEmail
from pledges.models.answers import Words
from pledges.models.organisations import OrganisationQuerySet
from pledges.organisations import applications


class Conflict(Exception):
    """Someone else decided, or the organisation changed its entry, after the page was rendered."""


class SameName(Exception):
    """An organisation of this name is in the list, and staff have not said that this is another one."""


def submit_for_review(pending: PendingSignature, now: datetime) -> None:
    """Stores a confirmed application, which then waits for staff; who signed for it is stored encrypted.

    If the same mailbox signed for the same name before, that organisation is changed and waits again. An answer to
    one of our emails (see `upkeep`) names its organisation, and is applied at once.
    """
    answers = applications.read(pending)
    if "organisation" in answers:
        _apply_answer(answers, now)
        return
    entry = applications.columns(answers) | {"pledge_text": pending.pledge_text, "confirmed_at": now}
    own = Organisation.objects.active().filter(digest=pending.digest, key=organisation_names.key(entry["name"]))
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
    """Adds an organisation that agreed in writing (on the day `agreed_on`) to the list; `by` is the member of staff.

    `answers` as in `applications.write`; `signer_name`, `signer_role` and `email` may all be empty. Raises SameName
    unless `is_another`, which means that staff have compared it with others of the same name.
    """
    with transaction.atomic():
        namesake = namesake_number(answers["name"], is_another)
        organisation = Organisation.objects.create(
            **applications.columns(answers),
            namesake=namesake,
            pledge_text=PledgeText.objects.current(now),
            confirmed_at=now,
            approved_at=now,
            agreed_on=agreed_on,
            entered_by_id=by.pk,
        )
        entered = record(organisation, OrganisationDecision.Act.ENTER, by, now, reason=_namesake_reason(namesake))
        _queue_email(QueuedEmail.Kind.APPROVED, organisation, entered)
    return organisation


def approve(
    organisation: Organisation, by: AbstractBaseUser, version: int, now: datetime, is_another: bool = False
) -> OrganisationDecision:
    """Puts it into the list. Raises SameName unless `is_another`, as in `enter`."""
    with transaction.atomic():
        namesake = namesake_number(organisation.name, is_another, organisation.pk)
        move(Organisation.objects.waiting(), organisation, version, approved_at=now, namesake=namesake)
        approved = record(organisation, OrganisationDecision.Act.APPROVE, by, now, reason=_namesake_reason(namesake))
        _queue_email(QueuedEmail.Kind.APPROVED, organisation, approved)
    return approved


def decline(
    organisation: Organisation, by: AbstractBaseUser, words: Words, version: int, now: datetime
) -> OrganisationDecision:
    """Declines it; its contact is emailed the reason."""
    with transaction.atomic():
        move(Organisation.objects.waiting(), organisation, version, declined_at=now)
        declined = record(organisation, OrganisationDecision.Act.DECLINE, by, now, **words._asdict())
        _queue_email(QueuedEmail.Kind.DECLINED, organisation, declined)
    return declined


def ask(
    organisation: Organisation, by: AbstractBaseUser, words: Words, version: int, now: datetime
) -> OrganisationDecision:
    """Emails its contact a question; it leaves the queue until its answer is recorded or it changes its entry.

    The version is raised, so that a colleague who has an older page open does not decide without knowing about it.
    """
    with transaction.atomic():
        move(Organisation.objects.waiting(), organisation, version, asked_at=now, version=version + 1)
        asked = record(organisation, OrganisationDecision.Act.ASK, by, now, **words._asdict())
        _queue_email(QueuedEmail.Kind.QUESTION, organisation, asked)
    return asked


def record_answer(
    organisation: Organisation, by: AbstractBaseUser, text: str, version: int, now: datetime
) -> OrganisationDecision:
    """Records what it answered, and returns it to the queue."""
    with transaction.atomic():
        move(Organisation.objects.waiting(), organisation, version, asked_at=None, version=version + 1)
        return record(organisation, OrganisationDecision.Act.ANSWER, by, now, text=text)


def note(
    organisation: Organisation, by: AbstractBaseUser, text: str, now: datetime, **_seen: int
) -> OrganisationDecision:
    """Records a note for colleagues; the same note by the same person twice in a row is one."""
    latest = organisation.decisions().first()
    if latest and (latest.act, latest.text, latest.decided_by_id) == (OrganisationDecision.Act.NOTE, text, by.pk):
        return latest
    return record(organisation, OrganisationDecision.Act.NOTE, by, now, text=text)


def withdraw(
    organisation: Organisation, by: AbstractBaseUser | None, reason: str, version: int, now: datetime
) -> OrganisationDecision:
    """Removes it from the list, by staff (its contact is emailed) or, if `by` is None, by the organisation itself."""
    with transaction.atomic():
        move(Organisation.objects.active(), organisation, version, withdrawn_at=now)
        withdrawn = record(organisation, OrganisationDecision.Act.WITHDRAW, by, now, reason=reason)
        if by:
            _queue_email(QueuedEmail.Kind.WITHDRAWN, organisation, withdrawn)
    return withdrawn


def edit(organisation: Organisation, entry: Mapping[str, Any], now: datetime) -> bool:
    """Changes its entry (name, website, kind, is_named), as its contact asked; it then waits for staff again.

    Returns whether anything was changed.
    """
    if all(getattr(organisation, column) == value for column, value in entry.items()):
        return False
    move(
        Organisation.objects.active(),
        organisation,
        organisation.version,
        **entry,
        confirmed_at=now,
        approved_at=None,
        asked_at=None,
        version=organisation.version + 1,
    )
    return True


def lock_the_list() -> None:
    """Makes other transactions that put an organisation into the list wait until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('organisations in the list', 0))")


def namesake_number(name: str, is_another: bool, itself: int | None = None) -> int:
    """Returns the number that distinguishes it from others of its name in the list: 0 if it is the only one.

    Raises SameName if it is not the only one and `is_another` is false.
    """
    lock_the_list()
    others = Organisation.objects.in_list_as(name).exclude(pk=itself or 0)
    taken = set(others.values_list("namesake", flat=True))
    if taken and not is_another:
        raise SameName
    return next(number for number in count() if number not in taken)


def erase_contacts(keys: list[int], now: datetime) -> None:
    """Erases the contacts of these organisations, which stay signed."""
    Organisation.objects.filter(pk__in=keys).update(contact=None, digest=None)


def move(rows: OrganisationQuerySet, organisation: Organisation, seen: int, /, **changes: Any) -> None:
    """Changes it if it is still among `rows` and has the version that was seen; raises Conflict otherwise."""
    if not rows.filter(pk=organisation.pk, version=seen).update(**changes):
        raise Conflict


def record(
    organisation: Organisation,
    act: OrganisationDecision.Act,
    by: AbstractBaseUser | None,
    now: datetime,
    **columns: Any,
) -> OrganisationDecision:
    """Adds a row to the record of decisions; `by` is None for the organisation itself.

    Further columns: `reason`, `previous_name`, `text`, `undoes`.
    """
    return OrganisationDecision.objects.create(
        organisation_ref=organisation.ref,
        version=organisation.version,
        act=act,
        decided_by_id=by.pk if by else None,
        decided_at=now,
        **columns,
    )


def _namesake_reason(namesake: int) -> str:
    return OrganisationDecision.NAMESAKE[0] if namesake else ""


def _apply_answer(answers: Mapping[str, Any], now: datetime) -> None:
    """Applies an answer to one of our emails: a new contact, or that the organisation still supports the pledge."""
    rows = Organisation.objects.active().filter(ref=answers["organisation"])
    organisation = rows.select_for_update().first()
    if organisation is None:  # it withdrew meanwhile
        return
    changes: dict[str, Any] = {"reconfirmed_on": timezone.localdate(now)}
    if answers["asks"] == OrganisationDecision.Act.CONTACT:
        who = applications.columns(answers)
        changes |= {"contact": who["contact"], "digest": who["digest"], "version": organisation.version + 1}
        changes["yearly_stopped_on"] = None  # it was the former contact who stopped them
    rows.update(**changes)
    record(organisation, OrganisationDecision.Act(answers["asks"]), None, now)


def _queue_email(kind: QueuedEmail.Kind, organisation: Organisation, decision: OrganisationDecision) -> None:
    """Queues the email about a decision, if there is a contact. It is sent when it can no longer be undone."""
    if who := applications.signer(organisation):
        queue.add(kind, decision.ref, email_address.Mailbox(who["email"]), decision.undoable_until)
