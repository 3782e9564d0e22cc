"""Guesses at passwords are limited; the owner can still sign in."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaign.models import AuthenticatorApp, RateLimitCount
from campaign.staff import devices
from campaign.staff.models import StaffUser
from pledges.public_forms import rate_limits
from tests.campaign.staff.test_second_factor import INDEX, PROVE, later, set_up
from tests.staff_accounts import PASSWORD, sign_in, staff

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


@pytest.fixture(autouse=True)
def few_tries(monkeypatch, time_machine):
    """Lowers the limits and stops the clock, so that no window or day ends during a test."""
    time_machine.move_to(timezone.now(), tick=False)
    RateLimitCount.objects.all().delete()
    monkeypatch.setitem(rate_limits.LIMITS, "staff", 5)
    monkeypatch.setitem(rate_limits.LIMITS, "staff-account", 8)
    monkeypatch.setitem(rate_limits.LIMITS, "staff-account-client", 3)


def guess(address: str, email="mona@example.org", password="wrong", client=None):
    sent = {"username": email, "password": password}
    return (client or Client()).post(LOGIN, sent, REMOTE_ADDR=address)


@pytest.fixture
def own():
    """A browser in which Mona has signed in with both factors, and out again."""
    staff()
    own = Client()
    guess("198.51.100.1", password=PASSWORD, client=own)
    set_up(own)
    own.cookies.pop("__Secure-session")
    return own


def test_one_client_is_slowed_whichever_accounts_it_tries():
    answers = [guess("192.0.2.1", email=f"{n}@example.org").status_code for n in range(6)]
    assert answers == [200] * 5 + [429]
    assert guess("192.0.2.2").status_code == 200


def test_how_long_to_wait_is_told_in_minutes():
    answer = [guess("192.0.2.1") for _ in range(4)][-1]
    assert re.search(r"Please wait \d\d? minutes?,", answer.text)
    assert "new one" in answer.text


def test_one_client_can_not_use_up_the_tries_of_others():
    staff()
    assert [guess("192.0.2.1").status_code for _ in range(9)] == [200] * 3 + [429] * 6
    assert guess("192.0.2.2", password=PASSWORD).status_code == 302


@pytest.mark.parametrize(
    "spelling", ["ＭＯＮＡ@example.org", "mona＠example.org", " Mona@Example.ORG", "ᵐona@example.org"]
)
def test_every_spelling_of_an_account_counts_as_the_same(spelling):
    staff()
    assert guess("198.51.100.7", email=spelling, password=PASSWORD).status_code == 302
    for n in range(7):
        guess(f"192.0.2.{n}", email="mona@example.org")
    assert guess("192.0.2.99", email=spelling).status_code == 429


def test_an_account_is_stored_in_the_spelling_it_is_looked_up_by():
    StaffUser.objects.create_user("ＮＯＯＲ@Example.org", PASSWORD)
    typed = StaffUser(email="Omar@Example.org")
    typed.clean()  # as the forms of the admin do
    assert (StaffUser.objects.get().email, typed.email) == ("noor@example.org", "omar@example.org")


def test_one_account_is_slowed_however_many_clients_guess():
    staff()
    answers = [guess(f"192.0.2.{n}") for n in range(9)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [429]
    assert answers[-1]["Retry-After"]


def test_the_owner_still_gets_in_from_a_browser_that_has_been_in_before(own):
    for n in range(20):
        guess(f"192.0.2.{n}")
    assert guess("198.51.100.1", password=PASSWORD).status_code == 429
    assert guess("198.51.100.1", password=PASSWORD, client=own).status_code == 302


def test_a_stranger_behind_the_offices_address_does_not_lock_the_owner_out(own):
    for n in range(20):
        guess("198.51.100.1")
        guess("198.51.100.1", email=f"{n}@example.org")
    assert guess("198.51.100.1", password=PASSWORD, client=own).status_code == 302
    code = later(AuthenticatorApp.objects.get())
    assert own.post(PROVE, {"code": code}, REMOTE_ADDR="198.51.100.1").status_code == 302
    assert own.get(INDEX).status_code == 200


def test_codes_are_counted_by_account_from_wherever_they_are_tried(own, monkeypatch):
    monkeypatch.setattr(devices, "device_of_code", lambda user, typed: None)
    strangers = [Client() for _ in range(3)]  # who know the password, and sign in afresh for each few tries
    for place, stranger in enumerate(strangers):
        guess(f"192.0.2.{place}", password=PASSWORD, client=stranger)
    for tried in range(9):
        answer = strangers[tried % 3].post(PROVE, {"code": "123456"}, REMOTE_ADDR=f"192.0.2.{tried}")
    assert answer.status_code == 429
    assert re.search(r"too many tries\. Please wait \d\d? minutes", answer.text)
    assert int(answer["Retry-After"]) <= 3600
    guess("198.51.100.1", password=PASSWORD, client=own)
    assert "too many tries" not in own.post(PROVE, {"code": "123456"}).text


def test_a_password_alone_makes_no_browser_known():
    staff()
    assert set(guess("192.0.2.1", password=PASSWORD).cookies) == {"__Secure-session", "__Secure-csrf"}


def test_a_failed_sign_in_does_not_extend_the_session(own, time_machine):
    guess("198.51.100.1", password=PASSWORD, client=own)
    own.post(PROVE, {"code": later(AuthenticatorApp.objects.get())})
    for _ in range(6):
        time_machine.shift(timedelta(minutes=101))
        guess("198.51.100.1", client=own)
    assert own.get(INDEX).status_code == 302


def test_a_second_sign_in_asks_for_the_second_factor_again(own):
    guess("198.51.100.1", password=PASSWORD, client=own)
    own.post(PROVE, {"code": later(AuthenticatorApp.objects.get())})
    assert own.get(INDEX).status_code == 200
    guess("198.51.100.1", password=PASSWORD, client=own)
    assert own.get(INDEX).status_code == 302


def test_the_sessions_id_changes_at_each_step_up(own):
    ids = [own.session.session_key]
    guess("198.51.100.1", password=PASSWORD, client=own)
    ids.append(own.session.session_key)
    own.post(PROVE, {"code": later(AuthenticatorApp.objects.get())})
    ids.append(own.session.session_key)
    own.post("/admin/factor/again/", {"password": PASSWORD, "code": later(AuthenticatorApp.objects.get())})
    ids.append(own.session.session_key)
    assert len(set(ids)) == 4


def test_setting_up_a_factor_changes_the_sessions_id(client):
    staff()
    guess("192.0.2.1", password=PASSWORD, client=client)
    before = client.session.session_key
    set_up(client)
    assert client.session.session_key != before


def test_a_known_browser_helps_with_no_other_account(own):
    staff("noor@example.org")
    for n in range(8):
        guess(f"192.0.2.{n}", email="noor@example.org")
    assert guess("198.51.100.1", email="noor@example.org", client=own).status_code == 429


def test_answers_do_not_show_which_accounts_exist():
    staff()
    known, unknown = guess("192.0.2.1"), guess("192.0.2.2", email="nobody@example.org")
    assert known.status_code == unknown.status_code
    errors = [answer.context["form"].non_field_errors() for answer in (known, unknown)]
    assert errors[0] == errors[1]


def test_an_inactive_account_answers_like_a_wrong_password():
    user = staff()
    user.is_active = False
    user.save()
    assert guess("192.0.2.1", password=PASSWORD).status_code == 200


def test_the_old_password_is_not_guessed_on_the_page_that_changes_it_either(client):
    sign_in(client, staff())
    guesses = [client.post("/admin/password_change/", {"old_password": "wrong"}) for _ in range(9)]
    assert [answer.status_code for answer in guesses] == [200] * 8 + [429]


@pytest.mark.parametrize("address", ["", "done/"])
def test_the_page_to_change_the_password_has_the_header_of_the_staff_area(client, address):
    sign_in(client, staff())
    shown = client.get(f"/admin/password_change/{address}").text
    assert 'href="/admin/factor/"' in shown
    assert "theme-toggle" not in shown
