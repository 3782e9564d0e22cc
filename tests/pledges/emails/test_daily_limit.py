"""A mailbox gets two emails an hour and three a day of those that anyone can have sent to it; the others wait."""

from datetime import timedelta

import pytest
from django.core import mail

from pledges.emails import mailbox_limits, queue, sending
from pledges.inputs.email_address import mailbox
from pledges.models import PhoneRequest, QueuedEmail
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import service as my_pledge
from pledges.phone_requests import service as phone_requests
from pledges.signing import service as signing
from pledges.signing.emails import REMINDER_AFTER
from tests.makers import ALICE, BOB, NOW, answers, organisation_answers, token_of
from tests.staff_accounts import staff

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def send(now=NOW):
    """Sends what the worker would have sent since it last ran."""
    mail.outbox.clear()
    while sending.send_due(now):
        pass
    return mail.outbox


def signing_thrice(now, network="stranger", box=ALICE):
    return [signing.sign(answers(box, region=f"{now:%d %H} {n}"), now, network, network) for n in range(3)]


def kinds_waiting():
    waiting = QueuedEmail.objects.filter(sent_at=None, dropped_at=None).exclude(kind="reminder")
    return list(waiting.values_list("kind", flat=True))


def test_a_mailbox_gets_two_emails_an_hour_and_three_a_day_of_however_many_forms():
    signing.sign(answers(BOB), NOW + MINUTE)
    for minute in range(30):
        signing.sign(answers(region=str(minute)), NOW, f"client {minute}", f"network {minute}")
    send(NOW)
    assert [email.to[0] for email in mail.outbox] == [ALICE.address] * 2
    assert [email.to[0] for email in send(NOW + MINUTE)] == [BOB.address]
    assert len(send(NOW + HOUR)) == 1
    assert not send(NOW + DAY - MINUTE)


def test_an_earlier_email_still_confirms_while_a_later_one_waits():
    handles = signing_thrice(NOW)
    send()
    assert signing.confirm(token_of(handles[2]), ConfirmChoices(), NOW)


def test_after_three_forms_of_a_stranger_the_owners_email_is_sent_next():
    signing_thrice(NOW)
    assert len(send()) == 2
    own = token_of(signing.sign(answers(region="wales"), NOW + MINUTE, "owner", "owner"))
    assert not send(NOW + MINUTE)
    [email] = send(NOW + HOUR)
    assert own in email.body


def test_of_emails_that_wait_together_the_newest_form_goes_first():
    signing_thrice(NOW)
    own = token_of(signing.sign(answers(region="wales"), NOW, "owner", "owner"))
    assert [own in email.body for email in send()].count(True) == 1


def test_a_stranger_who_goes_on_sending_forms_only_delays_the_owners():
    signing_thrice(NOW)
    send()
    own = token_of(signing.sign(answers(region="wales"), NOW + MINUTE, "owner", "owner"))
    arrived = []
    for minute in range(2, 26 * 60, 20):
        now = NOW + minute * MINUTE
        signing.sign(answers(region=str(minute)), now, f"{minute}", "stranger")
        arrived += [now for email in send(now) if own in email.body]
    assert len(arrived) == 1


def test_of_one_networks_forms_only_the_newest_waits_and_none_queue_up_for_days():
    for n in range(50):
        signing.sign(answers(region=str(n)), NOW, f"{n}", "stranger")
    newest = token_of(signing.sign(answers(region="last"), NOW, "stranger", "stranger"))
    assert newest in send()[0].body + mail.outbox[1].body
    assert kinds_waiting() == ["confirm"]
    assert len(send(NOW + HOUR)) == 1
    assert not kinds_waiting()


def test_at_most_three_confirmations_wait_for_a_mailbox():
    for n in range(10):
        signing.sign(answers(region=str(n)), NOW, f"{n}", f"network {n}")
    send()
    assert len(kinds_waiting()) == 3


