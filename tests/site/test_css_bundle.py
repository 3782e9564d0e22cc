"""The bundle of style sheets that `collectstatic` makes."""

import gzip
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from campaign.css_bundle import BUNDLE, SHEETS
from reports import load_content


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "campaign.css_bundle.BundlingStorage"}}
    settings.STORAGES = storages
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


@pytest.fixture
def bundle(collected):
    return collected / staticfiles_storage.stored_name(BUNDLE)


def test_the_bundle_holds_every_sheet_in_order_and_the_layers_first(bundle):
    without_addresses = re.compile(r"url\([^)]*\)")  # collectstatic puts a hash into each
    text = without_addresses.sub("url()", bundle.read_text())
    assert text.startswith("@layer tokens, base, layout, parts, states, print;")
    rules = [
        re.sub(r"/\*.*?\*/\s*", "", (settings.BASE_DIR / "static" / sheet).read_text(), flags=re.S) for sheet in SHEETS
    ]
    places = [text.index(without_addresses.sub("url()", rule.strip())) for rule in rules]
    assert places == sorted(places)


def test_the_bundle_has_its_hash_in_its_name_and_compressed_variants_beside_it(bundle):
    assert re.fullmatch(r"site\.[0-9a-f]{12}\.css", bundle.name)
    plain, brotli = bundle.stat().st_size, bundle.with_name(f"{bundle.name}.br").stat().st_size
    assert brotli < plain / 3
    assert bundle.with_name(f"{bundle.name}.gz").exists()


def test_the_bundle_is_made_again_each_time(collected, monkeypatch):
    before = staticfiles_storage.stored_name(BUNDLE)
    monkeypatch.setattr("campaign.css_bundle.SHEETS", SHEETS[:2])
    call_command("collectstatic", interactive=False, verbosity=0)
    assert staticfiles_storage.stored_name(BUNDLE) != before


def test_a_page_loads_only_the_bundle(client, collected, bundle):
    loaded = re.findall(r'<link rel="stylesheet" href="(.*?)">', client.get("/privacy/").content.decode())
    assert loaded == [f"/static/css/{bundle.name}"]


def test_every_sheet_is_there():
    assert all(finders.find(sheet) for sheet in SHEETS)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/report/", "/pledge/"])
def test_a_page_with_all_that_it_loads_is_at_most_60_kilobytes_over_the_wire(client, collected, path):
    load_content.load()
    answer = client.get(path).text
    loaded = re.findall(r'(?:<script src|<link rel="(?:stylesheet|icon|preload)" href)="/static/([^"]+)"', answer)
    assert {name.rpartition(".")[2] for name in loaded} == {"css", "js", "svg", "woff2"}
    files = [(collected / name).read_bytes() for name in loaded]
    over_the_wire = [gzip.compress(answer.encode()), *(min(gzip.compress(file), file, key=len) for file in files)]
    assert sum(map(len, over_the_wire)) <= 60 * 1024
