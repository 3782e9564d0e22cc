"""Unpublished texts are shown nowhere."""

import datetime

import pytest
from django.utils import timezone

from reports.models import Arrangement, GlossaryTerm, MovedRecommendation, Recommendation, Report, Sector
from reports.share_images import images as share_images

SECRET = "Zanzibar"
EVERYWHERE = [
    "/",
    "/press/",
    "/report/",
    "/report/document/",
    "/report/progress/",
    "/report/glossary/",
    "/report/data/",
    "/report/search/?q=Zanzibar",
    "/report/schools/",
    "/report/schools/1/",
    "/report/old/3/",
    "/report/asked-of/example-body/",
    "/report/recommendations.json",
    "/report/recommendations.csv",
    "/report/updates.csv",
    "/report/updates.atom",
    "/report/schools/1/updates.atom",
]


@pytest.fixture
def seen(client, schools, happen):
    """The public addresses whose page or name contains the secret word."""
    happen("2019-07-19", what=f"{SECRET} happened.", source_url="https://example.org/zanzibar")
    Recommendation.objects.update(title=SECRET, text=f"Go to {SECRET}.", key="zanzibar")
    MovedRecommendation.objects.create(sector_slug="old", number=3, recommendation=schools)

    def where() -> list[str]:
        drawn = share_images.share_image_of(Recommendation.objects.with_addressees().get())
        images = [drawn.get_absolute_url()]
        said = [path for path in EVERYWHERE if SECRET.lower() in body(client.get(path, follow=True))]
        return said + [path for path in images if client.get(path).status_code == 200]

    return where


def body(answer) -> str:
    """The page without the text that was searched for, which it repeats."""
    return (
        answer.content.decode()
        .replace("Zanzibar in the report", "")
        .replace('value="Zanzibar"', "")
        .replace("“Zanzibar”", "")
        .lower()
    )


def test_what_is_published_is_to_be_seen(seen):
    everywhere = {*EVERYWHERE} - {"/report/glossary/", "/report/data/", "/report/asked-of/example-body/"}
    assert everywhere <= set(seen())


@pytest.mark.parametrize("model", [Recommendation, Sector, Report])
@pytest.mark.parametrize("when", ["never", "tomorrow"])
def test_a_draft_is_nowhere_to_be_seen(seen, model, when):
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    model.objects.update(published_at=tomorrow if when == "tomorrow" else None)
    assert seen() == []


@pytest.mark.parametrize("address", ["/report/schools/2/", "/report/older/3/", "/report/schools/2/updates.atom"])
def test_the_address_of_a_draft_answers_as_one_that_never_was(client, schools, address):
    draft = Recommendation.objects.create(sector=schools.sector, number=2, key="d", title="D", text="x")
    MovedRecommendation.objects.create(sector_slug="older", number=3, recommendation=draft)
    assert client.get(address).status_code == client.get("/report/schools/77/").status_code == 404


def test_the_sitemap_names_no_draft(client, seen):
    assert "/report/schools/1/" in client.get("/sitemap.xml").content.decode()
    Recommendation.objects.update(published_at=None)
    listed = client.get("/sitemap.xml").content.decode()
    assert "/report/schools/1/" not in listed
    assert "example-body" not in listed


def test_a_draft_of_a_word_or_an_arrangement_is_nowhere_to_be_seen(client, schools):
    GlossaryTerm.objects.create(slug="z", name="Zanzibar", meaning="An island.")
    Arrangement.objects.create(report=schools.sector.report, slug="z", position=1, label=SECRET, shared=SECRET)
    assert [path for path in EVERYWHERE if SECRET.lower() in body(client.get(path))] == []


def test_a_recommendation_is_public_from_its_hour_on(client, schools, time_machine):
    hour = timezone.now() + datetime.timedelta(hours=1)
    Recommendation.objects.update(published_at=hour)
    first = client.get("/report/recommendations.json")
    assert client.get("/report/schools/1/").status_code == 410  # it was public before
    time_machine.move_to(hour + datetime.timedelta(seconds=1))
    assert client.get("/report/schools/1/").status_code == 200
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get("/report/recommendations.json", headers=since).status_code == 200
