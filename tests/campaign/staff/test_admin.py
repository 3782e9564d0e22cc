from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse

from campaign import retention_job
from campaign.staff.models import StaffUser
from tests.staff_accounts import NOON, sign_in, staff

pytestmark = pytest.mark.django_db
ADD = "/admin/staff/staffuser/add/"


@pytest.fixture
def administrator(client):
    ada = staff("ada@example.org", "view_staffuser", "add_staffuser", "change_staffuser")
    sign_in(client, ada, again=True)
    return client


def test_staff_are_deactivated_never_deleted(administrator):
    mona = staff("mona@example.org")
    assert administrator.post(reverse("admin:staff_staffuser_delete", args=[mona.pk])).status_code == 403
    change = reverse("admin:staff_staffuser_change", args=[mona.pk])
    administrator.post(change, {"email": mona.email, "name": mona.name})
    mona.refresh_from_db()
    assert not mona.is_active


def test_nobody_makes_themselves_more_than_staff(administrator):
    ada = StaffUser.objects.get(email="ada@example.org")
    change = reverse("admin:staff_staffuser_change", args=[ada.pk])
    crafted = {"is_superuser": "on", "user_permissions": ["1", "2"]}
    administrator.post(change, {"email": ada.email, "name": "Ada", "is_active": "on", **crafted})
    ada.refresh_from_db()
    assert (ada.name, ada.is_superuser, ada.user_permissions.count()) == ("Ada", False, 3)


def new(password: str) -> dict[str, str]:
    return {"email": "noor@example.org", "name": "Noor", "password1": password, "password2": password}


def test_a_new_member_of_staff_has_the_role_that_was_chosen(administrator):
    editor = Group.objects.get(name="editor")
    administrator.post(ADD, new("four bricks in a row") | {"groups": [editor.pk]})
    assert list(StaffUser.objects.get(email="noor@example.org").groups.all()) == [editor]


def test_staff_without_a_role_are_said_to_open_nothing(administrator):
    editor = Group.objects.get(name="editor")
    told = "Noor can open nothing yet. Give them a role."
    assert told in administrator.post(ADD, new("four bricks in a row"), follow=True).text
    change = reverse("admin:staff_staffuser_change", args=[StaffUser.objects.latest("pk").pk])
    values = {"email": "noor@example.org", "name": "Noor", "is_active": "on", "groups": [editor.pk]}
    assert told not in administrator.post(change, values, follow=True).text


def test_whoever_gives_a_role_reads_what_it_may(administrator):
    page = administrator.get(ADD).text
    assert "<li>auditor: read the records and the updates</li>" in page


@pytest.mark.parametrize("password", ["brick", "password1234", "noor@example.org"])
def test_a_password_that_is_soon_guessed_is_refused(administrator, password):
    administrator.post(ADD, new(password))
    assert not StaffUser.objects.filter(email="noor@example.org").exists()


@pytest.mark.parametrize("screen", ["add", "change", "password"])
def test_a_screen_left_unlocked_makes_and_changes_no_staff(administrator, screen):
    ada = StaffUser.objects.get()
    session = administrator.session
    del session["proved"]
    session.save()
    path = ADD if screen == "add" else f"/admin/staff/staffuser/{ada.pk}/{screen}/"
    answer = administrator.post(path, new("four bricks in a row"))
    assert answer.url.startswith("/admin/factor/again/")
    assert StaffUser.objects.count() == 1


def test_the_admins_log_holds_no_name(administrator):
    mona = staff("mona@example.org")
    change = reverse("admin:staff_staffuser_change", args=[mona.pk])
    administrator.post(change, {"email": "moni@example.org", "name": "Moni", "is_active": "on"})
    entry = LogEntry.objects.get()
    assert "Mon" not in entry.object_repr + entry.change_message
    assert "example.org" not in entry.object_repr + entry.change_message


def test_the_admins_log_is_kept_six_years_like_the_records():
    ada = staff()
    for days in (2193, 2191):
        when = NOON - timedelta(days=days)
        LogEntry.objects.create(user=ada, action_flag=CHANGE, action_time=when, object_repr=str(days))
    assert retention_job.erase_expired(NOON)["lines of the admin's log"] == 1
    assert LogEntry.objects.get().object_repr == "2191"
