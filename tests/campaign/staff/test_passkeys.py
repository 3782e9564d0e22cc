"""Passkeys without a browser: what it is asked, and answers that prove nothing (see tests/browser/test_passkeys.py)."""

import json

import pytest
from django_otp_webauthn.models import WebAuthnCredential

from campaign.staff import devices, factor_forms, passkeys
from tests.campaign.staff.test_second_factor import NEW, PROVE, type_password
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
ADD = "/admin/factor/passkey/new/"


def passkey_of(user, name="Blue key") -> WebAuthnCredential:
    return WebAuthnCredential.objects.create(
        user=user, name=name, credential_id=name.encode(), public_key=b"x", aaguid=""
    )


def test_a_passkey_belongs_to_the_configured_address_whatever_the_host_header_says(client, settings):
    settings.OTP_WEBAUTHN_RP_ID = "pledge.example.org"
    type_password(client, staff().email)
    options = json.loads(client.get(ADD, headers={"host": "localhost"}).context["options"])
    assert options["rp"]["id"] == "pledge.example.org"


def test_a_password_alone_adds_no_passkey_beside_another_factor(client):
    passkey_of(staff())
    type_password(client)
    assert client.get(ADD).url.startswith(PROVE)


def test_a_passkey_alone_counts_as_a_second_factor(client):
    passkey_of(staff())
    type_password(client)
    page = client.get(PROVE)
    assert json.loads(page.context["options"])["allowCredentials"]
    assert client.get(NEW).url.startswith(PROVE)


@pytest.mark.parametrize(
    "answer",
    ["{}", "[]", "no json", "[" * 9999, '{"id": 5}', '{"id": "x", "rawId": "x", "type": "public-key", "response": 3}'],
)
def test_an_answer_of_the_wrong_shape_proves_and_adds_nothing(client, answer):
    passkey_of(staff())
    type_password(client)
    client.get(PROVE)
    assert client.post(PROVE, {"passkey": answer}).status_code == 422
    user = staff("noor@example.org")
    type_password(client, "noor@example.org")
    client.get(ADD)
    assert client.post(ADD, {"name": "Key", "passkey": answer}).status_code == 422
    assert not passkeys.passkeys_of(user).exists()


def test_a_challenge_is_used_once(client):
    passkey_of(staff())
    type_password(client)
    client.get(PROVE)
    assert passkeys.AUTHENTICATING in client.session
    asked = client.session[passkeys.AUTHENTICATING]["challenge"]
    client.post(PROVE, {"passkey": "{}"})
    assert client.session[passkeys.AUTHENTICATING]["challenge"] != asked


def test_a_passkey_of_another_member_of_staff_is_not_found(client):
    other = passkey_of(staff("noor@example.org"))
    sign_in(client, staff(), again=True)
    assert client.post(f"/admin/factor/passkey/{other.pk}/", {"remove": "yes"}).status_code == 404
    assert WebAuthnCredential.objects.exists()


def test_one_of_two_factors_is_removed_and_the_last_one_is_not(client):
    user = sign_in(client, staff(), again=True)
    passkey = passkey_of(user)
    client.post("/admin/factor/app/")
    assert devices.factors(user) == 1
    assert not devices.remove(user, passkey)
    assert devices.factors(user) == 1


def test_a_reset_removes_passkeys_too(client):
    user = staff()
    passkey_of(user)
    devices.reset(user)
    assert not devices.has_factor(user)


def test_a_changed_factor_ends_the_other_sessions(client):
    user = sign_in(client, staff(), again=True)
    before = client.session.get("_auth_user_hash")
    client.post(f"/admin/factor/passkey/{passkey_of(user).pk}/", {"remove": "yes"})
    assert client.session["_auth_user_hash"] != before
    assert client.get("/admin/").status_code == 200


def test_a_form_answered_by_passkey_changes_no_other_form():
    given = factor_forms.CodeForm({"passkey": "{}"})
    factor_forms.AgainForm({})
    assert factor_forms.CodeForm({}).fields["code"].required
    assert "autofocus" in factor_forms.NewAppForm().fields["code"].widget.attrs
    assert not given.fields["code"].required
