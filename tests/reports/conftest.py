import datetime

import pytest

from reports import record_updates
from reports.models import Body, Recommendation, Report, Sector, Update


@pytest.fixture
def schools(db) -> Recommendation:
    """Returns the recommendation "Schools 1" of an invented report of 3 December 2018, published."""
    now = datetime.datetime(2018, 12, 3, 12, tzinfo=datetime.UTC)  # no hour of a night when clocks change
    report = Report.objects.create(
        key="invented", title="An invented report", dated_on=datetime.date(2018, 12, 3), published_at=now
    )
    sector = Sector.objects.create(
        report=report, slug="schools", name="Schools", lead="Learn.", tone="education", position=1, published_at=now
    )
    recommendation = Recommendation.objects.create(
        sector=sector, number=1, key="schools-1", title="Keep it", text="Keep it there.", published_at=now
    )
    recommendation.asked_of.add(Body.objects.create(slug="example-body", name="Example Body", position=1))
    return recommendation


@pytest.fixture
def happen(schools):
    """Returns a function that records an update of Schools 1: `happen("2019-07-19", status_after="met")`."""

    def record(day: str, **fields) -> Update:
        fields = {"what": "It happened.", "source_name": "Example", "source_url": "https://example.org/"} | fields
        update = Update(recommendation=schools, happened_on=datetime.date.fromisoformat(day), **fields)
        record_updates.record(update, checked_on=datetime.date(2026, 1, 5))
        schools.refresh_from_db()
        return update

    return record
