from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from campaign.staff.roles import MAY, ROLES
from tests.staff_accounts import sign_in, staff

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db


def held(group: Group) -> set[str]:
    rows = group.permissions.select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}" for row in rows}


def test_the_migrations_have_made_the_roles_as_the_code_says():
    assert {group.name: held(group) for group in Group.objects.all()} == {
        name: set(permissions) for name, permissions in ROLES.items()
    }


def test_each_role_is_told_in_the_words_of_the_manual():
    manual = (ROOT / "docs/staff.md").read_text()
    assert MAY.keys() == ROLES.keys()
    assert [name for name, may in MAY.items() if f"| {name} | {may} |" not in manual] == []


def test_no_role_may_delete_anything():
    assert not Permission.objects.filter(group__isnull=False, codename__startswith="delete_").exists()


def test_staff_at_a_screen_of_another_role_are_led_back_to_the_staff_area(client):
    sign_in(client, staff("mona@example.org", "view_organisation"))
    answer = client.get("/admin/reports/update/add/")
    assert answer.status_code == 403
    assert "belongs to another role" in answer.text
    assert '<a class="btn" href="/admin/">' in answer.text
    assert "Sign the pledge" not in answer.text


def test_staff_whose_form_is_too_old_are_told_to_open_its_page_again():
    client = Client(enforce_csrf_checks=True)
    sign_in(client, staff())
    answer = client.post("/admin/password_change/")
    assert answer.status_code == 403
    assert "open its page again" in answer.text


def test_a_visitor_who_is_not_signed_in_gets_the_public_page():
    answer = Client(enforce_csrf_checks=True).post("/admin/login/")
    assert answer.status_code == 403
    assert "can’t do that from here" in answer.text
    assert "/admin/" not in answer.text
