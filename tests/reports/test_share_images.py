import io
import json
import re

import pytest
from django.conf import settings
from PIL import Image

from reports import share_image_drawing, share_images
from reports.models import Recommendation, ShareImage


def image_on(client, address):
    return re.search(r'property="og:image" content="([^"]+)"', client.get(address).content.decode())[1]


def test_images_are_drawn_when_the_words_change_and_only_then(schools):
    assert share_images.redraw() == 3  # of the report, its sector and its recommendation
    assert share_images.redraw() == 0
    Recommendation.objects.update(text="Keep it here.")
    assert share_images.redraw() == 1
    assert ShareImage.objects.count() == 3


def test_a_page_names_its_image_and_the_image_says_its_words(client, schools):
    share_images.redraw()
    address = image_on(client, "/report/schools/1/")
    assert address.startswith("https://pledge.example.org/report/images/schools-1-")
    assert 'og:image:alt" content="Keep it there."' in client.get("/report/schools/1/").content.decode()
    answer = client.get(address.removeprefix(settings.SITE_ORIGIN))
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert answer.headers["Content-Type"] == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]


def test_the_image_of_a_recommendation_says_whose_it_is_and_which(schools):
    *_, (_, _, card) = share_images.wanted()
    assert (card.kicker, card.number) == ("Schools · asked of Example Body", "1")


def test_until_it_is_drawn_a_page_bears_the_sites_own_image(client, schools):
    assert image_on(client, "/report/schools/1/") == "https://pledge.example.org/static/img/share.png"
    assert Image.open(settings.BASE_DIR / "static/img/share.png").size == (1200, 630)


@pytest.mark.parametrize(
    "words", ["", "Word", "A word " * 300, "Unbroken" * 60, "Ŵyŷ £5 — “é”", "\x00\u202e"]
)
def test_any_words_can_be_drawn(words):
    for card in (
        share_image_drawing.Card(words),
        share_image_drawing.Card(words, kicker="Kicker " * 40, number="12", tone="policing"),
    ):
        assert share_image_drawing.png(card).startswith(b"\x89PNG")


def test_the_data_block_can_not_be_closed_from_within(client, schools):
    schools.text = "</script><script>alert(1)</script>&"
    schools.save()
    html = client.get("/report/schools/1/").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1]
    assert json.loads(block)["text"] == schools.text
    assert "<script>alert" not in html


def test_the_data_block_tells_what_the_page_is(client, schools):
    def block(address):
        html = client.get(address).content.decode()
        return json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])

    assert block("/report/")["datePublished"] == "2018-12-03"
    assert block("/report/schools/1/")["about"][0]["name"] == "Example Body"
    assert block("/report/glossary/")["@type"] == "DefinedTermSet"
