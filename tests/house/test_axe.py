"""The main pages in a real Chromium: axe finds nothing against them, on a phone and on a desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from reports import loading

PAGES = ["home", "about", "privacy", "data"]


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page, live_server, name, width):
    page.set_viewport_size({"width": width, "height": 900})
    loading.load()
    assert page.goto(live_server.url + reverse(name)).ok
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
