"""Commands on the server are in the log of staff acts, and marked as commands."""

import pytest
from django.core.management import get_commands
from django.urls import reverse

import manage
from campaign.models import CommandRun
from campaign.staff import command_log
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
# They change nothing that staff answer for, run all the time, or write a record of their own.
NOT_RECORDED = {
    "backup",
    "campaign_keys",
    "demo",
    "draw_share_images",
    "export_contacts",
    "migrate",
    "nginx_conf",
    "open_export",
    "record_backup",
    "reset_second_factor",
    "send_update",
    "watch",
    "worker",
}


@pytest.fixture
def run(monkeypatch):
    """Runs `manage.py` with these arguments, without carrying out the command."""
    monkeypatch.setattr(manage, "execute_from_command_line", lambda arguments: None)
    return lambda *arguments: manage.run(["manage.py", *arguments])


def test_a_command_that_changes_something_is_in_the_log_by_its_name_alone(client, run):
    run("unblock_email", "alice@example.org")
    sign_in(client, staff("audrey@example.org", "view_log"))
    page = client.get(reverse("admin:staff_log")).text
    assert "manage.py unblock_email" in page
    assert "(on the command line)" in page
    assert "alice@example.org" not in page


@pytest.mark.parametrize("arguments", [["load_report", "--diff"], ["erase_expired", "--dry-run"], ["check"]])
def test_a_read_only_command_is_not_recorded(run, arguments):
    run(*arguments)
    assert not CommandRun.objects.exists()


def test_a_command_that_failed_is_not_recorded(monkeypatch):
    def fail(arguments):
        raise SystemExit(1)

    monkeypatch.setattr(manage, "execute_from_command_line", fail)
    with pytest.raises(SystemExit):
        manage.run(["manage.py", "load_report"])
    assert not CommandRun.objects.exists()


def test_commands_are_no_ones_when_the_log_is_filtered_by_person(client, run):
    run("load_report")
    audrey = sign_in(client, staff("audrey@example.org", "view_log"))
    assert "manage.py load_report" not in client.get(reverse("admin:staff_log"), {"who": audrey.pk}).text


def test_each_command_of_ours_is_recorded_or_known_not_to_be():
    ours = {name for name, app in get_commands().items() if app.partition(".")[0] in ("campaign", "pledges", "reports")}
    assert ours - command_log.RECORDED == NOT_RECORDED
