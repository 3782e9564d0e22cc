import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pledges import counting, signing
from pledges.answers import Wishes
from pledges.models import Organisation, Signature, Tally
from tests.pledges.makers import ALICE, BOB, CHARLIE, NOW, answers, organisation_answers, signed, token_of

pytestmark = pytest.mark.django_db


def counted():
    counting.recount(NOW)
    tally = counting.totals()
    return tally.people, tally.organisations


def organisation(**facts):
    assert signing.confirm(token_of(signing.sign(organisation_answers(ALICE), NOW)), Wishes(), NOW)
    Organisation.objects.update(**facts)


def test_before_the_first_count_nobody_has_signed():
    assert (counting.totals().people, counting.totals().organisations) == (0, 0)


def test_only_confirmed_people_are_counted():
    signed(BOB)
    signing.sign(answers(ALICE), NOW)
    assert counted() == (1, 0)


def test_who_is_in_quarantine_counts_once_released():
    signed(CHARLIE, is_trapped=True)
    assert counted() == (0, 0)
    Signature.objects.update(quarantined_on=None)
    assert counted() == (1, 0)


@pytest.mark.parametrize(("demo", "people"), [(True, 1), (False, 0)])
def test_samples_count_in_the_demo_alone(settings, demo, people):
    settings.DEBUG = demo
    signed(BOB)
    Signature.objects.update(sample=True)
    assert counted()[0] == people


def test_an_organisation_counts_once_approved_named_or_not():
    organisation(is_named=False)
    assert counted() == (0, 0)
    Organisation.objects.update(approved_at=NOW)
    assert counted() == (0, 1)


def test_an_organisation_that_withdrew_is_not_counted():
    organisation(approved_at=NOW, withdrawn_at=NOW)
    assert counted() == (0, 0)


def test_no_signature_touches_the_tally():
    with CaptureQueriesContext(connection) as queries:
        signed(BOB)
    assert not any(Tally._meta.db_table in query["sql"] for query in queries)
