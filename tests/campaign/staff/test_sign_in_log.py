"""Sign-ins stand in the log by the number of the account, without any address."""

import pytest
from django.contrib.auth import authenticate

from tests.staff_accounts import staff

pytestmark = pytest.mark.django_db


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
