"""The weekly statistics: of whole weeks, rounded down, and not changed once they are published."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from pledges.models import Signature, WeeklyStatistics
from pledges.models.statistics import published, rounded
from pledges.statistics import totals, weekly
from pledges.statistics.views import PUBLISHED
from tests.makers import NOW, SUNDAY, people

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def shown(cells):
    return {cell.key: cell.shown for cell in cells}


@given(st.integers(0, 10**6))
def test_a_published_number_is_never_too_high_and_never_below_ten(number):
    people = rounded(number)
    cell = weekly.Cell("", "", people)
    assert people <= number < people + 10
    assert published(cell.people) == (people if number >= 10 else "under 10")


@given(st.lists(st.integers(0, 400), min_size=2))
def test_the_parts_never_tell_more_than_the_total_does(numbers):
    total = rounded(sum(numbers))
    assert sum(map(rounded, numbers)) <= total


@pytest.mark.parametrize(
    ("today", "week"), [(SUNDAY, SUNDAY - WEEK), (SUNDAY + timedelta(days=1), SUNDAY), (SUNDAY + WEEK, SUNDAY)]
)
def test_a_week_has_ended_when_its_sunday_is_over(today, week):
    assert weekly.week_ended(today) == week


def test_only_whole_weeks_are_counted():
    people(10)
    people(10, day=SUNDAY + timedelta(days=1))
    weekly.publish(NOW)
    assert [(week.key, week.people) for week in weekly.growth()] == [("2026-05-31", 10)]


def test_a_week_that_was_published_is_never_counted_again():
    some = people(20)
    weekly.publish(NOW)
    Signature.objects.filter(pk__in=[one.pk for one in some[:11]]).delete()
    weekly.publish(NOW + timedelta(days=3))
    assert shown(weekly.growth()) == {"2026-05-31": "20"}
    weekly.publish(NOW + WEEK)
    assert shown(weekly.growth()) == {"2026-05-31": "20", "2026-06-07": "under 10"}


def test_weeks_that_the_worker_missed_are_caught_up():
    people(10, day=SUNDAY - 2 * WEEK)
    people(30, day=SUNDAY)
    weekly.publish(NOW)
    assert [week.people for week in weekly.growth()] == [10, 10, 40]


def test_parts_are_stored_for_the_newest_week_only():
    people(12, region="london", profession="health")
    weekly.publish(NOW)
    people(31, day=SUNDAY + WEEK, region="wales")
    weekly.publish(NOW + WEEK)
    regions = shown(weekly.parts("region"))
    assert (regions["london"], regions["wales"], regions["scotland"]) == ("10", "30", "under 10")
    assert shown(weekly.parts("profession"))["not-said"] == "30"
    assert len(regions) == 14
    assert set(WeeklyStatistics.objects.exclude(of="all").values_list("week_ends", flat=True)) == {SUNDAY + WEEK}


def test_quarantined_and_sample_signatures_are_in_no_figure():
    people(10, region="london")
    people(10, region="london", quarantined_on=SUNDAY)
    people(10, region="london", sample=True)
    weekly.publish(NOW)
    assert shown(weekly.parts("region"))["london"] == "10"


def test_once_the_totals_are_closed_the_figures_stay():
    people(30)
    weekly.publish(NOW)
    totals.close(NOW)
    Signature.objects.all().delete()
    weekly.publish(NOW + WEEK)
    assert shown(weekly.growth()) == {"2026-05-31": "30"}


def test_without_signatures_there_is_no_figure():
    weekly.publish(NOW)
    assert not WeeklyStatistics.objects.exists()


def test_the_database_takes_no_figure_that_is_not_rounded():
    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyStatistics.objects.create(week_ends=SUNDAY, of="region", part="london", people=7)


def test_no_exact_number_leaves_the_page_the_json_or_the_csv(client):
    people(37, region="london", profession="health")
    people(4, region="wales", profession="law")
    weekly.publish(NOW)
    totals.recount(NOW)
    for name in ("numbers", "numbers_json", "numbers_csv"):
        text = client.get(reverse(f"pledges:{name}")).text
        assert not {"37", "41"} & set(text.replace('"', " ").replace(",", " ").replace(">", " ").split()), name
        assert "under 10" in text


def test_the_page_says_when_there_is_too_little_to_show(client):
    for number in (0, 9):
        people(number)
        weekly.publish(NOW)
        page = client.get(reverse("pledges:numbers"))
        assert "start when ten people have signed" in page.text
        assert "<svg" not in page.text


def test_the_tables_hold_every_part_and_the_rounded_total(client):
    people(37, region="london")
    weekly.publish(NOW)
    page = client.get(reverse("pledges:numbers")).text
    assert '<th scope="row">Yorkshire and the Humber</th><td>under 10</td>' in page
    assert '<th scope="row">All, up to 31 May 2026</th><td>30</td>' in page


def test_programs_of_any_site_may_read_the_numbers(client):
    people(37, region="london")
    weekly.publish(NOW)
    answer = client.get(reverse("pledges:numbers_json"))
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer["Cache-Control"]
    assert {"key": "london", "name": "London", "people": 30} in answer.json()["regions"]
    table = client.get(reverse("pledges:numbers_csv"))
    rows = list(csv.DictReader(StringIO(table.text.removeprefix("\ufeff"))))
    assert {"of": "regions", "key": "wales", "name": "Wales", "people": "under 10"} in rows
    assert table["Access-Control-Allow-Origin"] == "*"


def test_more_people_ask_for_no_more_queries(client, django_assert_num_queries):
    people(400, region="london")
    weekly.publish(NOW)
    with django_assert_num_queries(2 + len(PUBLISHED)):
        client.get(reverse("pledges:numbers"))
