"""The site refuses to start with a setting that is missing or wrong, and names it."""

import os
import re
import secrets
import subprocess
import sys

import pyrage
import pytest
from django.core.checks import run_checks
from django.db import connection, connections

from campaign import checks
from campaign.postgresql import checks as database_checks
from pledges.crypto import encryption
from pledges.public_forms import rate_limits


def ids(**kwargs):
    return [message.id for message in run_checks(tags=["campaign", "database"], **kwargs)]


QUIET = database_checks.LOG_SETTINGS


@pytest.fixture(autouse=True)
def whole(settings, monkeypatch):
    """Settings without a problem; the log settings of the developer's own PostgreSQL are not checked."""
    monkeypatch.setattr(database_checks, "LOG_SETTINGS", {})
    settings.PROCESSORS = {"Example Hosting Ltd": "runs the server"}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.CAMPAIGN_PUBLIC_KEYS = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)]


def test_correct_settings_pass():
    assert ids() == []


LONG = secrets.token_urlsafe(48)
WRONG = [
    ({"DIGEST_KEYS": []}, "campaign.E001"),
    ({"DIGEST_KEYS": ["short"]}, "campaign.E002"),
    ({"DIGEST_KEYS": [f" {LONG}"]}, "campaign.E002"),
    ({"SECRET_KEY": "short"}, "campaign.E002"),
    ({"SECRET_KEY_FALLBACKS": ["short"]}, "campaign.E002"),
    ({"DIGEST_KEYS": [LONG, LONG]}, "campaign.E003"),
    ({"SECRET_KEY": LONG, "DIGEST_KEYS": [LONG]}, "campaign.E003"),
    ({"CAMPAIGN_PUBLIC_KEYS": []}, "campaign.E004"),
    ({"CAMPAIGN_PUBLIC_KEYS": ["age1nonsense", "age1other"]}, "campaign.E005"),
    ({"BACKUP_PUBLIC_KEYS": ["nonsense"]}, "campaign.E005"),
    ({"SITE_ORIGIN": "https://pledge.example.org/"}, "campaign.E006"),
    ({"SITE_ORIGIN": "https://pledge.example.org/path"}, "campaign.E006"),
    ({"SITE_ORIGIN": "https://me@pledge.example.org"}, "campaign.E006"),
    ({"SITE_ORIGIN": "https://elsewhere.example.org"}, "campaign.E007"),
    ({"SITE_ORIGIN": "http://pledge.example.org"}, "campaign.E008"),
    ({"ALLOWED_HOSTS": ["*"]}, "campaign.E009"),
    ({"DEBUG": True}, "campaign.E010"),
    ({"TRUSTED_PROXIES": -1}, "campaign.E011"),
    ({"CAMPAIGN_ENDS": "next year"}, "campaign.E012"),
    ({"KEEP_CONTACT_MONTHS": 0}, "campaign.E013"),
    ({"EMAILS_A_MINUTE": 0}, "campaign.E028"),
    ({"DEFAULT_FROM_EMAIL": "Care Don't Share"}, "campaign.E014"),
    ({"PROCESSORS": {}}, "campaign.W003"),
    ({"PROCESSORS": {"Example Hosting Ltd": ""}}, "campaign.E020"),
    ({"CONTROLLER": {"email": "nobody"}}, "campaign.E021"),
    ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "campaign.E015"),
    ({"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}, "campaign.E015"),
]


@pytest.mark.parametrize(
    ("wrong", "expected"), WRONG, ids=lambda value: value if isinstance(value, str) else "-".join(value)
)
def test_a_wrong_setting_is_named(settings, wrong, expected):
    for name, value in wrong.items():
        setattr(settings, name, value)
    assert ids() == [expected]


def test_check_warns_of_a_single_key_holder(settings):
    settings.CAMPAIGN_PUBLIC_KEYS = settings.CAMPAIGN_PUBLIC_KEYS[:1]
    assert ids() == ["campaign.W001"]


@pytest.mark.django_db
def test_an_old_postgresql_is_named(monkeypatch):
    assert ids(databases=["default"]) == []
    monkeypatch.setattr(connections["default"], "pg_version", 140011)
    assert ids(databases=["default"]) == ["campaign.E017"]


@pytest.mark.parametrize(
    "place",
    [
        *("deploy/postgresql.conf", "deploy/compose.yaml", "deploy/kubernetes/database.yaml"),
        "campaign/embedded_postgres/server.py",
    ],
)
def test_every_postgresql_in_deploy_has_the_required_log_settings(settings, place):
    said = re.sub(r"[ \"]*[=:][ \"]*", "=", (settings.BASE_DIR / place).read_text())
    by_itself = {"log_statement", "log_min_duration_statement", "log_min_duration_sample"}
    by_itself |= {"log_transaction_sample_rate"}
    for name in QUIET.keys() - by_itself:
        assert f"{name}={QUIET[name]}" in said


@pytest.mark.django_db
def test_a_database_that_is_not_postgresql_is_named(monkeypatch):
    monkeypatch.setattr(checks, "DatabaseWrapper", str)
    assert ids(databases=["default"]) == ["campaign.E016"]


@pytest.mark.django_db
@pytest.mark.usefixtures("as_owner")  # log_statement is a superuser's setting
def test_a_postgresql_that_logs_what_people_wrote_is_named(monkeypatch):
    monkeypatch.setattr(database_checks, "LOG_SETTINGS", QUIET)
    with connection.cursor() as cursor:
        for name, value in QUIET.items():
            cursor.execute(f"SET LOCAL {name} = '{value}'")
        assert ids(databases=["default"]) == []
        cursor.execute("SET LOCAL log_statement = 'mod'")
    [warning] = run_checks(databases=["default"], tags=["database"])
    assert (warning.id, "log_statement = mod" in warning.msg) == ("campaign.W002", True)


def starts(program, **changes):
    """Exit code and error output of `program` in an environment with these changes (None: not set)."""
    environment = {**os.environ, "EMAIL_URL": "smtp://127.0.0.1:2525", **changes}
    environment = {name: value for name, value in environment.items() if value is not None}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stderr


REQUIRED = [
    "SECRET_KEY",
    "DIGEST_KEYS",
    "CAMPAIGN_PUBLIC_KEYS",
    "SITE_ORIGIN",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "CONTROLLER_EMAIL",
]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_setting_is_named(name):
    code, said = starts("import campaign.settings", **{name: None})
    assert code != 0
    assert f"Set the {name} environment variable" in said


def test_the_web_server_refuses_to_start():
    code, said = starts("import campaign.wsgi", DIGEST_KEYS="short")
    assert code != 0
    assert "campaign.E002" in said
    assert "DIGEST_KEYS" in said


def test_the_web_server_starts_while_the_database_is_away():
    code, said = starts("import campaign.wsgi", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert code == 0, said


def test_the_worker_refuses_to_start():
    program = "from django.core.management import execute_from_command_line as run; run(['', 'worker', '--once'])"
    code, said = starts(program, DIGEST_KEYS="short", DJANGO_SETTINGS_MODULE="campaign.settings")
    assert code != 0
    assert "campaign.E002" in said


def manage(*command, **changes):
    """Exit code and error output of `manage.py` with these changes to the environment."""
    environment = {**os.environ, "EMAIL_URL": "smtp://127.0.0.1:2525", **changes}
    run = [sys.executable, "manage.py", *command]
    ended = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "DIGEST_KEYS", "CAMPAIGN_PUBLIC_KEYS"])
