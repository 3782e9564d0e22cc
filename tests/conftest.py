"""Fixtures for all tests; the people in the tests are in tests/makers.py and tests/staff_accounts.py."""

import os
import shutil
from collections.abc import Iterator
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
from tests import web_role

# Playwright runs an event loop in the thread of the test, where Django would refuse to use the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
SBIN = os.environ.get("SBIN", "/usr/sbin")


def program(*names: str) -> str | None:
    """Returns the path of the first of these programs that is installed; also looks in /usr/sbin, which is not in every
    user's PATH.
    """
    found = (shutil.which(name, path=f"{os.environ['PATH']}:{SBIN}") for name in names)
    return next(filter(None, found), None)


CHROMIUM = program("chromium", "chromium-browser", "google-chrome")
# The Debian package that tests with a marker need.
NEEDS = {"browser": {"chromium": CHROMIUM}, "nginx": {"nginx": program("nginx"), "openssl": program("openssl")}}
FONTS = Path(__file__).with_name("fonts.conf")


def pytest_configure(config: pytest.Config) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, for tests alone
    # Pages use the plain names of files here, because static files are not collected.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips tests whose programs are missing, with the reason; in CI they run, and fail."""
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
    """Switches animations off, because a colour that is just changing has the wrong contrast."""
    return {**browser_context_args, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Makes the database role of the tests, and lets Django delete rows after tests with real transactions: it uses
    TRUNCATE, which our triggers refuse.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'refuse_truncate'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER refuse_truncate")
        # The pledge text that the migrations have just published is dated back, before the time of any test.
        cursor.execute("ALTER TABLE pledges_pledgetext DISABLE TRIGGER append_only")
        cursor.execute("UPDATE pledges_pledgetext SET published_at = '2026-01-01 12:00Z'")
        cursor.execute("ALTER TABLE pledges_pledgetext ENABLE TRIGGER append_only")
        web_role.grant()


@pytest.fixture(autouse=True)
def what_migrations_wrote(request: pytest.FixtureRequest, _django_db_marker: None) -> Iterator[None]:
    """Has the test use the database as web and worker do. Restores the rows that migrations made, because tests with
    real transactions empty all tables (afterwards, as the owner).
    """
    marker = request.node.get_closest_marker("django_db")
    transactional = marker and marker.kwargs.get("transaction")
    if transactional or {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        if not PledgeText.objects.exists():
            import_module("pledges.migrations.0003_first_pledge_text").publish(apps, None)
    web_role.take()
    yield
    web_role.leave()


@pytest.fixture
def as_owner() -> Iterator[None]:
    """Runs the test with the rights of the owner of the tables, as `migrate` and `restore` have them."""
    with web_role.owner():
        yield


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Clears what a process remembers for seconds from the database of another test, and does not watch for outages."""
    outage.is_watched = False  # a test that loads campaign.wsgi switches it on
    pledge_texts.cached_texts.clear()
    caches["limits"].clear_salt()
    queue.clear_cached_wait()
