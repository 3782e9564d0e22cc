"""Phone requests: what callers ask supporter care to remove."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command

from campaign.staff.models import StaffUser
from pledges.complaints import service as complaints
from pledges.crypto import tokens
from pledges.emails import sending
from pledges.models import Contact, EmailBlock, PhoneRequest, QueuedEmail, ScheduledPhoneRequest, Signature
from pledges.phone_requests import service as phone_requests
from tests.makers import ALICE, BOB, CHARLIE, NOW, signed
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TAKE = "/admin/pledges/phonerequest/add/"


@pytest.fixture
def carer():
    return StaffUser.objects.create_user("care@example.org", "x")


@pytest.fixture
def carer_client(client):
    sign_in(client, staff("care@example.org", "add_phonerequest", "view_phonerequest"))
    return client


def test_what_a_caller_asks_is_done_within_a_day_and_the_owner_gets_an_email_that_names_it(bob, carer):
    phone_requests.record(PhoneRequest.Kind.HIDE_NAME, CHARLIE, carer, NOW)
    phone_requests.record(PhoneRequest.Kind.STOP_EMAIL, BOB, carer, NOW)
    phone_requests.carry_out_due(NOW + DAY)
    QueuedEmail.objects.exclude(kind="call").delete()
    sending.send_due(NOW)
    assert not Contact.objects.filter(channel="email").exists()
    named = {email.to[0]: "Stop emailing me about the campaign" in email.body for email in mail.outbox}
    assert named == {CHARLIE.address: False, BOB.address: True}


def test_a_call_about_an_unknown_address_leaves_the_same_traces(bob, carer):
    def traces(mailbox):
        phone_requests.record(PhoneRequest.Kind.WITHDRAW, mailbox, carer, NOW)
        email = QueuedEmail.objects.filter(kind="call").latest("pk")
        return PhoneRequest.objects.count(), QueuedEmail.objects.filter(kind="call").count(), email.due_at

    unknown, known = traces(CHARLIE), traces(BOB)
    assert (known[0] - unknown[0], known[1] - unknown[1]) == (1, 1)
    phone_requests.carry_out_due(NOW + DAY)
    assert not Signature.objects.exists()


def test_the_owner_is_emailed_if_a_caller_blocks_the_mailbox(bob, carer):
    phone_requests.record(PhoneRequest.Kind.NEVER, BOB, carer, NOW)
    phone_requests.record(PhoneRequest.Kind.HIDE_NAME, CHARLIE, carer, NOW)
    phone_requests.carry_out_due(NOW + DAY)
    sending.send_due(NOW)
    last = [(email.to, "no longer email this address" in " ".join(email.body.split())) for email in mail.outbox]
    assert last == [([BOB.address], True), ([CHARLIE.address], False)]


def test_unblock_email_lifts_the_block_that_a_caller_asked_for(monkeypatch, bob, carer):
    phone_requests.record(PhoneRequest.Kind.NEVER, BOB, carer, NOW)
    phone_requests.carry_out_due(NOW + DAY)
    monkeypatch.setattr("builtins.input", lambda prompt: BOB.address)
    call_command("unblock_email")
    assert not EmailBlock.objects.exists()


@pytest.mark.parametrize("kind", ["withdraw", "never"])
def test_what_can_not_be_undone_is_read_back_to_the_caller_first(carer_client, bob, kind):
    asked = carer_client.post(TAKE, {"email": BOB.address, "kind": kind})
    assert f"Read “{BOB.address}” back" in asked.text
    assert f'value="{BOB.address}"' in asked.text
    assert Signature.objects.exists()
    assert not PhoneRequest.objects.exists()
    assert carer_client.post(TAKE, {"email": BOB.address, "kind": kind, "sure": "on"}).status_code == 302
    assert PhoneRequest.objects.get().kind == kind


def test_what_can_be_undone_asks_for_no_tick(carer_client, bob):
    assert carer_client.post(TAKE, {"email": BOB.address, "kind": "stop-email"}).status_code == 302
    phone_requests.carry_out_due(NOW + DAY)
    assert not Contact.objects.filter(channel="email").exists()


def test_a_phone_request_is_carried_out_at_a_random_time(bob, carer):
    for _ in range(20):
        phone_requests.record(PhoneRequest.Kind.WITHDRAW, BOB, carer, NOW)
        QueuedEmail.objects.all().delete()  # the same request while its email waits is one request
    times = set(ScheduledPhoneRequest.objects.values_list("due_at", flat=True))
    assert len(times) > 10
    assert NOW < min(times) <= max(times) <= NOW + DAY
    phone_requests.carry_out_due(min(times) - timedelta(seconds=1))
    assert Signature.objects.exists()
    phone_requests.carry_out_due(NOW + DAY)
    assert not Signature.objects.exists()
    assert not ScheduledPhoneRequest.objects.exists()


def test_an_owner_who_confirms_a_form_cancels_what_a_caller_asked_for(bob, carer):
    phone_requests.record(PhoneRequest.Kind.WITHDRAW, BOB, carer, NOW)
    signed(BOB, region="wales")
    phone_requests.carry_out_due(NOW + DAY)
    assert Signature.objects.get().region == "wales"


def test_the_owner_sees_what_a_caller_asked_for(client, post, bob, carer):
    phone_requests.record(PhoneRequest.Kind.WITHDRAW, BOB, carer, NOW)
    key = tokens.link_key(tokens.TokenPurpose.MINE, tokens.digest(BOB.identity))
    assert "gave this address and asked: “Withdraw my signature" in post(f"/pledge/mine/{key}/", {"open": "on"}).text


def test_staff_who_take_a_call_are_told_where_an_organisation_is_withdrawn(carer_client):
    assert "That of an organisation is withdrawn by moderators" in carer_client.get(TAKE).text


def test_a_call_is_recorded_without_whose_it_was(bob, carer):
    call = phone_requests.record(PhoneRequest.Kind.HIDE_NAME, BOB, carer, NOW)
    assert {field.name for field in call._meta.fields} == {"id", "ref", "kind", "taken_by", "taken_at"}


def test_the_owner_is_sent_the_link_and_the_answer_is_the_same_for_every_address(carer_client, bob):
    answers = [
        carer_client.post("/admin/pledges/phonerequest/link/", {"link_email": box.address}, follow=True).text
        for box in (BOB, CHARLIE)
    ]
    assert all("An email with the link to My pledge goes to this address." in text for text in answers)
    assert QueuedEmail.objects.filter(kind="mine").count() == 2
    assert set(PhoneRequest.objects.values_list("kind", flat=True)) == {"link"}


def test_to_a_blocked_address_the_link_asks_at_once_whether_we_may_write(carer):
    digest = tokens.digest(CHARLIE.identity)
    EmailBlock.objects.create(digest=digest, blocked_on=NOW, asked_on=NOW)
    phone_requests.send_link_for_caller(CHARLIE, carer, NOW)
    sending.send_due(NOW)
    assert "allow" in mail.outbox[-1].body


def test_an_address_with_a_slip_is_refused_with_its_reason_and_stays_in_the_field(carer_client):
    answer = carer_client.post("/admin/pledges/phonerequest/link/", {"link_email": "bob"})
    assert answer.status_code == 422
    assert 'value="bob"' in answer.text
    assert "field__error" in answer.text
    assert f'action="{TAKE}"' in answer.text
    assert not QueuedEmail.objects.exists()


def test_a_complaint_is_found_by_its_number_without_its_words(carer_client):
    ref = complaints.complain("My words", "", NOW)
    number = complaints.reference(ref)
    for typed in (number, number.lower().replace("-", " ")):
        page = carer_client.get(TAKE, {"complaint": typed}).text
        assert f"{number}: sent" in page or f"{number}: received" in page
        assert "received, and not sent on yet" in page
        assert "My words" not in page
    assert "No complaint with this number" in carer_client.get(TAKE, {"complaint": "C-0000-0000"}).text


def test_a_link_for_a_caller_leaves_the_block_of_another_mailbox_as_it_was():
    alices = EmailBlock.objects.create(digest=tokens.digest(ALICE.identity), blocked_on=NOW.date(), asked_on=NOW.date())
    phone_requests.send_link_for_caller(BOB, staff(), NOW)
    alices.refresh_from_db()
    assert alices.asked_on == NOW.date()
