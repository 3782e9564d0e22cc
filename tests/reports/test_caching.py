import datetime

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reports import caching
from reports.models import Body, Recommendation, Report, Sector, ShareImage, Term

PAGE = "/report/schools/1/"


def queries(client, address=PAGE):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "address", [PAGE, "/report/", "/report/recommendations.json", "/report/updates.atom"]
)
def test_a_page_is_drawn_once_for_each_edition(client, schools, address):
    assert queries(client, address) > 1
    first = client.get(address)
    assert queries(client, address) <= 2
    again = client.get(address)
    assert (again.content, dict(again.headers)) == (first.content, dict(first.headers))


@pytest.mark.parametrize("write", [
    lambda: Recommendation.objects.update(why="x"),
    lambda: Sector.objects.update(lead="x"),
    lambda: Report.objects.update(title="x"),
    lambda: Body.objects.update(name="x"),
    lambda: Recommendation.objects.get().asked_of.set([]),
    lambda: Term.objects.create(slug="x", name="x"),
    lambda: ShareImage.objects.create(report=Report.objects.get(), name="x", png=b""),
    lambda: Recommendation.objects.update(published_at=None),
])  # fmt: skip
def test_any_write_makes_a_new_edition(schools, write):
    before = caching.edition()
    write()
    assert caching.edition() != before


def test_an_update_makes_a_new_edition(happen):
    before = caching.edition()
    happen("2019-07-19")
    assert caching.edition() != before


def test_the_hour_of_a_draft_makes_a_new_edition(schools, time_machine):
    hour = timezone.now() + datetime.timedelta(hours=1)
    Recommendation.objects.update(published_at=hour)
    before = caching.edition()
    assert caching.edition() == before
    time_machine.move_to(hour + datetime.timedelta(seconds=1))
    assert caching.edition() != before


def test_every_table_of_the_report_is_in_the_edition():
    models = apps.get_app_config("reports").get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models if not model.__name__.startswith("Historical")}
    assert tables == {f"reports_{table}" for table in (*caching.DRAFTED, *caching.OTHERS)}


def test_what_is_not_found_is_not_kept(client, schools):
    assert client.get("/report/schools/2/").status_code == 404
    Recommendation.objects.update(number=2)
    assert client.get("/report/schools/2/").status_code == 200
