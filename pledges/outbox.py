"""The queue of letters: write, claim, sent, failed.

Writing happens in the transaction that makes the letter necessary, so neither can exist without the
other. A worker claims letters under a lease: one that is killed loses none, they come round again.
"""

import uuid
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from pledges import links, sealing
from pledges.mailbox import Mailbox
from pledges.models import Letter

LEASE = timedelta(minutes=5)
# Minutes until the next try after the first, second … failure; after the last the letter is parked.
RETRIES = (1, 5, 15, 60, 180, 720, 1440)
LETTERS_A_DAY, A_DAY = 3, timedelta(days=1)


def write(kind: Letter.Kind, ref: uuid.UUID, address: str, digest: bytes, due: datetime) -> Letter:
    return Letter.objects.create(kind=kind, ref=ref, mailbox=sealing.lock(address), digest=digest, due_at=due)


def write_complaint(words: str, controller: Mailbox, now: datetime) -> Letter:
    """Every other letter is written when it is sent; this one brings its words along."""
    return Letter.objects.create(
        kind=Letter.Kind.COMPLAINT,
        ref=uuid.uuid4(),
        mailbox=sealing.lock(controller.address),
        words=sealing.lock(words),
        digest=links.digest(controller.identity),
        due_at=now,
    )


def waits(kind: Letter.Kind, digest: bytes) -> bool:
    """Whether a letter of this kind to this mailbox is in the queue."""
    return Letter.objects.filter(
        kind=kind, digest=digest, sent_at=None, dropped_at=None, parked_at=None
    ).exists()


def claim(now: datetime, most: int = 20) -> list[Letter]:
    """Up to `most` letters that are due, leased to the caller; no other worker gets them meanwhile."""
    waiting = Letter.objects.filter(sent_at=None, dropped_at=None, parked_at=None, due_at__lte=now)
    free = waiting.filter(Q(leased_until=None) | Q(leased_until__lt=now))
    with transaction.atomic():
        letters = list(free.order_by("due_at").select_for_update(skip_locked=True)[:most])
        Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(leased_until=now + LEASE)
    return letters


def may_send(letter: Letter, now: datetime) -> bool:
    """Takes one of the mailbox's three places a day, and says whether there was one.

    A place is taken before the letter goes out, under a lock on the mailbox, so that two workers can't
    both find the last one free. Each try of a letter takes its own place anew: it may be the one that arrives.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [bytes(letter.digest).hex()]
            )
        if _others_places(letter, now).count() >= LETTERS_A_DAY:
            return False
        Letter.objects.filter(pk=letter.pk).update(counted_at=now)
    return True


def put_off(letter: Letter, now: datetime) -> None:
    """Its mailbox has had its letters for today; this one must arrive, so it is first when a place falls free.

    No later: whoever sends a form for this mailbox at the right hour could hold it up for ever. And at once, if
    the others were erased a moment ago.
    """
    taken = _others_places(letter, now).order_by("-counted_at")[:LETTERS_A_DAY]
    free_at = min((other.counted_at for other in taken if other.counted_at), default=now - A_DAY) + A_DAY
    Letter.objects.filter(pk=letter.pk).update(due_at=free_at, leased_until=None)


def release(letters: list[Letter]) -> None:
    """Gives back the claimed letters that were not ended, so that nobody waits for their lease."""
    Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(leased_until=None)


def sent(letter: Letter, now: datetime) -> None:
    _end(letter, sent_at=now)


def drop(letter: Letter, now: datetime) -> None:
    """The letter is no longer wanted: nothing goes out."""
    _end(letter, dropped_at=now)


def failed(letter: Letter, now: datetime, refusal: str, for_good: bool) -> None:
    """It was not accepted: try again later, or park it for staff to see where that is no use."""
    last = len(RETRIES) - 1
    if (for_good or letter.attempts > last) and not letter.is_to_ourselves:
        _end(letter, parked_at=now, refusal=refusal)
    else:
        again = now + timedelta(minutes=RETRIES[min(letter.attempts, last)])
        Letter.objects.filter(pk=letter.pk).update(
            due_at=again, leased_until=None, attempts=F("attempts") + 1, refusal=refusal
        )


def withdraw(ref: uuid.UUID, now: datetime) -> None:
    """Letters about `ref` that still wait fall away."""
    letters = Letter.objects.filter(ref=ref, sent_at=None, dropped_at=None, parked_at=None)
    letters.update(dropped_at=now, mailbox=None, words=None, leased_until=None)


def drop_waiting(now: datetime) -> int:
    """Every email that waits in a restored backup falls away: it may have gone out since the backup was made.

    But for complaints: one that is lost is worse than one that the controller, who knows it by its number, gets twice.
    """
    waiting = Letter.objects.filter(sent_at=None, dropped_at=None, parked_at=None)
    ours = waiting.exclude(kind=Letter.Kind.COMPLAINT)
    return ours.update(dropped_at=now, mailbox=None, words=None, leased_until=None)


def erase(refs: list[uuid.UUID]) -> None:
    """Letters about what is erased itself go whole: their digest would tell that it was there."""
    Letter.objects.filter(ref__in=refs).delete()


def _others_places(letter: Letter, now: datetime) -> QuerySet[Letter]:
    """The other letters of the last day to the same mailbox."""
    return Letter.objects.filter(digest=letter.digest, counted_at__gt=now - A_DAY).exclude(pk=letter.pk)


def _end(letter: Letter, **ending: object) -> None:
    Letter.objects.filter(pk=letter.pk).update(mailbox=None, words=None, leased_until=None, **ending)
