"""Abuse rules mark signatures; staff release, invalidate and reopen; the totals are right afterwards."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from pledges.abuse import rules
from pledges.inputs.email_address import Mailbox
from pledges.models import (
    AbuseRule,
    PendingSignature,
    PublicName,
    Quarantine,
    QuarantineDecision,
    QueuedEmail,
    Signature,
    Totals,
)
from pledges.models.answers import ConfirmChoices
from pledges.privacy import erasure
from pledges.signing import service as signing
from pledges.statistics import totals
from tests.makers import NOW, answers, token_of
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CLIENT = "c" * 32


def ask(number: int, now=NOW, client=CLIENT, **changes) -> str:
    """Someone asks to sign; returns the link's token."""
    return token_of(signing.sign(answers(Mailbox(f"s{number}@example.org"), **changes), now, client))


def confirm(token: str, now=NOW) -> None:
    assert signing.confirm(token, ConfirmChoices(public_name="Sample Supporter"), now)


def rule(kind="client", most=3, minutes=10, is_on=True) -> AbuseRule:
    by = staff(f"r{AbuseRule.objects.count()}@example.org")
    return AbuseRule.objects.create(kind=kind, most=most, minutes=minutes, is_on=is_on, decided_by=by, decided_at=NOW)


def marked() -> int:
    return PendingSignature.objects.filter(quarantined_on__isnull=False).count()


def people() -> int:
    Totals.objects.all().delete()  # as if an hour had gone by
    totals.recount(NOW)
    return totals.totals().exact_people


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


def test_a_filled_honeypot_is_not_counted_until_it_is_released():
    confirm(ask(0, is_trapped=True))
    rules.mark(NOW)
    assert people() == 0
    rules.release(Quarantine.objects.get(kind="trap"), staff(), NOW)
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


@pytest.mark.parametrize("judge", [rules.release, rules.invalidate])
def test_forms_after_a_decision_get_a_quarantine_of_their_own(judge):
    rule()
    for number in range(4):
        ask(number)
    rules.mark(NOW)
    judge(Quarantine.objects.get(), staff(), NOW)
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
    with pytest.raises(rules.Overtaken):
        rules.reopen(quarantine, mona, NOW + 7 * DAY)


@pytest.mark.parametrize("first", [rules.release, rules.invalidate])
@pytest.mark.parametrize("second", [rules.release, rules.invalidate])
def test_the_second_of_two_deciders_is_told(first, second):
    ask(0, is_trapped=True)
    rules.mark(NOW)
    quarantine, mona = Quarantine.objects.get(), staff()
    first(quarantine, mona, NOW)
    with pytest.raises(rules.Overtaken):
        second(quarantine, mona, NOW)


def test_client_hashes_are_erased_after_48_hours():
    ask(0)
    ask(1, NOW + MINUTE)
    erasure.erase(NOW + 2 * DAY, erasure.due(NOW + 2 * DAY))
    assert [bool(each.client) for each in PendingSignature.objects.order_by("pk")] == [False, True]


@pytest.mark.parametrize(
    ("asked", "confirmed", "stored"),
    [
        (2 * DAY, 2 * DAY, ""),
        (2 * DAY - MINUTE, 2 * DAY - MINUTE, "other"),  # a rule looks at it still
        (3 * DAY, MINUTE, "other"),  # its day is not over: more may confirm, and be counted
        (3 * DAY, None, "other"),
    ],
)
def test_a_confirmed_form_loses_its_mail_provider_after_48_hours(asked, confirmed, stored):
    token = ask(0, NOW - asked)
    if confirmed:
        confirm(token, NOW - confirmed)
    erasure.erase(NOW, erasure.due(NOW))
    assert PendingSignature.objects.get().provider == stored


def test_sending_a_form_again_does_not_extend_the_48_hours_of_its_client_hash():
    ask(0, NOW)
    ask(0, NOW + 6 * HOUR)
    assert PendingSignature.objects.get().email_queued_at == NOW + 6 * HOUR
    erasure.erase(NOW + 2 * DAY, erasure.due(NOW + 2 * DAY))
    assert PendingSignature.objects.get().client == ""


def test_a_pending_signature_stores_a_hash_of_the_client_and_never_its_address(client):
    pledge_text = answers().pledge_text
    sent = f"email=a@example.org&by_email=no&pledge_text={pledge_text.number}"
    form = "application/x-www-form-urlencoded"
    client.post(reverse("pledges:sign"), sent, form, REMOTE_ADDR="192.0.2.77")
    pending = PendingSignature.objects.get()
    assert len(pending.client) == 32
    assert "192" not in pending.client
    assert pending.provider == "other"


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


@pytest.mark.parametrize("confirmed", [0, 1])
def test_the_quarantine_page_does_not_show_whether_one_person_confirmed(client, confirmed):
    token = ask(1, timezone.now(), is_trapped=True)
    if confirmed:
        confirm(token, timezone.now())
    rules.mark(timezone.now())
    sign_in(client, staff("mona@example.org", "view_quarantine", "decide_quarantine"))
    page = client.get(reverse("admin:pledges_quarantine_decision", args=[Quarantine.objects.get().ref]))
    assert page.context["counts"] == {"asked": "1", "confirmed": "under 10", "unconfirmed": "under 10"}


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
