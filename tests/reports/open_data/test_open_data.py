import csv
import io
import uuid
import xml.etree.ElementTree as ET

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.models import Body, MovedRecommendation, Recommendation, Status

JSON, CSV, UPDATES = "/report/recommendations.json", "/report/recommendations.csv", "/report/updates.csv"
ATOM, OWN_ATOM = "/report/updates.atom", "/report/schools/1/updates.atom"
ALL = [JSON, CSV, UPDATES, ATOM, OWN_ATOM]
ORIGIN = "https://pledge.example.org"
entry_of = "{http://www.w3.org/2005/Atom}"


def entries(client, address=ATOM):
    return ET.fromstring(client.get(address).content).findall(f"{entry_of}entry")


def rows(client, address):
    return list(csv.DictReader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))


def test_the_json_keeps_its_shape(client, happen):
    told = {"status_after": "met", "status_note": "in part", "reported_by": "Somebody"}
    update = happen("2020-04-01", precision="month", **told)
    told = client.get(JSON).json()
    recommendation = told["recommendations"][0]
    assert told["version"] == 1
    assert told["report"]["dated_on"] == "2018-12-03"
    assert recommendation.pop("updates")[0] == {
        "id": update.pk,
        "happened_on": "2020-04",
        "precision": "month",
        "before_report": False,
        "what": "It happened.",
        "reported_by": "Somebody",
        "sources": [{"name": "Example", "url": "https://example.org/"}],
        "status_after": "met",
        "status_note": "in part",
        "corrects": None,
        "corrected_by": None,
        "recorded_at": update.recorded_at.isoformat(timespec="seconds"),
        "url": f"{ORIGIN}/report/schools/1/#update-{update.pk}",
    }
    assert recommendation == {
        "id": "schools-1",
        "sector": "schools",
        "number": 1,
        "title": "Keep it",
        "text": "Keep it there.",
        "asked_of": [{"id": "example-body", "name": "Example Body", "from": None, "until": None, "successor": None}],
        "applies_in": "",
        "status": "met",
        "status_note": "in part",
        "checked_on": "2026-01-05",
        "quotation": None,
        "url": f"{ORIGIN}/report/schools/1/",
    }


def test_the_csv_keeps_its_columns(client, happen):
    happen("2020-04-01", precision="month")
    assert " ".join(rows(client, CSV)[0]) == (
        "id sector number title text asked_of applies_in status status_note checked_on url"
    )
    assert " ".join(rows(client, UPDATES)[0]) == (
        "id recommendation happened_on precision before_report what reported_by source_names source_urls "
        "status_after status_note corrects corrected_by recorded_at url"
    )
    assert rows(client, UPDATES)[0]["happened_on"] == "2020-04"
    assert client.get(CSV).headers["Content-Disposition"] == 'attachment; filename="recommendations.csv"'


def test_a_correction_and_what_it_corrects_name_each_other(client, happen):
    wrong = happen("2019-07-19")
    right = happen("2019-07-19", supersedes=wrong)
    first, second = client.get(JSON).json()["recommendations"][0]["updates"]
    assert (first["corrects"], second["corrected_by"]) == (wrong.pk, right.pk)
    told = [one.findtext(f"{entry_of}summary") for one in entries(client)]
    assert [one.startswith("Corrected by another entry. We had written: ") for one in told] == [False, True]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", '";=1'])
def test_no_cell_is_a_formula(client, happen, start):
    happen("2019-07-19", what=f"{start} it happened")
    cell = rows(client, UPDATES)[0]["what"]
    assert cell.lstrip('"; ').startswith("'")


def test_the_feed_keeps_its_names_wherever_a_recommendation_moves(client, happen, schools):
    happen("2019-07-19")
    before = [one.findtext(f"{entry_of}id") for one in entries(client)]
    Recommendation.objects.update(number=7)
    assert [one.findtext(f"{entry_of}id") for one in entries(client)] == before


