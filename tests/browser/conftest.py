"""The whole site as in the demo: a live server, letters in files, and the worker at hand."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command

# A test marked with this runs twice: as most readers see the site, and where its own font does not load.
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
    """The site's address, its report loaded; the demo's inbox is open."""
    settings.DEBUG, settings.PUBLIC_NAME_DELAY_HOURS = True, 0
    settings.SITE_ORIGIN = live_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    call_command("load_report", verbosity=0)
    return live_server.url


@pytest.fixture
def work() -> Callable[[], None]:
    """What the worker does in its next round: send what is due, count anew."""
    return lambda: call_command("worker", "--once")


@pytest.fixture
def blameless() -> Callable[..., None]:
    """Asserts that axe finds nothing against the page, once it is there: a click returns before that."""

    def blameless(page) -> None:
        page.wait_for_load_state()
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []

    return blameless
