"""What the overview, /readyz.json and `manage.py watch` say of the parts of the site."""

import re
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from campaign.management.commands import watch
from campaign.management.commands.worker import Duty, _send_emails
from campaign.models import Backup, CertificateCheck, WorkerStatus
from campaign.monitoring import alerts, heartbeat, status
from campaign.monitoring.clock import Jump
from campaign.monitoring.status import State
from pledges.emails import sending
from pledges.models import QueuedEmail
from pledges.statistics import totals
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WELL = {"worker_beat_at": NOW, "backup_made_at": NOW}


@pytest.fixture
def well():
    """Everything runs."""
    now = timezone.now()
    heartbeat.beat("waiting", now, now)
    Backup.objects.create(made_at=now)
    totals.recount(now)


def kinds(**figures):
    return [problem.kind for problem in State(NOW, **{**WELL, **figures}).problems()]


@pytest.mark.parametrize(
    ("figures", "kind"),
    [
        ({"worker_beat_at": None}, "worker_silent"),
        ({"worker_beat_at": NOW - 2.1 * MINUTE}, "worker_silent"),
        ({"duty": "forget", "duty_since": NOW - 31 * MINUTE}, "worker_busy"),
        ({"totals_counted_at": NOW - 121 * MINUTE}, "totals_old"),
        ({"oldest_email_due_at": NOW - 16 * MINUTE}, "queue_old"),
        ({"mail_failed_at": NOW, "mail_failure": "SMTPConnectError 421"}, "mail_server_away"),
        ({"emails_refused": 20}, "emails_refused"),
        ({"backup_made_at": None}, "backup_old"),
        ({"backup_made_at": NOW - 37 * 60 * MINUTE}, "backup_old"),
        ({"disk_percent": 90}, "disk_full"),
        ({"is_temp_writable": False}, "temp_folder"),
        ({"is_static_ready": False}, "static_missing"),
        ({"clock_off": -MINUTE}, "clock_off"),
        ({"clock_jump": Jump(NOW - 400 * DAY, NOW)}, "clock_jumped"),
        ({"certificate_until": NOW + 13 * DAY}, "certificate_ends"),
        ({"certificate_until": NOW - DAY}, "certificate_ends"),
    ],
)
def test_each_kind_of_problem_is_found(figures, kind):
    assert kinds(**figures) == [kind]


def test_no_problem_is_found_if_all_is_well():
    fine = {
        "worker_beat_at": NOW - MINUTE,
        "duty_since": NOW - MINUTE,
        "oldest_email_due_at": NOW - MINUTE,
        "totals_counted_at": NOW - 60 * MINUTE,
        "backup_made_at": NOW - DAY,
        "disk_percent": 89,
        "certificate_until": NOW + 15 * DAY,
    }
    assert kinds(**fine) == []


def test_every_kind_of_problem_has_advice():
    nothing = State(NOW, disk_percent=99, is_temp_writable=False, is_static_ready=False, clock_off=DAY)
    assert all(problem.what and problem.advice for problem in nothing.problems())


def test_every_kind_of_trouble_is_named_in_the_guide():
    sources = [Path(module.__file__).read_text() for module in (status, watch)]
    kinds = {kind for source in sources for kind in re.findall(r'Problem\(\s*"(\w+)"', source)}
    guide = (settings.BASE_DIR / "docs/deploying.md").read_text()
    assert len(kinds) == 15
    assert {kind for kind in kinds if f"`{kind}`" not in guide} == set()


def test_the_overview_says_in_red_that_the_worker_is_silent(client, well):
    sign_in(client, staff("admin@example.org", "view_overview"))
    assert "Needs attention now" not in client.get("/admin/").text
    WorkerStatus.objects.update(beat_at=timezone.now() - 3 * MINUTE)
    page = client.get("/admin/").text
    assert "The worker has been silent for 3\xa0minutes" in page
    assert "systemctl restart care-dont-share-worker" in page


def test_monitors_get_figures_and_kinds(client, well):
    answer = client.get("/readyz.json")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["ready"], found["problems"]) == (True, [])
    assert (found["worker_seconds"], found["backup_seconds"], found["oldest_due_email_seconds"]) == (0, 0, 0)
    assert found["certificate_days"] is None
    CertificateCheck.objects.create(pk=1, valid_until=timezone.now() + 9.5 * DAY, checked_at=timezone.now())
    found = client.get("/readyz.json").json()
    assert (found["certificate_days"], found["problems"]) == (9, ["certificate_ends"])


def test_without_static_files_the_site_is_not_ready(client, well, monkeypatch):
    def missing(name):
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(status.staticfiles_storage, "url", missing)
    assert client.get("/readyz").status_code == 503
    found = client.get("/readyz.json")
    assert (found.status_code, found.json()["ready"], found.json()["problems"]) == (503, False, ["static_missing"])


def test_monitors_are_told_of_a_database_that_is_away(client, monkeypatch):
    def away(now):
        raise OperationalError("host=db.internal password=secret")

    monkeypatch.setattr(status, "measure", away)
    answer = client.get("/readyz.json")
    assert answer.json()["problems"] == ["database_away"]
    assert "secret" not in answer.text