def test_the_feed_keeps_its_names_wherever_the_site_moves(client, happen, settings):
    update = happen("2019-07-19")

    def names():
        feed = ET.fromstring(client.get(ATOM).content)
        return [feed.findtext(f"{entry_of}id"), *(one.findtext(f"{entry_of}id") for one in entries(client))]

    before = names()
    settings.SITE_ORIGIN = "https://elsewhere.example"
    assert names() == before
    assert before[0] == "urn:uuid:181dfad2-2cf1-5094-b9b8-9fd43acb0905"
    assert before[1] == uuid.uuid5(uuid.UUID("ece2d404-7b1e-4967-a278-6fb80c251d8d"), f"update/{update.pk}").urn


def test_the_feed_tells_what_was_recorded_last_first(client, happen):
    happen("2022-01-01", what="Later.")
    fields = {"reported_by": "Somebody", "status_after": "met", "status_note": "in part"}
    happen("2019-07-19", what="Earlier <b>&.", **fields)
    told = [one.findtext(f"{entry_of}summary") for one in entries(client)]
    assert told[0] == (
        "Reported by Somebody: Earlier &lt;b&gt;&amp;. From then on: met (in part). Source: "
        '<a href="https://example.org/">Example</a>'
    )


def test_a_feed_links_with_the_configured_origin_alone(client, happen):
    happen("2019-07-19")
    links = [link.get("href") for link in ET.fromstring(client.get(ATOM).content).iter(f"{entry_of}link")]
    assert f"{ORIGIN}{ATOM}" in links
    assert [link for link in links if not link.startswith(ORIGIN)] == []


@pytest.mark.parametrize("field", ["what", "source_name", "reported_by"])
@pytest.mark.parametrize("hidden", ["\x07", "\x0b", "\u202e", "\u200f", "\uffff"])
def test_characters_that_xml_forbids_are_refused_in_forms(happen, field, hidden):
    with pytest.raises(ValidationError, match="hidden character"):
        happen("2019-07-19", **{field: f"A bell{hidden}."})


def test_a_moved_feed_redirects(client, schools):
    MovedRecommendation.objects.create(sector_slug="old", number=3, recommendation=schools)
    answer = client.get("/report/old/3/updates.atom")
    assert (answer.status_code, answer.headers["Location"]) == (301, OWN_ATOM)


@pytest.mark.parametrize("address", ALL)
def test_any_site_may_fetch_it_and_it_stays_the_same_until_something_changes(client, schools, address):
    first, again = client.get(address), client.get(address)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert not first.cookies
    assert (again.content, again.headers["Last-Modified"]) == (first.content, first.headers["Last-Modified"])


@pytest.mark.parametrize("address", [JSON, CSV, OWN_ATOM])
def test_a_change_is_in_the_data_at_once(client, schools, address):
    first = client.get(address)
    schools.title = "Keep it well"
    schools.save()
    assert client.get(address).content != first.content


@pytest.mark.parametrize("address", ALL)
def test_more_rows_need_no_more_queries(client, schools, happen, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    happen("2019-07-19")
    few = queries()
    for day in range(20, 28):
        happen(f"2019-07-{day}")
        extra = Recommendation.objects.get_or_create(
            sector=schools.sector, number=day, key=f"k-{day}", published_at=schools.published_at
        )[0]
        extra.asked_of.add(Body.objects.create(slug=f"b{day}", name=f"B{day}", position=day))
    assert queries() == few


def test_the_page_names_every_field_and_every_value_it_may_have(client, happen):
    happen("2019-07-19")
    told = client.get(JSON).json()
    recommendation = told["recommendations"][0]
    columns = [column for address in (CSV, UPDATES) for column in rows(client, address)[0]]
    words = {
        *told,
        *recommendation,
        *recommendation["updates"][0],
        *columns,
        *Status.values,
        *Recommendation.Place.values,
    }
    html = client.get("/report/data/").content.decode()
    assert [word for word in words if f"<code>{word}</code>" not in html] == []


@pytest.mark.parametrize("address", [CSV, UPDATES, ATOM])
def test_an_empty_site_publishes_an_empty_table(client, db, address):
    assert client.get(address).status_code == 200
