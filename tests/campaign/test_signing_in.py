"""Who guesses passwords is slowed; the owner gets in."""

import pytest
from django.test import Client
from django.utils import timezone

from campaign.models import LimitCount
from pledges import limits
from tests.desk import PASSWORD, sign_in, staff

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


@pytest.fixture(autouse=True)
def few_tries(monkeypatch, time_machine):
    """Counts small enough to use up, and a clock that stands: no test straddles a window, nor midnight."""
    time_machine.move_to(timezone.now(), tick=False)
    LimitCount.objects.all().delete()
    monkeypatch.setitem(limits.RATES, "staff", "5/h")
    monkeypatch.setitem(limits.RATES, "staff-account", "8/h")


def guess(address: str, email="mona@example.org", password="wrong", client=None):
    sent = {"username": email, "password": password}
    return (client or Client()).post(LOGIN, sent, REMOTE_ADDR=address)


def test_h56_one_client_is_slowed():
    staff()
    assert [guess("192.0.2.1").status_code for _ in range(6)] == [200] * 5 + [429]
    assert guess("192.0.2.2").status_code == 200


def test_h56_one_account_is_slowed_however_many_clients_guess():
    staff()
    answers = [guess(f"192.0.2.{n}") for n in range(9)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [429]
    assert answers[-1]["Retry-After"]


def test_h56_the_owner_still_gets_in_from_a_browser_that_has_been_in_before():
    staff()
    own = Client()
    assert guess("198.51.100.1", password=PASSWORD, client=own).status_code == 302
    for n in range(20):
        guess(f"192.0.2.{n}")
    own.cookies.pop("__Secure-session")
    assert guess("198.51.100.1", password=PASSWORD).status_code == 429
    assert guess("198.51.100.1", password=PASSWORD, client=own).status_code == 302


def test_h56_a_known_browser_helps_with_no_other_account():
    staff()
    staff("noor@example.org")
    own = Client()
    guess("198.51.100.1", password=PASSWORD, client=own)
    for n in range(8):
        guess(f"192.0.2.{n}", email="noor@example.org")
    assert guess("198.51.100.1", email="noor@example.org", client=own).status_code == 429


def test_h56_nothing_tells_which_names_exist():
    staff()
    known, unknown = guess("192.0.2.1"), guess("192.0.2.2", email="nobody@example.org")
    assert known.status_code == unknown.status_code
    errors = [answer.context["form"].non_field_errors() for answer in (known, unknown)]
    assert errors[0] == errors[1]


def test_h56_an_inactive_account_answers_like_a_wrong_password():
    user = staff()
    user.is_active = False
    user.save()
    assert guess("192.0.2.1", password=PASSWORD).status_code == 200


def test_h56_the_old_password_is_not_guessed_on_the_page_that_changes_it_either(client):
    sign_in(client, staff())
    guesses = [client.post("/admin/password_change/", {"old_password": "wrong"}) for _ in range(6)]
    assert [answer.status_code for answer in guesses] == [200] * 5 + [429]


@pytest.mark.parametrize("address", ["", "done/"])
def test_where_the_password_is_changed_the_other_pages_are_still_at_hand(client, address):
    sign_in(client, staff())
    shown = client.get(f"/admin/password_change/{address}").text
    assert 'href="/admin/factor/"' in shown
    assert "theme-toggle" not in shown
