"""Sign-ins are logged with the number of the account, without any address."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.utils import timezone
from django_otp.oath import totp

from campaign.models import AuthenticatorApp
from campaign.staff import devices, staff_log
from pledges.models import QueuedEmail
from pledges.privacy import exports
from tests.staff_accounts import PASSWORD, sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked_for_factor(client):
    """A member of staff with an app and recovery codes, past the password in this client; and one of the codes."""
    user = staff("noor@example.org")
    sign_in(client, user)
    codes = devices.recovery_codes(user)
    client.logout()
    client.post("/admin/login/", {"username": user.email, "password": PASSWORD})
    return user, codes[0]


def queued() -> list[str]:
    return list(QueuedEmail.objects.order_by("pk").values_list("kind", flat=True))


def test_a_wrong_password_is_logged_without_the_address(caplog, rf):
    known = staff("admin@example.org")
    for name in ("Admin@example.org", "nobody@example.org"):
        authenticate(rf.post("/"), username=name, password="wrong")
    assert f"staff {known.pk}: password: refused" in caplog.text
    assert "staff unknown: password: refused" in caplog.text
    assert "@example" not in caplog.text


def test_signing_in_and_out_is_logged(caplog, client):
    caplog.set_level("INFO")
    known = staff("admin@example.org")
    client.force_login(known)
    client.logout()
    assert f"staff {known.pk}: password: accepted" in caplog.text
    assert f"staff {known.pk}: signed out" in caplog.text


def test_a_wrong_code_and_a_wrong_passkey_are_logged(caplog, client, asked_for_factor):
    user, _code = asked_for_factor
    client.post("/admin/factor/", {"code": "WRONG-WRONG"})
    client.post("/admin/factor/", {"passkey": "{}"})
    assert f"staff {user.pk}: code: refused" in caplog.text
    assert f"staff {user.pk}: passkey: refused" in caplog.text
    assert "WRONG" not in caplog.text


def test_a_used_recovery_code_is_logged(caplog, client, asked_for_factor):
    caplog.set_level("INFO")
    user, recovery_code = asked_for_factor
    client.post("/admin/factor/", {"code": recovery_code})
    assert f"staff {user.pk}: recovery code: accepted" in caplog.text
    assert recovery_code not in caplog.text


def test_a_page_that_the_role_does_not_cover_is_logged(caplog, client):
    user = sign_in(client, staff())
    assert client.get("/admin/pledges/export/").status_code == 403
    assert f"staff {user.pk}: admin:pledges_export_changelist: refused" in caplog.text


def test_a_reset_on_the_command_line_is_marked_in_the_staff_log():
    user = staff()
    call_command("reset_second_factor", user.email)
    [line] = staff_log.lines({})
    assert (line.who, line.by_command, line.on) == (None, True, "Mona")


def test_an_export_is_logged(caplog):
    caplog.set_level("INFO")
    user = staff()
    exports.begin("email", "news", user, timezone.now())
    assert f"staff {user.pk}: export of email contacts: begun" in caplog.text


def test_the_owner_is_emailed_about_a_sign_in_from_a_new_browser_only(client, asked_for_factor):
    user, recovery_code = asked_for_factor
    client.post("/admin/factor/", {"code": recovery_code})
    assert queued() == ["new-sign-in"]
    client.post("/admin/logout/")  # the browser keeps its cookies
    client.post("/admin/login/", {"username": user.email, "password": PASSWORD})
    app = AuthenticatorApp.objects.get()
    assert client.post("/admin/factor/", {"code": f"{totp(app.bin_key):06d}"}).status_code == 302
    assert queued() == ["new-sign-in"]


def test_the_owner_is_emailed_about_new_recovery_codes(client):
    sign_in(client, staff(), again=True)
    assert client.post("/admin/factor/codes/").status_code == 200
    assert queued() == ["factor-changed"]


def test_the_owner_is_emailed_about_a_new_app():
    user = staff()
    app = devices.new_app(user, devices.new_key())
    assert devices.activate_app(user, app, f"{totp(app.bin_key):06d}")
    assert queued() == ["factor-changed"]
