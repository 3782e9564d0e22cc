"""The site's own font: its size, licence and characters, and one address for it everywhere."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from PIL import ImageFont

FONT = settings.BASE_DIR / "static" / "fonts" / "RobotoCondensed-ExtraBold.woff2"
# Beside plain English: Welsh, names from Europe, money, quotes, dashes, arrows.
NEEDED = "ŴŵŶŷẀẁẂẃẄẅỲỳÂâÊêÎîÔôÛûÀÉÑÇØÅÆŁłŠšŽžČčĞğŐő£€½×−“”‘’…·•‐‑–—←↑→↓0123456789"


def test_the_font_and_its_licence_are_there_in_at_most_30_kilobytes():
    assert FONT.stat().st_size <= 30_000
    licence = FONT.with_name("OFL.txt").read_text()
    assert FONT.name in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


@pytest.mark.parametrize("sign", NEEDED)
def test_the_font_has_every_character_of_headings(sign):
    font = ImageFont.truetype(FONT, 40)
    drawn, missing = (bytes(font.getmask(each)) for each in (sign, "\uffff"))
    assert drawn != missing


@pytest.mark.django_db
def test_the_page_preloads_the_very_file_that_the_style_sheet_names(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, verbosity=0)
    html = client.get("/").content.decode()
    preload = re.search(r'<link rel="preload" href="/static/([^"]+)" as="font" type="font/woff2" crossorigin>', html)
    sheet = re.search(r'href="/static/(css/tokens\.[^"]+)"', html)
    named = re.search(r'url\("\.\./([^"]+\.woff2)"\)', (tmp_path / sheet[1]).read_text())
    assert re.fullmatch(r"fonts/RobotoCondensed-ExtraBold\.[0-9a-f]{12}\.woff2", preload[1])
    assert preload[1] == named[1]
    assert (tmp_path / preload[1]).read_bytes() == FONT.read_bytes()
