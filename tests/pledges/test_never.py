"""Who asks never to be written to again, and who can't ask it for them."""

from datetime import timedelta

import pytest
from django.core import mail

from pledges import links, sending, signing
from pledges.links import Door
from pledges.models import Blocked, Contact
from tests.pledges.makers import ALICE, BOB, NOW, answers
from tests.pledges.test_mine import BOBS, wish

pytestmark = pytest.mark.django_db


def test_h50_one_post_of_the_mail_program_is_enough(client, post):
    signing.sign(answers(ALICE), NOW)
    sending.send_due(NOW)
    headers = mail.outbox[0].extra_headers
    path = headers["List-Unsubscribe"].strip("<>").removeprefix("https://pledge.example.org")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200  # multipart
    assert Blocked.objects.get().digest == links.digest(ALICE.identity)


def test_h50_a_get_only_shows_a_form(client, post):
    page = client.get(f"/pledge/never/{links.key(Door.NEVER, BOBS)}/")
    assert b"<form" in page.content
    assert not Blocked.objects.exists()


def test_h50_the_link_of_a_letter_works_for_400_days(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    path = f"/pledge/never/{links.key(Door.NEVER, BOBS)}/"
    time_machine.move_to(NOW + timedelta(days=400), tick=False)
    assert client.get(path).status_code == 200
    time_machine.shift(timedelta(seconds=1))
    assert client.get(path).status_code == 404


def test_h27_the_form_as_served_blocks_nobody(client, post):
    path = f"/pledge/never/{links.key(Door.NEVER, BOBS)}/"
    assert post(path).status_code == 422
    assert not Blocked.objects.exists()
    assert post(path, {"sure": "on"}).status_code == 200
    assert Blocked.objects.exists()


def test_h50_a_key_of_another_purpose_blocks_nobody(client, post):
    assert post(f"/pledge/never/{links.key(Door.MINE, BOBS)}/").status_code == 404
    assert not Blocked.objects.exists()


def test_h64_who_asked_for_no_letter_gets_none_and_the_page_is_the_same(client, post, bob):
    wish(post, "never", sure="on")
    page = post("/pledge/mine/", {"email": BOB.address})
    sending.send_due(NOW)
    assert page.status_code == 303
    assert not mail.outbox
    assert not Contact.objects.filter(channel="email").exists()