def test_a_dropped_email_stores_neither_mailbox_nor_network():
    for n in range(10):
        signing.sign(answers(region=str(n)), NOW, f"{n}", "stranger")
    send()
    dropped = QueuedEmail.objects.exclude(dropped_at=None)
    assert {(email.mailbox, email.network) for email in dropped} == {(None, "")}
    assert dropped.count() == 7


def test_the_next_day_has_three_emails_again():
    sent = 0
    for day in range(2):
        signing_thrice(NOW + day * DAY)
        sent += len(send(NOW + day * DAY)) + len(send(NOW + day * DAY + HOUR))
    assert sent == 6


def test_a_reminder_waits_for_its_turn_behind_newer_forms():
    signing.sign(organisation_answers(ALICE), NOW)
    send()
    signing_thrice(NOW + REMINDER_AFTER)
    assert not any("our only reminder" in " ".join(email.body.split()) for email in send(NOW + REMINDER_AFTER))
    assert not any("our only reminder" in " ".join(email.body.split()) for email in send(NOW + REMINDER_AFTER + HOUR))
    assert ["our only reminder" in " ".join(email.body.split()) for email in send(NOW + REMINDER_AFTER + DAY)] == [True]


def test_the_reminder_is_that_of_the_newest_form():
    stranger = token_of(signing.sign(answers(region="london"), NOW, "stranger", "stranger"))
    own = token_of(signing.sign(answers(region="wales"), NOW + HOUR, "owner", "owner"))
    send(NOW + HOUR)
    reminders = [*send(NOW + REMINDER_AFTER), *send(NOW + REMINDER_AFTER + HOUR)]
    assert [(own in email.body, stranger in email.body) for email in reminders] == [(True, False)]


def test_strangers_forms_do_not_delay_the_link_to_my_pledge():
    signing_thrice(NOW)
    send()
    my_pledge.ask(ALICE, NOW + MINUTE, "owner")
    assert [email.subject for email in send(NOW + MINUTE)] == ["Your pledge"]


def test_my_pledge_has_a_quota_of_its_own_and_waits_when_it_is_used_up():
    arrived = 0
    for minute in range(5):
        my_pledge.ask(ALICE, NOW + minute * MINUTE)
        arrived += len(send(NOW + minute * MINUTE))
    assert arrived == 2
    assert kinds_waiting() == ["mine"]
    assert len(send(NOW + HOUR)) == 1


def test_emails_of_staff_do_not_wait_for_emails_of_forms():
    signing_thrice(NOW)
    send()
    phone_requests.record(PhoneRequest.Kind.HIDE_NAME, ALICE, staff(), NOW + MINUTE)
    assert len(send(NOW + MINUTE)) == 1
    signing_thrice(NOW + DAY)
    assert len(send(NOW + DAY)) == 2


def test_an_email_that_waits_for_others_goes_out_when_those_are_erased():
    signing_thrice(NOW)
    send()
    QueuedEmail.objects.exclude(sent_at=None).delete()
    assert len(send(NOW + HOUR)) == 1


def test_spellings_of_one_mailbox_share_its_limit():
    spellings = ["alice", "a.lice", "al.ice", "alic.e", "a.l.ice", "alice+x"]
    boxes = [mailbox(f"{name}@{domain}") for name in spellings for domain in ("gmail.com", "googlemail.com")]
    for n, box in enumerate(boxes):
        signing.sign(answers(box), NOW, f"{n}", f"network {n}")
    assert len(send()) == 2
    assert len(send(NOW + HOUR)) == 1
    assert mail.outbox[0].to[0] in {box.address for box in boxes}


def test_two_workers_do_not_exceed_the_limit_of_a_mailbox():
    signing_thrice(NOW)
    for email in queue.claim(NOW):
        mailbox_limits.reserve([email], NOW)
    assert QueuedEmail.objects.filter(counted_at=NOW).count() == 2


def test_two_emails_of_one_batch_do_not_exceed_the_limit():
    signing_thrice(NOW)
    batch = queue.claim(NOW)
    assert len(mailbox_limits.reserve(batch, NOW)) == 2
    assert QueuedEmail.objects.filter(counted_at=NOW).count() == 2
