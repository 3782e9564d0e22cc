import datetime
import re

import pytest
from django.conf import settings
from django.utils import timezone

from pledges.models import Totals
from reports import share_images
from reports.models import Body, Recommendation


def test_the_figures_are_rounded_dated_and_explained(client, db):
    moment = datetime.datetime(2026, 1, 5, 9, 30, tzinfo=datetime.UTC)
    Totals.objects.update_or_create(
        pk=1,
        defaults={"people": 12340, "exact_people": 12345, "organisations": 67, "counted_at": moment},
    )
    html = client.get("/press/").content.decode()
    assert [
        word
        for word in ("at least 12,340", "67", "5 January 2026, 09:30", "One signature for each mailbox")
        if word not in html
    ] == []


def test_whom_to_ask_comes_from_the_settings(client, db, settings):
    settings.PRESS = {"name": "Example desk", "email": "desk@example.org", "phone": "0123"}
    html = client.get("/press/").content.decode()
    assert [
        word
        for word in ("Example desk", "mailto:desk@example.org", "0123", 'id="corrections"')
        if word not in html
    ] == []


def test_without_a_press_mailbox_the_campaigns_own_telephone_stands_there(client, db, settings):
    settings.PRESS = {"name": "Example desk", "email": "", "phone": ""}
    html = client.get("/press/").content.decode()
    assert "mailto:" not in html
    assert settings.CONTROLLER["phone"] in html.split("<footer")[0]


def test_every_image_can_be_taken(client, schools):
    share_images.redraw()
    images = re.findall(
        r'<img src="(/report/images/[^"]+)"[^>]+alt="([^"]+)"', client.get("/press/").content.decode()
    )
    assert [words for _, words in images] == ["An invented report", "Learn.", "Keep it there."]
    assert {client.get(address).status_code for address, _ in images} == {200}


def test_the_sitemap_lists_what_is_public_by_the_configured_origin(client, schools):
    listed = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    assert {one for one in listed if not one.startswith(settings.SITE_ORIGIN + "/")} == set()
    paths = [one.removeprefix(settings.SITE_ORIGIN) for one in listed]
    assert {"/", "/report/schools/", "/report/schools/1/", "/report/asked-of/example-body/"} <= set(paths)
    assert len(paths) == len(set(paths))
    assert {client.get(path).status_code for path in paths} == {200}


def test_robots_are_told_where_the_sitemap_is(client, db):
    assert f"Sitemap: {settings.SITE_ORIGIN}/sitemap.xml" in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize("address", ["/press/", "/sitemap.xml", "/report/document/"])
def test_more_rows_need_no_more_queries(client, schools, happen, django_assert_max_num_queries, address):
    now = timezone.now()
    for number in range(2, 12):
        row = Recommendation.objects.create(
            sector=schools.sector, number=number, key=f"s-{number}", published_at=now
        )
        row.asked_of.add(Body.objects.create(slug=f"b-{number}", name="B", position=number))
        happen(f"2020-01-{number:02}")
    with django_assert_max_num_queries(12):
        assert client.get(address).status_code == 200
