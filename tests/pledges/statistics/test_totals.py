from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pledges.models import Organisation, Signature, Totals
from pledges.models.answers import ConfirmChoices
from pledges.signing import service as signing
from pledges.statistics import totals
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, organisation_answers, people, signed, token_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def counted():
    Totals.objects.all().delete()  # as if an hour had gone by
    totals.recount(NOW)
    published = totals.totals()
    return published.exact_people, published.organisations


def organisation(**facts):
    assert signing.confirm(token_of(signing.sign(organisation_answers(ALICE), NOW)), ConfirmChoices(), NOW)
    Organisation.objects.update(**facts)


def test_before_the_first_count_nobody_has_signed():
    assert (totals.totals().people, totals.totals().organisations) == (0, 0)


def test_only_confirmed_people_are_counted():
    signed(BOB)
    signing.sign(answers(ALICE), NOW)
    assert counted() == (1, 0)


def test_quarantined_signatures_count_once_released():
    signed(CHARLIE, is_trapped=True)
    assert counted() == (0, 0)
    Signature.objects.update(quarantined_on=None)
    assert counted() == (1, 0)


@pytest.mark.parametrize(("demo", "people"), [(True, 1), (False, 0)])
def test_samples_count_only_in_the_demo(settings, demo, people):
    settings.DEBUG = demo
    signed(BOB)
    Signature.objects.update(sample=True)
    assert counted()[0] == people


@pytest.mark.parametrize("demo", [True, False])
def test_the_total_is_the_number_of_the_signatures_that_count(settings, demo):
    settings.DEBUG = demo
    people(7)
    first, second, third, *_rest = Signature.objects.values_list("pk", flat=True)
    Signature.objects.filter(pk__in=[first, second]).update(quarantined_on=NOW.date())
    Signature.objects.filter(pk__in=[second, third]).update(sample=True)
    assert counted()[0] == Signature.objects.counted().count()


@pytest.mark.parametrize("demo", ["true", "false"])
def test_the_signatures_that_do_not_count_are_found_by_their_index(demo):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {totals._PEOPLE}" % demo)
        assert any("signature_not_counted" in line for (line,) in cursor.fetchall())


def test_an_organisation_counts_once_approved_named_or_not():
    organisation(is_named=False)
    assert counted() == (0, 0)
    Organisation.objects.update(approved_at=NOW)
    assert counted() == (0, 1)


def test_an_organisation_that_withdrew_is_not_counted():
    organisation(approved_at=NOW, withdrawn_at=NOW)
    assert counted() == (0, 0)


def test_no_signature_changes_the_published_totals():
    with CaptureQueriesContext(connection) as queries:
        signed(BOB)
    assert not any(Totals._meta.db_table in query["sql"] for query in queries)


@pytest.mark.parametrize(("number", "shown"), [(9, "under 10"), (10, "10"), (1239, "1,230")])
def test_the_published_total_is_rounded_down_to_ten(number, shown):
    people(number)
    assert counted()[0] == number
    assert totals.totals().shown == shown


def test_the_database_takes_no_published_total_that_is_not_rounded():
    with pytest.raises(IntegrityError), transaction.atomic():
        Totals.objects.create(people=341, exact_people=341, organisations=1, counted_at=NOW)


def test_two_publications_are_an_hour_apart_whatever_the_clock_says():
    people(10)
    first = NOW + 59 * MINUTE  # just before a full hour, as after a start or a restart
    totals.recount(first)
    people(10)
    for later in (MINUTE, 59 * MINUTE):
        totals.recount(first + later)
        assert totals.totals().people == 10
    totals.recount(first + 60 * MINUTE)
    assert (totals.totals().people, totals.totals().counted_at) == (20, first + 60 * MINUTE)


def test_closing_within_an_hour_of_a_count_publishes_no_other_figure():
    people(10)
    totals.recount(NOW)
    Signature.objects.all().delete()
    totals.close(NOW + MINUTE)
    assert (totals.totals().people, totals.is_closed()) == (10, True)


@pytest.mark.parametrize(("minutes", "said"), [(0, "at 14:05"), (59, "at 14:05"), (60, "due now"), (300, "due now")])
def test_the_thank_you_page_names_the_time_of_the_next_count(client, time_machine, minutes, said):
    counted_at = NOW + 5 * MINUTE  # 13:05 in London's summer
    totals.recount(counted_at)
    time_machine.move_to(counted_at + minutes * MINUTE, tick=False)
    assert f"The next count is {said}." in client.get("/pledge/thank-you/").text


def test_before_the_first_count_the_next_one_is_due(client):
    assert "The next count is due now." in client.get("/pledge/thank-you/").text
