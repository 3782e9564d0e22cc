import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from reports import record_updates
from reports.models import Recommendation, Update
from reports.models.updates import GRACE
from tests import web_role


def test_an_update_changes_the_status(happen, schools):
    happen("2019-07-19", status_after="partly-met")
    assert schools.status == "partly-met"


def test_an_update_without_a_status_changes_no_status(happen, schools):
    happen("2019-07-19", status_after="met")
    happen("2020-01-01")
    assert schools.status == "met"


def test_a_note_comes_with_the_status_and_goes_with_the_next(happen, schools):
    happen("2019-07-19", status_after="met", status_note="in England")
    happen("2020-01-01")
    assert schools.status_text == "Met (in England)"
    happen("2021-01-01", status_after="met")
    assert schools.status_text == "Met"


def test_a_note_needs_a_status(happen):
    with pytest.raises(ValidationError):
        happen("2019-07-19", status_note="in England")


def test_the_latest_event_counts_in_whatever_order_they_are_recorded(happen, schools):
    happen("2022-03-24", status_after="met")
    happen("2019-07-19", status_after="moved-backwards")
    assert schools.status == "met"


def test_events_before_the_report_change_no_status(happen, schools):
    with pytest.raises(ValidationError):
        happen("2018-12-02", status_after="met")
    happen("2018-12-03", status_after="met")
    assert schools.updates.count() == 1


def test_a_wrong_update_is_corrected_by_a_later_one(happen, schools):
    wrong = happen("2019-07-19", status_after="met")
    happen("2019-07-19", supersedes=wrong)
    assert schools.status == "not-met"


def test_an_update_is_corrected_only_once(happen):
    wrong = happen("2019-07-19")
    happen("2019-07-19", supersedes=wrong)
    with pytest.raises(ValidationError):
        happen("2019-07-20", supersedes=wrong)


def test_an_update_corrects_only_its_own_recommendation(happen, schools):
    other = Recommendation.objects.create(
        sector=schools.sector, number=2, key="schools-2", title="Other", text="Other."
    )
    wrong = happen("2019-07-19")
    stray = Update(recommendation=other, happened_on=wrong.happened_on, what="x", source_name="x", supersedes=wrong)
    with pytest.raises(ValidationError):
        record_updates.record(stray, checked_on=datetime.date(2026, 1, 5))


def test_checking_notes_the_day_and_never_goes_back(schools):
    record_updates.check(schools, datetime.date(2026, 1, 5))
    record_updates.check(schools, datetime.date(2025, 1, 5))
    schools.refresh_from_db()
    assert schools.checked_on == datetime.date(2026, 1, 5)


@pytest.mark.parametrize("statement", ["UPDATE reports_update SET what = 'x'", "DELETE FROM reports_update"])
def test_the_database_refuses_to_rewrite_what_is_older_than_the_hour(happen, statement):
    happen("2019-07-19", recorded_at=timezone.now() - GRACE - datetime.timedelta(minutes=1))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_within_the_hour_an_update_can_not_change_its_recommendation_or_time(happen):
    happen("2019-07-19", recorded_at=timezone.now() - GRACE + datetime.timedelta(minutes=5))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reports_update SET recorded_at = now()")


def test_the_database_allows_an_edit_until_the_hour_is_over(happen):
    happen("2019-07-19", recorded_at=timezone.now() - GRACE + datetime.timedelta(minutes=5))
    Update.objects.update(what="Other.")


def test_an_update_needs_a_source(happen):
    with pytest.raises(IntegrityError), transaction.atomic():
        happen("2019-07-19", source_url="http://example.org/")


def test_a_date_is_shown_as_exactly_as_it_is_known(happen):
    told = [happen("2020-04-01", precision=precision).happened_text for precision in ("day", "month", "year")]
    assert told == ["1 April 2020", "April 2020", "2020"]


def test_every_earlier_version_of_the_text_is_stored(schools):
    schools.text = "Keep it here."
    schools.save()
    assert [version.text for version in schools.history.all()][:2] == ["Keep it here.", "Keep it there."]
    with web_role.owner(), pytest.raises(IntegrityError), transaction.atomic():
        schools.history.all().delete()


def test_two_recommendations_change_places_in_one_transaction(schools):
    second = Recommendation.objects.create(sector=schools.sector, number=2, key="schools-2", title="Second")
    with transaction.atomic():
        Recommendation.objects.filter(pk=schools.pk).update(number=2)
        Recommendation.objects.filter(pk=second.pk).update(number=1)
    schools.refresh_from_db()
    assert schools.number == 2


@pytest.mark.parametrize("draft", ["self", "sector", "report"])
def test_a_recommendation_is_public_only_with_all_above_it(schools, draft):
    row = {"self": schools, "sector": schools.sector, "report": schools.sector.report}[draft]
    assert Recommendation.objects.published().count() == 1
    type(row).objects.update(published_at=None)
    assert Recommendation.objects.published().count() == 0
