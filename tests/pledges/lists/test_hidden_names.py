"""Public names: hidden and shown again by staff, each recorded."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.lists import service as lists
from pledges.models import ListVisibility, NameDecision, PublicName, Signature
from tests.staff_accounts import NOON, pledge_text, sign_in, staff

LISTED = date(2026, 6, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def public_name() -> PublicName:
    signature = Signature.objects.create(digest=b"d" * 32, pledge_text=pledge_text(), confirmed_on=LISTED)
    return PublicName.objects.create(signature=signature, name="Sample Supporter", listed_on=LISTED)


def test_a_hidden_name_is_not_shown_and_the_record_says_why(public_name):
    mona = staff()
    assert lists.set_hidden(public_name, True, NameDecision.Reason.ABUSIVE, mona, NOON)
    assert not PublicName.objects.shown().exists()
    assert NameDecision.objects.get(public_name_ref=public_name.ref, decided_by=mona).reason == "abusive"


def test_hiding_twice_is_recorded_once(public_name):
    mona = staff()
    lists.set_hidden(public_name, True, NameDecision.Reason.ABUSIVE, mona, NOON)
    assert not lists.set_hidden(public_name, True, NameDecision.Reason.FALSE, mona, NOON)
    assert NameDecision.objects.count() == 1


def test_staff_hide_and_show_again_in_the_admin(client, public_name):
    sign_in(client, staff("cara@example.org", "view_publicname", "hide_publicname"))
    page = reverse("admin:pledges_publicname_hiding", args=[public_name.ref])
    client.post(page, {"reason": "false", "hide": "True"})
    assert not PublicName.objects.shown().exists()
    client.post(page, {"reason": "mistake", "hide": "False"})
    assert PublicName.objects.shown().exists()


def test_staff_who_may_only_read_can_not_hide_names(client, public_name):
    sign_in(client, staff("nadia@example.org", "view_publicname"))
    page = reverse("admin:pledges_publicname_hiding", args=[public_name.ref])
    assert client.post(page, {"reason": "false"}).status_code == 403


def test_a_name_is_not_edited(client, public_name):
    sign_in(client, staff("cara@example.org", "view_publicname", "hide_publicname"))
    client.post(reverse("admin:pledges_publicname_change", args=[public_name.pk]), {"name": "Changed"})
    public_name.refresh_from_db()
    assert public_name.name == "Sample Supporter"


@pytest.mark.parametrize(("hours", "is_shown"), [(0, True), (24, False)])
def test_a_new_name_waits_a_day_unless_the_setting_says_otherwise(public_name, settings, hours, is_shown):
    settings.PUBLIC_NAME_DELAY_HOURS = hours
    PublicName.objects.update(listed_on=timezone.localdate())
    assert PublicName.objects.shown().exists() is is_shown
    PublicName.objects.update(listed_on=timezone.localdate() - timedelta(days=2))
    assert PublicName.objects.shown().exists()


def test_one_switch_hides_all_names(public_name):
    ListVisibility.objects.create(lists_hidden=True, decided_at=NOON)
    assert not PublicName.objects.shown().exists()
