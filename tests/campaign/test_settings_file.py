"""The settings file: one parser, and passwords of any characters."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from campaign import settings_file
from tests.site.test_deploy import EXAMPLE

PASSWORD = """$a&b#c d'e"f\\g%h/i?j@k+l=m"""
SHOW = """
import json, campaign.settings as s, campaign.gunicorn_config as g
print(json.dumps([s.DATABASES["default"]["PASSWORD"], s.EMAIL_HOST_PASSWORD, s.DEFAULT_FROM_EMAIL, g.bind]))
"""


def start(path, **environment):
    """The site's settings in a process whose environment has only the name of the file."""
    shown = subprocess.run(
        [sys.executable, "-c", SHOW],
        env={"SITE_SETTINGS": str(path), **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(shown.stdout) if shown.returncode == 0 else shown.stderr.strip().splitlines()[-1]


def test_the_file_gives_every_setting_and_a_password_of_any_characters(tmp_path):
    file = tmp_path / "site.env"
    example = EXAMPLE.read_text().replace("DATABASE_PASSWORD=\n", "").replace("EMAIL_PASSWORD=\n", "")
    file.write_text(f"{example}\nDATABASE_PASSWORD={PASSWORD}\nEMAIL_PASSWORD={PASSWORD}\nPORT=8123\n")
    sender = "Care Don't Share <pledge@example.org>"
    assert start(file) == [PASSWORD, PASSWORD, sender, "127.0.0.1:8123"]


def test_a_secret_may_be_a_file_of_its_own(tmp_path):
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    assert start(EXAMPLE, DATABASE_PASSWORD_FILE=str(tmp_path / "password"))[0] == PASSWORD


@pytest.mark.parametrize("password", ["a#b", "a/b", "a?b", "12#b", "12?b", "a+b"])
def test_a_password_that_a_url_cannot_hold_is_an_error_that_says_where_it_goes(tmp_path, password):
    file = tmp_path / "site.env"
    url = f"DATABASE_URL=postgres://site:{password}@127.0.0.1/campaign"
    file.write_text(EXAMPLE.read_text().replace("DATABASE_URL=postgres:///campaign", url))
    assert "DATABASE_PASSWORD takes it as it is" in start(file)


@pytest.mark.parametrize("password", ["pa&ss$", "a%23b", "a@b", ""])
def test_a_password_that_a_url_can_hold_stays_in_it(monkeypatch, password):
    monkeypatch.setenv("ANY_URL", f"postgres://site:{password}@127.0.0.1:5432/campaign?sslmode=require")
    assert settings_file.url("ANY_URL", "ANY_PASSWORD") == os.environ["ANY_URL"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A=1\nPASSWORD = secret\n", "line 2: neither NAME=value nor a comment"),
        ("A=1\n\nA=2\n", "line 3: A is there twice"),
    ],
)
def test_a_line_that_cannot_be_read_is_an_error_with_its_number_and_without_its_text(tmp_path, text, told):
    (tmp_path / "site.env").write_text(text)
    with pytest.raises(ImproperlyConfigured, match=told) as raised:
        settings_file.read(str(tmp_path / "site.env"))
    assert "secret" not in str(raised.value)


def test_a_word_in_place_of_a_number_is_an_error_with_the_name_of_the_setting(monkeypatch):
    monkeypatch.setenv("ANY_NUMBER", "many")
    with pytest.raises(ImproperlyConfigured, match="ANY_NUMBER is not a number"):
        settings_file.env.int("ANY_NUMBER")


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="cannot be read: FileNotFoundError"):
        settings_file.read(str(tmp_path / "none"))
