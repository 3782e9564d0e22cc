"""Fixtures for browser tests: a live server set up like the demo, emails in files, and a function that runs the
worker.
"""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command

# A test marked with this runs twice: with the site's own font, and with that font blocked.
with_and_without_font = pytest.mark.parametrize("font", ["font loaded", "font blocked"], indirect=True)


@pytest.fixture
def font(request) -> str:
    return getattr(request, "param", "font loaded")


@pytest.fixture
def new_context(new_context, font):
    def make(**options):
        context = new_context(**options)
        if font == "font blocked":
            context.route("**/*.woff2", lambda route: route.abort())
        return context

    return make


@pytest.fixture
def site(live_server, settings, tmp_path) -> str:
    """Returns the site's address, with the report loaded and the demo's inbox open."""
    settings.DEBUG, settings.PUBLIC_NAME_DELAY_HOURS = True, 0
    settings.SITE_ORIGIN = live_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    call_command("load_report", verbosity=0)
    return live_server.url


@pytest.fixture
def work() -> Callable[[], None]:
    """Returns a function that does what the worker does in its next round: sends what is due and counts again."""
    return lambda: call_command("worker", "--once")


@pytest.fixture
def blameless() -> Callable[..., None]:
    """Returns a function that asserts that axe finds no fault in the page, once it is loaded (a click returns before
    that).
    """

    def blameless(page) -> None:
        page.wait_for_load_state()
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []

    return blameless
