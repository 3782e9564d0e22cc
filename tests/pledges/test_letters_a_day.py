"""A mailbox gets three letters a day of those that anybody can have sent to it, and no more."""

from datetime import timedelta

import pytest
from django.core import mail

from pledges import mine, outbox, sending, signing
from pledges.answers import Wishes
from pledges.models import Call, Letter
from tests.desk import staff
from tests.pledges.makers import ALICE, BOB, NOW, answers, token_of

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def send(now=NOW):
    return sending.send_due(now)


def signing_thrice(now):
    for n in range(3):
        signing.sign(answers(region=str(n)), now)


def test_h39_a_fourth_letter_in_a_day_is_dropped_and_the_owner_can_still_sign():
    handles = [signing.sign(answers(region=str(n)), NOW) for n in range(5)]
    signing.sign(answers(BOB), NOW + MINUTE)
    send(NOW + MINUTE)
    assert [letter.to[0] for letter in mail.outbox] == [ALICE.address] * 3 + [BOB.address]
    assert Letter.objects.filter(kind="confirm").exclude(dropped_at=None).count() == 2
    assert signing.confirm(token_of(handles[0]), Wishes(), NOW)


def test_the_next_day_has_three_letters_again():
    for day in range(2):
        for n in range(4):
            signing.sign(answers(region=f"{day}{n}"), NOW + day * DAY + MINUTE)
        send(NOW + day * DAY + MINUTE)
    assert len(mail.outbox) == 6


def test_a_letter_that_must_arrive_waits_for_the_next_day_instead():
    for n in range(3):
        signing.sign(answers(region=str(n)), NOW)
    mine.ask(ALICE, NOW + MINUTE)
    send(NOW + MINUTE)
    assert Letter.objects.get(kind="mine").due_at == NOW + MINUTE + DAY
    assert {letter.due_at for letter in Letter.objects.filter(kind="reminder")} == {NOW + 2 * DAY}


def test_h39_what_we_write_ourselves_waits_for_no_letter_that_a_stranger_asked_for():
    signing_thrice(NOW)
    send()
    mine.take_call(Call.Wish.HIDE_NAME, ALICE, staff(), NOW + MINUTE)
    send(NOW + MINUTE)
    assert Letter.objects.get(kind="call").sent_at == NOW + MINUTE
    signing_thrice(NOW + DAY)
    send(NOW + DAY)
    assert len(mail.outbox) == 7


def test_h39_nobody_can_hold_up_a_letter_that_must_arrive_by_asking_for_others():
    signing_thrice(NOW)
    send()
    mine.ask(ALICE, NOW + MINUTE)
    send(NOW + 60 * MINUTE)
    signing_thrice(NOW + DAY + MINUTE)
    mail.outbox.clear()
    send(NOW + DAY + MINUTE)
    assert Letter.objects.get(kind="mine").sent_at == NOW + DAY + MINUTE


def test_a_letter_is_due_at_once_when_those_it_waits_for_are_erased():
    mine.ask(ALICE, NOW)
    outbox.put_off(Letter.objects.get(), NOW)
    assert Letter.objects.get().due_at == NOW
