"""From the invitation by email to the first sign-in; and what an administrator does when a factor is lost."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from campaign.staff import accounts, devices
from campaign.staff.models import StaffUser
from pledges.crypto import tokens
from pledges.emails import sending
from pledges.inputs.email_address import mailbox
from pledges.models import EmailBlock
from tests.staff_accounts import PASSWORD, sign_in, staff

pytestmark = pytest.mark.django_db
CHOSEN = {"new_password1": PASSWORD, "new_password2": PASSWORD}


def email() -> str:
    """The text of the only email that is sent now."""
    mail.outbox.clear()
    sending.send_due(timezone.now())
    [message] = mail.outbox
    return message.body


def link() -> str:
    return re.search(r"https://pledge.example.org(/admin/invitation/\S+)", email())[1]


@pytest.fixture
def invited(client) -> str:
    """The link that Noor gets."""
    ada = staff("ada@example.org", "view_staffuser", "add_staffuser", "change_staffuser")
    sign_in(client, ada, again=True)
    client.post("/admin/staff/staffuser/add/", {"email": "noor@example.org", "name": "Noor"})
    return link()


def test_an_invitation_leads_to_a_password_and_on_to_the_second_factor(invited):
    noor = Client()
    assert "noor@example.org" in noor.get(invited).text
    answer = noor.post(invited, CHOSEN, follow=True)
    assert answer.request["PATH_INFO"] == "/admin/factor/new/"
    assert StaffUser.objects.get(email="noor@example.org").check_password(PASSWORD)


def test_the_page_to_invite_says_that_an_email_brings_the_link(client):
    sign_in(client, staff("ada@example.org", "view_staffuser", "add_staffuser"), again=True)
    assert "They get an email with a link" in client.get("/admin/staff/staffuser/add/").text


def test_an_invitation_says_who_invites_and_with_which_roles(client):
    ada = staff("ada@example.org", "view_staffuser", "add_staffuser", "change_staffuser")
    sign_in(client, ada, again=True)
    roles = [Group.objects.get(name=name).pk for name in ("editor", "auditor")]
    client.post("/admin/staff/staffuser/add/", {"email": "noor@example.org", "groups": roles})
    text = " ".join(email().split())
    assert f"{ada.get_short_name()} has added an account for you" in text
    assert "Your roles: auditor, editor." in text


def test_a_second_account_with_an_address_is_refused_and_the_first_is_in_the_list(client):
    sign_in(client, staff("ada@example.org", "view_staffuser", "add_staffuser"), again=True)
    answer = client.post("/admin/staff/staffuser/add/", {"email": "ADA@example.org"})
    assert "Search for it in the list; it may be deactivated" in answer.text


def test_the_link_of_an_invitation_works_once(invited):
    Client().post(invited, CHOSEN)
    again = {"new_password1": "another row of six bricks", "new_password2": "another row of six bricks"}
    answer = Client().post(invited, again)
    assert (answer.status_code, "no longer works" in answer.text) == (410, True)
    assert StaffUser.objects.get(email="noor@example.org").check_password(PASSWORD)


def test_the_link_of_an_invitation_ends_after_seven_days(invited, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert Client().get(invited).status_code == 410


def test_the_link_of_a_deactivated_account_does_nothing(invited):
    StaffUser.objects.filter(email="noor@example.org").update(is_active=False)
    assert Client().post(invited, CHOSEN).status_code == 410


@pytest.mark.parametrize("password", ["zx7 heron q", "1q2w3e4r5t6y", "noor@example.org", "caredontshare2026"])
def test_a_password_that_is_soon_guessed_is_refused(invited, password):
    answer = Client().post(invited, {"new_password1": password, "new_password2": password})
    assert answer.status_code == 422
    assert not StaffUser.objects.get(email="noor@example.org").has_usable_password()


def test_a_long_password_of_any_characters_counts_as_it_was_typed(invited):
    typed = " \U0001f9f1 Zoë's wall, " * 10
    Client().post(invited, {"new_password1": typed, "new_password2": typed})
    for tried, works in ((typed[:-1], False), (typed.strip(), False), (typed.upper(), False), (typed, True)):
        answer = Client().post("/admin/login/", {"username": "noor@example.org", "password": tried})
        assert (answer.status_code == 302) is works


def test_passwords_are_masked_and_open_to_password_managers(invited, client):
    pages = [Client().get(invited), Client().get("/admin/login/"), client.get("/admin/password_change/")]
    fields = [field for page in pages for field in re.findall(r'<input[^>]+name="[^"]*password[^>]*>', page.text)]
    assert len(fields) == 6
    for field in fields:
        assert 'type="password"' in field
        assert re.search('autocomplete="(new|current)-password"', field)


def test_a_password_is_changed_only_with_the_present_one(client):
    noor = sign_in(client, staff("noor@example.org"))
    chosen = {"new_password1": "six rows of seven bricks", "new_password2": "six rows of seven bricks"}
    for present, changed in (("wrong", False), (PASSWORD, True)):
        client.post("/admin/password_change/", {"old_password": present, **chosen})
        noor.refresh_from_db()
        assert noor.check_password("six rows of seven bricks") is changed


def test_a_new_site_has_no_account():
    assert not StaffUser.objects.exists()


def test_a_link_for_a_forgotten_password_leaves_the_present_one_until_it_is_used(client):
    noor = staff("noor@example.org")
    accounts.invite(noor, timezone.now())
    sent = link()
    assert noor.check_password(PASSWORD)
    assert Client().get(sent).status_code == 200


def test_a_new_password_by_link_does_not_replace_the_second_factor():
    noor = staff("noor@example.org")
    sign_in(Client(), noor)
    accounts.invite(noor, timezone.now())
    answer = Client().post(link(), CHOSEN, follow=True)
    assert answer.request["PATH_INFO"] == "/admin/factor/"


def test_an_administrator_resets_a_lost_factor_and_its_owner_is_told(client):
    noor, hers = staff("noor@example.org"), Client()
    sign_in(hers, noor)
    ada = staff("ada@example.org", "view_staffuser", "change_staffuser")
    sign_in(client, ada, again=True)
    page = f"/admin/staff/staffuser/{noor.pk}/factor/"
    shown = client.get(page).text
    assert "<h1>Reset the second factor of Noor</h1>" in shown
    assert "Telephone them first" in shown
    assert devices.has_factor(noor)
    assert "Noor: The second factor was reset." in client.post(page, follow=True).text
    assert not devices.has_factor(noor)
    assert hers.get("/admin/").status_code == 302
    assert "was reset" in email()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (ada, str(noor.pk), "The second factor was reset.")


def test_the_owner_is_told_of_a_reset_on_the_command_line_too(capsys):
    call_command("reset_second_factor", staff().email)
    assert "was reset" in email()


def test_a_blocked_mailbox_gets_emails_about_its_own_account():
    mona = staff()
    EmailBlock.objects.create(digest=tokens.digest(mailbox(mona.email).identity), blocked_on=timezone.now())
    accounts.reset_factor(mona, timezone.now())
    assert "was reset" in email()


def test_nobody_without_the_permission_sends_links_or_resets_factors(client):
    noor = staff("noor@example.org")
    sign_in(client, staff("mona@example.org", "view_staffuser"), again=True)
    for act in ("invitation", "factor"):
        assert client.post(f"/admin/staff/staffuser/{noor.pk}/{act}/").status_code == 403