def test_a_temporary_folder_that_is_gone_is_noticed(monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    assert not status.machine()["is_temp_writable"]


@pytest.mark.django_db
def test_without_a_temporary_folder_people_read_and_sign(client, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    assert client.get("/pledge/").status_code == 200
    form = "email=alice%40example.org&by_email=no&pledge_text=1"
    sent = client.post("/pledge/", form, "application/x-www-form-urlencoded")
    assert sent.status_code == 303


def add_emails(number, **values):
    kind = QueuedEmail.Kind.CONFIRM
    rows = [QueuedEmail(kind=kind, ref=uuid.uuid4(), digest=bytes(32), **values) for _ in range(number)]
    QueuedEmail.objects.bulk_create(rows)


@pytest.mark.parametrize(
    ("refusal", "refused", "accepted", "found"),
    [
        ("data 454", 25, 0, 20),
        ("data 454", 25, 600, 0),
        ("data 554", 19, 0, 0),
        ("recipient 550", 25, 0, 20),
        ("recipient 452", 25, 0, 0),
    ],
)
def test_many_emails_refused_for_no_fault_of_the_recipient_are_a_problem(well, refusal, refused, accepted, found):
    now = timezone.now()
    add_emails(refused, due_at=now + 15 * MINUTE, refusal=refusal)
    add_emails(accepted, due_at=now, sent_at=now)
    assert status.measure(now).emails_refused == found


def test_a_refusal_of_the_mail_server_is_shown_until_it_accepts_an_email(well, monkeypatch):
    def away(now, most, pace):
        raise sending.MailServerUnavailable("SMTPAuthenticationError 535")

    monkeypatch.setattr(sending, "send_due", away)
    _send_emails(NOW)
    state = status.measure(NOW + MINUTE)
    assert (state.mail_failed_at, state.mail_failure) == (NOW, "SMTPAuthenticationError 535")
    QueuedEmail.objects.create(
        kind="confirm", ref="00000000-0000-4000-8000-000000000000", digest=b"a" * 32, due_at=NOW, sent_at=NOW + MINUTE
    )
    assert status.measure(NOW + MINUTE).mail_failed_at is None


def test_worker_is_alive_tells_a_container_the_state_of_its_worker(well):
    with pytest.raises(SystemExit, match="0"):
        call_command("worker", "--is-alive")
    WorkerStatus.objects.update(beat_at=timezone.now() - 3 * MINUTE)
    with pytest.raises(SystemExit, match="1"):
        call_command("worker", "--is-alive")


def test_the_heartbeat_names_the_running_duty():
    pulse = heartbeat.Heartbeat()

    def _send_emails(now):
        assert pulse.duty == "send_emails"

    Duty(_send_emails, 0).round(pulse)
    assert pulse.duty == "send_emails"


@pytest.fixture
def operator(settings, tmp_path, monkeypatch):
    settings.OPERATOR_EMAIL = "operator@example.org"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_the_operator_gets_one_email_in_ten_minutes_for_each_kind(operator, time_machine):
    time_machine.move_to(NOW, tick=False)
    kinds_told = ("disk_full", "disk_full", "queue_old")
    assert [alerts.send(kind, "Trouble", "text") for kind in kinds_told] == [True, False, True]
    time_machine.move_to(time.time() + 601, tick=False)
    assert alerts.send("disk_full", "Trouble", "text")
    assert {email.to[0] for email in mail.outbox} == {"operator@example.org"}
    assert mail.outbox[0].subject == "[pledge.example.org] Trouble"


def test_without_a_temporary_folder_the_process_remembers_sent_alerts(operator, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    assert [alerts.send("in memory", "Trouble", "text") for _ in range(2)] == [True, False]


def test_no_alert_is_sent_where_no_operator_is_named():
    assert not alerts.send("disk_full", "Trouble", "text")
    assert mail.outbox == []


def test_an_error_reaches_the_operator_without_what_was_sent(operator, monkeypatch):
    told = []
    monkeypatch.setattr(alerts.threading, "Thread", lambda target, args, daemon: told.append(args) or NotStarted())
    try:
        raise ValueError("alice@example.org")
    except ValueError:
        alerts.logging.getLogger("django.request").error("Internal Server Error: %s", "/secret/", exc_info=True)
    [(kind, _, text)] = told
    assert kind == "error"
    assert "ValueError at " in text
    assert "alice" not in text
    assert "secret" not in text


class NotStarted:
    def start(self):
        pass


def test_watch_emails_every_problem(operator, monkeypatch, capsys):
    monkeypatch.setattr(watch, "_of_web", list)
    monkeypatch.setattr(watch.outage, "watch", lambda: None)
    with pytest.raises(SystemExit, match="1"):
        call_command("watch")
    assert [email.subject.partition("] ")[2] for email in mail.outbox] == [
        "The worker has never run.",
        "No backup has been made.",
    ]
    assert "worker_silent: " in capsys.readouterr().err


def test_watch_says_that_the_web_server_or_the_database_is_away(operator, monkeypatch, settings):
    def away(now):
        raise OperationalError

    settings.PORT = "1"
    monkeypatch.setattr(status, "measure", away)
    assert [problem.kind for problem in watch.check()[1]] == ["web_away", "database_away"]


def test_a_digest_is_sent_when_all_is_well_too(operator, well, monkeypatch):
    monkeypatch.setattr(watch, "_of_web", list)
    monkeypatch.setattr(watch.outage, "watch", lambda: None)
    with pytest.raises(SystemExit, match="0"):
        call_command("watch", "--digest")
    assert "Everything is well." in mail.outbox[0].body
    assert "backup_seconds: " in mail.outbox[0].body
