import datetime
import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from pledges.models import Totals
from reports.models import Body, PressText, Recommendation, Reply, Status
from reports.share_images import images


def test_the_figures_are_rounded_dated_and_explained(client, db):
    moment = datetime.datetime(2026, 1, 5, 9, 30, tzinfo=datetime.UTC)
    Totals.objects.update_or_create(
        pk=1, defaults={"people": 12340, "exact_people": 12345, "organisations": 67, "counted_at": moment}
    )
    html = client.get("/press/").content.decode()
    assert [
        word
        for word in ("at least 12,340", "67", "5 January 2026, 09:30", "Each email address counts once")
        if word not in html
    ] == []


def test_the_method_names_every_status(client, db):
    listed = ", ".join(map(str, Status.labels)).lower()
    assert f"Each recommendation has one of these statuses: {listed}." in client.get("/press/").text


def test_whom_to_ask_comes_from_the_settings(client, db, settings):
    settings.PRESS = {"name": "Example office", "email": "office@example.org", "phone": "0123"}
    html = client.get("/press/").content.decode()
    assert [
        word for word in ("Example office", "mailto:office@example.org", "0123", 'id="corrections"') if word not in html
    ] == []


def test_without_a_press_mailbox_the_campaigns_own_telephone_is_shown(client, db, settings):
    settings.PRESS = {"name": "Example office", "email": "", "phone": ""}
    html = client.get("/press/").content.decode()
    assert "mailto:" not in html
    assert settings.CONTROLLER["phone"] in html.split("<footer")[0]


def test_every_image_can_be_taken(client, schools):
    images = re.findall(r'<img src="(/report/images/[^"]+)"[^>]+alt="([^"]+)"', client.get("/press/").content.decode())
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
        row = Recommendation.objects.create(sector=schools.sector, number=number, key=f"s-{number}", published_at=now)
        row.asked_of.add(Body.objects.create(slug=f"b-{number}", name="B", position=number))
        happen(f"2020-01-{number:02}")
    with django_assert_max_num_queries(12):
        assert client.get(address).status_code == 200


def test_a_sentence_to_quote_names_who_says_it_once_staff_have_filled_it_in(client, schools):
    fields = {"kind": "quotation", "text": "Keep it there.", "published_at": timezone.now()}
    PressText.objects.create(key="a", **fields)
    assert "The campaign Care Don't Share</figcaption>" in client.get("/press/").text
    PressText.objects.update(speaker="Ann Example, director")
    assert "Ann Example, director</figcaption>" in client.get("/press/").text


def test_a_press_release_is_shown_with_its_day_and_a_draft_is_not(client, schools):
    fields = {"kind": "release", "title": "News", "text": "It is **new**.", "dated_on": "2026-01-05"}
    release = PressText.objects.create(key="news", **fields)
    assert "News" not in client.get("/press/").text
    PressText.objects.filter(pk=release.pk).update(published_at=timezone.now())
    html = client.get("/press/").text
    assert "5 January 2026" in html
    assert "<strong>new</strong>" in html


def test_a_press_release_without_a_day_is_refused(db):
    with pytest.raises(ValidationError, match="needs a title and a day"):
        PressText(key="news", kind="release", title="News", text="x").validate_constraints()


def test_the_answer_of_a_body_is_beside_the_recommendation(client, schools):
    body = schools.asked_of.get()
    fields = {"text": "We disagree.", "answered_on": "2026-01-05", "published_at": timezone.now()}
    Reply.objects.create(recommendation=schools, body=body, **fields)
    html = client.get("/report/schools/1/").text
    assert "We disagree." in html
    assert "5 January 2026" in html
    Reply.objects.update(published_at=None)
    assert "We disagree." not in client.get("/report/schools/1/").text


def test_the_phone_of_the_press_office_is_shown_with_its_hours(client, settings, db):
    settings.PRESS = {"name": "Press", "email": "", "phone": "020 7946 0000", "hours": "weekdays, 9:00 to 17:00"}
    assert "020 7946 0000 (weekdays, 9:00 to 17:00)" in client.get("/press/").text


def test_the_headline_figure_is_an_image_that_changes_with_the_count(client, db):
    moment = datetime.datetime(2026, 1, 5, 9, 30, tzinfo=datetime.UTC)
    counted = {"people": 12340, "exact_people": 12345, "organisations": 67, "counted_at": moment}
    Totals.objects.update_or_create(pk=1, defaults=counted)
    image = images.figure()
    assert (image.card.words, image.card.kicker) == (
        "At least 12,340 people have signed the pledge",
        "Counted on 5 January 2026",
    )
    assert image.get_absolute_url() in client.get("/press/").text
    assert client.get(image.get_absolute_url())["Content-Type"] == "image/png"
    Totals.objects.update(people=12350)
    assert client.get(image.get_absolute_url()).status_code == 404
    Totals.objects.update(people=0)
    assert images.figure() is None
