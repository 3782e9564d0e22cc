"""A clock that is wrong, from the start or later: nothing is erased by it, and it is noticed."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaign.backups import create as backups
from campaign.management.commands import watch
from campaign.management.commands.worker import BY_CALENDAR, DUTIES, _erase_expired, do
from campaign.models import Backup, CertificateCheck
from campaign.monitoring import clock, heartbeat, status
from pledges.models import Organisation, PendingSignature, QueuedEmail, Signature, Totals, WeeklyStatistics
from pledges.statistics import totals, weekly
from tests.makers import ALICE, NOW, signed
from tests.staff_accounts import approved

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEARS = 10 * 365 * DAY  # by then the campaign is over


@pytest.fixture
def running(time_machine):
    """Alice has signed, and a worker was running until NOW."""
    time_machine.move_to(NOW, tick=False)
    signed(ALICE, now=NOW)
    heartbeat.beat("waiting", NOW, NOW)


def work_for(start: datetime, span: timedelta) -> None:
    """A worker runs for so long: it beats, and every hour does what is due."""
    for hours in range(span // HOUR + 1):
        now = start + hours * HOUR
        heartbeat.beat("waiting", now, now)
        for duty in DUTIES:
            do(duty, now)


def test_a_clock_that_is_years_ahead_erases_nothing(running):
    work_for(NOW + YEARS, 23 * HOUR)
    assert (Signature.objects.count(), PendingSignature.objects.count()) == (1, 1)


def test_a_clock_ahead_erases_nothing_before_the_first_heartbeat(running):
    do(_erase_expired, NOW + YEARS)
    assert Signature.objects.count() == 1


def test_a_clock_ahead_sends_no_yearly_email_and_counts_no_week(running):
    approved("Example Society")
    Organisation.objects.update(approved_at=NOW, confirmed_at=NOW)
    work_for(NOW + 400 * DAY, HOUR)
    assert not QueuedEmail.objects.filter(kind=QueuedEmail.Kind.YEARLY).exists()
    assert not WeeklyStatistics.objects.filter(week_ends__gt=NOW).exists()


@pytest.mark.parametrize("off_for", [HOUR, 20 * HOUR])
def test_a_short_stop_delays_nothing(running, off_for):
    heartbeat.beat("waiting", NOW, NOW + off_for)
    assert clock.jump(NOW + off_for) is None


def test_a_site_that_was_off_for_weeks_erases_after_a_day_by_itself(running):
    work_for(NOW + 30 * DAY, DAY)
    assert not PendingSignature.objects.exists()


def test_the_day_begins_anew_when_the_clock_is_put_right(running):
    work_for(NOW + 30 * DAY, HOUR)
    heartbeat.beat("waiting", NOW, NOW + HOUR)
    assert clock.jump(NOW + 20 * HOUR) == (NOW + 30 * DAY + HOUR, NOW + HOUR)
    heartbeat.beat("waiting", NOW, NOW + 24 * HOUR)
    assert clock.jump(NOW + 26 * HOUR) is None


def test_a_person_can_say_that_the_clock_is_right(running, time_machine):
    time_machine.move_to(NOW + 30 * DAY, tick=False)
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_expired")
    assert PendingSignature.objects.exists()
    call_command("erase_expired", "--clock-is-right", stdout=StringIO())
    assert not PendingSignature.objects.exists()
    assert clock.jump(timezone.now()) is None


def test_no_backup_is_deleted_by_a_clock_that_is_ahead(running, settings, tmp_path, time_machine):
    settings.BACKUP_FOLDER = tmp_path
    old = tmp_path / f"{backups.PREFIX}{NOW:{backups.STAMP}}{backups.SUFFIX}"
    old.touch()
    time_machine.move_to(NOW + 40 * DAY, tick=False)
    call_command("backup", "--only-list", stderr=StringIO())
    assert old.exists()
    clock.trust(timezone.now())
    call_command("backup", "--only-list")
    assert not old.exists()


def test_the_operator_is_told_what_happened_and_what_to_do(running):
    heartbeat.beat("waiting", NOW + YEARS, NOW + YEARS)
    state = status.measure(NOW + YEARS + HOUR)
    assert state.figures()["clock_jump_days"] == YEARS.days
    [problem] = [problem for problem in state.problems() if problem.kind == "clock_jumped"]
    assert "from 1 June 2026 12:00 to 29 May 2036 12:00" in problem.what
    assert "--clock-is-right" in problem.advice


def test_what_a_clock_ahead_left_behind_hides_no_trouble_later(running, monkeypatch):
    ahead = NOW + 400 * DAY
    heartbeat.beat("waiting", ahead, ahead)
    totals.recount(ahead)
    Backup.objects.create(made_at=ahead)
    CertificateCheck.objects.create(pk=1, valid_until=ahead, checked_at=ahead)
    assert not heartbeat.is_fresh(NOW)
    assert {"worker_silent", "backup_old"} <= {problem.kind for problem in status.measure(NOW).problems()}
    totals.recount(NOW)
    assert Totals.objects.get().counted_at == NOW
    monkeypatch.setattr(watch, "certificate_until", lambda origin: NOW + DAY)
    watch._check_certificate(NOW)
    assert CertificateCheck.objects.get().valid_until == NOW + DAY


def test_everything_that_waits_is_a_duty():
    assert set(DUTIES) > BY_CALENDAR >= {_erase_expired, weekly.publish}