def test_an_empty_key_is_named_by_the_check_without_a_traceback(name):
    code, said = manage("check", "--deploy", **{name: ""})
    assert code == 1
    assert name in said
    assert "Traceback" not in said


@pytest.mark.parametrize("url", ["postgres://nobody@/none?host=/nowhere", "postgres://nobody@127.0.0.1:1/none"])
def test_a_command_without_a_database_ends_with_one_sentence(url):
    code, said = manage("showmigrations", DATABASE_URL=url)
    assert code == 1
    assert "Traceback" not in said
    assert said.splitlines()[-1].startswith("The database (DATABASE_URL) can't be reached: ")


def test_a_test_email_that_no_mail_server_takes_ends_with_one_sentence():
    code, said = manage("sendtestemail", "you@example.org", EMAIL_URL="smtp://127.0.0.1:1")
    assert code == 1
    assert "Traceback" not in said
    assert said.splitlines()[-1].startswith("The mail server (EMAIL_URL) did not take the email: Connection")


def test_what_an_older_key_encrypted_can_be_read_while_that_key_is_listed(settings):
    locked = encryption.encrypt("alice@example.org")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = secrets.token_urlsafe(48)
    assert encryption.decrypt(locked) == "alice@example.org"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(encryption.DecryptionError):
        encryption.decrypt(locked)


