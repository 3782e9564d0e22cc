"""Which forms and signatures abuse rules mark, and what a spike is."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from pledges.abuse import rules
from pledges.models import PendingSignature, PublicName, Quarantine, QueuedEmail, Signature
from tests.makers import NOW
from tests.pledges.abuse.makers import ask, confirm, marked, people, rule
from tests.staff_accounts import staff

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_a_burst_from_one_client_is_marked_and_others_are_not():
    rule()
    for number in range(4):
        ask(number, NOW + number * MINUTE)
    for number in range(7, 10):
        ask(number, NOW, client="d" * 32)
    assert rules.mark(NOW + HOUR) == 4
    assert marked() == 4


@pytest.mark.parametrize("is_trapped", [True, False])
def test_a_signature_confirmed_before_the_rules_ran_is_counted(is_trapped):
    confirm(ask(7, is_trapped=True))
    confirm(ask(7, NOW + MINUTE, client="d" * 32, is_trapped=is_trapped), NOW + MINUTE)
    rules.mark(NOW + HOUR)
    assert people() == (0 if is_trapped else 1)


def test_forms_spread_over_a_day_are_no_burst():
    rule()
    for number in range(8):
        ask(number, NOW + number * HOUR)
    assert rules.mark(NOW + DAY) == 0


def test_the_newest_rule_is_in_force_and_one_that_is_off_marks_nothing():
    rule()
    rule(is_on=False)
    for number in range(4):
        ask(number)
    assert rules.mark(NOW) == 0


def test_a_burst_from_one_group_of_providers_is_marked():
    rule("provider")
    for number in range(4):
        ask(number, client=f"{number}" * 32)
    assert rules.mark(NOW) == 4
    assert Quarantine.objects.get().kind == "provider"


def test_a_dry_run_tells_how_many_and_marks_none():
    tokens = [ask(number) for number in range(4)]
    confirm(tokens[0])
    [burst] = rules.try_out("client", 3, 10, NOW + HOUR)
    assert (len(burst.pendings), burst.confirmed, marked()) == (4, 1, 0)
    assert rules.try_out("client", 3, 10, NOW + 2 * DAY) == []


def test_the_marked_get_their_email_and_confirm_but_are_neither_counted_nor_listed():
    rule()
    tokens = [ask(number) for number in range(4)]
    rules.mark(NOW)
    assert QueuedEmail.objects.filter(kind="confirm", dropped_at=None).count() == 4
    for token in tokens:
        confirm(token)
    assert Signature.objects.count() == 4
    assert (people(), PublicName.objects.shown().count()) == (0, 0)


def test_what_was_confirmed_before_the_rule_saw_it_is_marked_too():
    rule()
    tokens = [ask(number) for number in range(4)]
    confirm(tokens[0])
    rules.mark(NOW)
    assert people() == 0


def test_what_the_same_mailbox_signed_on_an_earlier_day_stays_counted():
    confirm(ask(0, NOW - 2 * DAY), NOW - 2 * DAY)
    rule()
    for number in range(1, 4):
        ask(number)
    confirm(ask(0))
    rules.mark(NOW)
    assert people() == 1


def test_unconfirmed_forms_do_not_quarantine_a_signature_of_that_day():
    confirm(ask(0, client="d" * 32))
    rule()
    for number in range(4):
        ask(number)
    rules.mark(NOW)
    assert people() == 1


def test_one_burst_over_two_rounds_is_one_quarantine_and_holds_no_others():
    rule()
    ask(20, is_trapped=True)
    for number in range(4):
        ask(number)
        ask(10 + number, client="d" * 32)
    rules.mark(NOW)
    ask(5, NOW + MINUTE)
    rules.mark(NOW + MINUTE)
    assert sorted(each.pendings.count() for each in Quarantine.objects.all()) == [1, 4, 5]
    rules.release(Quarantine.objects.get(kind="trap"), staff(), NOW)
    assert marked() == 9


@pytest.mark.django_db(transaction=True)
def test_a_signature_that_is_confirmed_while_its_pending_is_marked_is_marked_too():
    rule()
    tokens = [ask(number) for number in range(4)]

    def mark() -> int:
        try:
            return rules.mark(NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            confirm(tokens[0])
            marking = pool.submit(mark)
            time.sleep(0.3)  # it has found the pendings, and waits for this one
        assert marking.result() == 4
    assert people() == 0


def test_a_spike_is_many_more_than_usual_within_the_last_hour():
    for number in range(31):
        ask(number)
    PendingSignature.objects.update(email_queued_at=NOW - timedelta(minutes=5))
    assert rules.spike(NOW).asked == 31
    PendingSignature.objects.update(email_queued_at=NOW - timedelta(hours=2))
    assert rules.spike(NOW) is None


def test_a_spike_that_a_rule_has_marked_is_no_news_any_more():
    rule(most=10)
    for number in range(31):
        ask(number, NOW - MINUTE)
    assert rules.spike(NOW).asked == 31
    rules.mark(NOW)
    assert rules.spike(NOW) is None
