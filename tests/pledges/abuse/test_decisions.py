"""Staff release, invalidate and reopen what abuse rules marked; the totals are right afterwards."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.abuse import rules
from pledges.models import PublicName, Quarantine, QuarantineDecision, Signature
from pledges.privacy import erasure
from tests.makers import NOW
from tests.pledges.abuse.makers import ask, confirm, marked, people, rule
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_a_filled_honeypot_is_not_counted_until_it_is_released():
    confirm(ask(0, is_trapped=True))
    rules.mark(NOW)
    assert people() == 0
    rules.release(Quarantine.objects.get(kind="trap"), staff(), NOW)
    assert people() == 1


def test_totals_are_right_after_release_reopening_and_erasure():
    rule()
    for token in [ask(number) for number in range(4)]:
        confirm(token)
    confirm(ask(9, client="d" * 32))
    rules.mark(NOW)
    quarantine, mona = Quarantine.objects.get(), staff()
    assert people() == 1
    rules.release(quarantine, mona, NOW)
    assert (people(), PublicName.objects.shown().count()) == (5, 5)
    quarantine.refresh_from_db()
    rules.reopen(quarantine, mona, NOW + 6 * DAY)
    assert people() == 1
    rules.invalidate(quarantine, mona, NOW + 6 * DAY)
    erasure.erase(NOW + 13 * DAY, erasure.due(NOW + 13 * DAY))
    assert (people(), Signature.objects.count()) == (1, 1)
    acts = QuarantineDecision.objects.order_by("pk").values_list("act", "signatures")
    assert list(acts) == [("release", 4), ("reopen", 4), ("invalidate", 4)]


def test_released_signatures_are_not_marked_again():
    rule()
    for number in range(4):
        ask(number)
    rules.mark(NOW)
    rules.release(Quarantine.objects.get(), staff(), NOW)
    assert rules.mark(NOW + MINUTE) == 0
    assert marked() == 0


@pytest.mark.parametrize("decide", [rules.release, rules.invalidate])
def test_forms_after_a_decision_get_a_quarantine_of_their_own(decide):
    rule()
    for number in range(4):
        ask(number)
    rules.mark(NOW)
    decide(Quarantine.objects.get(), staff(), NOW)
    ask(4)
    rules.mark(NOW)
    assert Quarantine.objects.undecided().get().pendings.count() == 1


def test_a_released_mailbox_is_not_marked_for_another_form():
    confirm(ask(0, is_trapped=True))
    rules.mark(NOW)
    rules.release(Quarantine.objects.get(), staff(), NOW)
    confirm(ask(0, region="wales", is_trapped=True))
    rules.mark(NOW)
    assert people() == 1


def test_a_decision_can_not_be_reopened_after_seven_days():
    confirm(ask(0, is_trapped=True))
    rules.mark(NOW)
    quarantine, mona = Quarantine.objects.get(), staff()
    rules.invalidate(quarantine, mona, NOW)
    quarantine.refresh_from_db()
    with pytest.raises(rules.Conflict):
        rules.reopen(quarantine, mona, NOW + 7 * DAY)


@pytest.mark.parametrize("first", [rules.release, rules.invalidate])
@pytest.mark.parametrize("second", [rules.release, rules.invalidate])
def test_the_second_of_two_deciders_is_told(first, second):
    ask(0, is_trapped=True)
    rules.mark(NOW)
    quarantine, mona = Quarantine.objects.get(), staff()
    first(quarantine, mona, NOW)
    with pytest.raises(rules.Conflict):
        second(quarantine, mona, NOW)


@pytest.mark.parametrize("confirmed", [0, 1])
def test_the_quarantine_page_does_not_show_whether_one_person_confirmed(client, confirmed):
    token = ask(1, timezone.now(), is_trapped=True)
    if confirmed:
        confirm(token, timezone.now())
    rules.mark(timezone.now())
    sign_in(client, staff("mona@example.org", "view_quarantine", "decide_quarantine"))
    page = client.get(reverse("admin:pledges_quarantine_decision", args=[Quarantine.objects.get().ref]))
    assert page.context["counts"] == {"asked": "1", "confirmed": "under 10", "unconfirmed": "under 10"}
