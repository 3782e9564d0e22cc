"""The second factor, from the first sign-in to a lost phone."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken

from campaign.models import AuthenticatorApp
from campaign.staff import devices
from campaign.staff.models import StaffUser
from pledges.privacy import reencrypt
from tests.staff_accounts import PASSWORD, sign_in, staff

pytestmark = pytest.mark.django_db
COST = devices.SCRYPT  # before tests make it quicker
LOGIN, INDEX, PROVE, NEW = "/admin/login/", "/admin/", "/admin/factor/", "/admin/factor/new/"


def type_password(client, email="mona@example.org"):
    return client.post(LOGIN, {"username": email, "password": PASSWORD})


def code(app: AuthenticatorApp) -> str:
    return f"{totp(app.bin_key):06d}"


def set_up(client) -> list[str]:
    """Sets up an app through the pages; returns the recovery codes shown."""
    client.get(NEW)
    app = devices.new_app(StaffUser(), client.session["new key"])
    return re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", client.post(NEW, {"code": code(app)}).text)


def later(app: AuthenticatorApp) -> str:
    """A code of the app that was not used yet."""
    AuthenticatorApp.objects.filter(pk=app.pk).update(last_t=-1)
    return code(app)


def test_a_new_member_of_staff_sets_up_a_factor_before_anything_else(client):
    staff()
    assert type_password(client).status_code == 302
    assert client.get(INDEX, follow=True).request["PATH_INFO"] == NEW
    assert len(set_up(client)) == 10
    assert client.get(INDEX).status_code == 200


def test_a_staff_code_in_full_width_digits_is_understood(client):
    devices.activate_app(staff(), app := devices.new_app(staff("noor@example.org"), devices.new_key()), code(app))
    type_password(client, "noor@example.org")
    wide = later(app).translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    client.post(PROVE, {"code": f"\u200b{wide}"})
    assert client.get(INDEX).status_code == 200


def test_the_next_sign_in_asks_for_a_code_and_goes_where_it_was_going(client):
    devices.activate_app(staff(), app := devices.new_app(staff("noor@example.org"), devices.new_key()), code(app))
    type_password(client, "noor@example.org")
    wanted = reverse("admin:password_change")
    asked = client.get(wanted, follow=True)
    assert asked.request["PATH_INFO"] == PROVE
    answer = client.post(f"{PROVE}?{asked.request['QUERY_STRING']}", {"code": later(app)})
    assert answer.url == wanted


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_factor_page_redirects_to_no_other_site(client, wanted):
    type_password(client, staff().email)
    client.get(NEW)
    set_up(client)
    client.logout()
    type_password(client)
    app = AuthenticatorApp.objects.get()
    assert client.post(f"{PROVE}?next={wanted}", {"code": later(app)}).url == INDEX


@pytest.mark.parametrize("path", [NEW, "/admin/factor/code.svg", PROVE])
def test_a_password_alone_opens_no_page_and_shows_no_factor(client, path):
    user = staff()
    sign_in(client, user)
    client.logout()
    type_password(client)
    assert "otpauth" not in client.get(path).text
    assert client.get(NEW).status_code == 302
    assert client.get(INDEX).status_code == 302


def test_a_code_works_once(client, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # the app shows the same code at both asks
    staff()
    type_password(client)
    set_up(client)
    app = AuthenticatorApp.objects.get()
    client.logout()
    type_password(client)
    assert client.post(PROVE, {"code": code(app)}).status_code == 422


def test_no_key_of_an_app_is_readable_in_session_or_table(client):
    type_password(client, staff().email)
    client.get(NEW)
    key = devices.new_app(StaffUser(), client.session["new key"]).bin_key.hex()
    assert key not in repr(dict(client.session))
    set_up(client)
    assert AuthenticatorApp.objects.get().bin_key.hex() == key
    assert key not in repr(AuthenticatorApp.objects.values().get())


def test_apps_work_after_the_secret_key_was_rotated(settings):
    user = sign_in(Client(), staff())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]
    reencrypt.reencrypt()
    settings.SECRET_KEY_FALLBACKS = []
    assert devices.device_of_code(user, code(AuthenticatorApp.objects.get()))


def test_an_app_whose_key_can_not_be_decrypted_lets_no_one_in(settings, caplog):
    user = sign_in(Client(), staff())
    shown = code(AuthenticatorApp.objects.get())
    settings.SECRET_KEY = "another" * 10
    assert devices.device_of_code(user, shown) is None
    assert "needs a reset of the second factor" in caplog.text


def test_a_recovery_code_works_once_and_is_stored_as_a_hash(client):
    staff()
    type_password(client)
    first = set_up(client)[0]
    assert not StaticToken.objects.filter(token__icontains=first[:5]).exists()
    for worked in (302, 422):
        client.logout()
        type_password(client)
        assert client.post(PROVE, {"code": first.lower()}).status_code == worked


def test_the_hash_of_a_recovery_code_costs_what_asvs_asks():
    """ASVS 5.0, appendix C: scrypt with p of 3 or more, N of 2^15 or more and r = 8."""
    assert (COST["n"], COST["r"], COST["p"]) == (2**15, 8, 3)


def test_new_recovery_codes_ask_for_password_and_code_again(client):
    staff()
    type_password(client)
    before = set_up(client)
    assert "Nothing has changed yet" in client.post("/admin/factor/codes/", follow=True).text
    app = AuthenticatorApp.objects.get()
    assert client.post("/admin/factor/again/", {"password": "wrong", "code": later(app)}).status_code == 422
    client.post("/admin/factor/again/", {"password": PASSWORD, "code": later(app)})
    assert client.post("/admin/factor/codes/").status_code == 200
    assert devices.device_of_code(app.user, before[0]) is None


def test_sessions_end_when_the_password_changes(client):
    user = sign_in(client, staff())
    user.set_password("another brick")
    user.save()
    assert client.get(INDEX).status_code == 302


def test_sessions_end_when_the_factor_changes(client):
    user = sign_in(client, staff())
    devices.reset(user)
    assert not client.get(INDEX, follow=True).wsgi_request.user.is_authenticated


def test_the_command_resets_a_lost_factor(client, capsys):
    staff()
    type_password(client)
    set_up(client)
    call_command("reset_second_factor", "Mona@example.org")
    client.logout()
    type_password(client)
    assert client.get(INDEX, follow=True).request["PATH_INFO"] == NEW


def test_a_session_ends_after_two_idle_hours(client, settings):
    sign_in(client, staff())
    assert settings.SESSION_COOKIE_AGE == 2 * 3600
    assert client.get(INDEX).cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 2 * 3600


def test_a_session_ends_after_ten_hours_however_busy(client, time_machine):
    sign_in(client, staff())
    time_machine.move_to(timezone.now())
    assert client.get(INDEX).status_code == 200
    for _ in range(10):
        time_machine.shift(timedelta(hours=1, minutes=1))
        answer = client.get(INDEX)
    assert answer.status_code == 302


def test_of_password_and_code_the_first_has_the_focus(client):
    sign_in(client, staff())
    page = client.get("/admin/factor/again/").text
    assert page.count("autofocus") == 1
    assert page.index("autofocus") < page.index('name="code"')


def test_in_the_demo_the_factor_is_optional_and_a_banner_says_so(client, settings):
    settings.DEBUG = True
    staff()
    type_password(client)
    assert "without a second factor" in client.get(INDEX).text


def test_the_demo_without_a_factor_asks_for_the_password_again(client, settings):
    settings.DEBUG = True
    staff("mona@example.org", "export_contacts")
    type_password(client)
    take_out = "/admin/pledges/export/add/"
    again = client.get(take_out).url
    assert again.startswith("/admin/factor/again/")
    assert "That is not your password." in client.post(again, {"password": "wrong"}).text
    assert client.post(again, {"password": PASSWORD}).url == take_out
    assert client.get(take_out).status_code == 200


def test_the_cookies_of_staff_stay_in_the_admin(client, settings):
    staff()
    type_password(client)
    set_up(client)
    cookies = client.cookies
    assert {name for name in cookies if cookies[name].value} == {"__Secure-session", "__Secure-csrf", "__Secure-known"}
    for cookie in cookies.values():
        flags = (cookie["path"], cookie["secure"], cookie["httponly"], cookie["samesite"])
        assert flags == ("/admin/", True, True, "Strict"), cookie.key


def test_messages_of_the_staff_area_set_no_cookie(client):
    sign_in(client, staff("mona@example.org", "view_listvisibility", "switch_lists"))
    answer = client.post("/admin/pledges/listvisibility/add/", {"lists_hidden": "on"})
    assert answer.status_code == 302
    assert set(answer.cookies) <= {"__Secure-session", "__Secure-csrf"}
    assert client.get(answer.url).context["messages"]
