"""What `manage.py demo` refuses."""

import pytest
from django.core.management import CommandError, call_command


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