REAL = {
    "SITE_ORIGIN": "https://care-dont-share.test",
    "ALLOWED_HOSTS": ["care-dont-share.test"],
    "EMAIL_HOST": "mail.care-dont-share.test",
    "EMAIL_USE_TLS": True,
    "DEFAULT_FROM_EMAIL": "pledge@care-dont-share.test",
    "CONTROLLER": {"email": "privacy@care-dont-share.test"},
    "OPERATOR_EMAIL": "",
    "PROCESSORS": {"A Hosting Company": "runs the server"},
    "TRUSTED_PROXIES": 1,
}
REMOTE = {"HOST": "db.care-dont-share.test", "OPTIONS": {}}


def deploy_ids(settings, **changed):
    for name, value in {**REAL, **changed}.items():
        setattr(settings, name, value)
    found = (check() for check in (checks.examples, checks.connections_in_clear, checks.proxies))
    return [message.id for messages in found for message in messages]


@pytest.mark.parametrize(
    ("changed", "id"),
    [
        ({"SITE_ORIGIN": "https://pledge.example.org"}, "campaign.E122"),
        ({"EMAIL_HOST": "mail.example.org"}, "campaign.E122"),
        ({"DEFAULT_FROM_EMAIL": "Care <pledge@example.org>"}, "campaign.E122"),
        ({"CONTROLLER": {"email": "privacy@example.org"}}, "campaign.E122"),
        ({"OPERATOR_EMAIL": "me@example.com"}, "campaign.E122"),
        ({"PROCESSORS": {"Example Hosting Ltd": "runs the server"}}, "campaign.E122"),
        ({"EMAIL_USE_TLS": False}, "campaign.E123"),
        ({"DATABASES": {"default": REMOTE}}, "campaign.E124"),
        ({"DATABASES": {"default": {**REMOTE, "OPTIONS": {"sslmode": "prefer"}}}}, "campaign.E124"),
        ({"DATABASES": {"default": {**REMOTE, "HOST": "2001:db8::5"}}}, "campaign.E124"),
        ({"TRUSTED_PROXIES": 0}, "campaign.E125"),
        ({"TRUSTED_PROXIES": 9}, "campaign.E125"),
    ],
)
def test_check_deploy_refuses_example_values_and_unencrypted_connections(settings, changed, id):
    assert deploy_ids(settings) == []
    assert deploy_ids(settings, **changed) == [id]


@pytest.mark.parametrize(
    "changed",
    [
        {"EMAIL_HOST": "localhost", "EMAIL_USE_TLS": False},
        {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True},
        {"EMAIL_HOST": None},  # emails go into files
        {"DATABASES": {"default": {**REMOTE, "OPTIONS": {"sslmode": "require"}}}},
        {"DATABASES": {"default": {**REMOTE, "HOST": "database"}}},
        {"DATABASES": {"default": {**REMOTE, "HOST": "/run/postgresql"}}},
    ],
)
def test_local_or_encrypted_connections_pass(settings, changed):
    assert deploy_ids(settings, **changed) == []


def test_a_proxy_that_writes_https_in_capitals_is_understood(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client.get("/robots.txt", headers={"X-Forwarded-Proto": "HTTPS"}).status_code == 200
    assert client.get("/robots.txt", headers={"X-Forwarded-Proto": "HTTP"}).status_code == 301


@pytest.mark.parametrize(("chain", "warned"), [("10.0.0.1", 0), ("10.0.0.1, 10.0.0.2", 1), ("", 1)])
def test_another_number_of_proxies_than_expected_is_logged_once(settings, rf, caplog, chain, warned):
    settings.TRUSTED_PROXIES = 1
    rate_limits._warn_once.cache_clear()
    for _ in range(2):
        rate_limits.address(rf.get("/", headers={"X-Forwarded-For": chain} if chain else {}))
    assert caplog.text.count("TRUSTED_PROXIES") == warned
