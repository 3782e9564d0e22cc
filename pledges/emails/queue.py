"""The queue of letters: write, claim, sent, failed.

Writing happens in the transaction that makes the letter necessary, so neither can exist without the
other. A worker claims letters under a lease: one that is killed loses none, they come round again.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from pledges.crypto import encryption, tokens
from pledges.inputs.email_address import Mailbox
from pledges.models import EmailBlock, QueuedEmail

LEASE = timedelta(minutes=5)
# Minutes until the next try after the first, second … failure; after the last the letter is parked.
RETRIES = (1, 5, 15, 60, 180, 720, 1440)
LETTERS_A_DAY, AN_HOUR, A_DAY = 3, timedelta(hours=1), timedelta(days=1)
# The places of a mailbox, for emails that anybody can cause by typing its address: so many within so long. The last
# of a day comes after an hour, so that a stranger's forms do not keep the owner waiting for a whole day.
PLACES = ((2, AN_HOUR), (LETTERS_A_DAY, A_DAY))
# Emails that share places. "My pledge" has its own: forms that others fill in do not delay it.
_FORMS = (QueuedEmail.Kind.CONFIRM, QueuedEmail.Kind.REMINDER)
# Until a blocked mailbox is asked again whether we may write to it.
ALLOW_PAUSE = timedelta(days=7)
# Of one network: so many emails go out as they come, those behind them at a tenth of the site's rate, and no form is
# taken while so many wait.
AT_ONCE, MOST_WAITING, SHARE = 50, 1000, 10


def write(
    kind: QueuedEmail.Kind, ref: uuid.UUID, mailbox: Mailbox, due: datetime, network: str = ""
) -> QueuedEmail:
    return QueuedEmail.objects.create(
        kind=kind,
        ref=ref,
        mailbox=encryption.lock(mailbox.address),
        digest=tokens.digest(mailbox.identity),
        due_at=due,
        network=network,
    )


def write_complaint(words: str, controller: Mailbox, now: datetime) -> QueuedEmail:
    """Every other letter is written when it is sent; this one brings its words along."""
    return QueuedEmail.objects.create(
        kind=QueuedEmail.Kind.COMPLAINT,
        ref=uuid.uuid4(),
        mailbox=encryption.lock(controller.address),
        words=encryption.lock(words),
        digest=tokens.digest(controller.identity),
        due_at=now,
    )


def waits(kind: QueuedEmail.Kind, digest: bytes) -> bool:
    """Whether a letter of this kind to this mailbox is in the queue."""
    return refs_waiting(kind, digest).exists()


def refs_waiting(kind: QueuedEmail.Kind, digest: bytes) -> QuerySet[QueuedEmail, uuid.UUID]:
    """The refs of letters of this kind to this mailbox that are in the queue."""
    return _waiting().filter(kind=kind, digest=digest).values_list("ref", flat=True)


def is_full(network: str) -> bool:
    """Whether so many emails that this network asked for wait that no form of it is accepted now."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUED, {"network": network, "most_waiting": MOST_WAITING})
        return cursor.fetchone()[0] >= MOST_WAITING


# SQL: how many emails that %(network)s asked for wait, at most MOST_WAITING; none where the network is not known.
_QUEUED = """
SELECT count(*) FROM (
    SELECT FROM pledges_queuedemail
    WHERE network = %(network)s AND network <> '' AND sent_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL
    LIMIT %(most_waiting)s
) AS waiting
"""
# SQL: when an email is due that %(network)s asks for at %(now)s: later, the more of its emails wait. So a flood from
# one network takes a tenth of the rate of sending, and the emails of others are not delayed by it.
TURN = f"SELECT %(now)s::timestamptz + greatest(({_QUEUED}) - %(at_once)s, 0) * %(interval)s AS due_at"


