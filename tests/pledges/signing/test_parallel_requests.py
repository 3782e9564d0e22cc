"""Parallel requests, of many people or of one."""

import threading
import time

import pytest
from django.db import connection, transaction

from pledges.crypto import tokens
from pledges.models import Consent, Contact, PendingSignature, QueuedEmail, Signature
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.signing import service as signing
from tests.makers import ALICE, NOW, answers, token_of

pytestmark = pytest.mark.django_db


def in_threads(count, act):
    """`act(n)` in as many threads at once, each with a connection of its own; the results."""
    results, gate = [], threading.Barrier(count)

    def run(n):
        gate.wait()
        try:
            results.append(act(n))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_sixty_identical_posts_at_once_make_one_row_and_one_email():
    same = answers(region="london")
    handles = in_threads(20, lambda n: [signing.sign(same, NOW) for _ in range(3)])
    assert len({handle for some in handles for handle in some}) == 1
    assert PendingSignature.objects.count() == 1
    assert QueuedEmail.objects.filter(kind="confirm").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_confirms_at_once_count_once_and_all_succeed():
    token = token_of(signing.sign(answers(), NOW))
    assert in_threads(20, lambda n: signing.confirm(token, ConfirmChoices(), NOW)) == [True] * 20
    assert Signature.objects.count() == 1
    assert Consent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirming_and_withdrawing_at_once_leave_all_or_nothing():
    token = token_of(signing.sign(answers(by_email=True), NOW))
    digest = tokens.digest(ALICE.identity)
    acts = [lambda: signing.confirm(token, ConfirmChoices(), NOW), lambda: withdrawal.withdraw(digest, NOW)]
    assert len(in_threads(2, lambda n: acts[n]())) == 2  # neither broke off in a deadlock
    assert Contact.objects.count() == Signature.objects.count() == Consent.objects.filter(purpose="email").count()


@pytest.mark.django_db(transaction=True)
def test_a_quarantine_that_begins_while_the_owner_confirms_holds_for_the_signature():
    token = token_of(signing.sign(answers(), NOW))
    has_read, is_quarantined = threading.Event(), threading.Event()

    def act(n):
        if n:  # reads the row before the quarantine is committed, and then waits for its lock
            pending = signing.by_token(token, NOW)
            has_read.set()
            is_quarantined.wait()
            return signing.confirm_pending(pending, ConfirmChoices(), NOW)
        with transaction.atomic():
            has_read.wait()
            PendingSignature.objects.update(quarantined_on=NOW.date())
            is_quarantined.set()
            time.sleep(0.3)
        return True

    assert in_threads(2, act) == [True, True]
    assert Signature.objects.get().quarantined_on == NOW.date()
    assert PendingSignature.objects.get().is_confirmed
