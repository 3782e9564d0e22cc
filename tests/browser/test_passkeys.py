"""Passkeys of staff in a real Chromium, with its virtual authenticator (CDP) in place of a security key."""

from urllib.parse import urlsplit

import pytest
from django_otp_webauthn.models import WebAuthnAttestation, WebAuthnCredential
from playwright.sync_api import expect

from campaign.models import RateLimitCount
from pledges.public_forms import rate_limits
from tests.browser.test_staff_area import sign_in, sign_out
from tests.staff_accounts import PASSWORD, staff

pytestmark = pytest.mark.browser


@pytest.fixture
def site(site, settings) -> str:
    """The site at localhost, where browsers allow passkeys."""
    settings.OTP_WEBAUTHN_RP_ID = urlsplit(site).hostname
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = [site]
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "session", "csrf"
    settings.DEBUG = False  # the demo would let one in without a factor
    staff("mona@example.org")
    return site


@pytest.fixture
def key(page) -> str:
    """A security key in this page's browser; returns its id."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


@pytest.fixture
def complaints(page) -> list[str]:
    """The errors on the browser's console; what the content policy refuses is one of them."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    return heard


def add_passkey(page, site, name="Blue key"):
    page.goto(f"{site}/admin/factor/passkey/new/")
    page.get_by_label("Name").fill(name)
    with page.expect_navigation():
        page.get_by_role("button", name="Add it").click()


def test_a_first_sign_in_sets_up_a_passkey_and_the_next_one_uses_it(page, site, key, complaints, blameless):
    sign_in(page, site, "mona", to="/admin/")
    page.get_by_role("link", name="Use a passkey").click()
    blameless(page)
    expect(page.locator("[data-passkey-problem]")).to_be_hidden()
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="continue").click()
    expect(page.locator("#user-tools")).to_be_visible()
    sign_out(page)

    sign_in(page, site, "mona", to="/admin/password_change/")
    blameless(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/admin/password_change/")
    assert complaints == []
    passkey = WebAuthnCredential.objects.get()
    assert (passkey.name, passkey.last_used_at is None) == ("Blue key", False)
    assert not WebAuthnAttestation.objects.exists()


def test_a_passkey_and_the_password_are_enough_where_they_are_asked_for_again(page, site, key):
    sign_in(page, site, "mona", to="/admin/")
    add_passkey(page, site)
    page.goto(f"{site}/admin/factor/again/?next=/admin/password_change/")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("alert").first).to_contain_text("not right")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/admin/password_change/")


def test_a_passkey_is_renamed_and_removed_but_never_the_only_factor(page, site, key):
    sign_in(page, site, "mona", to="/admin/")
    add_passkey(page, site)
    page.goto(f"{site}/admin/factor/again/?next=/admin/factor/list/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("Rename or remove").click()
    assert page.get_by_role("button", name="Remove this passkey").count() == 0
    page.get_by_label("Name").fill("Green key")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("Green key", exact=True)).to_be_visible()
    assert WebAuthnCredential.objects.get().name == "Green key"


def test_a_device_that_has_a_passkey_already_says_so(page, site, key):
    sign_in(page, site, "mona", to="/admin/")
    add_passkey(page, site)
    page.get_by_role("link", name="continue").click()
    page.goto(f"{site}/admin/factor/again/?next=/admin/factor/passkey/new/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_label("Name").fill("Again")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert")).to_contain_text("already")


def test_another_address_of_the_site_gets_no_passkey(page, site, key, settings):
    settings.OTP_WEBAUTHN_RP_ID, settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = ("localhost", ["https://elsewhere.example"])
    sign_in(page, site, "mona", to="/admin/")
    add_passkey(page, site)
    expect(page.get_by_role("alert").first).to_contain_text("was not added")
    assert not WebAuthnCredential.objects.exists()


def test_tries_with_a_passkey_are_limited_like_codes(page, site, key, monkeypatch):
    sign_in(page, site, "mona", to="/admin/")
    add_passkey(page, site)
    page.get_by_role("link", name="continue").click()
    RateLimitCount.objects.all().delete()
    monkeypatch.setitem(rate_limits.LIMITS, "staff-account", 1)
    page.goto(f"{site}/admin/factor/again/")
    for _ in range(2):
        page.get_by_label("Password").fill("wrong")
        with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            page.get_by_role("button", name="Use your passkey").click()
    assert answered.value.status == 429
