"""Fixtures of the whole suite; the people who act in it are in tests/makers.py and tests/staff_accounts.py."""

import os
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import connection

from campaign.postgresql.outage import outage
from pledges.emails import queue
from pledges.models import PledgeText, pledge_texts

# Playwright runs an event loop in the test's own thread; the ORM would refuse to be called there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
SBIN = os.environ.get("SBIN", "/usr/sbin")


def program(*names: str) -> str | None:
    """The path of the first of these programs that is installed; /usr/sbin is not on every user's PATH."""
    found = (shutil.which(name, path=f"{os.environ['PATH']}:{SBIN}") for name in names)
    return next(filter(None, found), None)


CHROMIUM = program("chromium", "chromium-browser", "google-chrome")
# What the tests of a marker need, by the name of its Debian package.
NEEDS = {
    "browser": {"chromium": CHROMIUM},
    "nginx": {"nginx": program("nginx"), "openssl": program("openssl")},
}
FONTS = Path(__file__).with_name("fonts.conf")


def pytest_configure(config: pytest.Config) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, for tests alone
    # Pages name their files plainly here: nothing was collected, so no manifest could be read.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests whose programs are missing are skipped, with the reason; in CI they are not, and fail."""
    for item in items:
        for marker, programs in NEEDS.items():
            missing = [package for package, path in programs.items() if not path]
            if item.get_closest_marker(marker) and missing and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason=f"missing here: Debian's {' and '.join(missing)}"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    assert CHROMIUM, "CI=true and no Chromium found: install Debian's chromium package"
    quiet = [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    launch = {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet + as_root}
    if any(Path("/usr/share/fonts").rglob("DejaVuSans.ttf")):
        launch["env"] = {"FONTCONFIG_FILE": str(FONTS), **os.environ}
    return launch


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """Still colours: what is looked at while it changes from one colour to another has neither."""
    return {**browser_context_args, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Behind tests with real transactions Django empties all tables by TRUNCATE, which ours refuse: not here."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'refuse_truncate'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER refuse_truncate")
        # Older than any hour that a test names: the migrations published it just now.
        cursor.execute("ALTER TABLE pledges_pledgetext DISABLE TRIGGER append_only")
        cursor.execute("UPDATE pledges_pledgetext SET published_at = '2026-01-01 12:00Z'")
        cursor.execute("ALTER TABLE pledges_pledgetext ENABLE TRIGGER append_only")


@pytest.fixture(autouse=True)
def what_migrations_wrote(request: pytest.FixtureRequest, _django_db_marker: None) -> None:
    """Tests with real transactions empty every table behind them; this puts back the rows migrations made."""
    marker = request.node.get_closest_marker("django_db")
    transactional = marker and marker.kwargs.get("transaction")
    if transactional or {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        if not PledgeText.objects.exists():
            import_module("pledges.migrations.0003_first_pledge_text").publish(apps, None)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What a process remembers for seconds is of another test's database, and none looks for outages by itself."""
    outage.is_watched = False  # a test that loads campaign.wsgi switches it on
    pledge_texts.remembered.forget()
    caches["limits"].forget_salt()
    queue.forget_wait()
