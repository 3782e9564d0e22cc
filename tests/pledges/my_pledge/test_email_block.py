"""Blocking emails: who can block a mailbox, who can't, and how its owner allows emails again."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from pledges.crypto import tokens
from pledges.crypto.tokens import TokenPurpose
from pledges.emails import mailbox_limits, queue
from pledges.inputs.email_address import mailbox
from pledges.models import Consent, Contact, EmailBlock, Organisation, QueuedEmail, Signature
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import service as my_pledge
from pledges.organisations import upkeep
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, NOW, answers, organisation_answers, send, signed, token_of
from tests.pledges.my_pledge.makers import BOBS, remove
from tests.staff_accounts import NOON, approved

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
YEAR = timedelta(days=366)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def block(box=ALICE, now=NOW):
    my_pledge.block_emails(tokens.digest(box.identity), Consent.Source.EMAIL_LINK, now)


def link_in(email):
    return re.search(r"https://pledge.example.org(/pledge/\w+/[^/\s]+/)", email.body)[1]


def never_page(digest=BOBS):
    return f"/pledge/never/{tokens.link_key(TokenPurpose.NEVER, digest)}/"


# Never email again


def test_a_get_only_shows_a_form(client, post):
    page = client.get(never_page())
    assert b"<form" in page.content
    assert not EmailBlock.objects.exists()


def test_the_link_of_an_email_works_for_400_days(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    path = never_page()
    time_machine.move_to(NOW + timedelta(days=400), tick=False)
    assert client.get(path).status_code == 200
    time_machine.shift(timedelta(seconds=1))
    assert client.get(path).status_code == 404


def test_the_unchanged_form_blocks_no_mailbox(client, post):
    path = never_page()
    unticked = post(path)
    assert unticked.status_code == 422
    assert unticked.text.index("There is a problem") < unticked.text.index('class="lead"')
    assert not EmailBlock.objects.exists()
    assert post(path, {"sure": "on"}).status_code == 200
    assert EmailBlock.objects.exists()


def test_one_click_unsubscribe_blocks_no_mailbox(post):
    assert post(never_page(), ONE_CLICK).status_code == 422
    assert not EmailBlock.objects.exists()


@pytest.mark.parametrize("other", [TokenPurpose.MINE, TokenPurpose.ALLOW, TokenPurpose.YEARLY])
def test_a_link_key_of_another_purpose_blocks_no_mailbox(client, post, other):
    answer = post(f"/pledge/never/{tokens.link_key(other, BOBS)}/", {"sure": "on"})
    assert answer.status_code == 404
    assert not EmailBlock.objects.exists()


def test_a_blocked_mailbox_gets_no_email_and_the_page_is_the_same(client, post, bob):
    remove(post, "never", sure="on")
    page = post("/pledge/mine/", {"email": BOB.address})
    assert page.status_code == 303
    assert {email.subject for email in send(NOW)} == {"May we email you again?"}
    assert not Contact.objects.filter(channel="email").exists()


def test_emails_of_staff_reach_no_blocked_mailbox():
    approved()
    block(mailbox("office@example.org"), NOON)
    assert send(NOON) == []


# Allow emails again


@pytest.mark.parametrize(
    "cause",
    [
        lambda now: signing.sign(answers(ALICE, region=f"{now:%d}"), now),
        lambda now: signing.sign(organisation_answers(ALICE, name=f"Example {now:%d}"), now),
        lambda now: my_pledge.ask(ALICE, now),
    ],
)
def test_a_blocked_mailbox_is_asked_once_a_week_whether_we_may_write(cause):
    block()
    asked = []
    for day in range(15):
        for minute in range(3):
            cause(NOW + day * DAY + minute * MINUTE)
            asked += [day for _email in send(NOW + day * DAY + minute * MINUTE)]
    assert asked == [0, 7, 14]


def test_the_question_says_nothing_of_what_is_held_and_carries_no_other_link():
    signed(ALICE)
    block()
    signing.sign(answers(ALICE, region="wales"), NOW)
    [email] = send(NOW)
    known = email.body
    mail.outbox.clear()
    block(BOB)
    my_pledge.ask(BOB, NOW)
    [email] = send(NOW)
    without_key = [re.sub(r"/allow/[^/]+/", "/allow/", body) for body in (known, email.body)]
    assert without_key[0] == without_key[1]
    assert re.findall(r"/pledge/(\w+)/", known) == ["allow"]


def test_the_owner_lifts_the_block_and_confirms(post, time_machine):
    time_machine.move_to(NOW, tick=False)
    block()
    signing.sign(answers(ALICE, region="wales"), NOW)
    path = link_in(send(NOW)[0])
    answer = post(path, {"sure": "on"})
    assert not EmailBlock.objects.exists()
    confirm = re.search(r'href="(/pledge/confirm/[^"]+)"', answer.text)[1]
    assert post(confirm, {"agree": "on"}).status_code == 303
    assert Signature.objects.get().region == "wales"


def test_after_the_block_is_lifted_emails_are_sent_again(post, time_machine):
    time_machine.move_to(NOW, tick=False)
    block()
    my_pledge.ask(ALICE, NOW)
    post(link_in(send(NOW)[0]), {"sure": "on"})
    my_pledge.ask(ALICE, NOW + MINUTE)
    assert [email.subject for email in send(NOW + MINUTE)] == ["Your pledge"]


def test_a_program_that_follows_or_submits_the_link_lifts_no_block(client, post):
    block()
    path = f"/pledge/allow/{tokens.link_key(TokenPurpose.ALLOW, tokens.digest(ALICE.identity))}/"
    assert client.get(path).status_code == 200
    assert post(path).status_code == 422
    assert post(path, ONE_CLICK).status_code == 422
    assert EmailBlock.objects.exists()


def test_the_link_to_allow_emails_works_until_the_next_one_can_be_sent(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    path = f"/pledge/allow/{tokens.link_key(TokenPurpose.ALLOW, BOBS)}/"
    time_machine.move_to(NOW + 8 * DAY, tick=False)
    assert client.get(path).status_code == 200


def test_my_pledge_that_was_open_before_offers_to_lift_the_block(client, post, bob):
    page = remove(post, "never", sure="on")
    path = re.search(r'href="(/pledge/allow/[^"]+)"', page.text)[1]
    post(path, {"sure": "on"})
    assert not EmailBlock.objects.exists()


def test_the_question_that_the_mail_server_put_off_is_tried_again():
    block()
    my_pledge.ask(ALICE, NOW)
    [email] = QueuedEmail.objects.all()
    mailbox_limits.reserve([email], NOW)
    email.refresh_from_db()
    queue.mark_failed(email, NOW, "data 451", is_permanent=False)
    assert len(send(NOW + 2 * MINUTE)) == 1


def test_a_block_holds_for_every_spelling_of_the_mailbox():
    block(mailbox("alice@googlemail.com"))
    for n, spelling in enumerate(["a.lice@gmail.com", "alice+x@gmail.com", "al.ice@googlemail.com"]):
        signing.sign(answers(mailbox(spelling)), NOW + n * MINUTE, f"{n}", f"{n}")
    assert [email.subject for email in send(NOW + 3 * MINUTE)] == ["May we email you again?"]


# The yearly email


def yearly_email():
    organisation = approved()
    mail.outbox.clear()
    QueuedEmail.objects.all().delete()
    upkeep.remind(NOON + YEAR)
    [email] = send(NOON + YEAR)
    return organisation, email


def test_one_post_of_the_mail_program_ends_the_yearly_emails_and_nothing_else(client, time_machine):
    time_machine.move_to(NOON + YEAR)
    organisation, email = yearly_email()
    assert email.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = email.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("https://pledge.example.org")
    assert client.post(path, ONE_CLICK).status_code == 200  # multipart
    organisation.refresh_from_db()
    assert organisation.yearly_stopped_on
    assert upkeep.remind(NOON + 2 * YEAR) == 0
    my_pledge.ask(mailbox("office@example.org"), NOON + 2 * YEAR)
    assert [email.subject for email in send(NOON + 2 * YEAR)] == ["Your pledge"]
    assert organisation in Organisation.objects.listed()


def test_a_get_of_the_yearly_link_or_its_form_as_served_ends_nothing(client, post, time_machine):
    time_machine.move_to(NOON + YEAR)
    _organisation, email = yearly_email()
    path = re.search(r"/pledge/yearly/[^/]+/", email.body)[0]
    assert client.get(path).status_code == 200
    assert post(path).status_code == 422
    assert not Organisation.objects.exclude(yearly_stopped_on=None).exists()
    assert post(path, {"sure": "on"}).status_code == 200
    assert Organisation.objects.exclude(yearly_stopped_on=None).exists()


def test_a_waiting_yearly_email_is_dropped_when_they_are_stopped():
    approved()
    mail.outbox.clear()
    QueuedEmail.objects.all().delete()
    upkeep.remind(NOON + YEAR)
    upkeep.stop_yearly(tokens.digest("office@example.org"), NOON + YEAR)
    assert send(NOON + YEAR) == []


def test_stopping_the_yearly_emails_stops_those_of_no_other_mailbox():
    organisation = approved()
    upkeep.stop_yearly(tokens.digest("other@example.org"), NOON + YEAR)
    organisation.refresh_from_db()
    assert organisation.yearly_stopped_on is None


def test_one_that_stopped_the_yearly_emails_is_not_flagged_for_silence_and_may_start_them_again():
    organisation = approved()
    upkeep.remind(NOON + YEAR)
    upkeep.stop_yearly(organisation.digest, NOON + YEAR)
    assert not Organisation.objects.without_yearly_answer((NOON + YEAR + 31 * DAY).date()).exists()
    again = organisation_answers(mailbox("office@example.org"), name=organisation.name)
    signing.confirm(token_of(signing.sign(again, NOON + YEAR)), ConfirmChoices(), NOON + YEAR)
    organisation.refresh_from_db()
    assert organisation.yearly_stopped_on is None
