import datetime

import pytest
from django.core.management import call_command

from reports import load_content, record_updates
from reports.models import Recommendation, Update

pytestmark = pytest.mark.django_db


def test_loading_twice_creates_nothing_the_second_time():
    load_content.load()
    assert load_content.load() == []


def test_loading_changes_nothing_that_staff_have_edited():
    load_content.load()
    Recommendation.objects.filter(key="education-1").update(title="Edited", number=9)
    load_content.load()
    assert Recommendation.objects.get(key="education-1").title == "Edited"
    assert Recommendation.objects.count() == 15


def test_loading_does_not_repeat_an_update_that_was_corrected():
    load_content.load()
    wrong = Update.objects.get(recommendation__key="health-1")
    better = Update(
        recommendation=wrong.recommendation,
        happened_on=wrong.happened_on,
        what="Better.",
        source_name="Example",
        source_url="https://example.org/",
        supersedes=wrong,
    )
    record_updates.record(better, checked_on=datetime.date(2026, 1, 5))
    assert load_content.load() == []


def test_the_difference_is_printed_and_nothing_written(capsys):
    call_command("load_report", "--diff")
    assert "missing recommendation Education 1: A firewall around school records" in capsys.readouterr().out
    assert Recommendation.objects.count() == 0


def test_an_edit_shows_in_the_difference(capsys):
    load_content.load()
    Recommendation.objects.filter(key="education-1").update(title="Edited")
    call_command("load_report", "--diff")
    assert "here: Edited\n  file: A firewall around school records" in capsys.readouterr().out
