import io
import json
import re

import pytest
from django.conf import settings
from PIL import Image

from reports.models import Recommendation
from reports.share_images import drawing, images


def image_on(client, address):
    return re.search(r'property="og:image" content="([^"]+)"', client.get(address).content.decode())[1]


def test_another_text_is_another_name_and_the_old_one_is_gone(client, schools):
    before = image_on(client, "/report/schools/1/")
    assert before == image_on(client, "/report/schools/1/")
    Recommendation.objects.update(text="Keep it here.")
    assert image_on(client, "/report/schools/1/") != before
    assert client.get(before.removeprefix(settings.SITE_ORIGIN)).status_code == 404


def test_an_image_is_drawn_once_by_each_process(client, schools, monkeypatch):
    images.png.cache_clear()
    drawn = []
    monkeypatch.setattr(drawing, "png", lambda card: drawn.append(card) or b"png")
    address = image_on(client, "/report/schools/1/").removeprefix(settings.SITE_ORIGIN)
    assert [client.get(address).content for _ in range(2)] == [b"png", b"png"]
    assert len(drawn) == 1
    images.png.cache_clear()


def test_a_page_names_its_image_and_the_image_says_its_words(client, schools):
    address = image_on(client, "/report/schools/1/")
    assert address.startswith("https://pledge.example.org/report/images/schools-1-")
    assert 'og:image:alt" content="Keep it there."' in client.get("/report/schools/1/").content.decode()
    answer = client.get(address.removeprefix(settings.SITE_ORIGIN))
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert answer.headers["Content-Type"] == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]


def test_the_image_of_a_recommendation_says_whose_it_is_and_which(schools):
    *_, image = images.published()
    card = image.card
    assert (card.kicker, card.number) == ("Schools · asked of Example Body", "1")


def test_the_sites_own_image_has_the_size_that_networks_want():
    assert Image.open(settings.BASE_DIR / "static/img/share.png").size == (1200, 630)


@pytest.mark.parametrize("words", ["", "Word", "A word " * 300, "Unbroken" * 60, "Ŵyŷ £5 — “é”", "\x00\u202e"])
def test_any_words_can_be_drawn(words):
    for card in (drawing.Card(words), drawing.Card(words, kicker="Kicker " * 40, number="12", tone="policing")):
        assert drawing.png(card).startswith(b"\x89PNG")


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
