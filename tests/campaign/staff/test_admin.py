from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse

from campaign.privacy import retention_job
from campaign.staff import sessions
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


def test_staff_can_not_make_themselves_superusers(administrator):
    ada = StaffUser.objects.get(email="ada@example.org")
    change = reverse("admin:staff_staffuser_change", args=[ada.pk])
    crafted = {"is_superuser": "on", "user_permissions": ["1", "2"]}
    administrator.post(change, {"email": ada.email, "name": "Ada", "is_active": "on", **crafted})
    ada.refresh_from_db()
    assert (ada.name, ada.is_superuser, ada.user_permissions.count()) == ("Ada", False, 3)


NOOR = {"email": "noor@example.org", "name": "Noor"}


def test_a_new_member_of_staff_has_the_role_that_was_chosen(administrator):
    editor = Group.objects.get(name="editor")
    administrator.post(ADD, NOOR | {"groups": [editor.pk]})
    assert list(StaffUser.objects.get(email="noor@example.org").groups.all()) == [editor]


def test_staff_without_a_role_are_said_to_open_nothing(administrator):
    editor = Group.objects.get(name="editor")
    told = "Noor can’t open anything yet: give them a role."
    assert told in administrator.post(ADD, NOOR, follow=True).text
    change = reverse("admin:staff_staffuser_change", args=[StaffUser.objects.latest("pk").pk])
    values = {"email": "noor@example.org", "name": "Noor", "is_active": "on", "groups": [editor.pk]}
    assert told not in administrator.post(change, values, follow=True).text


def test_the_form_that_gives_a_role_says_what_it_may(administrator):
    page = administrator.get(ADD).text
    assert "auditor: read the records and the updates" in page
    assert 'type="checkbox" name="groups"' in page


@pytest.mark.parametrize("screen", ["add", "change", "invitation", "factor"])
def test_changing_staff_asks_for_password_and_factor_again(administrator, screen):
    ada = StaffUser.objects.get()
    session = administrator.session
    del session[sessions.REAUTHENTICATED]
    session.save()
    path = ADD if screen == "add" else f"/admin/staff/staffuser/{ada.pk}/{screen}/"
    answer = administrator.post(path, NOOR)
    assert answer.url.startswith("/admin/factor/again/")
    assert StaffUser.objects.count() == 1


def change(client, user, **fields):
    """Sends the form of an account, filled with what it has and with these fields."""
    path = reverse("admin:staff_staffuser_change", args=[user.pk])
    as_it_is = {"email": user.email, "name": user.name, "is_active": "on"}
    groups = list(user.groups.values_list("pk", flat=True))
    return client.post(path, as_it_is | {"groups": groups} | fields, follow=True)


def test_the_admins_log_holds_no_name(administrator):
    change(administrator, staff("mona@example.org"), email="moni@example.org", name="Moni")
    entry = LogEntry.objects.get()
    assert "Mon" not in entry.object_repr + entry.change_message
    assert "example.org" not in entry.object_repr + entry.change_message


def test_a_change_of_roles_is_recorded_before_and_after(administrator):
    mona, groups = staff("mona@example.org"), Group.objects.in_bulk(field_name="name")
    mona.groups.set([groups["editor"]])
    change(administrator, mona, groups=[groups["auditor"].pk, groups["editor"].pk])
    assert LogEntry.objects.get().change_message == "Roles: editor → auditor, editor."


def test_a_deactivation_is_recorded(administrator):
    change(administrator, staff("mona@example.org"), is_active="")
    assert LogEntry.objects.get().change_message == "Deactivated."


def test_deactivating_oneself_warns_first(administrator):
    ada = StaffUser.objects.get()
    assert "This is your own account" in change(administrator, ada, is_active="").text
    ada.refresh_from_db()
    assert ada.is_active
    change(administrator, ada, is_active="", sure="on")
    ada.refresh_from_db()
    assert not ada.is_active


def test_giving_up_being_an_administrator_warns_first(administrator):
    ada, role = StaffUser.objects.get(), Group.objects.get(name="administrator")
    ada.groups.add(role)
    assert "This is your own account" in change(administrator, ada, groups=[]).text
    assert ada.groups.get() == role


def test_the_list_shows_a_superuser_as_one(client):
    sign_in(client, StaffUser.objects.create_superuser("boss@example.org"), again=True)
    assert '<td data-label="Roles" class="field-roles">superuser</td>' in client.get("/admin/staff/staffuser/").text


def test_forms_of_staff_show_no_leftovers_of_django(administrator):
    page = administrator.get(ADD).text + change(administrator, staff("mona@example.org"), email="").text
    assert [word for word in ("LDAP", "algorithm", "Hold down", "pbkdf2", "md5") if word in page] == []


def test_the_admins_log_is_stored_six_years_like_the_records():
    ada = staff()
    for days in (2193, 2191):
        when = NOON - timedelta(days=days)
        LogEntry.objects.create(user=ada, action_flag=CHANGE, action_time=when, object_repr=str(days))
    assert retention_job.erase_expired(NOON)["lines of the admin's log"] == 1
    assert LogEntry.objects.get().object_repr == "2191"
