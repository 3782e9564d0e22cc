"""Many people, or one with many hands, in the same moment."""

import threading

import pytest
from django.db import connection

from pledges import links, signing, withdrawing
from pledges.answers import Wishes
from pledges.models import Consent, Contact, Letter, Pending, Signature
from tests.pledges.makers import ALICE, NOW, answers, token_of

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
def test_h16_sixty_identical_posts_at_once_make_one_row_and_one_letter():
    same = answers(region="london")
    handles = in_threads(20, lambda n: [signing.sign(same, NOW) for _ in range(3)])
    assert len({handle for some in handles for handle in some}) == 1
    assert Pending.objects.count() == 1
    assert Letter.objects.filter(kind="confirm").count() == 1


@pytest.mark.django_db(transaction=True)
def test_h23_twenty_confirms_at_once_count_once_and_all_succeed():
    token = token_of(signing.sign(answers(), NOW))
    assert in_threads(20, lambda n: signing.confirm(token, Wishes(), NOW)) == [True] * 20
    assert Signature.objects.count() == 1
    assert Consent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_h24_confirming_and_withdrawing_at_once_leave_all_or_nothing():
    token = token_of(signing.sign(answers(by_email=True), NOW))
    digest = links.digest(ALICE.identity)
    acts = [lambda: signing.confirm(token, Wishes(), NOW), lambda: withdrawing.withdraw(digest, NOW)]
    assert len(in_threads(2, lambda n: acts[n]())) == 2  # neither broke off in a deadlock
    assert (
        Contact.objects.count()
        == Signature.objects.count()
        == Consent.objects.filter(purpose="email").count()
    )
