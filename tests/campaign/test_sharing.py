"""The share page, the sheets to print and the count to embed."""

import re
from urllib.parse import unquote, urlencode

import pytest
import segno
from django.utils import timezone

from campaign import sharing
from pledges.models import PendingSignature, QueuedEmail, Totals
from tests.pledges.signing.test_forms import SIGN

pytestmark = pytest.mark.django_db
SIGN_ADDRESS = "https://pledge.example.org/pledge/"


def test_every_sharing_link_contains_only_the_pledge(client):
    page = client.get("/share/").text
    for href in re.findall(r'href="((?:https://wa\.me|mailto:|sms:)[^"]+)"', page):
        shared = re.findall(r"https://pledge\S+", unquote(href.partition("?")[2]))
        assert shared == [SIGN_ADDRESS]
    assert '<script src="http' not in page


@pytest.mark.parametrize("path", ["/share/poster/", "/share/hand-out/"])
def test_a_sheet_has_the_qr_code_of_the_pledge(client, path):
    drawn = re.search(r'<path[^>]* d="([^"]+)"', client.get(path).text.partition('class="qr"')[2])[1]
    expected = segno.make(SIGN_ADDRESS, error="q", micro=False).svg_inline(border=2, omitsize=True)
    assert f'd="{drawn}"' in expected
    assert drawn not in str(sharing.qr_code("https://pledge.example.org/"))


@pytest.mark.parametrize("path", ["/share/poster/", "/ar/share/hand-out/"])
def test_a_sheet_says_on_paper_who_runs_the_campaign(client, settings, path):
    sheet = client.get(path).text.partition("</main>")[0]
    assert settings.CONTROLLER["name"] in sheet


def test_the_count_is_an_image_that_other_sites_may_cache_for_an_hour(client):
    Totals.objects.create(pk=1, people=8410, exact_people=8412, organisations=64, counted_at=timezone.now())
    answer = client.get("/share/count.svg")
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "max-age=3600" in answer["Cache-Control"]
    assert "8,410 have signed" in answer.text
    assert "<script" not in answer.text


def test_before_ten_have_signed_no_image_says_at_least(client):
    Totals.objects.create(pk=1, people=0, exact_people=7, organisations=0, counted_at=timezone.now())
    assert "At least" not in client.get("/share/").text + client.get("/share/count.svg").text


def test_the_form_for_a_stall_leaves_nothing_behind_and_leads_to_an_empty_one(client):
    form = client.get("/pledge/stall/")
    assert form["Cache-Control"] == "no-store"
    assert set(re.findall(r'autocomplete="([^"]*)"', form.text)) == {"off"}
    sent = urlencode({**SIGN, "email": "alice@example.org"})
    answer = client.post("/pledge/stall/", sent, "application/x-www-form-urlencoded")
    assert (answer.status_code, answer["Location"]) == (303, "/pledge/stall/next/")
    assert PendingSignature.objects.count() == QueuedEmail.objects.filter(kind="confirm").count() == 1
    after = client.get("/pledge/stall/next/")
    assert "alice" not in after.text
    assert 'href="/pledge/stall/"' in after.text