def turn_values(network: str, now: datetime) -> dict[str, Any]:
    """The parameters of TURN."""
    interval = SHARE * timedelta(minutes=1) / settings.EMAILS_A_MINUTE
    limits = {"at_once": AT_ONCE, "most_waiting": MOST_WAITING, "interval": interval}
    return {"network": network, "now": now, **limits}


def turn(network: str, now: datetime) -> datetime:
    """When an email that this network asks for now is due (see TURN)."""
    with connection.cursor() as cursor:
        cursor.execute(TURN, turn_values(network, now))
        return cursor.fetchone()[0]


def claim(now: datetime, most: int = 20) -> list[QueuedEmail]:
    """Up to `most` letters that are due, leased to the caller; no other worker gets them meanwhile."""
    waiting = _waiting().filter(due_at__lte=now)
    free = waiting.filter(Q(leased_until=None) | Q(leased_until__lt=now))
    with transaction.atomic():
        letters = list(free.order_by("due_at").select_for_update(skip_locked=True)[:most])
        QueuedEmail.objects.filter(pk__in=[letter.pk for letter in letters]).update(leased_until=now + LEASE)
    return letters


def may_send(letter: QueuedEmail, now: datetime) -> bool:
    """Takes one of the mailbox's places for this letter, and says whether it got one.

    If not, the letter waits until one is free; it is dropped only where a newer form of the same mailbox waits in
    its stead (`_give_way`), or where the mailbox is blocked and was asked lately. A place is taken before the letter
    goes out, under a lock on the mailbox, so that two workers can't both find the last one free. Each try of a
    letter takes its own place anew: it may be the one that arrives.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [bytes(letter.digest).hex()]
            )
        if EmailBlock.objects.filter(digest=letter.digest).exists():
            return _may_ask_to_allow(letter, now)
        taken = _others_places(letter, now)
        next_in_turn = _next_in_turn(letter, now, _free(taken, now))
        waiting = _waiting().filter(pk=letter.pk)
        if letter.pk in next_in_turn:
            return bool(waiting.update(counted_at=now))
        if letter.kind == QueuedEmail.Kind.CONFIRM:
            _give_way(bytes(letter.digest), next_in_turn, now)
        waiting.update(due_at=_free_at(taken, now), leased_until=None)
    return False


def _may_ask_to_allow(letter: QueuedEmail, now: datetime) -> bool:
    """To a blocked mailbox one letter a week goes out, and only asks whether we may write again."""
    today = timezone.localdate(now)
    rows = EmailBlock.objects.filter(digest=letter.digest)
    is_first = rows.filter(Q(asked_on=None) | Q(asked_on__lte=today - ALLOW_PAUSE)).update(asked_on=today)
    if is_first or letter.counted_at:
        QueuedEmail.objects.filter(pk=letter.pk).update(counted_at=now)
        return True
    drop(letter, now)
    return False


def _next_in_turn(letter: QueuedEmail, now: datetime, free: int) -> list[int]:
    """The due letters to this mailbox that get its free places: confirmations before reminders, the newest that
    each network asked for before its older ones, the newest first.
    """
    if letter.kind not in _FORMS:
        return [letter.pk][:free]
    due = Q(due_at__lte=now, counted_at=None, kind=QueuedEmail.Kind.CONFIRM) | Q(pk=letter.pk)
    of_network = Window(RowNumber(), partition_by=[F("kind"), F("network")], order_by="-pk")
    rows = _waiting().filter(due, digest=letter.digest).annotate(of_network=of_network)
    return list(rows.order_by("kind", "of_network", "-pk").values_list("pk", flat=True)[:free])


def _give_way(digest: bytes, next_in_turn: list[int], now: datetime) -> None:
    """Of the confirmations that get no place now, the newest from each network stays, three at most; the older ones
    are dropped. So a stranger's many forms neither wait for days nor push out the owner's.
    """
    rows = _waiting().filter(kind=QueuedEmail.Kind.CONFIRM, digest=digest, counted_at=None)
    rows = rows.exclude(pk__in=next_in_turn)
    newest = rows.order_by("network", "-pk").distinct("network").values_list("pk", flat=True)
    _end(rows.exclude(pk__in=sorted(newest, reverse=True)[:LETTERS_A_DAY]), dropped_at=now)


def _free(taken: list[datetime], now: datetime) -> int:
    """How many places are free, if others were taken at these moments of the last day."""
    return max(0, min(most - sum(moment > now - span for moment in taken) for most, span in PLACES))


def _free_at(taken: list[datetime], now: datetime) -> datetime:
    """When the next place is free; an hour from now where newer letters take those that are free now."""
    newest_first = sorted(taken, reverse=True)
    ends = [newest_first[most - 1] + span for most, span in PLACES if len(taken) >= most]
    return max([end for end in ends if end > now], default=now + AN_HOUR)


def release(letters: list[QueuedEmail]) -> None:
    """Gives back the claimed letters that were not ended, so that nobody waits for their lease."""
    QueuedEmail.objects.filter(pk__in=[letter.pk for letter in letters]).update(leased_until=None)


def sent(letter: QueuedEmail, now: datetime) -> None:
    _end(_row(letter), sent_at=now)


def drop(letter: QueuedEmail, now: datetime) -> None:
    """The letter is no longer wanted: nothing goes out."""
    _end(_row(letter), dropped_at=now)


def failed(letter: QueuedEmail, now: datetime, refusal: str, for_good: bool) -> None:
    """It was not accepted: try again later, or park it for staff to see where that is no use."""
    last = len(RETRIES) - 1
    if (for_good or letter.attempts > last) and not letter.is_to_ourselves:
        _end(_row(letter), failed_at=now, refusal=refusal)
    else:
        again = now + timedelta(minutes=RETRIES[min(letter.attempts, last)])
        QueuedEmail.objects.filter(pk=letter.pk).update(
            due_at=again, leased_until=None, attempts=F("attempts") + 1, refusal=refusal
        )


def withdraw(ref: uuid.UUID, now: datetime) -> None:
    """Letters about `ref` that still wait fall away."""
    _end(_waiting().filter(ref=ref), dropped_at=now)


def drop_waiting(now: datetime) -> int:
    """Every email that waits in a restored backup falls away: it may have gone out since the backup was made.

    But for complaints: one that is lost is worse than one that the controller, who knows it by its number, gets twice.
    """
    waiting = QueuedEmail.objects.filter(sent_at=None, dropped_at=None, failed_at=None)
    ours = waiting.exclude(kind=QueuedEmail.Kind.COMPLAINT)
    return ours.update(dropped_at=now, mailbox=None, words=None, leased_until=None)


def erase(refs: list[uuid.UUID]) -> None:
    """Letters about what is erased itself go whole: their digest would tell that it was there."""
    QueuedEmail.objects.filter(ref__in=refs).delete()


def _waiting() -> QuerySet[QueuedEmail]:
    """Those that are neither sent nor given up."""
    return QueuedEmail.objects.filter(sent_at=None, dropped_at=None, failed_at=None)


def _others_places(letter: QueuedEmail, now: datetime) -> list[datetime]:
    """When the other letters that share this one's places took theirs, of the last day."""
    kinds = _FORMS if letter.kind in _FORMS else (letter.kind,)
    others = QueuedEmail.objects.filter(digest=letter.digest, kind__in=kinds, counted_at__gt=now - A_DAY)
    return [moment for moment in others.exclude(pk=letter.pk).values_list("counted_at", flat=True) if moment]


def _row(letter: QueuedEmail) -> QuerySet[QueuedEmail]:
    return QueuedEmail.objects.filter(pk=letter.pk)


def _end(rows: QuerySet[QueuedEmail], **ending: object) -> None:
    rows.update(mailbox=None, words=None, network="", leased_until=None, **ending)
