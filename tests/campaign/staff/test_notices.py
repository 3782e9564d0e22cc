"""Emails to staff about what waits: who wants them, when, and one a day at most."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from campaign.staff import notices
from campaign.staff.models import StaffUser
from pledges.complaints import service as complaints
from pledges.emails import sending
from pledges.models import NameReport, QueuedEmail
from reports.models import Draft
from tests.staff_accounts import NOON, sign_in, staff, waiting

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:notices")


@pytest.fixture
def mona() -> StaffUser:
    user = staff("mona@example.org", "decide_organisation")
    StaffUser.objects.filter(pk=user.pk).update(notices_from=2)
    return user


def queued(now=NOON) -> int:
    notices.queue_due(now)
    return QueuedEmail.objects.filter(kind="notice").count()


def test_nothing_is_sent_below_the_number_and_within_a_day(mona):
    waiting(now=NOON - timedelta(hours=1))
    assert queued() == 0


def test_from_the_number_on_one_email_a_day_is_sent(mona):
    for name in ("Example One", "Example Two"):
        waiting(name, now=NOON - timedelta(hours=1))
    assert [queued(), queued(NOON + timedelta(hours=2)), queued(NOON + timedelta(days=1))] == [1, 1, 2]


def test_one_that_waits_for_a_day_is_enough_and_the_email_names_nobody(mona):
    waiting(now=NOON - timedelta(days=2))
    queued()
    QueuedEmail.objects.exclude(kind="notice").delete()
    sending.send_due(NOON)
    [email] = mail.outbox
    assert "1 organisation waits. One waits for more than a day." in email.body
    assert "Example Teachers" not in email.body + email.alternatives[0].content
    assert email.to == ["mona@example.org"]


def test_notices_only_name_what_the_role_covers(mona):
    NameReport.objects.create(name="Sample", reason="false", reported_on=NOON)
    assert queued() == 0


def test_editors_are_told_of_a_draft_that_could_not_be_published(mona):
    eddy = staff("eddy@example.org", "change_recommendation")
    StaffUser.objects.filter(pk=eddy.pk).update(notices_from=1)
    Draft.objects.create(row=mona, data={}, author=eddy, publish_at=NOON - timedelta(hours=1))
    assert queued() == 1
    assert notices.lines(eddy, NOON) == ["Drafts of the report that could not be published: 1."]


@pytest.mark.parametrize("change", [{"notices_from": None}, {"is_active": False}])
def test_staff_who_want_no_notices_or_are_deactivated_get_none(mona, change):
    waiting(now=NOON - timedelta(days=2))
    StaffUser.objects.update(**change)
    assert queued() == 0


def test_no_notice_is_sent_at_night(mona):
    waiting(now=NOON - timedelta(days=2))
    assert queued(NOON - timedelta(hours=6)) == 0


def test_each_member_of_staff_sets_their_own_notices(client):
    user = sign_in(client, staff("noor@example.org"))
    client.post(PAGE, {"notices_from": "5"})
    user.refresh_from_db()
    assert user.notices_from == 5
    assert client.post(PAGE, {"notices_from": "-1"}).status_code == 422
    client.post(PAGE, {"notices_from": ""})
    user.refresh_from_db()
    assert user.notices_from is None


@pytest.mark.parametrize(("hours", "told"), [(20, 1), (40, 0)])
def test_supporter_care_is_told_of_complaints_since_yesterday(hours, told):
    carla = staff("carla@example.org", "add_phonerequest")
    StaffUser.objects.filter(pk=carla.pk).update(notices_from=1)
    complaints.complain("Sample words.", "", NOON - timedelta(hours=hours))
    assert queued() == told
