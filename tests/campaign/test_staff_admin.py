from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.urls import reverse

from campaign import clock
from campaign.models import StaffUser
from tests.desk import NOON, sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    sign_in(client, staff("ada@example.org", "view_staffuser", "add_staffuser", "change_staffuser"))
    return client


def test_staff_are_deactivated_never_deleted(administrator):
    mona = staff("mona@example.org")
    assert administrator.post(reverse("admin:campaign_staffuser_delete", args=[mona.pk])).status_code == 403
    change = reverse("admin:campaign_staffuser_change", args=[mona.pk])
    administrator.post(change, {"email": mona.email, "name": mona.name})
    mona.refresh_from_db()
    assert not mona.is_active


def test_h52_nobody_makes_themselves_more_than_staff(administrator):
    ada = StaffUser.objects.get(email="ada@example.org")
    change = reverse("admin:campaign_staffuser_change", args=[ada.pk])
    crafted = {"is_superuser": "on", "user_permissions": ["1", "2"]}
    administrator.post(change, {"email": ada.email, "name": "Ada", "is_active": "on", **crafted})
    ada.refresh_from_db()
    assert (ada.name, ada.is_superuser, ada.user_permissions.count()) == ("Ada", False, 3)


def test_the_admins_log_holds_no_name(administrator):
    mona = staff("mona@example.org")
    change = reverse("admin:campaign_staffuser_change", args=[mona.pk])
    administrator.post(change, {"email": "moni@example.org", "name": "Moni", "is_active": "on"})
    entry = LogEntry.objects.get()
    assert "Mon" not in entry.object_repr + entry.change_message
    assert "example.org" not in entry.object_repr + entry.change_message


def test_the_admins_log_is_kept_six_years_like_the_records():
    ada = staff()
    for days in (2193, 2191):
        when = NOON - timedelta(days=days)
        LogEntry.objects.create(user=ada, action_flag=CHANGE, action_time=when, object_repr=str(days))
    assert clock.forget(NOON)["lines of the admin's log"] == 1
    assert LogEntry.objects.get().object_repr == "2191"
