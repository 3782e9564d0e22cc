from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from campaign.privacy import retention_job
from campaign.staff import overview
from pledges.models import DailyStatistics, QueuedEmail
from pledges.statistics import daily
from tests.makers import NOW, signed
from tests.staff_accounts import NOON, sign_in, staff, waiting

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def test_a_day_is_counted_from_the_rows_and_never_falls():
    signed()
    daily.recount(NOW)
    assert daily.by_day(TODAY, 2) == [(TODAY - timedelta(days=1), 0, 0), (TODAY, 1, 1)]
    DailyStatistics.objects.update(asked=5)
    daily.recount(NOW)
    assert daily.by_day(TODAY, 1) == [(TODAY, 5, 1)]


def test_what_was_counted_stays_when_its_mail_provider_is_erased():
    signed(now=NOW - timedelta(days=2))
    retention_job.erase_expired(NOW)
    assert daily.by_day(TODAY, 3)[0] == (TODAY - timedelta(days=2), 1, 1)
    daily.recount(NOW)
    assert daily.by_day(TODAY, 3)[0] == (TODAY - timedelta(days=2), 1, 1)


def test_the_groups_of_mail_providers_are_counted_in_tens():
    DailyStatistics.objects.create(day=TODAY, provider="google", asked=48, confirmed=9)
    [google] = [row for row in overview.providers(daily.by_provider(TODAY, 7)) if row.name == "Google"]
    assert google.total == google.days[-1] == (40, None)
    assert google.days[0] == (None, None)


def test_a_table_of_nothing_but_small_numbers_is_one_sentence():
    DailyStatistics.objects.create(day=TODAY, provider="google", asked=9, confirmed=9)
    assert overview.providers(daily.by_provider(TODAY, 7)) == []


def test_the_overview_says_what_waits_and_what_was_refused(client):
    waiting("Example Teachers' Network")
    QueuedEmail.objects.filter(kind="confirm").update(refusal="450", dropped_at=None)
    sign_in(client, staff("mona@example.org", "view_overview", "view_organisation"))
    drawn = overview.gather(NOON)
    assert drawn["queue"]["count"] == 1
    assert client.get("/admin/").status_code == 200


def test_refused_emails_are_shown_until_their_next_try(client):
    waiting()
    later = NOON + timedelta(hours=1)
    QueuedEmail.objects.filter(kind="confirm").update(refusal="data 454", dropped_at=None, due_at=later)
    assert [row["refusal"] for row in overview.emails(NOON)["refused"]] == ["data 454"]


def test_emails_that_were_given_up_are_shown_to_staff_without_their_mailbox(client):
    waiting()
    QueuedEmail.objects.filter(kind="confirm").update(failed_at=NOON, refusal="550", dropped_at=None, mailbox=None)
    sign_in(client, staff("mona@example.org", "view_overview"))
    page = client.get("/admin/").text
    assert "550" in page
    assert "office@example.org" not in page


def test_a_role_without_the_overview_sees_only_its_pages(client):
    sign_in(client, staff("eddy@example.org", "view_pledgetext"))
    page = client.get("/admin/").text
    assert "Pledge texts" in page
    assert "Last backup" not in page


def test_the_overview_shows_the_age_of_the_last_backup(client):
    sign_in(client, staff("mona@example.org", "view_overview"))
    assert "none is recorded" in client.get("/admin/").text
    call_command("record_backup")
    assert "0\xa0minutes ago" in client.get("/admin/").text


def test_the_overview_costs_no_more_queries_with_more_rows(client, django_assert_max_num_queries):
    sign_in(client, staff("mona@example.org", "view_overview", "view_organisation", "view_quarantine"))
    for number in range(6):
        waiting(f"Example {number}")
    with django_assert_max_num_queries(45):
        client.get("/admin/")


@pytest.mark.parametrize(("asked", "shown"), [(0, False), (9, False), (30, True)])
def test_a_chart_is_drawn_only_where_it_has_a_bar(client, asked, shown):
    DailyStatistics.objects.create(day=timezone.localdate(), provider="google", asked=asked, confirmed=0)
    sign_in(client, staff("mona@example.org", "view_overview"))
    page = client.get("/admin/").text
    assert ("chart-night" in page, "fewer than ten people asked" in page) == (shown, not shown)
