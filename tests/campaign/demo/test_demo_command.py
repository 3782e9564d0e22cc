"""What `manage.py demo` refuses."""

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder

from campaign.demo import keys
from campaign.management.commands.demo import refuse_older_tables


@pytest.fixture
def demo(settings):
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


def test_the_demo_refuses_a_real_database(demo, settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("demo")


def test_the_demo_refuses_a_real_mail_server(demo, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("demo")


@pytest.mark.django_db
def test_the_demo_refuses_tables_made_by_an_older_version(monkeypatch, tmp_path):
    monkeypatch.setattr(keys, "FOLDER", tmp_path)
    with pytest.raises(CommandError, match="rm -rf var"):
        refuse_older_tables()
    (tmp_path / "initial_migrations").write_text("those of an older version")
    with pytest.raises(CommandError, match="rm -rf var"):
        refuse_older_tables()


@pytest.mark.django_db
def test_the_demo_accepts_tables_that_it_made_itself(monkeypatch, tmp_path):
    monkeypatch.setattr(keys, "FOLDER", tmp_path)
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: {})
    refuse_older_tables()
    monkeypatch.undo()
    monkeypatch.setattr(keys, "FOLDER", tmp_path)
    refuse_older_tables()
